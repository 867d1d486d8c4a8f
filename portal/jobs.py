"""Work after commit: rows written in the act's own transaction, run by a worker, tried again, never lost."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.acts import Act, Site
from portal.clock import WIB
from portal.db import Base, Id

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
ATTEMPTS = 6
IDLE_SECONDS = 1.0


class Job(Base):
    """One piece of work: queued → running → done, or dead after its last attempt."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_run_at", "state", "run_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    payload: Mapped[dict[str, Any]]
    dedup: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="queued")
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Failed(Exception):
    """The work failed in a known way; the text is shown to the administrator and holds nothing personal."""


@dataclass(frozen=True)
class Work:
    """How one name of job is done. `run(site, payload)` opens its own acts, and must be safe to run twice."""

    run: Callable[[Site, dict[str, Any]], None]
    on_dead: Callable[[Site, dict[str, Any]], None] | None = None


WORK: dict[str, Work] = {}


def work(name: str, run: Callable[[Site, dict[str, Any]], None], on_dead: Any = None) -> None:
    """Say how jobs of that name are done."""
    WORK[name] = Work(run, on_dead)


def enqueue(act: Act, name: str, *, dedup: str | None = None, after: timedelta = timedelta(0), **payload: Any) -> None:
    """Queue work that becomes visible when the act commits; a second job with the same dedup key is not queued."""
    insert = postgresql.insert if act.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {
        "name": name,
        "payload": payload,
        "dedup": dedup,
        "state": "queued",
        "run_at": act.at + after,
        "attempts": 0,
        "created_at": act.at,
    }
    act.session.execute(insert(Job).values(**values).on_conflict_do_nothing(index_elements=[Job.dedup]))


def daily(act: Act, name: str, after: timedelta = timedelta(0)) -> None:
    """Queue a day's work; the same day's is queued once."""
    enqueue(act, name, dedup=f"{name}/{(act.at + after).astimezone(WIB).date()}", after=after)


def _due(now: datetime, names: Collection[str] | None) -> Any:
    waits = or_((Job.state == "queued") & (Job.run_at <= now), (Job.state == "running") & (Job.lease_until < now))
    return waits if names is None else waits & Job.name.in_(names)


def claim(site: Site, names: Collection[str] | None = None) -> Job | None:
    """Lease one job that is due, or whose worker died; None when there is nothing to do."""
    now = site.clock.now()
    with site.sessions() as session, session.begin():
        found = session.scalar(
            select(Job).where(_due(now, names)).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
        )
        if found is not None:
            found.state, found.attempts = "running", found.attempts + 1
            found.lease, found.lease_until = secrets.token_hex(8), now + LEASE
        return found


def run_one(site: Site, names: Collection[str] | None = None, works: Mapping[str, Work] = WORK) -> bool:
    """Do one due job, of those names only if any are given; False when there was none."""
    if not _is_waiting(site, names):
        return False
    job = claim(site, names)
    if job is None:
        return False
    if job.attempts > ATTEMPTS:
        _bury(site, job, "its worker died each time")
        return True
    try:
        works[job.name].run(site, job.payload)
    except Exception as error:  # noqa: BLE001 - a job may fail in any way; it is recorded and tried again
        _finish_badly(site, job, error)
    else:
        _settle(site, job, state="done", finished_at=site.clock.now(), error=None)
    return True


def _is_waiting(site: Site, names: Collection[str] | None) -> bool:
    # A look without the write lock: an idle worker must not take SQLite's only writer seat every second.
    with site.sessions(bind=site.readers) as session:
        return session.scalar(select(Job.id).where(_due(site.clock.now(), names)).limit(1)) is not None


def _finish_badly(site: Site, job: Job, error: Exception) -> None:
    reason = str(error) if isinstance(error, Failed) else type(error).__name__
    log.warning("job failed", extra={"job": job.name, "job_id": job.id, "attempt": job.attempts, "reason": reason})
    if not isinstance(error, Failed):
        log.debug("job traceback", exc_info=error)
    if job.attempts >= ATTEMPTS:
        _bury(site, job, reason)
    else:
        later = site.clock.now() + timedelta(seconds=5 * 4 ** (job.attempts - 1))
        _settle(site, job, state="queued", run_at=later, error=reason)


def _bury(site: Site, job: Job, reason: str) -> None:
    # Told first, settled then: a crash in between tells twice, the other way round nobody would ever know.
    on_dead = WORK[job.name].on_dead if job.name in WORK else None
    if on_dead:
        on_dead(site, job.payload)
    _settle(site, job, state="dead", finished_at=site.clock.now(), error=reason)


def _settle(site: Site, job: Job, **values: Any) -> None:
    # Fenced by lease and attempt: a worker that was given up for dead can't finish what another has taken over.
    with site.sessions() as session, session.begin():
        held = (Job.id == job.id) & (Job.lease == job.lease) & (Job.attempts == job.attempts)
        session.execute(update(Job).where(held).values(lease=None, lease_until=None, **values))


def run_all(
    site: Site, limit: int = 10_000, names: Collection[str] | None = None, works: Mapping[str, Work] = WORK
) -> int:
    """Do what is due, and what that makes due, and say how many jobs it was."""
    done = 0
    while done < limit and run_one(site, names, works):
        done += 1
    return done


class Worker(threading.Thread):
    """Runs due jobs until it is stopped; failures of the database only make it wait."""

    def __init__(self, site: Site) -> None:
        """A daemon thread: the process never waits for it to die."""
        super().__init__(name="worker", daemon=True)
        self.site = site
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work, and rest while there is nothing to do."""
        while not self.stopping.is_set():
            try:
                busy = run_one(self.site)
            except Exception:
                log.exception("worker could not reach the queue")
                busy = False
            if not busy:
                self.stopping.wait(IDLE_SECONDS)

    def stop(self) -> None:
        """End after the job in hand."""
        self.stopping.set()
