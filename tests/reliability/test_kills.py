"""kill -9 while people register cases and letters are issued; `KILLS=200` for the full count."""

from __future__ import annotations

import os
import random
import signal
import sys
from queue import SimpleQueue

import pytest
from sqlalchemy import select

from portal.acts import Site
from portal.app import application
from portal.cases.model import Case
from portal.correspondence import verbs as letters
from portal.correspondence.model import Letter
from portal.people import verbs as people
from tests.reliability.books import problems
from tests.reliability.clients import Desk, Ledger, Rush, running, wait_for_work
from tests.visiting import Browser
from tests.world import World

KILLS = int(os.environ.get("KILLS", "20"))
SEED = int(os.environ.get("SEED", "2026"))


class Office:
    """The desks of the people, and letters that lie ready to be issued."""

    def __init__(self, site: Site, world: World) -> None:
        self.site, self.world = site, world
        with world.act("budi") as act:
            family = people.record(act, name="Ahmad Fauzi").id
        self.case = world.case(complainant_id=family, city="Kuala Lumpur", demand="Upah dibayar.")
        first = self.approve(1)
        self.operator = self._desk("budi", "/intake", self._complaint)
        self.registrar = self._desk("tono", f"{first[0][1]}/@workflow/issue", lambda _form: None)
        self.first = first

    def _desk(self, name: str, path: str, fill) -> Desk:
        browser = Browser(application(self.site), extra_environ={"HTTP_ACCEPT": "text/html"})
        browser.site = self.site
        assert browser.sign_in(name).status_int == 303
        form = next(f for f in browser.get(path).forms.values() if "once" in f.fields)
        fill(form)
        cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
        submit = next(iter(n for n, fields in form.fields.items() if n and fields[0].tag == "button"), None)
        return Desk(cookie, [(k, v) for k, v in form.submit_fields(submit) if k not in {"once", "version"}])

    @staticmethod
    def _complaint(form) -> None:
        for name, value in {
            "channel": "PHONE",
            "complainant_type": "FAMILY",
            "main_category": "UNPAID_WAGES",
            "narrative": "Gaji tidak dibayar sejak Januari.",
        }.items():
            form[name] = value

    def approve(self, count: int) -> list[tuple[int, str]]:
        """Letters that only wait for their number: id and address."""
        ready = []
        for _turn in range(count):
            with self.world.act("agus") as act:
                case = act.session.scalar(select(Case).where(Case.name == self.case))
                asked = {"requests": ["menelusuri keberadaan PMI"]}
                to = [self.world.organisations["kbri"]]
                letter = letters.draft(act, case, type_code="ref_mission", to=to, fields=asked)
                letters.submit(act, letter)
                ready.append((letter.id, f"/cases/{self.case}/{letter.name}"))
            with self.world.act("rudi") as act:
                letters.initial(act, act.session.get_one(Letter, letter.id))
            with self.world.act("rina") as act:
                letters.approve(act, act.session.get_one(Letter, letter.id))
        return ready


def kill_again_and_again(office: Office, ledger: Ledger, kills: int, fault: str = "", until=bool) -> list[str]:
    """Lives that end by SIGKILL in the middle of work; gives what was wrong after the last of them."""
    site, chance, ready = office.site, random.Random(SEED), SimpleQueue()
    site.engine.dispose()
    command = [sys.executable, "-W", "ignore", "-m", "tests.reliability.life", str(site.settings.data)]
    with running([*command, site.settings.database, fault]) as portal:
        for turn in range(kills):
            for letter in office.first if turn == 0 else office.approve(3):
                ready.put(letter)
            port, pid = portal.live()
            rush = Rush(port, office.operator, office.registrar, ready, ledger)
            threads = rush.begin()
            wait_for_work(ledger, threads, chance)
            os.kill(pid, signal.SIGKILL)
            rush.stopping.set()
            for thread in threads:
                thread.join()
            portal.wait_until_gone()
            found = problems(site, ledger.cases, ledger.letters)
            if until(found):
                break
    return found


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_no_number_missing_after_kill_minus_nine(site, world, record_property):
    office, ledger = Office(site, world), Ledger()
    assert kill_again_and_again(office, ledger, KILLS) == []
    assert ledger.refused == []
    assert ledger.cut > KILLS, "too few requests were in flight for this to prove anything"
    assert len(ledger.cases) > KILLS
    assert ledger.letters
    record_property(
        "done", f"{KILLS} kills: {len(ledger.cases)} cases, {len(ledger.letters)} letters, {ledger.cut} cut"
    )


@pytest.mark.slow
def test_the_books_show_a_number_that_was_taken_in_a_transaction_of_its_own(site, world):
    office, ledger = Office(site, world), Ledger()
    missing = lambda found: any("is missing" in line for line in found)  # noqa: E731 - one word for the loop
    assert missing(kill_again_and_again(office, ledger, 40, "apart", until=missing))
