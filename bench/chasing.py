"""Open referrals when a holiday comes, and when all of them are late: seconds and peak memory, in a process of its own."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from portal import install, jobs
from portal.acts import SYSTEM, Site, open_site
from portal.cases.model import Case
from portal.clock import FixedClock
from portal.content import moving
from portal.content.due import Deadline
from portal.content.moving import Off
from portal.correspondence.model import Letter
from portal.db import Base
from portal.directory import verbs as directory
from portal.referrals import rounds
from portal.referrals.chasemodel import Reminder
from portal.referrals.model import Referral
from portal.settings import Settings
from portal.workdays import CalendarChange, Holiday

BEGUN = datetime(2026, 3, 2, 3, tzinfo=UTC)
DUE = datetime(2026, 3, 16, 16, 59, 59, tzinfo=UTC)
LATE = datetime(2026, 3, 25, 3, tzinfo=UTC)
HOLIDAY = Off(date(2026, 3, 12), "ID", "Pemilihan daerah", is_added=True)
PER_CASE = 4
ROWS = 5000


def _unfilled(model: Any) -> dict[str, Any]:
    """A value for every column that must have one: the bench reads only those that it gives itself."""
    table = Base.metadata.tables[model.__tablename__]
    kinds: dict[type, Any] = {str: "", int: 0, bool: False, dict: {}, list: [], datetime: BEGUN}
    wanted = [c for c in table.c if not c.nullable and not c.primary_key]
    return {c.name: c.default.arg if c.default and c.default.is_scalar else _blank(c, kinds) for c in wanted}


def _blank(column: Any, kinds: dict[type, Any]) -> Any:
    kind = column.type.python_type if not str(column.type).startswith("JSON") else dict
    return [] if column.name in {"supplied", "signatures"} else kinds[kind]


def _spine(number: int, kind: str, state: str, dossier: int, **more: Any) -> dict[str, Any]:
    own = {"id": number, "kind": kind, "state": state, "dossier_id": dossier, "title": f"{kind} {number}"}
    known = {"name": f"{kind}-{number}", "urgency": 3, "created_at": BEGUN, "modified_at": BEGUN, "version": 1}
    return known | own | {"parent_id": dossier if dossier != number else None, "due_at": None} | more


def _rows(count: int, first: int, office: int, partner: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The rows of so many referrals, four to a case, in portions."""
    blank = {model.__tablename__: _unfilled(model) for model in (Case, Letter, Referral, Deadline)}
    found: dict[str, list[dict[str, Any]]] = {}
    number = first
    for place in range(count):
        if place % PER_CASE == 0:
            if place % ROWS == 0 and found:
                yield found
                found = {}
            case, number = number, number + 1
            _add(found, item=_spine(case, "case", "in_process", case, name=f"C-{case}", office_id=office))
            _add(found, cases=blank["cases"] | {"id": case})
        letter, referral, number = number, number + 1, number + 2
        _add(found, item=_spine(letter, "letter", "dispatched", case, office_id=office))
        sent = {"number": f"T.{letter}", "dated": BEGUN.date(), "issued_at": BEGUN, "reply_days": 10}
        _add(found, letter=blank["letter"] | sent | {"id": letter, "type_code": "ref_police", "language": "id"})
        _add(found, item=_spine(referral, "referral", "sent", case, due_at=DUE, office_id=office))
        asked = {"id": referral, "organisation_id": partner, "letter_id": letter, "sent_at": BEGUN}
        _add(found, referral=blank["referral"] | asked)
        terms = {"step": "answer", "state": "running", "start": "letter_sent", "value": 10, "unit": "workday"}
        _add(found, deadline=blank["deadline"] | terms | {"item_id": referral, "due_at": DUE, "course": []})
    yield found


def _add(found: dict[str, list[dict[str, Any]]], **rows: dict[str, Any]) -> None:
    for table, row in rows.items():
        found.setdefault(table, []).append(row)


def lay_out(site: Site, count: int) -> None:
    """So many open referrals to one police office, set-based."""
    install.migrate(site)
    install.load_reference(site)
    with site.act(SYSTEM) as act:
        own = directory.add_organisation(act, name="Kantor", stakeholder_type="OFFICE", addressee="Kepala")
        known = {"stakeholder_type": "POLICE", "addressee": "Kepala", "email": "polisi@mitra.example"}
        partner = directory.add_organisation(act, name="Kepolisian", **known)
        office, police = own.id, partner.id
        first = (act.session.scalar(select(func.max(Base.metadata.tables["item"].c.id))) or 0) + 1
    for portion in _rows(count, first, office, police):
        with site.engine.begin() as connection:
            for table in ("item", "cases", "letter", "referral", "deadline"):
                if rows := portion.get(table):
                    connection.execute(insert(Base.metadata.tables[table]), rows)


def _timed(do: Callable[[], Any]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _holiday(site: Site) -> None:
    with site.act(SYSTEM) as act:
        act.session.add(Holiday(day=HOLIDAY.day, name=HOLIDAY.name, kind="libur_nasional", country_code="ID"))
        act.session.flush()
        moving.begin(act, [HOLIDAY])
    jobs.run_all(site, names=[moving.MOVE])


def _foresee(site: Site, count: int) -> None:
    with site.sessions(bind=site.readers) as session:
        if moving.foresee(session, [HOLIDAY]).count != count:
            raise RuntimeError("not all would move")


def measure(data: Path, count: int) -> dict[str, float]:
    """Lay out, foresee the holiday, let it come, and chase: all in this process."""
    shutil.rmtree(data, ignore_errors=True)
    clock = FixedClock(BEGUN)
    site = open_site(Settings(data=data), clock)
    lay_out(site, count)
    before = _memory()
    found = {"foresee_s": _timed(lambda: _foresee(site, count)), "holiday_s": _timed(lambda: _holiday(site))}
    clock.at = LATE
    found |= {"chase_s": _timed(lambda: rounds.run(site)), "memory_before_mib": before, "memory_peak_mib": _memory()}
    with site.sessions(bind=site.readers) as session:
        moved = session.scalar(select(func.sum(CalendarChange.moved)))
        reminded = session.scalar(select(func.count(Reminder.id)))
    if (moved, reminded) != (count, count):
        raise RuntimeError(f"of {count} open referrals {moved} have moved and {reminded} were chased")
    return found


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(data: Path, count: int) -> dict[str, float]:
    """The same in a new process, whose memory is nobody else's."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.chasing", str(data), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]).resolve(), int(sys.argv[2]))))
