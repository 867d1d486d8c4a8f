from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import deadlines
from portal.clock import WIB
from portal.deadlines import DeadlineRule, due
from portal.workdays import Calendar, Holiday

LEBARAN = frozenset(date(2026, 3, day) for day in (18, 19, 20, 21, 22, 23, 24))
"""Nyepi, cuti bersama and Idulfitri of 2026: from Wednesday 18 to Tuesday 24 March."""
ANY_INSTANT = st.integers(0, 15 * 365 * 86_400).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
ANY_UNIT = st.sampled_from(deadlines.UNITS)


def office(holidays=LEBARAN):
    """What the rules ask: the holidays, as a session has them after the first question."""
    return SimpleNamespace(info={"calendar": Calendar({"ID": dict.fromkeys(holidays, "Libur")})})


def wib(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=WIB)


@pytest.mark.parametrize(
    ("start", "value", "unit", "end"),
    [
        (wib(2026, 3, 16, 9), 1, "workday", wib(2026, 3, 17, 23, 59, 59)),
        (wib(2026, 3, 16, 9), 2, "workday", wib(2026, 3, 25, 23, 59, 59)),  # over Nyepi, cuti bersama and a weekend
        (wib(2026, 3, 13, 16), 1, "workday", wib(2026, 3, 16, 23, 59, 59)),  # Friday → Monday
        (wib(2026, 3, 14, 10), 1, "workday", wib(2026, 3, 16, 23, 59, 59)),  # Saturday → Monday
        (wib(2026, 3, 20, 10), 1, "workday", wib(2026, 3, 25, 23, 59, 59)),  # begun on a holiday
        (wib(2026, 3, 16, 9), 14, "day", wib(2026, 3, 30, 23, 59, 59)),
        (wib(2026, 1, 31, 9), 1, "month", wib(2026, 2, 28, 23, 59, 59)),
        (wib(2028, 1, 31, 9), 1, "month", wib(2028, 2, 29, 23, 59, 59)),
        (wib(2026, 8, 31, 9), 6, "month", wib(2027, 2, 28, 23, 59, 59)),
        (wib(2026, 3, 31, 9), 1, "month", wib(2026, 4, 30, 23, 59, 59)),
        (wib(2026, 12, 15, 9), 1, "month", wib(2027, 1, 15, 23, 59, 59)),
        (wib(2028, 2, 29, 9), 1, "year", wib(2029, 2, 28, 23, 59, 59)),
        (wib(2026, 12, 31, 23, 30), 24, "hour", wib(2027, 1, 1, 23, 30)),
        (datetime(2026, 3, 16, 17, 30, tzinfo=UTC), 1, "day", wib(2026, 3, 18, 23, 59, 59)),  # 00.30 WIB on the 17th
    ],
)
def test_a_time_ends_when_an_official_would_say_so(start, value, unit, end):
    assert due(office(), start, value, unit) == end


@given(
    start=ANY_INSTANT, later=st.timedeltas(timedelta(0), timedelta(days=40)), value=st.integers(0, 60), unit=ANY_UNIT
)
def test_who_begins_later_never_ends_earlier(start, later, value, unit):
    assert due(office(), start, value, unit) <= due(office(), start + later, value, unit)


@given(start=ANY_INSTANT, value=st.integers(0, 60), more=st.integers(0, 30), unit=ANY_UNIT)
def test_more_time_never_ends_earlier(start, value, more, unit):
    assert due(office(), start, value, unit) <= due(office(), start, value + more, unit)


@given(
    start=ANY_INSTANT, value=st.integers(1, 60), holidays=st.frozensets(st.dates(date(2020, 1, 1), date(2035, 1, 1)))
)
def test_working_days_end_on_a_working_day_and_are_as_many_as_were_given(start, value, holidays):
    end = due(office(holidays), start, value, "workday")
    day, worked = start.astimezone(WIB).date(), 0
    while day < end.date():
        day += timedelta(days=1)
        worked += day.weekday() < 5 and day not in holidays
    assert worked == value
    assert end.weekday() < 5
    assert end.date() not in holidays


@given(start=ANY_INSTANT, value=st.integers(0, 60), holiday=st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_another_holiday_never_makes_a_time_shorter(start, value, holiday):
    assert due(office(), start, value, "workday") <= due(office(LEBARAN | {holiday}), start, value, "workday")


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="fortnight"):
        due(office(), wib(2026, 1, 1), 1, "fortnight")


def test_the_office_has_rules_and_holidays_that_it_may_change(site):
    with site.act() as act:
        rule = act.session.get(DeadlineRule, "CONTACT_LOST")
        assert (rule.value, rule.unit) == (60, "day")
        rule.value = 61
        act.session.add(Holiday(day=date(2026, 3, 3), name="Pemilihan", kind="libur"))
    with site.act() as act:
        deadlines.load(act.session)
    with site.act() as act:
        assert act.session.get(DeadlineRule, "CONTACT_LOST").value == 61
        assert due(act.session, wib(2026, 3, 2, 10), 1, "workday") == wib(2026, 3, 4, 23, 59, 59)
        assert deadlines.by_rule(act.session, "REMOVED", act.at) is None


def test_loading_again_adds_nothing(site):
    with site.act() as act:
        before = [act.session.query(table).count() for table in (DeadlineRule, Holiday)]
        deadlines.load(act.session)
        assert [act.session.query(table).count() for table in (DeadlineRule, Holiday)] == before
        assert all(before)
