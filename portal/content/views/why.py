"""“Why this date?”: what is waited for, by which rule, since when, which days did not count, and who gave more time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from pyramid.request import Request

from portal import vocabulary
from portal.clock import WIB
from portal.content.due import STARTS, STEPS, Deadline, of
from portal.content.item import Item
from portal.deadlines import day_of
from portal.i18n import _, day, moment, translate
from portal.pages import Fact
from portal.workdays import FRIDAY, HOME, calendar, days_between

UNITS = {
    "hour": _("jam"),
    "day": _("hari kalender"),
    "workday": _("hari kerja"),
    "month": _("bulan"),
    "year": _("tahun"),
}


@dataclass(frozen=True)
class Why:
    """One running deadline in words: what it waits for, its date, and how the date came about."""

    step: Any
    due_at: datetime
    facts: list[Fact]
    events: list[str]
    skipped: list[str]


def whys(request: Request, item: Item) -> list[Why]:
    """Every running deadline of the item, the first that is due before the others."""
    if item.due_at is None:
        return []
    return [_why(request, deadline) for deadline in of(request.db, item)]


def _why(request: Request, deadline: Deadline) -> Why:
    lang = request.locale_name
    start = STARTS[deadline.start] % {"reference": deadline.reference}
    terms = [Fact(_("Jangka waktu"), terms_in_words(deadline.value, deadline.unit, lang))] if deadline.value else []
    facts = [
        *([Fact(_("Aturan"), deadline.text)] if deadline.text else []),
        *([Fact(_("Dasar hukum"), deadline.law)] if deadline.law else []),
        Fact(_("Terhitung sejak"), f"{translate(start, lang)}, {moment(deadline.started_at, WIB, lang)}"),
        *terms,
        Fact(_("Kalender"), _("versi ${number}", mapping={"number": deadline.calendar_version})),
    ]
    events = [translate(_told(event, lang), lang) for event in deadline.course]
    is_named = bool(deadline.course) and bool(deadline.course[-1].get("until"))
    counts = deadline.unit == "workday" and not is_named  # who names a day has counted himself
    skipped = list(_skipped(request, deadline, lang)) if counts else []
    return Why(STEPS[deadline.step], deadline.due_at, facts, events, skipped)


def terms_in_words(value: int, unit: str, lang: str) -> str:
    """14 hari kerja."""
    return f"{value} {translate(UNITS[unit], lang)}"


def _told(event: Mapping[str, Any], lang: str) -> Any:
    known = {name: _when(event.get(name), lang) for name in ("from", "to", "at", "until")} | {
        "by": event.get("by", ""),
        "reason": event.get("reason", ""),
    }
    if event["what"] == "stop":
        return _("Waktu berhenti dari ${from} sampai ${to}, selagi langkah berikutnya ada pada kita.", mapping=known)
    if event["what"] == "promise":
        return _("Pada ${at} ${by} menjanjikan kabar paling lambat ${until}.", mapping=known)
    if event["until"]:
        return _("Pada ${at} ${by} memperpanjang sampai ${until}: ${reason}", mapping=known)
    return _("Pada ${at} ${by} memberi jangka waktu yang sama sekali lagi: ${reason}", mapping=known)


def _when(value: str | None, lang: str) -> str:
    if not value:
        return "…"
    return day(
        date.fromisoformat(value) if len(value) == len("2026-03-02") else day_of(datetime.fromisoformat(value)), lang
    )


def _skipped(request: Request, deadline: Deadline, lang: str) -> Iterator[str]:
    """The days that did not count between start and end: holidays by their names, then Saturdays and Sundays."""
    days = calendar(request.db)
    between = list(days_between(day_of(deadline.started_at), day_of(deadline.due_at)))
    off = [one for one in between if one.weekday() <= FRIDAY and not days.is_working(one, deadline.country_code)]
    named = groupby(off, lambda one: days.holiday(one, deadline.country_code))
    for holiday, same in named:
        if holiday is not None:
            yield _holiday(request, holiday, list(same), lang)
    if count := sum(one.weekday() > FRIDAY for one in between):
        yield translate(_("Sabtu dan Minggu: ${count} hari", mapping={"count": count}), lang)


def _holiday(request: Request, holiday: tuple[str, str], same: list[date], lang: str) -> str:
    country, name = holiday
    span = day(same[0], lang) if len(same) == 1 else f"{day(same[0], lang)} – {day(same[-1], lang)}"
    place = "" if country == HOME else f" ({vocabulary.name(request.db, 'country', country, lang)})"
    return f"{span}: {name}{place}"
