"""What goes to whom on which ground, and what becomes of it when the ground falls."""

import csv
import io

import pytest
from sqlalchemy import select

from portal.acts import Refused
from portal.consents import verbs as consents
from portal.consents.model import Consent
from portal.correspondence import disclosures
from portal.correspondence import verbs as correspondence
from portal.correspondence.disclosures import Disclosure
from portal.correspondence.model import Letter
from portal.referrals import links, verbs
from portal.referrals.model import Referral
from tests.consents import giving
from tests.referrals import course


@pytest.fixture
def number(world):
    return world.case()


def look(world, model, number):
    with world.site.sessions() as session:
        return session.get_one(model, number)


def sent_to_legal_aid(world, number, **scope):
    """A consent and the referral that went out on it."""
    consent_id = giving.agreed(world, number, **scope)
    return consent_id, course.sent(world, number, "obh")


def reasons(refusal):
    return " ".join(reason.text("id") for reason in refusal.value.reasons)


def test_the_register_says_who_was_told_what_on_which_ground(world, number):
    paper = course.accepted_document(world, number, "CHRONOLOGY")
    consent_id = giving.agreed(world, number)
    course.sent(world, number, "obh", enclosures=[paper])
    course.sent(world, number)
    with world.act("dewi") as act:
        police, legal_aid = (
            disclosures.line(act.session, told, "id") for told in act.session.scalars(disclosures.register(act))
        )
    assert police["ground"] == "Kewajiban hukum"
    assert legal_aid["ground"] == "Persetujuan (consent-1)"
    assert legal_aid["documents"] == "Kronologi / surat pengaduan tertulis"[:9] or legal_aid["documents"]
    assert legal_aid["data"].startswith("Nama dan status")
    assert legal_aid["consent"].id == consent_id


def test_the_letter_says_that_consent_was_given_and_when(world, number):
    _consent, referral_id = sent_to_legal_aid(world, number)
    letter = look(world, Letter, look(world, Referral, referral_id).letter_id)
    assert letter.fields["consent"].endswith(
        "telah menyatakan persetujuannya atas penyampaian data ini pada tanggal 2 Maret 2026."
    )


def test_a_draft_that_waits_for_the_consent_says_so_once_it_is_there(world, number):
    with world.act("dewi") as act:
        known = {"organisation_id": world.organisations["obh"], "letter_type": "ref_legal_aid", "ask": "Dampingi."}
        letter_id = verbs.draft(act, giving.case_of(act, number), **known).letter_id
    assert not look(world, Letter, letter_id).fields.get("consent")
    giving.do(world, "maya", consents.confirm, giving.proposed(world, number))
    assert "kepentingan vital" in look(world, Letter, letter_id).fields["consent"]


def test_a_draft_without_a_ground_says_so_on_its_own_page_and_on_its_letters(world, number, enter):
    course.drafted(world, number, "obh")
    browser = enter("dewi")
    for page in ("referral-1", "letter-1"):
        assert "Belum ada persetujuan atau dasar lain yang berlaku" in browser.get(f"/cases/{number}/{page}")
    giving.agreed(world, number)
    for page in ("referral-1", "letter-1"):
        assert "Belum boleh keluar" not in browser.get(f"/cases/{number}/{page}")


def test_more_than_the_profile_needs_a_reason(world, number):
    paper = course.accepted_document(world, number, "MEDICAL_RECORD")
    with pytest.raises(Refused) as refusal:
        course.drafted(world, number, enclosures=[paper])
    assert "Melebihi profil penerima: Rekam medis" in reasons(refusal)
    course.drafted(world, number, enclosures=[paper], beyond_reason="Luka adalah bukti.")
    course.drafted(world, number, "imigrasi")
    with world.site.act() as act:
        letters = act.session.scalars(select(Letter).order_by(Letter.id)).all()
        assert [letter.beyond_reason for letter in letters] == ["Luka adalah bukti.", ""]


def test_what_the_profile_keeps_back_is_not_written_into_the_letter(world):
    number = world.case(whereabouts="Penampungan rahasia", complainant_id=None)
    with world.act("dewi") as act:
        known = {
            "organisation_id": world.organisations["p3mi"],
            "letter_type": "summons_clarification",
            "ask": "Hadir.",
        }
        letter = act.session.get_one(Letter, verbs.draft(act, giving.case_of(act, number), **known).letter_id)
        told = disclosures.told_by(act.session, letter)
    assert told.data == {"NAME", "MATTER", "PLACEMENT"}


