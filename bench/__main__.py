"""`make bench`: medians of five for pages and letters, beside the floor, in one run; the table is printed and kept."""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from bench import approvals, chasing, letters, servers
from bench.client import Measured, Person, round_of
from bench.servers import Server
from portal.demo.build import PASSWORD

ROUNDS, WARM = 5, 8
DATA = Path(os.environ.get("BENCH_DATA", "var/bench"))
SIZES = [int(n) for n in os.environ.get("BENCH_CASES", "300 10000 100000").split()]
COUNT = int(os.environ.get("BENCH_COUNT", "60"))
OPEN = int(os.environ.get("BENCH_OPEN", "1000"))
"""Open referrals that a holiday moves and a run chases; 100000 for the real one."""
SEARCHES = ("siti", "gaji dibayar", "malaysia paspor", "ditahan majikan", "PMI-2026")


def _page(path: Callable[[int], str], marker: str) -> Callable[[Person], bool]:
    turn = iter(range(10**9))

    def act(person: Person) -> bool:
        status, text, _where = person.ask("GET", path(next(turn)))
        return status == 200 and marker in text

    return act


def _cases(person: Person) -> list[str]:
    person.connection.request("GET", "/cases", headers={"Cookie": _cookie(person), "Accept": "application/json"})
    found = json.loads(person.connection.getresponse().read())["items"]
    return [row["@id"] for row in found]


def _cookie(person: Person) -> str:
    return "; ".join(f"{k}={v}" for k, v in person.cookies.items())


def _intake(person: Person) -> bool:
    _status, page, _where = person.ask("GET", "/intake")
    fields = {
        "csrf_token": person.token(page),
        "__start__": "first:mapping",
        "channel": "PHONE",
        "complainant_type": "FAMILY",
        "main_category": "UNPAID_WAGES",
        "narrative": "Gaji tiga bulan belum dibayar.",
        "__end__": "first:mapping",
    }
    status, _text, where = person.ask("POST", "/intake", fields)
    return status == 303 and where.endswith("/@receipt")


def _people(port: int, login: str, count: int) -> list[Person]:
    people = [Person(port) for _number in range(count)]
    for person in people:
        person.sign_in(login, PASSWORD)
    return people


def _median(rounds: list[Measured]) -> Measured:
    fields = {k: statistics.median(asdict(r)[k] for r in rounds) for k in asdict(rounds[0]) if k != "wrong"}
    return Measured(**fields, wrong=sum(r.wrong for r in rounds))


def _measure(server: Server, people: list[Person], act: Callable[[Person], bool], count: int = COUNT) -> Measured:
    round_of(server, people, max(len(people), WARM), act)
    return _median([round_of(server, people, count, act) for _round in range(ROUNDS)])


def _portal(cases: int) -> dict[str, Measured]:
    data = (DATA / str(cases)).resolve()
    data.mkdir(parents=True, exist_ok=True)
    servers.build(data, cases)
    few = min(COUNT, 20)
    waiting = iter(approvals.lay_out(data, ROUNDS * few + WARM))
    with servers.portal(data) as server:
        one = _people(server.port, "kasus1", 1)
        paths = _cases(one[0])
        found = {
            "case page": _measure(server, one, _page(lambda n: paths[n % len(paths)], 'class="number"')),
            "worklist": _measure(server, one, _page(lambda _n: "/@worklist/overdue", 'class="worklist"')),
            "first screen": _measure(server, one, _page(lambda _n: "/", 'class="tiles"')),
            "search": _measure(
                server, one, _page(lambda n: f"/@search?q={SEARCHES[n % 5].replace(' ', '+')}", "worklist")
            ),
            "intake": _measure(server, _people(server.port, "operator1", 1), _intake, few),
        }
        heads = _people(server.port, approvals.HEAD, 1)
        approvals.with_second_factor(heads[0])
        found["approve"] = _measure(server, heads, partial(approvals.approve, waiting), few)
        four = _people(server.port, "kasus1", 4)
        found["case page, 4 at once"] = _measure(server, four, _page(lambda n: paths[n % len(paths)], 'class="number"'))
        print(f"  memory {server.memory():.0f} MiB", file=sys.stderr)
    return found


def _floor() -> Measured:
    with servers.floor() as server:
        return _measure(server, [Person(server.port)], _page(lambda _n: "/", "hello"), 400)


def _row(name: str, size: str, got: Measured, floor: Measured) -> str:
    ratio = got.cpu_ms / floor.cpu_ms
    return (
        f"{name:22} {size:>8} {got.per_second:9.1f} {got.p50_ms:8.1f} {got.p95_ms:8.1f} {got.cpu_ms:8.2f}"
        f" {ratio:8.1f} {got.wrong:6d}"
    )


def main() -> int:
    """Run everything and print one table."""
    floor = _floor()
    print(
        f"{'page':22} {'cases':>8} {'per s':>9} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8} {'× floor':>8} {'wrong':>6}"
    )
    print(_row("bare Pyramid", "-", floor, floor))
    kept: dict[str, object] = {"floor": asdict(floor)}
    for size in SIZES:
        for name, got in _portal(size).items():
            print(_row(name, str(size), got, floor), flush=True)
            kept[f"{name}/{size}"] = asdict(got)
    kept["letters"] = compared = letters.compare((DATA / str(SIZES[0])).resolve())
    print("letters: " + ", ".join(f"{k} {v:.2f}" for k, v in compared.items()))
    kept[f"chasing/{OPEN}"] = chased = chasing.compare(DATA / "chasing", OPEN)
    print(f"{OPEN} open referrals: " + ", ".join(f"{k} {v:.2f}" for k, v in chased.items()))
    (DATA / "last.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
    return 1 if any(isinstance(v, dict) and v.get("wrong") for v in kept.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
