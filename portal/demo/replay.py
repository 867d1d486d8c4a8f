"""Does the planned steps through the portal's own verbs, day by day, while other processes set the letters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from portal import jobs
from portal.acts import Refused, Site
from portal.clock import WIB, FixedClock
from portal.content import catalog
from portal.correspondence import rendering
from portal.correspondence.issuing import RENDER
from portal.correspondence.model import Letter
from portal.demo import replay_answers, replay_cases, replay_desks, replay_documents, replay_letters
from portal.demo.replay_scene import Agency, Scene, Trail
from portal.demo.replay_steps import Step
from portal.journal import Entry

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
NEEDS_FILE = {"send", "own_send"}
FOLLOWS = NEEDS_FILE | {"look_at_mail"}
"""What may wait until the next day's work is done; a case with anything else to do is not kept waiting."""

SETTING = timedelta(seconds=20)
"""So long after the last thing in its case a letter has its file."""

PRESSES = 2
DAYS_HELD = 14
"""So many days of the demo's time rows are kept in memory."""


class Stuck(Exception):
    """A step of the plan that the portal refused; names the step and every reason."""

    def __init__(self, trail: Trail, text: str) -> None:
        """It was in that case."""
        super().__init__(text)
        self.trail = trail


@dataclass
class Setting:
    """A case one of whose letters is being set."""

    numbered_at: datetime
    waiting: list[Step] = field(default_factory=list)
    """What can't be done before the file is there, and what follows it."""


class Replay:
    """Does the steps in one session, so that what they share is read once; files of letters are made beside it."""

    def __init__(self, agency: Agency, clock: FixedClock) -> None:
        """Begin; the clock stands at each step's moment."""
        self.agency, self.clock = agency, clock
        self.session = agency.site.sessions()
        self.held: dict[int, Any] = {}
        self.stale: set[Any] = set()
        """Rows that jobs have changed in sessions of their own."""
        event.listen(agency.site.sessions, "after_flush", self._note_stale)
        for happening in ("loaded_as_persistent", "pending_to_persistent"):
            event.listen(self.session, happening, self._hold)
        self.presses = ThreadPoolExecutor(PRESSES)
        self.files: dict[int, Future[bytes]] = {}
        """By letter."""
        self.at_press: dict[int, Setting] = {}
        """By number of the case."""
        self.works = jobs.WORK | {RENDER: jobs.Work(self._take_file)}
        self.refused: list[str] = []

    def _hold(self, _session: Session, row: Any) -> None:
        # A session forgets what nobody refers to, and would read it again for the next step.
        self.held[id(row)] = row

    def _note_stale(self, session: Session, _context: object) -> None:
        if session is not self.session:
            self.stale |= {inspect(row).identity_key for row in session.dirty}

    def do(self, steps: Iterable[Step]) -> None:
        """A transaction for each day, and then one for what had to wait for the letters of the day before."""
        with self.presses:
            for place, (_day, of_day) in enumerate(groupby(steps, key=_day_of)):
                earlier = list(self.at_press)
                self._do_day(of_day)
                self._go_on_with(earlier)
                if place % DAYS_HELD == 0:
                    self.forget()
            self._go_on_with(list(self.at_press))

    def _do_day(self, of_day: Iterable[Step]) -> None:
        batch: list[Step] = []
        for step in of_day:
            trail, done = step
            number = trail.planned.number
            setting = self.at_press.get(number)
            if setting is not None and (setting.waiting or done.verb in NEEDS_FILE):
                if done.verb in FOLLOWS:
                    setting.waiting.append(step)
                    continue
                self._do_all(batch)
                batch = []
                self._go_on_with([number])
            batch.append(step)
            if done.verb in NUMBERS:
                self.at_press[number] = Setting(done.at)
        self._do_all(batch)

    def _do_all(self, batch: list[Step]) -> None:
        if not batch:
            return
        self.transact(batch, STEPS)
        self._run_jobs(self.agency.site, AT_ONCE)
        if numbered := {trail.case_id for trail, done in batch if done.verb in NUMBERS}:
            self._put_to_press(numbered)

    def _put_to_press(self, numbered: set[int]) -> None:
        query = select(Letter).where(Letter.number.is_not(None), Letter.pdf_sha256 == "")
        with self.session.begin():
            for letter in self.session.scalars(query.where(Letter.parent_id.in_(numbered)).order_by(Letter.id)):
                if letter.id not in self.files and letter.snapshot is not None:
                    self.files[letter.id] = self.presses.submit(rendering.file_of, letter.snapshot)

    def _take_file(self, site: Site, payload: dict[str, Any]) -> None:
        """The portal's own job, with the file that has been made meanwhile: after all that is in the case's history."""
        file = self.files.pop(payload["letter_id"])
        line = select(Entry.at).join(Letter, Letter.dossier_id == Entry.dossier_id)
        last = line.where(Letter.id == payload["letter_id"]).order_by(Entry.seq.desc()).limit(1)
        with site.sessions(bind=site.readers) as session:
            soon = FixedClock(session.execute(last).scalar_one() + SETTING)
        rendering.render(replace(site, clock=soon), payload, make=lambda _frozen: file.result())

    def _go_on_with(self, numbers: Iterable[int]) -> None:
        """Give these cases the files of their letters, and do what has waited for them."""
        ready = [self.at_press.pop(number) for number in numbers if number in self.at_press]
        if ready:
            latest = max(setting.numbered_at for setting in ready)
            self._run_jobs(replace(self.agency.site, clock=FixedClock(latest)), (RENDER,))
        self._do_all(sorted((step for setting in ready for step in setting.waiting), key=lambda step: step[1].at))

    def _run_jobs(self, site: Site, names: Collection[str]) -> None:
        jobs.run_all(site, names=names, works=self.works)
        for key in self.stale:
            if key in self.session.identity_map:
                self.session.expire(self.session.identity_map[key])
        self.stale.clear()

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
