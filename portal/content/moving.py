"""A holiday comes or goes: which open due dates move is shown before, and they are moved in batches after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from portal import deadlines, jobs, journal, workdays
from portal.acts import Act, Site
from portal.content.due import RUNNING, Deadline, told_day
from portal.content.item import Item
from portal.db import Base
from portal.deadlines import day_of
from portal.i18n import _, day
from portal.workdays import HOME, Calendar, CalendarChange, calendar

MOVE = "calendar.move"
BATCH = 200
SHOWN = 50
LATER = timedelta(minutes=10)
"""When to look once more for dates that were reckoned by the former calendar while it changed."""

journal.declare(
    due_moved=_("Batas waktu bergeser dari ${former} menjadi ${due}: hari libur ${day} (kalender versi ${version})")
)


@dataclass(frozen=True)
class Off:
    """One day without office hours, as it comes or goes."""

    day: date
    country: str
    name: str
    is_added: bool


@dataclass(frozen=True)
class Moved:
    """A due date that would move."""

    item_id: int
    step: str
    former: datetime
    due: datetime


@dataclass(frozen=True)
class Foreseen:
    """What a change of the holidays would do to what is open now: how many would move, and the first of them."""

    count: int
    first: list[Moved]


_deadlines, _items = (Base.metadata.tables[model.__tablename__] for model in (Deadline, Item))


def _touched(changes: Sequence[Off]) -> Select[Any]:
    """Running deadlines in working days that are not over before these days."""
    first = min(off.day for off in changes)
    countries = {off.country for off in changes}
    query = select(_deadlines).where(_deadlines.c.state == RUNNING, _deadlines.c.unit == "workday")
    query = query.where(_deadlines.c.due_at > deadlines.end_of(first - timedelta(days=1)))
    return query if HOME in countries else query.where(_deadlines.c.country_code.in_(countries))


def _reckoned(days: Calendar, row: Any) -> datetime:
    return deadlines.reckon(days, row.started_at, row.value, row.unit, row.country_code, row.course)


def foresee(session: Session, changes: Sequence[Off]) -> Foreseen:
    """Which open due dates would move, from when to when; nothing is written."""
    then = calendar(session)
    for off in changes:
        then = then.other(off.day, off.country, off.name if off.is_added else None)
    count = 0
    first: list[Moved] = []
    for row in session.execute(_touched(changes).execution_options(yield_per=1000)):
        due = _reckoned(then, row)
        if due != row.due_at:
            count += 1
            if len(first) < SHOWN:
                first.append(Moved(row.item_id, row.step, row.due_at, due))
    return Foreseen(count, first)


def begin(act: Act, changes: Sequence[Off]) -> None:
    """The holidays have changed: the calendar gets its next version, and what is open follows in batches."""
    workdays.forget(act.session)
    for off in changes:
        change = CalendarChange(
            at=act.at,
            by_name=act.by.name,
            day=off.day,
            country_code=off.country,
            name=off.name,
            is_added=off.is_added,
            moved=0,
        )
        act.session.add(change)
        act.session.flush()
        _queue(act, change.id, 0)


def _queue(act: Act, change: int, after: int, *, again: bool = False) -> None:
    dedup = f"{MOVE}/{change}/{after}/{'again' if again else ''}"
    wait = LATER if again and not after else timedelta(0)
    jobs.enqueue(act, MOVE, dedup=dedup, after=wait, change=change, after_id=after, again=again)


def move(site: Site, payload: dict[str, Any]) -> None:
    """One batch of due dates, in the order of their numbers; the next batch is the next job."""
    with site.act() as act:
        change = act.session.get_one(CalendarChange, payload["change"])
        rows = _batch(act.session, change, payload["after_id"])
        moved = [(row, due) for row in rows if (due := _reckoned(calendar(act.session), row)) != row.due_at]
        _write(act, change, [row.id for row in rows], moved)
        if rows:
            _queue(act, change.id, rows[-1].id, again=payload["again"])
        elif not payload["again"]:
            _queue(act, change.id, 0, again=True)


def _batch(session: Session, change: CalendarChange, after: int) -> Sequence[Any]:
    off = Off(change.day, change.country_code, change.name, change.is_added)
    query = _touched([off]).where(_deadlines.c.id > after, _deadlines.c.calendar_version < change.id)
    query = query.order_by(_deadlines.c.id).limit(BATCH)
    # Who acts on an item holds its row: it is waited for, and what it has done is read then.
    ids = {row.item_id for row in session.execute(query)}
    session.execute(select(_items.c.id).where(_items.c.id.in_(ids)).order_by(_items.c.id).with_for_update())
    return session.execute(query).all()


def _write(act: Act, change: CalendarChange, ids: Sequence[int], moved: Sequence[tuple[Any, datetime]]) -> None:
    """Past the session: nobody's open form is refused because a date has moved under it."""
    if not ids:
        return
    version = calendar(act.session).version
    act.session.execute(update(_deadlines).where(_deadlines.c.id.in_(ids)).values(calendar_version=version))
    if not moved:
        return
    connection = act.session.connection()
    one = update(_deadlines).where(_deadlines.c.id == bindparam("deadline")).values(due_at=bindparam("to"))
    connection.execute(one, [{"deadline": row.id, "to": due} for row, due in moved])
    items = {row.item_id for row, _due in moved}
    running = (_deadlines.c.item_id == _items.c.id) & (_deadlines.c.state == RUNNING)
    first = select(func.min(_deadlines.c.due_at)).where(running).scalar_subquery()
    connection.execute(update(_items).where(_items.c.id.in_(items)).values(due_at=first))
    subjects = connection.execute(select(_items.c.id, _items.c.dossier_id).where(_items.c.id.in_(items))).all()
    known = {subject.id: subject for subject in subjects}
    told = {"day": f"{change.name}, {day(change.day, 'id')}", "version": version}
    for row, due in sorted(moved, key=lambda pair: (known[pair[0].item_id].dossier_id, pair[0].id)):
        dates = {"former": told_day(row.due_at), "due": told_day(due)}
        dates |= {"from": day_of(row.due_at).isoformat(), "to": day_of(due).isoformat()}
        journal.record(act, "due_moved", known[row.item_id], step=row.step, **told, **dates)
    change.moved += len(moved)


jobs.work(MOVE, move)
