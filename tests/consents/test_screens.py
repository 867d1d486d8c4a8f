"""Consents on screen: recording one, a second person's decision, withdrawing, and the office's profiles."""

import pytest
from sqlalchemy import select

from portal.consents import coverage
from portal.consents.model import Consent
from tests.consents import giving


@pytest.fixture
def number(world):
    return world.case()


def only(world):
    with world.site.sessions() as session:
        return session.scalars(select(Consent)).one()


def test_a_call_becomes_a_consent(world, number, enter):
    browser = enter("budi")
    page = browser.get(f"/cases/{number}/@consents?to=LEGAL_AID")
    assert "Belum ada persetujuan" in page
    form = page.click("Catat persetujuan").forms["form1"]
    form["purpose"] = "Pendampingan hukum perkara upah."
    form["given_by"], form["manner"], form["language"] = "person", "spoken", "mad"
    form["call_at"], form["call_note"] = "02-03-2026 08.00", "Ditanya, setuju; rekaman 17."
    shown = form.submit("keep").follow()
    for words in ("Persetujuan – BPHN", "Siti Rahayu", "Madura", "Ditanya, setuju; rekaman 17.", "Nama dan status"):
        assert words in shown
    consent = only(world)
    with world.site.sessions() as session:
        allowed = coverage.allowed(session, "LEGAL_AID")
    assert coverage.scope(consent).data == allowed.data  # what the profile allows was ticked beforehand
    assert consent.state == "in_force"


def test_what_is_missing_is_said_beside_its_field_and_the_form_comes_back_filled_in(world, number, enter):
    form = enter("dewi").get(f"/cases/{number}/@record-consent?to=HOSPITAL").forms["form1"]
    form["purpose"], form["given_by"], form["manner"], form["language"] = "Perawatan luka.", "person", "spoken", "id"
    page = form.submit("keep", expect_errors=True)
    assert page.status_int == 422
    assert "Pilih dokumen bukti, atau catat percakapan dengan waktunya." in page
    assert page.forms["form1"]["purpose"].value == "Perawatan luka."
    bare = enter("dewi").get(f"/cases/{number}/@record-consent").forms["form1"].submit("keep", expect_errors=True)
    assert bare.status_int == 422


def test_a_proposal_waits_on_the_heads_worklist_and_is_decided_there(world, number, enter):
    form = enter("dewi").get(f"/cases/{number}/@propose-ground?to=HOSPITAL").forms["form1"]
    form["ground"], form["reason"], form["purpose"] = "vital_interest", "Tidak sadarkan diri.", "Perawatan."
    assert "Menunggu orang kedua" in form.submit("keep").follow()
    head = enter("maya", assured=True)
    assert f"/cases/{number}/consent-1" in head.get("/@worklist/to-confirm")
    page = head.get(f"/cases/{number}/consent-1")
    assert "Tidak sadarkan diri." in page
    confirm = head.get(f"/cases/{number}/consent-1/@workflow/confirm").forms["form1"]
    assert "Maya Lestari" in confirm.submit("do").follow()
    assert only(world).state == "in_force"
    assert f"/cases/{number}/consent-1" not in head.get("/@worklist/to-confirm")


def test_who_proposed_it_is_told_why_he_or_she_can_not_decide(world, number, enter):
    giving.proposed(world, number, by="maya")
    page = enter("maya", assured=True).get(f"/cases/{number}/consent-1/@workflow/confirm")
    assert "harus orang kedua" in page


def test_a_withdrawal_says_who_how_and_when(world, number, enter):
    giving.agreed(world, number)
    browser = enter("budi")
    form = browser.get(f"/cases/{number}/consent-1/@workflow/withdraw").forms["form1"]
    form["withdrawn_by"], form["withdrawn_how"], form["note"] = "Siti Rahayu", "PHONE", "Takut keluarga tahu."
    page = form.submit("do").follow()
    for words in ("Berakhir", "2 Maret 2026", "Siti Rahayu", "Takut keluarga tahu."):
        assert words in page


def test_a_closed_case_takes_no_new_consent_but_hears_of_a_withdrawal(world, number, enter):
    giving.agreed(world, number)
    with world.site.act() as act:
        giving.case_of(act, number).state = "closed"
    browser = enter("maya")
    assert "Catat persetujuan" not in browser.get(f"/cases/{number}/@consents")
    assert browser.get(f"/cases/{number}/@record-consent", expect_errors=True).status_int in {403, 404}
    assert browser.get(f"/cases/{number}/consent-1/@workflow/withdraw").status_int == 200


def test_the_office_decides_what_a_kind_of_recipient_sees(world, number, enter):
    with world.site.sessions() as session:
        row = coverage.profile(session, "POLICE").id
    browser = enter("maya")
    assert "Profil penerima data" in browser.get("/control/reference")
    form = browser.get(f"/control/reference/disclosure-profile/{row}").forms["form1"]
    form["ground"] = "consent"
    form.submit("save").follow()
    with world.site.sessions() as session:
        assert coverage.needs_consent(session, "POLICE")
    assert "Kepolisian Negara RI" in browser.get("/control/reference/disclosure-profile?group=consent")
