"""A closed-loop client: so many at once, each asks again when it was answered; every body must hold its marker."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from bench.servers import Server

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Person:
    """Somebody signed in, on one kept connection."""

    def __init__(self, port: int) -> None:
        """Nobody yet."""
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, body, Location."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept": "text/html"}
        body = urlencode(fields) if fields is not None else None
        self.connection.request(method, path, body, headers | (FORM if body else {}))
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for header in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = header.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return answer.status, text, answer.headers.get("Location", "")

    def token(self, page: str) -> str:
        """The CSRF token of a page."""
        found = TOKEN.search(page)
        if found is None:
            raise RuntimeError("no form on the page")
        return found[1]

    def sign_in(self, login: str, password: str) -> None:
        """Sign in; raises when it fails."""
        _status, page, _where = self.ask("GET", "/login")
        fields = filled(page) | {"login": login, "password": password}
        status, _page, _where = self.ask("POST", "/login", fields)
        if status not in {302, 303}:
            raise RuntimeError(f"{login} could not sign in: {status}")


def filled(page: str) -> dict[str, str]:
    """What the page's main form would send as it stands."""
    form = BeautifulSoup(page, "html.parser").select("main form:has(button.prime)")[-1]
    fields = {box["name"]: box.get("value", "") for box in form.select("input[name]")}
    return fields | {box["name"]: box.text for box in form.select("textarea[name]")}


@dataclass(frozen=True)
class Measured:
    """One round of one kind of request."""

    per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    wrong: int


def round_of(server: Server, people: list[Person], count: int, act: Callable[[Person], bool]) -> Measured:
    """`count` requests by these people at once. `act` does one and says whether the answer was right."""
    times: list[float] = []
    wrong = [0]
    lock = threading.Lock()

    def work(person: Person) -> None:
        for _turn in range(count // len(people)):
            start = time.perf_counter()
            right = act(person)
            took = time.perf_counter() - start
            with lock:
                times.append(took)
                wrong[0] += not right

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    cpu, start = server.cpu(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, used = time.perf_counter() - start, server.cpu() - cpu
    ordered = sorted(times)
    return Measured(
        len(times) / wall,
        1000 * ordered[len(ordered) // 2],
        1000 * ordered[int(len(ordered) * 0.95)],
        1000 * used / len(times),
        wrong[0],
    )
