from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from threading import Lock

import pytest
from sqlalchemy import select

from portal import jobs
from portal.jobs import Job, Work
from tests.foundation.conftest import at_once


@pytest.fixture
def done(monkeypatch):
    """What the jobs named "trial" were done with, in their order."""
    found, lock = [], Lock()

    def run(_site, payload):
        with lock:
            found.append(payload["number"])

    monkeypatch.setitem(jobs.WORK, "trial", Work(run))
    return found


def enqueue(site, **more):
    with site.act() as act:
        jobs.enqueue(act, "trial", **({"number": 1} | more))


def the_job(site) -> Job:
    with site.sessions() as session:
        return session.scalars(select(Job)).one()


def test_a_job_is_done_once(site, done):
    enqueue(site)
    assert jobs.run_all(site) == 1
    assert jobs.run_all(site) == 0
    assert done == [1]
    assert the_job(site).state == "done"


def test_an_act_that_fails_leaves_no_job(site, done):
    with pytest.raises(ZeroDivisionError), site.act() as act:  # noqa: PT012
        jobs.enqueue(act, "trial", number=1)
        raise ZeroDivisionError
    assert jobs.run_all(site) == 0
    assert done == []


def test_a_job_is_not_seen_before_its_act_has_committed(site, done):
    with site.act() as act:
        jobs.enqueue(act, "trial", number=1)
        act.session.flush()
        assert not jobs._is_waiting(site, None)
    assert jobs._is_waiting(site, None)


def test_a_job_for_later_waits_until_then(site, done):
    enqueue(site, after=timedelta(hours=2))
    assert jobs.run_all(site) == 0
    site.clock.move(hours=2)
    assert jobs.run_all(site) == 1


def test_the_job_of_a_killed_worker_is_done_by_the_next_one_when_the_lease_is_over(site, done):
    enqueue(site)
    assert jobs.claim(site) is not None  # and then the worker's process is gone
    assert jobs.run_all(site) == 0
    site.clock.move(seconds=jobs.LEASE.total_seconds() + 1)
    assert jobs.run_all(site) == 1
    assert done == [1]


def test_a_worker_that_was_given_up_for_dead_cannot_finish_what_another_has_taken_over(site, done):
    enqueue(site)
    slow = jobs.claim(site)
    site.clock.move(seconds=jobs.LEASE.total_seconds() + 1)
    second = jobs.claim(site)
    jobs._settle(site, slow, state="dead", error="too late")
    assert (the_job(site).state, the_job(site).lease) == ("running", second.lease)


def test_a_job_that_kills_every_worker_dies_in_the_end_and_somebody_is_told(site, monkeypatch):
    told, ran = [], []
    monkeypatch.setitem(
        jobs.WORK, "trial", Work(lambda _site, p: ran.append(p), on_dead=lambda _site, p: told.append(p["number"]))
    )
    enqueue(site)
    for _attempt in range(jobs.ATTEMPTS):
        assert jobs.claim(site) is not None
        site.clock.move(seconds=jobs.LEASE.total_seconds() + 1)
    jobs.run_all(site)
    assert (the_job(site).state, ran, told) == ("dead", [], [1])


def test_a_failing_job_is_tried_again_after_growing_pauses_and_then_somebody_is_told(site, monkeypatch):
    tries, told = [], []

    def run(_site, _payload):
        tries.append(site.clock.now())
        raise ValueError("paspor C1234567")

    monkeypatch.setitem(jobs.WORK, "trial", Work(run, on_dead=lambda _site, p: told.append(p["number"])))
    enqueue(site)
    while the_job(site).state != "dead":
        assert jobs.run_all(site) == 1
        site.clock.at = max(site.clock.now(), the_job(site).run_at)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert len(tries) == jobs.ATTEMPTS
    assert all(short < long for short, long in pairwise(pauses))
    assert told == [1]
    assert the_job(site).error == "ValueError"  # its text may hold what is somebody's


def test_a_known_failure_keeps_its_words(site, monkeypatch):
    def run(_site, _payload):
        raise jobs.Failed("server tujuan menolak")

    monkeypatch.setitem(jobs.WORK, "trial", Work(run))
    enqueue(site)
    jobs.run_all(site)
    assert the_job(site).error == "server tujuan menolak"


def test_a_job_of_an_unknown_name_dies_without_stopping_the_others(site, done):
    with site.act() as act:
        jobs.enqueue(act, "nobody-knows")
    enqueue(site)
    for _attempt in range(jobs.ATTEMPTS):
        jobs.run_all(site)
        site.clock.move(hours=3)
    with site.sessions() as session:
        states = {job.name: job.state for job in session.scalars(select(Job))}
    assert (states, done) == ({"nobody-knows": "dead", "trial": "done"}, [1])


def test_the_same_work_is_queued_once(site, done):
    for number in (1, 2):
        enqueue(site, number=number, dedup="letter/7")
    enqueue(site, number=3)
    enqueue(site, number=3)
    jobs.run_all(site)
    assert done == [1, 3, 3]


def test_two_workers_share_two_hundred_jobs_and_do_none_twice(site, done):
    with site.act() as act:
        for number in range(200):
            jobs.enqueue(act, "trial", number=number)

    def work(_number):
        while jobs.run_one(site):
            pass

    at_once(2, work)
    assert sorted(done) == list(range(200))


def test_the_worker_thread_works_until_it_is_stopped(site, done):
    worker = jobs.Worker(site)
    worker.start()
    enqueue(site)
    while the_job(site).state != "done":
        worker.join(0.02)
    worker.stop()
    worker.join()
    assert done == [1]