def test_a_letter_that_was_enlarged_at_the_desk_is_not_approved_without_a_reason(world, number):
    paper = course.accepted_document(world, number, "MEDICAL_RECORD")
    referral_id = course.drafted(world, number)
    letter_id = look(world, Referral, referral_id).letter_id
    with world.act("dewi") as act:
        correspondence.amend(act, act.session.get_one(Letter, letter_id), enclosures=[paper])
        correspondence.submit(act, act.session.get_one(Letter, letter_id))
    with pytest.raises(Refused) as refusal:
        course.step(world, "rina", referral_id, correspondence.approve)
    assert "tulis alasannya" in reasons(refusal)


def test_a_withdrawal_closes_what_went_out_and_asks_staff_what_to_do(world, number, enter):
    consent_id, referral_id = sent_to_legal_aid(world, number)
    assert giving.withdrawn(world, consent_id) == "withdrawn"
    referral = look(world, Referral, referral_id)
    assert (referral.state, referral.next_action) == ("sent", "ground")
    with world.site.act() as act:
        assert links.last(act.session, referral).ended_by == "ground"
        assert not disclosures.stands(act, referral.letter_id, referral.organisation_id)
    partner = enter("obh")
    page = partner.get(f"/desk/{number}-R1")
    assert "Surat ini sedang tidak dapat dibuka" in page
    assert "Mohon ditindaklanjuti" not in page
    for address in (f"/desk/{number}-R1", f"/cases/{number}/referral-1"):
        assert "ask" not in partner.get(address, headers={"Accept": "application/json"}).json
    assert "Mohon ditindaklanjuti" not in partner.get("/desk")
    for closed in ("@letter", "@text"):
        assert partner.get(f"/desk/{number}-R1/{closed}", expect_errors=True).status_int in {403, 404}
    officer = enter("dewi")
    assert "tarik rujukan dan kirim surat penarikan" in officer.get(f"/cases/{number}/referral-1")
    assert f"/cases/{number}/consent-1" in officer.get("/@worklist/consent-ended")
    assert "sudah ditutup bagi penerimanya" in officer.get(f"/cases/{number}/consent-1")


def test_the_recall_letter_is_drafted_and_tells_nothing_of_anybody(world, number, enter):
    consent_id, referral_id = sent_to_legal_aid(world, number)
    giving.withdrawn(world, consent_id)
    browser = enter("dewi")
    page = browser.press(
        browser.get(f"/cases/{number}/referral-1"), f"/cases/{number}/referral-1/@workflow/write_recall"
    )
    assert "letter-2" in page.follow()
    with world.site.act() as act:
        letter = act.session.scalars(select(Letter).where(Letter.type_code == "recall")).one()
        assert (
            letter.fields["previous_number"]
            == act.session.get_one(Letter, course.referral_of(act, referral_id).letter_id).number
        )
        course.fill(act, letter)
        assert not disclosures.told_by(act.session, letter)  # so it needs no ground of its own
        letter_id = letter.id
    course.send_letter(world, letter_id)


def test_who_has_served_already_is_asked_to_stop_as_well(world, number):
    consent_id, referral_id = sent_to_legal_aid(world, number)
    for who, verb, told in (
        ("obh", verbs.accept, {"officer": "Adv. Ratna"}),
        ("obh", verbs.provide, {"extent": "full", "note": "Didampingi."}),
        ("dewi", verbs.confirm, {"confirmed_by": "Siti Rahayu"}),
    ):
        with world.act(who) as act:
            verb(act, course.referral_of(act, referral_id), **told)
    assert giving.withdrawn(world, consent_id) == "withdrawn"
    assert look(world, Referral, referral_id).next_action == "ground"
    with world.act("dewi") as act:
        verbs.write_recall(act, course.referral_of(act, referral_id))
    assert look(world, Referral, referral_id).next_action == ""
    assert look(world, Consent, consent_id).state == "settled"


def test_recalling_the_referral_sees_the_withdrawal_off(world, number):
    consent_id, referral_id = sent_to_legal_aid(world, number)
    giving.withdrawn(world, consent_id)
    with world.act("dewi") as act:
        verbs.recall(act, course.referral_of(act, referral_id), reason="Persetujuan dicabut.")
    assert look(world, Consent, consent_id).state == "settled"


def test_a_new_ground_lets_the_partner_read_again(world, number):
    consent_id, referral_id = sent_to_legal_aid(world, number)
    giving.withdrawn(world, consent_id)
    giving.agreed(world, number)
    referral = look(world, Referral, referral_id)
    assert referral.next_action == ""
    assert look(world, Consent, consent_id).state == "settled"
    with world.site.act() as act:
        assert disclosures.stands(act, referral.letter_id, referral.organisation_id)


