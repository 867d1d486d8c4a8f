"""Eight people issue at once while acts are rolled back, renderers fail and workers die; `ISSUED=10000` for the full count."""

from __future__ import annotations

import io
import os
import random
import threading

import pikepdf
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal import jobs
from portal.cases.model import Case
from portal.correspondence import completeness, rendering
from portal.correspondence import verbs as letters
from portal.correspondence.model import Letter
from portal.jobs import Job
from portal.journal import Entry
from portal.pdf import RenderFailed
from portal.people import verbs as people
from tests.reliability.books import problems

ISSUED = int(os.environ.get("ISSUED", "120"))
SEED = int(os.environ.get("SEED", "2026"))
WRITERS = 8


class Cut(Exception):
    """The act ended after the number was taken: everything in it is undone."""


class Died(BaseException):
    """The worker was gone between the number and the file."""


class Writer(threading.Thread):
    """One person with a case of his or her own, and bad luck."""

    def __init__(self, site, world, turn: int, count: int) -> None:
        super().__init__()
        self.site, self.world, self.count = site, world, count
        self.dice = random.Random(SEED + turn)
        self.issued: list[int] = []
        self.fates = dict.fromkeys(("cut", "failed", "died"), 0)
        self.fault: BaseException | None = None
        with world.act("budi") as act:
            family = people.record(act, name="Ahmad Fauzi").id
        self.case = world.case(complainant_id=family, city="Kuala Lumpur", demand="Upah dibayar.")

    def run(self) -> None:
        try:
            for _turn in range(self.count):
                letter = self.again(self.approve)
                while not self.issue(letter):
                    pass
                self.issued.append(letter)
                self.print(letter)
        except BaseException as fault:  # noqa: BLE001 - told by the test
            self.fault = fault

    def again(self, work):
        """As a person would: once more, when the database was busy with somebody else's act."""
        while True:
            try:
                return work()
            except DBAPIError:
                continue

    def approve(self) -> int:
        with self.world.act("agus") as act:
            case = act.session.scalar(select(Case).where(Case.name == self.case))
            to = [self.world.organisations["kbri"]]
            asked = {"requests": ["menelusuri keberadaan PMI"]}
            letter = letters.draft(act, case, type_code="ref_mission", to=to, fields=asked)
            letters.submit(act, letter)
        for who, verb in (("rudi", letters.initial), ("rina", letters.approve)):
            with self.world.act(who) as act:
                verb(act, act.session.get_one(Letter, letter.id))
        return letter.id

    def issue(self, letter: int) -> bool:
        try:
            with self.world.act("tono") as act:
                letters.issue(act, act.session.get_one(Letter, letter))
                if self.dice.random() < 0.25:
                    self.fates["cut"] += 1
                    raise Cut
        except (Cut, DBAPIError):
            return False
        return True

    def print(self, letter: int) -> None:
        """A worker takes the letter up; some fail, some die, and the queue has to see to it later."""
        fate = self.dice.random()

        def make(frozen):
            if fate < 0.2:
                raise RenderFailed("memory")
            if fate < 0.35:
                raise Died
            return rendering.file_of(frozen)

        try:
            rendering.render(self.site, {"letter_id": letter}, make)
        except jobs.Failed:
            self.fates["failed"] += 1
        except Died:
            self.fates["died"] += 1
        except DBAPIError:
            pass


@pytest.mark.slow
def test_eight_writers_with_bad_luck_leave_whole_books_and_files_that_open(site, world, record_property):
    writers = [Writer(site, world, turn, ISSUED // WRITERS) for turn in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.fault for writer in writers if writer.fault] == []
    issued = [letter for writer in writers for letter in writer.issued]
    while jobs.run_all(site) or site.clock.at < due(site):
        site.clock.move(hours=1)
    assert problems(site, letters=issued) == []
    with site.sessions() as session:
        numbers = sorted(session.scalars(select(Letter.sequence).where(Letter.number.is_not(None))))
        assert numbers == list(range(1, len(issued) + 1))
        assert list(completeness.faults(session)) == []
        told = {
            e.item_id: e.data["sha256"] for e in session.scalars(select(Entry).where(Entry.event == "letter_rendered"))
        }
        for letter in session.scalars(select(Letter).where(Letter.id.in_(issued)).execution_options(yield_per=100)):
            assert told[letter.id] == letter.pdf_sha256
            assert len(pikepdf.open(io.BytesIO(site.blobs.read(letter.pdf_sha256))).pages) >= 1
    fates = {name: sum(writer.fates[name] for writer in writers) for name in writers[0].fates}
    assert all(fates.values()), "too little went wrong for this to prove anything"
    record_property("done", f"{len(issued)} letters: {fates}")


def due(site):
    """When the last job that waits may run."""
    with site.sessions() as session:
        last = session.scalar(select(func.max(Job.run_at)).where(Job.state == "queued", Job.name == rendering.RENDER))
        return last or site.clock.at
