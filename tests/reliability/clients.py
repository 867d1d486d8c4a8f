"""People who work in the portal while it is killed: real requests over real sockets, and what was acknowledged."""

from __future__ import annotations

import http.client
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from subprocess import PIPE, Popen
from threading import Event, Thread
from time import sleep
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"


@dataclass
class Desk:
    """One person's cookie and what he or she sends."""

    cookie: str
    fields: list[tuple[str, str]]

    def send(self, port: int, path: str) -> tuple[int, str]:
        """Status and Location of one post with a fresh one-time key."""
        body = urlencode([*self.fields, ("once", secrets.token_urlsafe(12))])
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            line.request("POST", path, body, {"Content-Type": FORM, "Cookie": self.cookie, "Accept": "text/html"})
            answer = line.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location", "")
        finally:
            line.close()


@dataclass
class Ledger:
    """What the portal has acknowledged, what it refused, and how many requests a kill has cut off."""

    cases: list[str] = field(default_factory=list)
    letters: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    cut: int = 0

    @property
    def acknowledged(self) -> int:
        return len(self.cases) + len(self.letters)


@dataclass
class Rush:
    """Several operators who register, and registrars who issue the letters that lie ready, until they are stopped."""

    port: int
    operator: Desk
    registrar: Desk
    ready: SimpleQueue[tuple[int, str]]
    ledger: Ledger
    stopping: Event = field(default_factory=Event)

    def register(self) -> None:
        while not self.stopping.is_set():
            status, location = self.operator.send(self.port, "/intake")
            if status == 303:
                self.ledger.cases.append(location.split("/cases/")[1].split("/")[0])
            else:
                self.ledger.refused.append((status, "/intake"))

    def issue(self) -> None:
        while not self.stopping.is_set():
            number, address = self.ready.get_nowait()
            status, _location = self.registrar.send(self.port, f"{address}/@workflow/issue")
            if status == 303:
                self.ledger.letters.append(number)
            else:
                self.ledger.refused.append((status, address))

    def begin(self, operators: int = 5, registrars: int = 3) -> list[Thread]:
        work = [self.register] * operators + [self.issue] * registrars
        threads = [Thread(target=self._until_cut, args=(do,)) for do in work]
        for thread in threads:
            thread.start()
        return threads

    def _until_cut(self, do: Any) -> None:
        try:
            do()
        except Empty:
            pass
        except (OSError, http.client.HTTPException):
            self.ledger.cut += 1


@dataclass
class Portal:
    """The process that forks lives (tests.reliability.life)."""

    process: Popen[str]

    def live(self) -> tuple[int, int]:
        """Start a life; gives its port and process id."""
        self.process.stdin.write("live\n")
        self.process.stdin.flush()
        port, pid = self.process.stdout.readline().split()
        return int(port), int(pid)

    def wait_until_gone(self) -> None:
        assert self.process.stdout.readline() == "gone\n"


@contextmanager
def running(command: list[str]) -> Iterator[Portal]:
    """The forking process, ended at the end."""
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        try:
            yield Portal(process)
        finally:
            process.stdin.close()
            process.wait()


def wait_for_work(ledger: Ledger, threads: list[Thread], chance: random.Random) -> None:
    """Until some more requests were acknowledged, often none at all, and then a moment that nobody can foresee."""
    enough = ledger.acknowledged + chance.choice([0, 0, 1, 2, 3, 5, 8, 13])
    while ledger.acknowledged < enough and any(thread.is_alive() for thread in threads):
        sleep(0.002)
    sleep(chance.uniform(0, 0.1))
