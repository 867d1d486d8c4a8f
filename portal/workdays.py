"""Working days: the days without office hours, here and in host countries, and every change of them by its number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Boolean, Date, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Base, Id
from portal.vocabulary import rows

HOME = "ID"
FRIDAY = 4


class Holiday(Base):
    """A day without office hours: libur nasional or cuti bersama (SKB of three ministers, each year anew), or abroad."""

    __tablename__ = "holiday"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    name: Mapped[str]
    kind: Mapped[str]
    country_code: Mapped[str] = mapped_column(default=HOME)


class CalendarChange(Base):
    """One change of the holidays. The newest number is the calendar's version, which every due date remembers."""

    __tablename__ = "calendar_change"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    by_name: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    country_code: Mapped[str]
    name: Mapped[str]
    is_added: Mapped[bool] = mapped_column(Boolean)
    moved: Mapped[int] = mapped_column(default=0)
    """How many due dates it has moved."""


@dataclass(frozen=True)
class Calendar:
    """The holidays by country and day, as one version of them stood."""

    days: Mapping[str, Mapping[date, str]]
    version: int = 0

    def holiday(self, day: date, country: str = "") -> tuple[str, str] | None:
        """Country and name of the holiday, ours before the host country's; None on other days."""
        for code in (HOME, country):
            if name := self.days.get(code, {}).get(day):
                return code, name
        return None

    def is_working(self, day: date, country: str = "") -> bool:
        """Neither Saturday nor Sunday, nor a holiday here or in that country."""
        return day.weekday() <= FRIDAY and self.holiday(day, country) is None

    def after(self, day: date, count: int, country: str = "") -> date:
        """The day on which so many working days after that one have passed."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day, country)
        return day

    def not_before(self, day: date, country: str = "") -> date:
        """That day, or the next working day where it is none."""
        while not self.is_working(day, country):
            day += timedelta(days=1)
        return day

    def other(self, day: date, country: str, name: str | None) -> Calendar:
        """The same with that day a holiday, or with none on it (`name` None)."""
        kept = {known: word for known, word in self.days.get(country, {}).items() if known != day}
        return replace(self, days={**self.days, country: kept | ({day: name} if name else {})})


def calendar(session: Session) -> Calendar:
    """The holidays as they are now; read once in a session."""
    found: Calendar | None = session.info.get("calendar")
    if found is None:
        days: dict[str, dict[date, str]] = {}
        for country, day, name in session.execute(select(Holiday.country_code, Holiday.day, Holiday.name)):
            days.setdefault(country, {})[day] = name
        found = Calendar(days, session.scalar(select(func.max(CalendarChange.id))) or 0)
        session.info["calendar"] = found
    return found


def forget(session: Session) -> None:
    """Read the holidays again: they have changed."""
    session.info.pop("calendar", None)


def days_between(first: date, last: date) -> Iterator[date]:
    """The days after the first one, up to the last."""
    for number in range(1, (last - first).days + 1):
        yield first + timedelta(days=number)


def load(session: Session) -> None:
    """Add the reference holidays. A year that has some is the office's own: what it removed does not come back."""
    years = {day.year for day in session.scalars(select(Holiday.day).where(Holiday.country_code == HOME))}
    for row in rows("holidays"):
        day = date.fromisoformat(row["date"])
        if day.year not in years:
            session.add(Holiday(day=day, name=row["name_id"], kind=row["kind"], country_code=HOME))
