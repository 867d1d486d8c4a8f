from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.clock import WIB, Clock, FixedClock
from portal.db import Instant
from portal.series import Series

MIDNIGHT_WIB = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)


def test_the_year_of_a_case_number_turns_at_midnight_in_jakarta(site, world):
    numbers = []
    for before in (timedelta(seconds=1), timedelta(0), timedelta(hours=-8)):
        site.clock.at = MIDNIGHT_WIB - before
        numbers.append(world.case())
    assert numbers == ["PMI-2026-000001", "PMI-2027-000001", "PMI-2027-000002"]
    with site.sessions() as session:
        assert {key: session.get(Series, key).value for key in ("case/2026", "case/2027")} == {
            "case/2026": 1,
            "case/2027": 2,
        }


def test_a_clock_that_goes_back_gives_the_old_year_again_without_a_double_number(site, world):
    for minutes in (1, -1, 1):
        site.clock.at = MIDNIGHT_WIB + timedelta(minutes=minutes)
        last = world.case()
    assert last == "PMI-2027-000002"


def test_the_clock_gives_an_instant_with_its_zone():
    assert Clock().now().utcoffset() == timedelta(0)
    assert FixedClock(MIDNIGHT_WIB).move(hours=1).astimezone(WIB).year == 2027


def test_a_time_without_zone_is_never_kept(site):
    with site.sessions() as session, pytest.raises(ValueError, match="zone"):
        Instant().process_bind_param(datetime(2026, 1, 1), session.get_bind().dialect)  # noqa: DTZ001 - that is the point
