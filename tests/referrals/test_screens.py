"""Referring a case: whom, which letter, what goes along; then the story and the matrix."""

import re

import pytest
from sqlalchemy import select

from portal.accounts.model import Account
from portal.correspondence.model import Enclosure
from portal.directory import verbs as directory
from portal.directory.model import Organisation
from portal.referrals import verbs
from portal.referrals.model import Referral
from tests.referrals import course


@pytest.fixture
def number(world):
    return world.case(categories=["TRAFFICKING"])


def test_the_usual_stakeholders_are_suggested_the_nearest_with_the_reason(enter, world, number):
    with world.act("maya") as act:
        mission = act.session.get_one(Organisation, world.organisations["kbri"])
        directory.amend(act, mission, country_code="MY")
    page = enter("dewi").get(f"/cases/{number}/@refer")
    assert "KBRI Kuala Lumpur" in page
    assert "untuk negara penempatan" in page
    assert "Polres Indramayu" in page


def test_the_directory_is_searched_by_name_place_and_type(enter, number):
    browser = enter("dewi")
    found = browser.get(f"/cases/{number}/@refer?q=cirebon&type=IMMIGRATION")
    assert "Kantor Imigrasi Cirebon" in found
    assert "Tidak ada lembaga yang cocok" in browser.get(f"/cases/{number}/@refer?q=%25_%27%22<x>")


def test_one_page_leads_to_the_letter_desk(enter, world, number):
    document = course.accepted_document(world, number)
    browser = enter("dewi")
    page = browser.get(f"/cases/{number}/@refer?to={organisation(world, 'polres')}")
    assert "Siti Rahayu" in page  # what they will see
    form = page.forms["form1"]
    form["letter_type"] = "ref_police"
    form["ask"] = "Mohon ditindaklanjuti."
    form["code"] = True  # the only document that may be enclosed
    done = form.submit("draft")
    assert done.location.endswith(f"/cases/{number}/letter-1/@edit")
    with world.site.act() as act:
        assert [e.document_id for e in act.session.scalars(select(Enclosure))] == [document]
    assert form.submit("draft").location == done.location
    again = browser.get(f"/cases/{number}/@refer?to={organisation(world, 'polres')}")
    assert "Sudah pernah dirujuk" in again
    form = again.forms["form1"]
    form["letter_type"] = "ref_police"
    form["ask"] = "Sekali lagi."
    refused = form.submit("draft", expect_errors=True)
    assert refused.status_int == 422
    assert "masih berjalan" in refused
    assert "Sekali lagi." in refused


def test_what_is_asked_is_the_first_request_of_a_letter_that_lists_them(enter, world, number):
    browser = enter("dewi")
    form = browser.get(f"/cases/{number}/@refer?to={organisation(world, 'kbri')}").forms["form1"]
    form["ask"] = "Menelusuri keberadaan PMI."
    desk = form.submit("draft").follow()
    assert desk.html.find("textarea", string=re.compile("^\\s*menelusuri keberadaan PMI\\s*$"))


def organisation(world, short):
    with world.site.act() as act:
        return act.session.get_one(Organisation, world.organisations[short]).name


def test_an_office_without_a_letter_type_says_so(enter, world, number):
    assert "Belum ada jenis surat" in enter("dewi").get(
        f"/cases/{number}/@refer?to={new_office(world, 'OVERSEAS_AGENCY', 'Agensi Contoh')}"
    )
    assert enter("dewi").get(f"/cases/{number}/@refer?to=L-99999", status=404)


def new_office(world, kind, name):
    with world.act("maya") as act:
        return directory.add_organisation(act, name=name, stakeholder_type=kind, addressee=name).name


def test_a_refusal_leads_on_to_the_office_that_was_named(enter, world, number):
    referral_id = course.sent(world, number)
    with world.act("polres") as act:
        verbs.redirect(act, course.referral_of(act, referral_id), to="Kantor Imigrasi Cirebon")
    browser = enter("dewi")
    page = browser.get(f"/cases/{number}/referral-1")
    assert "Rujuk ke instansi yang ditunjuk" in page
    form = page.click("Buat rujukan lanjutan").forms["form1"]
    form["ask"] = "Mohon data perlintasan."
    form.submit("draft")
    page = browser.get(f"/cases/{number}/referral-1")
    assert "Dilanjutkan dengan" in page
    assert "Buat rujukan lanjutan" not in page


def test_the_page_tells_the_story_and_reading_it_ends_the_notice(enter, world, number):
    referral_id = course.sent(world, number)
    with world.act("polres") as act:
        verbs.accept(act, course.referral_of(act, referral_id), officer="Ipda Rahmat", partner_number="LP/12")
    page = enter("dewi").get(f"/cases/{number}/referral-1")
    for words in ("Mohon ditindaklanjuti", "dikirim", "Ipda Rahmat", "LP/12", "SM-KWS1-DIT2-2026-00001"):
        assert words in page
    with world.site.sessions() as session:
        assert session.get_one(Referral, referral_id).unread_answers == 0


def test_an_answer_on_paper_is_recorded_by_the_registrar(enter, world, number):
    course.sent(world, number)
    browser = enter("tono")
    form = browser.get(f"/cases/{number}/referral-1/@workflow/decline").forms["form1"]
    form["code"] = "out_of_area"
    form.submit("do").follow()
    assert "Rujuk ke kantor di wilayah yang tepat" in enter("dewi").get(f"/cases/{number}/referral-1")


def test_the_matrix_says_who_is_late_and_who_holds_what(enter, world, number):
    course.sent(world, number)
    course.sent(world, number, "kbri")
    world.site.clock.move(days=9)
    page = enter("dewi").get(f"/cases/{number}/@referrals")
    assert [h.text for h in page.html.select(".matrix thead th")] == ["Polres Indramayu", "KBRI Kuala Lumpur"]
    assert "9 hari · instansi terlambat" in page
    assert "Siapa memegang data apa" in page
    assert "Kewajiban hukum" in page


def test_the_english_page_is_english(enter, world, number):
    course.sent(world, number)
    browser = enter("dewi")
    with world.site.act() as act:
        act.session.get_one(Account, world.accounts["dewi"]).language = "en"
    page = browser.get(f"/cases/{number}/@referrals")
    assert "Who holds which data" in page
    assert "Recall the referral" in browser.get(f"/cases/{number}/referral-1")
