"""Due dates in hours, calendar days, working days and months, from rules that the office edits, and what moved them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import workdays
from portal.clock import WIB
from portal.db import Base
from portal.vocabulary import rows
from portal.workdays import Calendar, calendar, days_between

END_OF_DAY = time(23, 59, 59)
UNITS = ("hour", "day", "workday", "month", "year")


class DeadlineRule(Base):
    """How long something may take, and which source says so."""

    __tablename__ = "deadline_rule"

    code: Mapped[str] = mapped_column(primary_key=True)
    trigger: Mapped[str]
    value: Mapped[int]
    unit: Mapped[str]
    text: Mapped[str]
    applies_to: Mapped[str]
    source: Mapped[str]
    law: Mapped[str] = mapped_column(default="")
    """Law and article, as people cite them."""
    checked: Mapped[bool]
    """Whether the rule's wording was seen; drafts wait for the office."""


@dataclass(frozen=True)
class Terms:
    """How long something may take, by which rule, as it said when the time began."""

    value: int
    unit: str
    rule: str = ""
    text: str = ""
    law: str = ""


def load(session: Session) -> None:
    """Add the reference rules and holidays that are not there yet."""
    known = set(session.scalars(select(DeadlineRule.code)))
    for row in rows("deadlines"):
        if row["code"] not in known:
            session.add(
                DeadlineRule(
                    code=row["code"],
                    trigger=row["trigger"],
                    value=int(row["value"]),
                    unit=row["unit"].rstrip("?"),
                    text=row["text_id"],
                    applies_to=row["applies_to"],
                    source=row["source"],
                    law=row["law"],
                    checked=row["row_status"] == "sourced" and not row["unit"].endswith("?"),
                )
            )
    workdays.load(session)
    session.flush()


def terms(session: Session, code: str) -> Terms | None:
    """What the named rule says now; None when the office has removed it."""
    rule = session.get(DeadlineRule, code)
    return Terms(rule.value, rule.unit, rule.code, rule.text, rule.law) if rule else None


def due(session: Session, start: datetime, value: int, unit: str, country: str = "") -> datetime:
    """When a time that began at `start` ends."""
    return ends(calendar(session), start, value, unit, country)


def by_rule(session: Session, code: str, start: datetime) -> datetime | None:
    """When the named rule's time ends; None when the office has removed the rule."""
    found = terms(session, code)
    return due(session, start, found.value, found.unit) if found else None


def day_of(instant: datetime) -> date:
    """The day that it is in the office."""
    return instant.astimezone(WIB).date()


def end_of(day: date) -> datetime:
    """The last second of that day in the office."""
    return datetime.combine(day, END_OF_DAY, WIB)


def ends(days: Calendar, start: datetime, value: int, unit: str, country: str = "") -> datetime:
    """When a time that began at `start` ends.

    Hours end to the minute; days, working days, months and years at the end of their last day in WIB. The day of the
    start does not count. Working days leave out Saturdays, Sundays and holidays, ours and the host country's.
    """
    if unit not in UNITS:
        raise ValueError(unit)
    if unit == "hour":
        return start + timedelta(hours=value)
    day = day_of(start)
    if unit == "day":
        day += timedelta(days=value)
    elif unit == "workday":
        day = days.after(day, value, country)
    else:
        day = _add_months(day, value * (12 if unit == "year" else 1))
    return end_of(day)


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)


def reckon(
    days: Calendar, start: datetime, value: int, unit: str, country: str, course: Sequence[Mapping[str, Any]]
) -> datetime:
    """When a time ends after all that happened to it, in its order; the same course gives the same end.

    `course`: stops `{what: stop, from, to}`, extensions `{what: extend, until, at}` (until "": the same time once more), and
    promises `{what: promise, until}`, days that the other side has named itself.
    """
    end = ends(days, start, value, unit, country)
    for event in course:
        if event["what"] == "stop" and event["to"]:
            stopped, resumed = (datetime.fromisoformat(event[name]) for name in ("from", "to"))
            end = _resumed(days, end, stopped, resumed, unit, country)
        elif event["what"] == "extend" and not event["until"]:
            end = ends(days, max(end, datetime.fromisoformat(event["at"])), value, unit, country)
        elif event["what"] == "extend":
            day = date.fromisoformat(event["until"])
            end = end_of(days.not_before(day, country) if unit == "workday" else day)
        elif event["what"] == "promise":
            end = end_of(date.fromisoformat(event["until"]))
    return end


def _resumed(days: Calendar, end: datetime, stopped: datetime, resumed: datetime, unit: str, country: str) -> datetime:
    """As much as was left when the clock stopped is left when it goes on, and never nothing."""
    if unit == "hour":
        return resumed + max(end - stopped, timedelta(hours=1))
    counted = "workday" if unit == "workday" else "day"
    between = days_between(day_of(stopped), day_of(end))
    left = sum(counted == "day" or days.is_working(day, country) for day in between)
    return ends(days, resumed, max(left, 1), counted, country)
