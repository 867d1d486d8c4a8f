"""Builds the demo: the agency moves in, and every planned event is done again through the portal's own verbs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from portal import jobs, mailbox
from portal.acts import Refused, Site
from portal.cases.model import Case
from portal.clock import WIB, FixedClock
from portal.content import catalog
from portal.correspondence.issuing import RENDER
from portal.correspondence.model import Delivery, Letter
from portal.demo import replay_answers, replay_cases, replay_desks, replay_documents, replay_letters
from portal.demo.replay_papers import Papers, ordered_ahead
from portal.demo.replay_people import PASSWORD, move_in
from portal.demo.replay_scene import Agency, Scene, Trail
from portal.demo.replay_steps import Step, bulk_steps, home_of, merged
from portal.demo.sign_ins import rows
from portal.demo.world import World, plan
from portal.mail import Mail
from portal.referrals.model import Referral
from portal.requirements import rules

STEPS = {
    **replay_cases.STEPS,
    **replay_documents.STEPS,
    **replay_letters.STEPS,
    **replay_answers.STEPS,
    **replay_desks.STEPS,
}
Does = Mapping[str, Callable[[Scene], None]]
AT_ONCE = ("mail.send", "referral.tick")
"""Work that is done at its own moment, like the files of letters; pictures of papers are left to the portal's worker."""

NUMBERS = {"issue", "own_issue"}
WITH_LETTERS = 2000
"""Of very many cases, only so many of the newest have letters."""

BATCH = 100
"""Older cases of a very large demo are done so many in one transaction."""

KEPT_MAILS = 50
DAYS_HELD = 14
"""So many days of the demo's time rows are kept in memory."""


class Stuck(Exception):
    """A step of the plan that the portal refused; names the step and every reason."""

    def __init__(self, trail: Trail, text: str) -> None:
        """It was in that case."""
        super().__init__(text)
        self.trail = trail


def is_empty(site: Site) -> bool:
    """Whether there is no case yet."""
    with site.sessions(bind=site.readers) as session:
        return session.scalar(select(Case.id).limit(1)) is None


def print_nothing(_done: int, _total: int) -> None:
    """Tell nobody."""


def build(
    site: Site,
    *,
    cases: int = 300,
    seed: int = 2026,
    until: datetime | None = None,
    letters: int = WITH_LETTERS,
    tell: Callable[[int, int], None] = print_nothing,
) -> list[str]:
    """Do two years of work. `letters`: so many of the newest cases have letters, which is what takes time.

    Gives what of the plan the portal has refused; a case ends there, for no guard is ever passed by.
    """
    now = (until or site.clock.now()).astimezone(WIB)
    world = plan(seed, cases, now)
    clock = FixedClock(world.until - timedelta(days=760))
    past = replace(site, clock=clock, settings=replace(site.settings, mail=""))
    with past.act() as act:
        rules.load(act.session)
    units, people, by_paper = move_in(past, world.cast, clock.at, seed)
    papers = Papers(site.blobs)
    try:
        agency = Agency(past, world.cast, seed, world.until, units, people, by_paper, papers)
        first = max(0, cases - letters)
        replay = Replay(agency, clock)
        _do_old_cases(replay, world, first, tell)
        replay.do(ordered_ahead(_told(merged(world, first), cases, tell), papers))
    finally:
        papers.close()
    _file_mails(site.settings.data)
    tell(cases, cases)
    return replay.refused


def _told(steps: Iterable[Step], cases: int, tell: Callable[[int, int], None]) -> Iterator[Step]:
    for trail, done in steps:
        if done.verb == "register":
            tell(trail.planned.number, cases)
        yield trail, done


