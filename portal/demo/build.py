"""Builds the demo: the agency moves in, and every planned event is done again through the portal's own verbs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from portal import db, mailbox
from portal.acts import Site
from portal.cases.model import Case
from portal.clock import WIB, FixedClock
from portal.consents import coverage
from portal.demo import archive, replay_documents
from portal.demo.replay import STEPS, Replay
from portal.demo.replay_papers import Papers, ordered_ahead
from portal.demo.replay_people import PASSWORD, move_in
from portal.demo.replay_scene import PIN, Agency, Trail
from portal.demo.replay_steps import Step, bulk_steps, home_of, merged
from portal.demo.sign_ins import rows
from portal.demo.world import World, plan
from portal.referrals import ladder
from portal.referrals.chasemodel import ChaseStep
from portal.requirements import rules

WITH_LETTERS = 300
"""Of very many cases, only so many of the newest have letters."""

SAMPLES = 200
"""So many older ones are worked on without letters; of still more cases the others are copies of those."""

BATCH = 100
"""Cases without letters are done so many in one transaction."""

KEPT_MAILS = 50


def is_empty(site: Site) -> bool:
    """Whether there is no case yet."""
    with site.sessions(bind=site.readers) as session:
        return session.scalar(select(Case.id).limit(1)) is None


Tell = Callable[[int, int, str], None]
"""How many cases of how many, and what is being done."""


def tell_nobody(_done: int, _total: int, _doing: str) -> None:
    """Nobody waits."""


def build(
    site: Site,
    *,
    cases: int = 300,
    seed: int = 2026,
    until: datetime | None = None,
    letters: int = WITH_LETTERS,
    samples: int = SAMPLES,
    tell: Tell = tell_nobody,
) -> list[str]:
    """Do two years of work. `letters`: so many of the newest cases have letters, which is what takes time.

    Beyond these and the `samples` the cases are copies: see `archive`.
    Gives what of the plan the portal has refused; a case ends there, for no guard is ever passed by.
    """
    now = (until or site.clock.now()).astimezone(WIB)
    world = plan(seed, min(cases, samples + letters), now)
    first = max(0, world.count - letters)
    clock = FixedClock(world.until - timedelta(days=760))
    with _hurried(site) as hurried:
        past = replace(hurried, clock=clock)
        refused = _rebuild(past, clock, world, first, tell)
        if cases > world.count:
            archive.fill(past, world, cases - world.count, tell)
    with site.act() as act:
        ladder.load(act.session)
    _file_mails(site.settings.data)
    tell(cases, cases, "done")
    return refused


@contextmanager
def _hurried(site: Site) -> Iterator[Site]:
    """The same portal, without waiting for the disk at each commit nor for a mail server; all is on the disk at the end."""
    engine = db.engine_for(site.settings.database_url, is_lasting=False)
    settings = replace(site.settings, mail="")
    try:
        yield replace(
            site, settings=settings, engine=engine, sessions=db.sessions_for(engine), readers=db.readers(engine)
        )
        if engine.dialect.name == "sqlite":
            with closing(site.engine.raw_connection()) as patient:
                patient.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def _rebuild(past: Site, clock: FixedClock, world: World, first: int, tell: Tell) -> list[str]:
    """Move in and do every step; `first`: the first case with letters."""
    tell(0, world.count, "offices, partners and their people move in")
    with past.act() as act:
        rules.load(act.session)
        coverage.load(act.session)
        act.session.execute(delete(ChaseStep))  # in the demo's past people remind by hand; the ladder is new
    units, people, by_paper = move_in(past, world.cast, clock.at, world.seed)
    papers = Papers(past.blobs)
    try:
        agency = Agency(past, world.cast, world.seed, world.until, units, people, by_paper, papers)
        replay = Replay(agency, clock)
        _do_old_cases(replay, world, first, tell)
        replay.do(ordered_ahead(_told(merged(world, first), world.count, tell), papers))
    finally:
        papers.close()
    return replay.refused


def _told(steps: Iterable[Step], cases: int, tell: Tell) -> Iterator[Step]:
    number, day = 0, None
    for trail, done in steps:
        number = max(number, trail.planned.number)
        if day != (day := done.at.astimezone(WIB).date()):
            tell(number, cases, f"the work of {day:%d-%m-%Y}")
        yield trail, done


def _do_old_cases(replay: Replay, world: World, count: int, tell: Tell) -> None:
    """Case by case, for nothing in them is numbered by the year but the cases themselves."""
    does = STEPS | {"receive_document": replay_documents.receive_sample}
    for start in range(0, count, BATCH):
        end = min(start + BATCH, count)
        replay.transact([step for number in range(start, end) for step in _old_case(world, number)], does)
        replay.forget()
        tell(end, world.count, "older cases, without letters")


def _old_case(world: World, number: int) -> Iterator[Step]:
    planned = world.case(number)
    trail = Trail(planned, home_of(planned))
    return ((trail, done) for done in bulk_steps(planned, world))


def _file_mails(data: Path) -> None:
    """Put the newest mails where the demo's mailbox shows them."""
    sent = data / "mail"
    files = sorted(sent.glob("*.eml"), key=lambda path: int(path.stem.rpartition("-")[2]))
    box = data / mailbox.FOLDER
    box.mkdir(parents=True, exist_ok=True)
    for place, path in enumerate(files[-KEPT_MAILS:], 1):
        path.rename(box / f"{place:06d}-{hashlib.sha256(path.name.encode()).hexdigest()[:8]}.eml")
    for path in files[:-KEPT_MAILS]:
        path.unlink()


def sign_ins(_site: Site) -> str:
    """Sign-in names, roles, and the password, as a table to print."""
    lines = [f"  {login:<16} {role}" for role, login, _password in rows()]
    return "\n".join(["Sign in with:", *lines, f"  Password of all: {PASSWORD}", f"  PIN of every case: {PIN}"])
