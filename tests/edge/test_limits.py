from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.db import engine_for
from portal.limits import Throttle, TooMany, forgive, sweep, throttle

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def engine(new_database):
    engine = engine_for(new_database())
    Throttle.__table__.create(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with Session(engine) as session:
        yield session


def tries(session, count, key="sign-in:siti", at=NOW, limit=3):
    """How many of that many tries were allowed."""
    allowed = 0
    for _ in range(count):
        try:
            throttle(session, key, limit=limit, per=HOUR, now=at)
            allowed += 1
        except TooMany:
            pass
    return allowed


def test_as_many_tries_as_the_limit_says_and_not_one_more(session):
    assert tries(session, 10) == 3


def test_each_key_has_its_own_count(session):
    assert tries(session, 3, "a") == tries(session, 3, "b") == 3


def test_the_count_starts_afresh_when_the_window_is_over(session):
    tries(session, 5)
    assert tries(session, 1, at=NOW + HOUR - timedelta(seconds=1)) == 0
    assert tries(session, 5, at=NOW + HOUR) == 3


def test_refused_tries_do_not_prolong_the_wait(session):
    tries(session, 3)
    for minutes in range(0, 60, 5):
        assert tries(session, 1, at=NOW + timedelta(minutes=minutes)) == 0
    assert tries(session, 1, at=NOW + HOUR) == 1


def test_the_refusal_says_when_to_come_back(session):
    tries(session, 3)
    with pytest.raises(TooMany) as refused:
        throttle(session, "sign-in:siti", limit=3, per=HOUR, now=NOW + timedelta(minutes=50))
    assert refused.value.retry_after == 600
    assert refused.value.reasons[0].text("id") == "Terlalu banyak percobaan. Coba lagi dalam 10 menit."
    assert refused.value.reasons[0].text("en") == "Too many tries. Try again in 10 minutes."


def test_the_key_itself_is_nowhere_in_the_database(session):
    throttle(session, "reset:siti@example.id \ud800", limit=3, per=HOUR, now=NOW)
    (row,) = session.scalars(select(Throttle))
    assert "siti" not in row.key


def test_who_signs_in_rightly_starts_afresh(session):
    tries(session, 3)
    forgive(session, "sign-in:siti")
    assert tries(session, 3) == 3


def test_windows_that_are_over_are_forgotten(session):
    tries(session, 1, "old", at=NOW - 2 * HOUR)
    tries(session, 1, "new")
    sweep(session, NOW)
    assert len(session.scalars(select(Throttle)).all()) == 1


def test_of_many_at_once_only_the_limit_gets_through(engine):
    allowed, start = [], Barrier(8)

    def one():
        start.wait()
        for _ in range(5):
            with Session(engine) as session, session.begin():
                allowed.append(tries(session, 1, limit=10))

    threads = [Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 10
    assert len(allowed) == 40