class Replay:
    """Does the steps in one session, so that what they share is read once; letters are set beside it."""

    def __init__(self, agency: Agency, clock: FixedClock) -> None:
        """Begin; the clock stands at each step's moment."""
        self.agency, self.clock = agency, clock
        self.session = agency.site.sessions()
        self.held: dict[int, Any] = {}
        for happening in ("loaded_as_persistent", "pending_to_persistent"):
            event.listen(self.session, happening, self._hold)
        self.beside = ThreadPoolExecutor(1)
        self.at_press: dict[int, Future[int]] = {}
        """Cases by number, one of whose letters is being set."""
        self.refused: list[str] = []

    def _hold(self, _session: Session, row: Any) -> None:
        # A session forgets what nobody refers to, and would read it again for the next step.
        self.held[id(row)] = row

    def do(self, steps: Iterable[Step]) -> None:
        """One transaction for each day, ended early for a case that has to wait for the file of its letter."""
        with self.beside:
            for place, (_day, of_day) in enumerate(groupby(steps, key=_day_of)):
                batch: list[Step] = []
                numbered: set[int] = set()
                for trail, done in of_day:
                    number = trail.planned.number
                    if number in numbered or number in self.at_press:
                        self._do_all(batch, numbered)
                        batch, numbered = [], set()
                        self._wait_for(number)
                    batch.append((trail, done))
                    if done.verb in NUMBERS:
                        numbered.add(number)
                self._do_all(batch, numbered)
                if place % DAYS_HELD == 0:
                    self.forget()
            for number in list(self.at_press):
                self._wait_for(number)

    def _do_all(self, batch: Iterable[Step], numbered: Collection[int]) -> None:
        self.transact(batch, STEPS)
        site = self.agency.site
        if jobs.run_all(site, names=AT_ONCE):
            self._expire(Delivery, Mail, Referral, Letter)
        if numbered:
            standing = replace(site, clock=FixedClock(self.clock.at))
            self.at_press |= dict.fromkeys(numbered, self.beside.submit(jobs.run_all, standing, names=(RENDER,)))

    def _wait_for(self, number: int) -> None:
        if number in self.at_press:
            self.at_press.pop(number).result()
            self._expire(Letter)

    def _expire(self, *models: type[Any]) -> None:
        """Read these again: another transaction has changed some."""
        for row in self.held.values():
            if isinstance(row, models) and row in self.session:
                self.session.expire(row)

    def transact(self, batch: Iterable[Step], does: Does) -> None:
        """Do these in one transaction; without the rest of a case in which one step is refused."""
        going_on = [step for step in batch if not step[0].is_stuck]
        try:
            with self.session.begin(), catalog.gathered(self.session):
                for trail, done in going_on:
                    self.clock.at = done.at
                    _do_one(Scene(self.agency, self.session, trail, done), does)
        except Stuck as stuck:
            stuck.trail.is_stuck = True
            self.refused.append(str(stuck))
            self.forget()
            self.session.info.clear()  # the words read before are of the transaction that was taken back
            self.transact(going_on, does)

    def forget(self) -> None:
        """Let go of all that was read."""
        self.session.expunge_all()
        self.held.clear()


def _day_of(step: Step) -> date:
    return step[1].at.astimezone(WIB).date()


def _do_one(scene: Scene, does: Does) -> None:
    try:
        does[scene.event.verb](scene)
    except Refused as refusal:
        done, reasons = scene.event, "; ".join(reason.text("id") for reason in refusal.reasons)
        raise Stuck(scene.trail, f"case {scene.trail.planned.number} {done.at} {done.verb}: {reasons}") from refusal


def _do_old_cases(replay: Replay, world: World, count: int, tell: Callable[[int, int], None]) -> None:
    """Case by case, for nothing in them is numbered by the year but the cases themselves."""
    does = STEPS | {"receive_document": replay_documents.receive_sample}
    for start in range(0, count, BATCH):
        end = min(start + BATCH, count)
        replay.transact([step for number in range(start, end) for step in _old_case(world, number)], does)
        replay.forget()
        tell(end, world.count)


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
    return "\n".join(["Sign in with:", *lines, f"  Password of all: {PASSWORD}"])
