"""How the demo's cases are shared out: categories, channels, endings, and the hours at which people complain."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from portal.clock import WIB
from portal.demo.names import chance
from portal.vocabulary import rows

RARE = 8
CATEGORIES = {
    # Weights out of about 1,000, from the counts of 2013, 2021, 2023-01..06, 2024-01..06 (complaint_stats.csv).
    "WANT_REPATRIATION": 190,
    "UNPAID_WAGES": 110,
    "DEATH_ABROAD": 70,
    "FAILED_DEPARTURE": 65,
    "LOST_CONTACT": 50,
    "OVERCHARGING": 45,
    "CONTRACT_MISMATCH": 45,
    "ILLNESS": 45,
    "DEPORTED": 35,
    "JOB_FRAUD": 35,
    "TRAFFICKING": 30,
    "UNILATERAL_TERMINATION": 25,
    "EMPLOYER_VIOLENCE": 25,
    "UNDOCUMENTED": 20,
    "SOCIAL_SECURITY": 20,
    "PREGNANT_WITH_CHILD": 20,
}
"""All other categories have the weight RARE: enough to be met once in 300 cases."""

COUNTER = {"LETTER": 345, "WALK_IN": 290, "PARTNER": 20, "HELPDESK": 10, "VIDEO_CONFERENCE": 5}
ANYTIME = {"PHONE": 165, "EMAIL": 55, "WHATSAPP": 50, "WEB": 35, "MOBILE_APP": 15, "SOCIAL_MEDIA": 10}
"""Weights of channels: complaint_stats.csv 2017-01..08 and 2021 (letters); the newer ones share what was "other"."""

CLOSED_SHARE = 0.235
"""About so much comes in outside office hours, only through ANYTIME channels."""

ENDINGS: dict[int, dict[str, int]] = {
    60: {"verifying": 22, "clarifying": 20, "in_process": 40, "DEMAND_MET": 10, "WITHDRAWN": 4, "INVALID": 4},
    270: {
        "verifying": 3,
        "clarifying": 4,
        "in_process": 25,
        "resolved": 7,
        "reopened": 4,
        "DEMAND_MET": 30,
        "HANDED_OVER": 6,
        "WITHDRAWN": 4,
        "DOCS_INCOMPLETE": 6,
        "INVALID": 2,
        "NO_CLARITY": 3,
        "COMPLAINANT_UNREACHABLE": 3,
        "DUPLICATE": 3,
    },
    100_000: {
        "in_process": 7,
        "resolved": 1,
        "reopened": 2,
        "DEMAND_MET": 47,
        "HANDED_OVER": 9,
        "WITHDRAWN": 5,
        "DOCS_INCOMPLETE": 8,
        "INVALID": 3,
        "REPORTED_PARTY_UNREACHABLE": 3,
        "NO_CLARITY": 3,
        "COMPLAINANT_UNREACHABLE": 5,
        "UNRESOLVABLE_NO_RESPONSE": 4,
        "DUPLICATE": 3,
    },
}
"""Age of a case in days → how far it has come: a stage, or a closing reason. About two of three are solved (BNP-2015)."""

FRESH = (("registered", 0.008), ("triaged", 0.02))
"""Share of the newest cases that nobody has worked on yet."""

AXES = {"category": 0.6180339887, "ending": 0.4142135624, "country": 0.7320508076, "channel": 0.6457513111}


def spread(number: int, axis: str, seed: int) -> float:
    """The number-th point of an even, irregular row of numbers from 0 to 1.

    Multiples of an irrational number fill the unit interval far more evenly than chance: each category gets its share
    of every few hundred cases, whichever part of the years is looked at.
    """
    return (chance(seed, axis).random() + number * AXES[axis]) % 1.0


def share(weights: Mapping[str, float], at: float) -> str:
    """The key of a table of weights that a number from 0 to 1 falls on."""
    sums = list(accumulate(weights.values()))
    return list(weights)[min(bisect(sums, at * sums[-1]), len(sums) - 1)]


@cache
def categories() -> dict[str, dict[str, Any]]:
    """All case categories of the reference data by code, with their weight."""
    return {row["code"]: {**row, "weight": CATEGORIES.get(row["code"], RARE)} for row in rows("case_categories")}


@cache
def category_weights() -> dict[str, float]:
    """Code → weight."""
    return {code: row["weight"] for code, row in categories().items()}


@cache
def _channels(is_open: bool) -> dict[str, float]:
    anytime, counter = sum(ANYTIME.values()), sum(COUNTER.values())
    if not is_open:
        return {**ANYTIME}
    by_day = 1 - CLOSED_SHARE * (anytime + counter) / anytime
    return {**COUNTER, **{code: weight * by_day for code, weight in ANYTIME.items()}}


def channel(at: datetime, point: float) -> str:
    """How a complaint came in at that moment."""
    return share(_channels(is_open(at)), point)


def ending(number: int, cases: int, age: timedelta, point: float) -> str:
    """How far a case shall come: the newest nowhere yet, the old ones mostly to an end."""
    newest = cases - 1 - number
    for place, (stage, part) in enumerate(FRESH):
        if newest < max(place + 1, part * cases):
            return stage
    return share(next(table for days, table in ENDINGS.items() if age.days < days), point)


@cache
def _holidays() -> frozenset[date]:
    return frozenset(date.fromisoformat(row["date"]) for row in rows("holidays"))


def is_open(at: datetime) -> bool:
    """Whether the office's counter is open."""
    at = at.astimezone(WIB)
    return at.weekday() < 5 and 8 <= at.hour < 16 and at.date() not in _holidays()


def office_time(at: datetime, rng: Random) -> datetime:
    """The moment itself in office hours; else some minute of the next working day."""
    if is_open(at):
        return at
    at = at.astimezone(WIB)
    if at.hour >= 8:
        at += timedelta(days=1)
    while at.weekday() > 4 or at.date() in _holidays():
        at += timedelta(days=1)
    return at.replace(hour=8, minute=0) + timedelta(minutes=rng.randint(5, 220))


@cache
def _week() -> list[float]:
    by_hour = [0.3] * 6 + [1.0, 4.0] + [24.0] * 4 + [14.0] + [24.0] * 3 + [5.0, 4.0, 4.0, 4.0, 3.0, 2.0, 1.5, 0.5]
    return [0.0, *accumulate(weight * (1.0 if day < 5 else 0.1) for day in range(7) for weight in by_hour)]


MONDAY = datetime(2018, 1, 1, tzinfo=WIB)
"""Some Monday before all cases."""


def _load(at: datetime) -> float:
    hours = (at - MONDAY) / timedelta(hours=1)
    week, hour = divmod(hours, 168)
    place, part = divmod(hour, 1)
    sums = _week()
    return week * sums[-1] + sums[int(place)] + part * (sums[int(place) + 1] - sums[int(place)])


def moment(start: datetime, end: datetime, point: float) -> datetime:
    """The time at which that part of all complaints between two times has come in; later points are never earlier."""
    first, last = _load(start), _load(end)
    sums = _week()
    week, rest = divmod(first + (last - first) * point, sums[-1])
    place = min(bisect(sums, rest) - 1, 167)
    part = (rest - sums[place]) / (sums[place + 1] - sums[place])
    return MONDAY + timedelta(hours=week * 168 + place + part)
