"""Numbers: one after another, none missing, none twice, whatever fails in between."""

import random
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal import jobs, journal, pdf
from portal.acts import Refused
from portal.content.item import Item
from portal.correspondence import completeness, letters, registers, verbs
from portal.correspondence.model import Letter
from portal.correspondence.numbering import number_text
from portal.correspondence.rendering import file_of
from portal.pdf import RenderFailed


class Cut(Exception):
    """The line went dead after the number was taken and before the transaction ended."""


def test_eight_people_issue_at_once_and_some_acts_fail(office):
    case = office.case()
    waiting = [office.approved(case=case) for _n in range(16)]
    turn, queue, given = threading.Barrier(8), list(waiting), []
    dice = random.Random(7)

    def work():
        turn.wait()
        while queue:
            try:
                letter_id = queue.pop()
            except IndexError:
                return
            dies = dice.random() < 0.4
            try:
                with office.world.act("tono") as act:
                    letter = act.session.get_one(Letter, letter_id)
                    verbs.issue(act, letter)
                    if dies:
                        raise Cut
            except (Cut, DBAPIError):
                queue.append(letter_id)  # as a person would: once more
            else:
                given.append(letter.sequence)

    threads = [threading.Thread(target=work) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, 17))
    with office.site.sessions() as session:
        assert all(not book.missing for book in completeness.books(session, [office.world.office]))
        assert not list(journal.problems(session))


def test_two_people_issue_the_same_letter_and_one_is_told_so(office):
    letter_id = office.approved()
    turn, results = threading.Barrier(2), []

    def work():
        turn.wait()
        try:
            office.do("tono", "issue", letter_id)
        except Refused:
            results.append("refused")
        else:
            results.append("issued")

    threads = [threading.Thread(target=work) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["issued", "refused"]
    assert office.letter(letter_id).sequence == 1


def test_a_crash_between_number_and_file_loses_neither(office, monkeypatch):
    letter = office.approved()
    office.do("tono", "issue", letter)
    numbered = office.letter(letter)
    assert (numbered.number, numbered.pdf_sha256) == ("T.1/KWS1.DIT2/PP.01/III/2026", "")
    with pytest.raises(Refused) as refusal:
        office.do("dewi", "dispatch", letter)
    assert "PDF" in refusal.value.reasons[0].text("id")

    def broken(*_args, **_more):
        raise RenderFailed("memory")

    with monkeypatch.context() as broken_machine:
        broken_machine.setattr(pdf, "render", broken)
        jobs.run_all(office.site)
    assert office.letter(letter).render_error == "memory"

    office.site.clock.move(minutes=5)
    jobs.run_all(office.site)
    done = office.letter(letter)
    assert done.number == numbered.number
    assert not done.render_error
    assert office.site.blobs.read(done.pdf_sha256).startswith(b"%PDF-")


def test_a_file_that_can_never_be_made_ends_in_a_notice(office, monkeypatch):
    letter = office.approved()
    office.do("tono", "issue", letter)

    def broken(*_args, **_more):
        raise RenderFailed("time")

    monkeypatch.setattr(pdf, "render", broken)
    for _try in range(jobs.ATTEMPTS):
        jobs.run_all(office.site)
        office.site.clock.move(hours=3)
    with office.site.sessions() as session:
        events = session.scalars(select(journal.Entry.event).where(journal.Entry.item_id == letter)).all()
    assert "letter_render_failed" in events


def test_the_same_frozen_letter_gives_the_same_file_again(office):
    letter = office.letter(office.issued())
    again = office.site.blobs.put(file_of(letter.snapshot))
    assert again.sha256 == letter.pdf_sha256
    assert letters.sha256(letter.snapshot) == letter.snapshot_hash


def test_an_altered_snapshot_is_never_rendered(office):
    letter = office.approved()
    office.do("tono", "issue", letter)
    with office.site.act() as act:
        found = act.session.get_one(Letter, letter)
        found.snapshot = found.snapshot | {"created": "2026-03-03T00:00:00+00:00"}
    jobs.run_all(office.site)
    assert office.letter(letter).render_error == "snapshot"
    assert office.letter(letter).pdf_sha256 == ""


def test_a_void_number_keeps_its_line_and_is_not_given_again(office):
    case = office.case()
    first = office.issued(case=case)
    office.do("tono", "void", first, reason="salah alamat")
    second = office.issued(case=case)
    assert (office.letter(first).state, office.letter(second).sequence) == ("voided", 2)
    with office.world.act("tono") as act:
        lines = [x.number for x in act.session.execute(registers.outgoing(act, 2026))]
    assert lines == ["T.1/KWS1.DIT2/PP.01/III/2026", "T.2/KWS1.DIT2/PP.01/III/2026"]


def test_secret_letters_are_numbered_in_their_own_book(office):
    case = office.case()
    office.issued(case=case)
    letter = office.draft(case)
    with office.world.act("agus") as act:
        verbs.amend(act, act.session.get_one(Letter, letter), security="R")
    office.do("agus", "submit", letter)
    office.do("rudi", "initial", letter)
    office.do("rina", "approve", letter)
    office.do("tono", "issue", letter)
    assert office.letter(letter).number == "R.1/KWS1.DIT2/PP.01/III/2026"


def test_the_year_of_a_number_turns_at_midnight_in_jakarta(office):
    letter = office.approved(fields={"reply_by": "2027-02-01"})
    office.site.clock.at = office.site.clock.at.replace(year=2026, month=12, day=31, hour=17, minute=0)
    office.do("tono", "issue", letter)
    found = office.letter(letter)
    assert (str(found.dated), found.number) == ("2027-01-01", "T.1/KWS1.DIT2/PP.01/I/2027")


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{sec}.{seq}/{unit}/{romanmonth}/{year}", "B.104/PEN/III/2017"),
        ("{seq}/{unit}/{class}/{mm}/{year}", "104/PEN/PP.01/03/2017"),
    ],
)
def test_numbers_follow_the_house_pattern(pattern, number):
    parts = {"sec": "B", "seq": 104, "unit": "PEN", "class": "PP.01", "romanmonth": "III", "mm": "03", "year": 2017}
    assert number_text(pattern, **parts) == number


def test_a_missing_line_is_named(office):
    letter = office.issued()
    with office.site.act() as act:
        act.session.get_one(Letter, letter).sequence = 99
        session = act.session
        session.flush()
        books = completeness.books(session, [office.world.office])
    assert books[0].missing == (1,)
    assert books[0].key == "letter/KWS1.DIT2/2026/B"


def test_a_unit_without_a_code_can_not_number(office):
    letter = office.approved()
    with office.site.act() as act:
        act.session.get_one(Item, office.world.office).unit_code = ""
    with pytest.raises(Refused):
        office.do("tono", "issue", letter)
