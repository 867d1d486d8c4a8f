"""Why an item is due when it is: its deadlines, each with rule, start, calendar, stops and extensions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import deadlines, journal
from portal.acts import Act, Reason, Refused
from portal.content import catalog
from portal.content.item import Item, touch
from portal.content.workflow import advance
from portal.db import Base, Id
from portal.deadlines import Terms, day_of, end_of
from portal.i18n import _, day
from portal.workdays import calendar

LONGEST = 366
"""Days that may be given: beyond that somebody has mistyped the year."""
RUNNING, STOPPED, ENDED = "running", "stopped", "ended"

STEPS: dict[str, Any] = {}
"""What a deadline waits for, in words; features add theirs."""
STARTS: dict[str, Any] = {}
"""From what on it runs, in words with ${reference}."""

journal.declare(due_extended=_("${by} memperpanjang batas waktu dari ${former} sampai ${due}: ${reason}"))


class Deadline(Base):
    """One step that is due, and all that its date follows from. An item is due when its first running one is."""

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_item_id", "item_id", "state"),
        Index("ix_deadline_walk", "state", "unit", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    step: Mapped[str]
    """A code of STEPS."""
    state: Mapped[str] = mapped_column(default=RUNNING)
    """running · stopped · ended"""
    start: Mapped[str]
    """A code of STARTS."""
    reference: Mapped[str] = mapped_column(default="")
    """What names the start: a letter's number."""
    started_at: Mapped[datetime]
    rule: Mapped[str]
    """Code of the office's rule; "" where none was asked. Its words are kept as they were when the time began."""
    text: Mapped[str]
    law: Mapped[str]
    value: Mapped[int]
    unit: Mapped[str]
    country_code: Mapped[str] = mapped_column(default="")
    """Whose holidays count beside ours."""
    course: Mapped[list[Any]] = mapped_column(default=list)
    """Stops, extensions and promises in their order (deadlines.reckon)."""
    calendar_version: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]


def declare(steps: dict[str, Any], starts: dict[str, Any]) -> None:
    """Tell the words of steps and starts."""
    STEPS.update(steps)
    STARTS.update(starts)


def of(session: Session, item: Item, *states: str) -> list[Deadline]:
    """The item's deadlines in these states, what is due first before the others."""
    query = select(Deadline).where(Deadline.item_id == item.id, Deadline.state.in_(states or (RUNNING,)))
    return list(session.scalars(query.order_by(Deadline.due_at, Deadline.id)))


def begin(
    act: Act,
    item: Item,
    step: str,
    terms: Terms | None,
    *,
    start: str,
    at: datetime | None = None,
    reference: str = "",
    country: str = "",
    alone: bool = False,
) -> Deadline | None:
    """Let a time run for that step, in place of an earlier one for the same, or `alone`; without terms there is none."""
    for former in of(act.session, item, RUNNING, STOPPED):
        if alone or former.step == step:
            former.state = ENDED
    begun = None
    if terms is not None:
        begun = Deadline(
            item_id=item.id,
            step=step,
            start=start,
            reference=reference,
            started_at=at or act.at,
            rule=terms.rule,
            text=terms.text,
            law=terms.law,
            value=terms.value,
            unit=terms.unit,
            country_code=country,
            course=[],
        )
        reckon(act.session, begun)
        act.session.add(begun)
    settle(act.session, item)
    return begun


def reckon(session: Session, deadline: Deadline) -> None:
    """Reckon its date from what it remembers, by the calendar as it is now."""
    days, of_it = calendar(session), deadline
    deadline.due_at = deadlines.reckon(
        days, of_it.started_at, of_it.value, of_it.unit, of_it.country_code, of_it.course
    )
    deadline.calendar_version = days.version


def settle(session: Session, item: Item) -> None:
    """The item is due when the first of its running deadlines is."""
    session.flush()
    running = select(func.min(Deadline.due_at)).where(Deadline.item_id == item.id, Deadline.state == RUNNING)
    item.due_at = session.scalar(running)