def test_no_link_is_renewed_without_a_ground(world, number):
    consent_id, referral_id = sent_to_legal_aid(world, number)
    giving.withdrawn(world, consent_id)
    with pytest.raises(Refused) as refusal, world.act("dewi") as act:
        verbs.TRANSITIONS["renew_link"](act, course.referral_of(act, referral_id))
    assert "Persetujuan rujukan ini sudah berakhir." in reasons(refusal)


def test_what_was_approved_is_not_sent_once_the_consent_is_gone(world, number):
    consent_id = giving.agreed(world, number)
    referral_id = course.drafted(world, number, "obh")
    for who, verb in (
        ("dewi", correspondence.submit),
        ("rudi", correspondence.initial),
        ("rina", correspondence.approve),
        ("tono", correspondence.issue),
    ):
        course.step(world, who, referral_id, verb)
    course.step(world, "tono", referral_id, course.lay_in)
    giving.withdrawn(world, consent_id)
    with pytest.raises(Refused) as refusal:
        course.step(world, "tono", referral_id, correspondence.dispatch)
    assert "dicabut pada" in reasons(refusal)


def test_documents_given_later_are_disclosures_too(world, number):
    _consent, referral_id = sent_to_legal_aid(world, number, documents=["CHRONOLOGY"])
    outside, inside = (course.accepted_document(world, number, kind) for kind in ("KTP_WORKER", "CHRONOLOGY"))
    with world.act("obh") as act:
        verbs.need_info(act, course.referral_of(act, referral_id), info="KTP?")
    with pytest.raises(Refused) as refusal, world.act("dewi") as act:
        verbs.supply(act, course.referral_of(act, referral_id), note="Terlampir.", documents=[outside])
    assert "tidak mencakup: KTP" in reasons(refusal)
    with world.act("dewi") as act:
        verbs.supply(act, course.referral_of(act, referral_id), note="Terlampir.", documents=[inside])
    with world.site.sessions() as session:
        last = session.scalars(select(Disclosure).order_by(Disclosure.id.desc())).first()
        assert [d["type"] for d in last.documents] == ["CHRONOLOGY"]


def test_whom_a_partner_names_needs_a_ground_of_its_own(world, number):
    giving.agreed(world, number, recipient_types=[], organisation_id=world.organisations["obh"])
    first = course.sent(world, number, "obh")
    with world.act("obh") as act:
        verbs.redirect(act, course.referral_of(act, first), to="BPJS Ketenagakerjaan Cabang Cirebon")
    second = course.drafted(world, number, "bpjs", after=first)
    course.step(world, "dewi", second, correspondence.submit)
    with pytest.raises(Refused) as refusal:
        course.step(world, "rina", second, correspondence.approve)
    assert "untuk BPJS Ketenagakerjaan Cabang Cirebon" in reasons(refusal)


def test_the_register_shows_each_office_its_own_and_goes_into_a_spreadsheet(world, number, enter):
    sent_to_legal_aid(world, number)
    page = enter("dpo").get("/letters/disclosures")
    assert "LBH Pantura" in page
    assert "LBH Pantura" not in enter("joko").get("/letters/disclosures")
    body = enter("dewi").get("/letters/disclosures?format=csv&kind=LEGAL_AID").body.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(body))
    assert (line["Kepada"], line["Kasus"], line["Dasar"]) == ("LBH Pantura", number, "Persetujuan (consent-1)")
    assert "LBH Pantura" not in enter("dewi").get("/letters/disclosures?kind=POLICE")


def test_the_reported_agency_sees_its_summons_and_nothing_else(world, number, enter):
    sent_to_legal_aid(world, number)
    with world.act("dewi") as act:
        known = {"organisation_id": world.organisations["p3mi"], "letter_type": "summons_clarification"}
        summons = verbs.draft(act, giving.case_of(act, number), ask="Hadir untuk klarifikasi.", **known)
        course.fill(act, act.session.get_one(Letter, summons.letter_id))
        letter_id = summons.letter_id
    course.send_letter(world, letter_id)
    agency = enter("p3mi")
    assert "Hadir untuk klarifikasi." in agency.get(f"/desk/{number}-R2")
    closed = (
        "",
        "/consent-1",
        "/referral-1",
        "/@consents",
        "/@referrals",
        "/letter-1",
        "/letter-2",
    )
    for path in closed:
        assert agency.get(f"/cases/{number}{path}", expect_errors=True).status_int in {303, 404}, path
    assert agency.get(f"/desk/{number}-R1", expect_errors=True).status_int == 404
    assert agency.get("/letters/disclosures", expect_errors=True).status_int == 404
