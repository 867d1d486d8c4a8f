"""Letters that come in: agenda, guesses, match, what becomes of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal import jobs
from portal.acts import Refused
from portal.cases.model import Case
from portal.correspondence import incoming, registers
from portal.correspondence.matching import guesses
from portal.correspondence.model import Incoming, Letter
from portal.documents.model import Document
from tests.correspondence.conftest import PDF, upload


def register(office, who="tono", **given):
    with office.world.act(who) as act:
        facts = {"channel": "LETTER", "subject": "Balasan", "sender": "KBRI Kuala Lumpur"} | given
        return incoming.register(act, **facts).id


def do(office, who, step, incoming_id, **answers):
    with office.world.act(who) as act:
        incoming.TRANSITIONS[step](act, act.session.get_one(Incoming, incoming_id), **answers)


def found(office, incoming_id):
    with office.site.sessions() as session:
        return session.get_one(Incoming, incoming_id)


def dispatched(office, case):
    letter = office.issued(case=case)
    office.do("dewi", "dispatch", letter)
    jobs.run_all(office.site)
    return letter


def test_paper_gets_the_next_agenda_number_and_its_scan_may_follow(office):
    first, second = register(office), register(office, files=[upload("scan 1.pdf", PDF)])
    assert [found(office, i).name for i in (first, second)] == ["SM-KWS1-DIT2-2026-00001", "SM-KWS1-DIT2-2026-00002"]
    assert found(office, second).files[0].media_type == "application/pdf"
    with office.world.act("tono") as act:
        incoming.add_files(act, act.session.get_one(Incoming, first), files=[upload("../../etc/passwd", b"MZ\0")])
    [file] = found(office, first).files
    assert (file.filename, file.media_type) == ("passwd", "application/octet-stream")


def test_each_office_keeps_its_own_agenda(office):
    with office.world.act("joko") as act:
        assert incoming.register(act, channel="LETTER", subject="x", sender="y").name == "SM-BP3MI-JTM-2026-00001"


def test_nothing_is_received_in_the_future(office):
    with pytest.raises(Refused):
        register(office, received_at=office.site.clock.now() + timedelta(minutes=1))


def test_a_letter_that_names_our_number_is_guessed_first_and_a_person_decides(office):
    case, other = office.case(), office.case(narrative="Lain")
    letter, _second = dispatched(office, case), dispatched(office, other)
    number = office.letter(letter).number
    came = register(
        office,
        summary=f"Menjawab surat Saudara Nomor {number} a.n. Siti Rahayu",
        organisation_id=office.world.organisations["kbri"],
    )
    with office.world.act("tono") as act:
        ranked = guesses(act, act.session.get_one(Incoming, came))
    assert ranked[0].reference == number
    assert len(ranked) == 2
    assert ranked[0].score > ranked[1].score
    assert [r for r in (str(x) for x in ranked[0].reasons) if "nomor surat" in r]
    do(office, "tono", "match", came, reference=number, reason="menyebut nomor surat", is_answer=True)
    matched = found(office, came)
    assert (matched.state, matched.letter_id, matched.match_reason) == ("matched", letter, "menyebut nomor surat")
    assert office.letter(letter).state == "answered"


def test_guesses_come_from_case_numbers_and_passports_too(office):
    case = office.case()
    by_number, by_passport = register(office, subject=f"Perihal {case}"), register(office, summary="paspor c1234567")
    with office.world.act("tono") as act:
        for came in (by_number, by_passport):
            assert guesses(act, act.session.get_one(Incoming, came))[0].reference == case


def test_nobody_matches_with_what_he_may_not_see(office):
    case = office.case()
    with office.world.act("joko") as act:
        came = incoming.register(act, channel="LETTER", subject=f"Perihal {case}", sender="x")
        assert guesses(act, came) == []
        with pytest.raises(Refused):
            incoming.match(act, came, reference=case, reason="coba")


def test_an_answer_by_portal_is_matched_at_once_and_belongs_to_the_case(office):
    letter = dispatched(office, office.case())
    with office.world.act("kbri") as act:
        ours = act.session.get_one(Letter, letter)
        came = incoming.register(
            act, channel="WEB", subject="Jawaban", sender="KBRI", letter=ours, answers={"located": "ya"}
        )
        assert (came.state, came.dossier_id, came.name) == ("matched", ours.dossier_id, "SM-KWS1-DIT2-2026-00001")


def test_files_become_documents_of_the_case_once(office):
    case = office.case()
    came = register(office, files=[upload("balasan.txt", b"Balasan.")])
    do(office, "tono", "match", came, reference=case, reason="nomor kasus")
    do(office, "tono", "file_documents", came, document_type="MISSION_LETTER")
    with office.site.sessions() as session:
        inside = session.scalar(select(Case).where(Case.name == case))
        [document] = session.scalars(select(Document).where(Document.parent_id == inside.id))
    assert document.document_type == "MISSION_LETTER"
    with pytest.raises(Refused):
        do(office, "tono", "file_documents", came, document_type="MISSION_LETTER")


def test_what_is_not_for_us_keeps_its_line(office):
    came = register(office)
    do(office, "tono", "set_aside", came)
    do(office, "tono", "discard", came, reason="iklan")
    with office.world.act("tono") as act:
        [line] = registers.agenda_lines(act.session, registers.agenda(act, 2026), "id")
    assert (line["state"].name, line["note"]) == ("junk", "iklan")


def test_noting_answering_and_filing(office):
    case = office.case()
    letter = office.issued(case=case)
    came = register(office)
    do(office, "dewi", "note", came, note="untuk diketahui")
    do(office, "dewi", "answer", came, number=office.letter(letter).number)
    do(office, "dewi", "file", came)
    assert (found(office, came).state, found(office, came).reply_id) == ("filed", letter)