def keep(act: Act, item: Item, *running: str, stopped: Collection[str] = ()) -> None:
    """Let only the deadlines of these steps run, and those of `stopped` stand still; the others have ended."""
    for deadline in of(act.session, item, RUNNING, STOPPED):
        if deadline.step in running:
            _go_on(act, deadline)
        elif deadline.step in stopped:
            _stand_still(act, deadline)
        else:
            deadline.state = ENDED
    settle(act.session, item)


def _stand_still(act: Act, deadline: Deadline) -> None:
    if deadline.state == RUNNING:
        deadline.state = STOPPED
        deadline.course = [*deadline.course, {"what": "stop", "from": act.at.isoformat(), "to": None}]


def _go_on(act: Act, deadline: Deadline) -> None:
    if deadline.state == STOPPED:
        deadline.state = RUNNING
        deadline.course = [*deadline.course[:-1], deadline.course[-1] | {"to": act.at.isoformat()}]
        reckon(act.session, deadline)


def promise(act: Act, item: Item, step: str, until: date) -> None:
    """The other side has named the day itself: that is when the step is due, whatever was asked."""
    found = next((d for d in of(act.session, item) if d.step == step), None)
    if found is None:
        found = begin(act, item, step, Terms(0, "day"), start="promise")
    if found is not None:
        _append(act, found, {"what": "promise", "until": until.isoformat(), "by": act.by.name})
    settle(act.session, item)


def _append(act: Act, deadline: Deadline, event: dict[str, Any]) -> None:
    deadline.course = [*deadline.course, event | {"at": act.at.isoformat()}]
    reckon(act.session, deadline)


def copy(act: Act, item: Item, other: Item) -> None:
    """Let the item be due when the other is, and for the same reasons."""
    columns = [c.key for c in Deadline.__table__.columns if c.key not in {"id", "item_id"}]
    for deadline in of(act.session, other):
        act.session.add(Deadline(item_id=item.id, **{name: getattr(deadline, name) for name in columns}))
    settle(act.session, item)


def is_due(item: Any) -> bool:
    """Whether there is a date that can be moved."""
    return item.due_at is not None


def extend(act: Act, item: Item, *, reason: str, until: date | None = None) -> None:
    """Give more time, until that day or else once more as long as the rule says; what it was before stays on record."""
    advance(act, item, "extend")
    running = of(act.session, item)
    if not running:
        raise Refused([Reason(_("Batas waktu ini dicatat sebelum portal mengingat alasannya; tidak dapat digeser."))])
    first, former = running[0], running[0].due_at
    if until is not None:
        _expect_later(act, first, until)
    told = {"what": "extend", "by": act.by.name, "reason": reason}
    _append(act, first, told | {"until": until.isoformat() if until else ""})
    for other in running[1:]:  # what comes after the step can't be due before it
        if other.due_at < first.due_at:
            _append(act, other, told | {"until": day_of(first.due_at).isoformat()})
    settle(act.session, item)
    touch(act, item)
    dates = {"former": told_day(former), "due": told_day(first.due_at)}
    journal.record(act, "due_extended", item, reason=reason, step=first.step, **dates)
    catalog.index(act.session, item)


def told_day(instant: datetime) -> str:
    """The day as the journal tells it."""
    return day(day_of(instant), "id")


def _expect_later(act: Act, deadline: Deadline, until: date) -> None:
    days = calendar(act.session)
    if until <= day_of(deadline.due_at) or end_of(until) <= act.at:
        raise Refused(
            [Reason(_("Pilih hari sesudah batas waktu yang sekarang, dan bukan yang sudah lewat."), field="until")]
        )
    if deadline.unit == "workday" and not days.is_working(until, deadline.country_code):
        raise Refused([Reason(_("Hari itu bukan hari kerja."), field="until")])
    if until > day_of(act.at) + timedelta(days=LONGEST):
        raise Refused([Reason(_("Paling lama satu tahun dari hari ini."), field="until")])
