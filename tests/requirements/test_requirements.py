"""Which documents a case needs, what becomes of each, and what has to wait for it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal import jobs
from portal.acts import Refused
from portal.cases import verbs as cases
from portal.documents import verbs as documents
from portal.documents.model import Document
from portal.people import verbs as people
from portal.people.model import Person
from portal.requirements import follow, gaps, replay, rules, verbs
from portal.requirements.model import Requirement, RequirementRule
from tests.documents import files


def necessities(desk) -> dict[str, str]:
    with desk.act() as (act, case):
        return {
            r.document_type: r.necessity for r in gaps.requirements(act.session, case) if r.state != "not_applicable"
        }


def sentences(refused) -> list[str]:
    return [reason.text("id") for reason in refused.value.reasons]


def test_the_table_is_loaded_once_and_what_the_office_changed_stays(site, desk):
    with site.act() as act:
        rule = act.session.scalars(select(RequirementRule).where(RequirementRule.document_type == "CHRONOLOGY")).first()
        rule.necessity = "optional"
    with site.act() as act:
        assert rules.load(act.session) == 0
        assert act.session.get_one(RequirementRule, rule.id).necessity == "optional"


def test_the_strongest_rule_of_all_matters_wins(desk_of):
    assert necessities(desk_of(categories=["UNPAID_WAGES"]))["WORK_CONTRACT"] == "mandatory"
    assert necessities(desk_of(categories=["LOST_CONTACT"]))["WORK_CONTRACT"] == "optional"
    both = necessities(desk_of(categories=["LOST_CONTACT", "DEATH_ABROAD", "UNPAID_WAGES"]))
    assert (both["WORK_CONTRACT"], both["PASSPORT"], both["KK"]) == ("mandatory", "mandatory", "mandatory")
    assert both["MCCD"] == "conditional"


def test_who_complains_by_mandate_needs_a_power_of_attorney(desk_of):
    assert necessities(desk_of(complainant_type="LAWYER"))["POWER_OF_ATTORNEY"] == "mandatory"
    assert necessities(desk_of(complainant_type="NGO"))["POWER_OF_ATTORNEY"] == "mandatory"
    assert "POWER_OF_ATTORNEY" not in necessities(desk_of(complainant_type="FAMILY"))


def test_nobody_is_asked_for_an_anonymous_complainants_card(desk_of):
    assert "KTP_COMPLAINANT" not in necessities(desk_of(complainant_type="ANONYMOUS"))


def test_opening_the_list_again_changes_nothing(desk):
    before = desk.states()
    with desk.act() as (act, case):
        version = case.version
        first = {r.id: r.version for r in verbs.open_for(act, case)}
        assert {r.id: r.version for r in verbs.open_for(act, case)} == first
        assert case.version == version
    assert desk.states() == before


def test_the_list_follows_the_facts_there_and_back(desk):
    with desk.on("WORK_CONTRACT") as (act, requirement):
        verbs.request(act, requirement, requested_from="Pengadu")
    with desk.act() as (act, case):
        cases.amend(act, case, categories=["DEATH_ABROAD"])
    assert (desk.state("DEATH_CERT"), desk.state("PAYSLIP")) == ("needed", "not_applicable")
    assert desk.state("WORK_CONTRACT") == "requested"  # every case may need it: it stays, no longer mandatory
    with desk.act() as (act, case):
        cases.amend(act, case, categories=["UNPAID_WAGES"])
    assert (desk.state("DEATH_CERT"), desk.state("PAYSLIP")) == ("not_applicable", "needed")
    assert necessities(desk)["WORK_CONTRACT"] == "mandatory"


def test_what_returns_has_learned_what_became_of_its_document(desk):
    document_id = desk.bring("PAYSLIP")
    with desk.on("PAYSLIP") as (act, requirement):
        verbs.accept(act, requirement)
    with desk.act() as (act, case):
        cases.amend(act, case, categories=["LOST_CONTACT"])
        documents.withdraw(act, act.session.get_one(Document, document_id), reason="Salah orang")
    assert desk.state("PAYSLIP") == "not_applicable"
    with desk.act() as (act, case):
        cases.amend(act, case, categories=["UNPAID_WAGES"])
    assert desk.state("PAYSLIP") == "withdrawn"


def test_a_case_that_has_not_opened_its_list_gets_none_by_a_change(desk_of):
    desk = desk_of(is_open=False)
    with desk.act() as (act, case):
        cases.amend(act, case, categories=["DEATH_ABROAD"])
    assert desk.states() == {}


def test_a_document_that_comes_in_is_what_was_asked_for(desk):
    desk.bring("CHRONOLOGY")
    assert desk.state("CHRONOLOGY") == "received"


def test_taking_it_in_twice_is_one_event(site, desk):
    document_id = desk.bring("CHRONOLOGY")
    with desk.on("CHRONOLOGY") as (act, requirement):
        version = requirement.version
        verbs.receive(act, requirement, document_id=document_id)
        act.session.flush()
        assert requirement.version == version


def test_accepting_the_requirement_accepts_its_document(site, desk):
    document_id = desk.bring("CHRONOLOGY")
    with desk.on("CHRONOLOGY") as (act, requirement):
        verbs.accept(act, requirement)
    with site.sessions() as session:
        assert session.get_one(Document, document_id).state == "accepted"


def test_rejecting_names_the_reason_and_asks_for_a_next_step(site, desk):
    document_id = desk.bring("CHRONOLOGY")
    with desk.on("CHRONOLOGY") as (act, requirement):
        verbs.reject(act, requirement, reason="illegible", note="Halaman 2 buram")
        assert requirement.due_at.date() == date(2026, 3, 3)
    with desk.act() as (act, case):
        gap = next(g for g in gaps.gaps(act.session, case) if g.document_type == "CHRONOLOGY")
        assert (gap.state, gap.is_mandatory) == ("rejected", True)
        assert act.session.get_one(Document, document_id).state == "rejected"
    with desk.on("CHRONOLOGY") as (act, requirement):
        verbs.ask_again(act, requirement)
        assert (requirement.state, requirement.requested_from) == ("requested", "Pengadu")


def test_a_rejection_for_another_reason_must_say_which(desk):
    desk.bring("CHRONOLOGY")
    with pytest.raises(Refused) as refused, desk.on("CHRONOLOGY") as (act, requirement):
        verbs.reject(act, requirement, reason="other")
    assert sentences(refused) == ["Jelaskan alasannya."]
    assert desk.state("CHRONOLOGY") == "received"


def test_a_file_in_quarantine_is_kept_but_does_not_count(site, desk):
    document_id = desk.bring("CHRONOLOGY", files.pdf_that_runs("when opened"))
    with desk.on("CHRONOLOGY") as (_act, requirement):
        assert (requirement.state, requirement.document_id) == ("rejected", document_id)
        assert "perintah" in requirement.reject_note


def test_doubts_must_be_answered_before_accepting(site, desk):
    with site.act() as act:
        siti = act.session.scalars(select(Person).where(Person.title == "Siti Rahayu")).one()
        people.amend(act, siti, nik="3212014505900001")
    document_id = desk.bring(
        "PASSPORT", holder="Siti Rohayu binti Karta", number="C 7654321", expires_on=date(2026, 1, 1)
    )
    with pytest.raises(Refused) as refused, desk.on("PASSPORT") as (act, requirement):
        verbs.accept(act, requirement)
    assert sentences(refused) == [
        "Masa berlaku dokumen habis pada 1 Januari 2026.",
        "Nomor paspor tidak ada dalam data orang.",
        "Nama pada dokumen (Siti Rohayu binti Karta) berbeda dengan nama dalam data (Siti Rahayu).",
        "Tulis alasan menerima dokumen meski ada peringatan.",
    ]
    with desk.on("PASSPORT") as (act, requirement):
        verbs.accept(act, requirement, override="Paspor lama; nomor baru belum terbit")
        assert requirement.override
        assert act.session.get_one(Document, document_id).state == "accepted"


def test_a_name_in_another_order_raises_no_doubt(desk):
    desk.bring("PASSPORT", holder="RAHAYU SITI, Hj.", number="c1234567")
    with desk.on("PASSPORT") as (act, requirement):
        verbs.accept(act, requirement)
    assert desk.state("PASSPORT") == "accepted"


@pytest.mark.parametrize(
    ("number", "doubt"),
    [
        ("3212014505900001", None),
        ("321201450590000", "NIK harus 16 angka."),
        ("9912014505900001", "Dua angka pertama NIK bukan kode provinsi."),
        ("3212013113900001", "Tanggal lahir di dalam NIK tidak ada."),
    ],
)
def test_an_identity_number_is_looked_at(number, doubt, desk):
    desk.bring("KTP_WORKER", number=number)
    if doubt is None:
        with desk.on("KTP_WORKER") as (act, requirement):
            verbs.accept(act, requirement)
        return
    with pytest.raises(Refused) as refused, desk.on("KTP_WORKER") as (act, requirement):
        verbs.accept(act, requirement)
    assert sentences(refused)[0] == doubt


def test_a_waiver_has_a_reason_and_ends_on_its_day(site, desk):
    with desk.on("KTP_COMPLAINANT", "maya") as (act, requirement):
        verbs.waive(act, requirement, reason="emergency", until=date(2026, 3, 4))
        assert requirement.waived_by == "Maya Lestari"
    site.clock.move(days=2)
    follow.tick(site, {})
    assert desk.state("KTP_COMPLAINANT") == "waived"
    site.clock.move(days=1)
    follow.tick(site, {})
    assert desk.state("KTP_COMPLAINANT") == "needed"


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"reason": "holiday"}, "Alasan tidak dikenal."),
        ({"reason": "other"}, "Jelaskan alasannya."),
        ({"reason": "lost", "until": date(2026, 3, 1)}, "Batas waktu pengecualian sudah lewat."),
    ],
)
def test_a_waiver_without_good_reason_is_refused(told, answer, desk):
    with pytest.raises(Refused) as refused, desk.on("KK", "maya") as (act, requirement):
        verbs.waive(act, requirement, **told)
    assert sentences(refused) == [answer]


def test_another_document_of_the_case_can_stand_for_one(site, desk):
    document_id = desk.bring("KK")
    with desk.on("KTP_COMPLAINANT", "maya") as (act, requirement):
        verbs.substitute(act, requirement, document_id=document_id)
    assert (desk.state("KTP_COMPLAINANT"), desk.state("KK")) == ("substituted", "accepted")
    with desk.act() as (act, _case):
        documents.withdraw(act, act.session.get_one(Document, document_id), reason="Milik orang lain")
    assert (desk.state("KTP_COMPLAINANT"), desk.state("KK")) == ("withdrawn", "withdrawn")


def test_a_document_of_another_case_is_no_document_here(desk_of):
    one, other = desk_of(), desk_of()
    document_id = other.bring("KK")
    with pytest.raises(Refused), one.on("KK") as (act, requirement):
        verbs.receive(act, requirement, document_id=document_id)


def test_a_document_expires_with_its_day_and_is_needed_again(site, desk):
    desk.bring("PASSPORT", expires_on=date(2026, 3, 2))
    with desk.on("PASSPORT") as (act, requirement):
        verbs.accept(act, requirement)
    site.clock.move(days=1)
    follow.tick(site, {})
    assert desk.state("PASSPORT") == "expired"
    with desk.act() as (act, case):
        assert "PASSPORT" in [g.document_type for g in gaps.gaps(act.session, case)]


def test_the_tick_queues_tomorrows_once(site, desk):
    with site.act() as act:
        follow.schedule(act)
        follow.schedule(act)
    assert jobs.run_all(site) == 1
    with site.sessions() as session:
        states = session.scalars(select(jobs.Job.state).where(jobs.Job.name == follow.TICK).order_by(jobs.Job.id)).all()
    assert states == ["done", "queued"]


def test_an_officer_can_make_a_document_mandatory_and_take_it_back(desk):
    with desk.on("KK") as (act, requirement):
        verbs.insist(act, requirement, why="Hubungan keluarga diragukan")
        assert requirement.is_mandatory
    with desk.on("KK", "maya") as (act, requirement):
        verbs.relent(act, requirement)
        assert not requirement.is_mandatory
    with pytest.raises(Refused), desk.on("CHRONOLOGY", "maya") as (act, requirement):
        verbs.relent(act, requirement)  # the office's own table says so: it can only be waived


def test_a_partners_wish_is_on_the_list_once(desk):
    with desk.act() as (act, case):
        verbs.need(act, case, document_type="VISUM", why="Diminta Polres Indramayu")
        verbs.need(act, case, document_type="VISUM", why="Diminta lagi")
        verbs.need(act, case, document_type="KK", why="Diminta BPJS")
        found = {r.document_type: r for r in gaps.requirements(act.session, case)}
        assert (found["VISUM"].why, found["VISUM"].is_mandatory) == ("Diminta Polres Indramayu", True)
        assert found["KK"].is_mandatory
        cases.amend(act, case, categories=["LOST_CONTACT"])
        assert found["VISUM"].state == "needed"  # a wish does not depend on the table


def test_the_case_names_every_missing_mandatory_document(desk):
    with pytest.raises(Refused) as refused, desk.act() as (act, case):
        cases.complete(act, case)
    assert sentences(refused) == [
        "Dokumen wajib “KTP pengadu”: Diperlukan.",
        "Dokumen wajib “Perjanjian Kerja (PK)”: Diperlukan.",
        "Dokumen wajib “Kronologi permasalahan”: Diperlukan.",
    ]
    assert refused.value.reasons[0].mend == f"/cases/{desk.number}/requirement-1"


def test_a_case_is_complete_when_each_is_accepted_waived_or_replaced(desk):
    desk.bring("CHRONOLOGY")
    with desk.on("CHRONOLOGY") as (act, requirement):
        verbs.accept(act, requirement)
    with desk.on("KTP_COMPLAINANT", "maya") as (act, requirement):
        verbs.waive(act, requirement, reason="withheld")
    payslip = desk.bring("PAYSLIP")
    with desk.on("WORK_CONTRACT", "maya") as (act, requirement):
        verbs.substitute(act, requirement, document_id=payslip)
    with desk.act() as (act, case):
        cases.complete(act, case)
        assert case.state == "clarifying"


def test_a_letter_is_blocked_by_what_it_needs(desk):
    needs = {"claim_support": ("BPJS_CARD", "WORK_CONTRACT"), "ref_police": ("CHRONOLOGY",)}
    desk.bring("CHRONOLOGY")
    with desk.on("CHRONOLOGY") as (act, requirement):
        verbs.accept(act, requirement)
    with desk.act() as (act, case):
        found = {g.document_type: g.blocks for g in gaps.gaps(act.session, case, needs)}
        assert found["WORK_CONTRACT"] == ("claim_support",)
        assert all(blocks == () for kind, blocks in found.items() if kind != "WORK_CONTRACT")
        assert [r.document_type for r in gaps.blocking(act.session, case, needs["claim_support"])] == ["WORK_CONTRACT"]
        assert gaps.blocking(act.session, case, needs["ref_police"]) == []


def test_the_states_are_what_the_journal_tells(site, desk):
    desk.bring("CHRONOLOGY")
    with desk.on("CHRONOLOGY") as (act, requirement):
        verbs.reject(act, requirement, reason="illegible")
    with site.sessions() as session:
        assert list(replay.problems(session)) == []
    with site.act() as act:
        found = act.session.scalars(select(Requirement).where(Requirement.document_type == "CHRONOLOGY")).one()
        found.state = "accepted"
    with site.sessions() as session:
        assert [p.split(": ")[1] for p in replay.problems(session)] == ["is accepted, its journal tells rejected"]
