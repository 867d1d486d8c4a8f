"""Due dates in hours, calendar days, working days and months, from rules and holidays that the office edits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Date, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.clock import WIB
from portal.db import Base, Id
from portal.vocabulary import rows

END_OF_DAY = time(23, 59, 59)
UNITS = ("hour", "day", "workday", "month", "year")


class Holiday(Base):
    """A day without office hours: libur nasional or cuti bersama (SKB of three ministers, each year anew)."""

    __tablename__ = "holiday"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    name: Mapped[str]
    kind: Mapped[str]


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
    checked: Mapped[bool]
    """Whether the rule's wording was seen; drafts wait for the office."""


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
                    checked=row["row_status"] == "sourced" and not row["unit"].endswith("?"),
                )
            )
    # A year that has holidays is the office's own: what it removed or corrected does not come back.
    years = {day.year for day in session.scalars(select(Holiday.day))}
    for row in rows("holidays"):
        day = date.fromisoformat(row["date"])
        if day.year not in years:
            session.add(Holiday(day=day, name=row["name_id"], kind=row["kind"]))
    session.flush()


def _holidays(session: Session) -> frozenset[date]:
    if "holidays" not in session.info:
        session.info["holidays"] = frozenset(session.scalars(select(Holiday.day)))
    return session.info["holidays"]


def due(session: Session, start: datetime, value: int, unit: str) -> datetime:
    """When a time that began at `start` ends.

    Hours end to the minute; days, working days, months and years at the end of their last day in WIB. The day of the
    start does not count. Working days leave out Saturdays, Sundays and the office's holidays.
    """
    if unit not in UNITS:
        raise ValueError(unit)
    if unit == "hour":
        return start + timedelta(hours=value)
    day = start.astimezone(WIB).date()
    if unit == "day":
        day += timedelta(days=value)
    elif unit == "workday":
        day = _add_working_days(day, value, _holidays(session))
    else:
        day = _add_months(day, value * (12 if unit == "year" else 1))
    return datetime.combine(day, END_OF_DAY, WIB)


def _add_working_days(day: date, count: int, holidays: frozenset[date]) -> date:
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)


def by_rule(session: Session, code: str, start: datetime) -> datetime | None:
    """When the named rule's time ends; None when the office has removed the rule."""
    rule = session.get(DeadlineRule, code)
    return due(session, start, rule.value, rule.unit) if rule else None
