"""Complaining and following a case without an account: no names of officers or partners, nothing to guess, no JavaScript."""

from __future__ import annotations

import base64
import logging
import re

import pytest
from sqlalchemy import select, update
from webtest import Upload

from portal.accounts.model import SignIn
from portal.cases import pins, verbs
from portal.cases.model import Case
from portal.cases.workflow import WORKFLOW
from portal.documents.model import Document
from portal.i18n import catalogue
from portal.intake.progress import HAPPENED, HELP, STANDS
from portal.journal import SENTENCES
from portal.people.model import Person
from tests.visiting import Browser

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
LIGHT = 60_000


@pytest.fixture
def visitor(world, enter):
    return enter()


def told(browser, **answers):
    asked = browser.get("/report").forms["form1"]
    asked["complainant_type"] = "FAMILY"
    asked["narrative"] = "Adik saya disekap di rumah majikan."
    for name, value in answers.items():
        asked[name] = value
    return asked


def send(browser, **answers):
    check = told(browser, **answers).submit("check", status=303).follow()
    return browser.press(check, "/report/check").follow()


def key_of(page):
    number, pin = (b.text for b in page.html.select(".big"))
    return number, re.sub(r"\D", "", pin)


def track(browser, number, pin, status="*"):
    asked = browser.get("/track").forms["form1"]
    asked["number"], asked["pin"] = number, pin
    return asked.submit("open", status=status)


def case_of(site):
    with site.sessions() as session:
        return session.scalars(select(Case).order_by(Case.id.desc())).first()


def test_two_answers_make_a_complaint_with_number_and_pin(site, world, visitor):
    page = send(visitor)
    number, pin = key_of(page)
    case = case_of(site)
    assert (case.name, case.channel, case.office_id, case.state) == (number, "WEB", world.office, "registered")
    assert pins.fits(case, pin)


def test_the_answers_are_shown_before_they_are_sent_and_can_be_changed(site, visitor):
    check = told(visitor, country_code="Malaysia", name="Ahmad").submit("check", status=303).follow()
    assert "Malaysia" in check
    assert case_of(site) is None
    again = visitor.get("/report").forms["form1"]
    assert (again["name"].value, again["country_code"].value) == ("Ahmad", "Malaysia")
    again["name"] = "Ahmad Fauzi"
    visitor.press(again.submit("check").follow(), "/report/check")
    with site.sessions() as session:
        assert [p.title for p in session.scalars(select(Person))] == ["Ahmad Fauzi"]


def test_a_complaint_sent_twice_is_registered_once_even_at_the_same_moment(site, visitor):
    check = told(visitor).submit("check").follow()
    with site.sessions() as session:
        as_it_was = session.scalar(select(SignIn)).data
    visitor.press(check, "/report/check")
    with site.act() as act:  # the second click came before the first one's answer
        act.session.execute(update(SignIn).values(data=as_it_was))
    visitor.press(check, "/report/check")
    assert case_of(site).name.endswith("000001")


def test_photos_and_files_come_along_and_wait_to_be_looked_at(site, visitor):
    asked = told(visitor)
    asked["upload"] = [Upload("Foto bukti.png", PHOTO), Upload("virus.pdf", b"MZ\x90 this is no PDF")]
    visitor.press(asked.submit("check", status=303).follow(), "/report/check")
    with site.sessions() as session:
        kept = {d.sent_as: d.state for d in session.scalars(select(Document))}
    assert kept == {"Foto bukti.png": "received", "virus.pdf": "quarantined"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("narrative", ""),
        ("narrative", "x" * 20_001),
        ("email", "bukan"),
        ("country_code", "Antah"),
        ("name", "a\u202eb"),
    ],
)
def test_wrong_answers_come_back(site, visitor, field, value):
    told(visitor, **{field: value}).submit("check", status=422)
    assert visitor.get("/report/check", status=303).location.endswith("/report")
    assert case_of(site) is None


def test_a_file_of_a_wrong_kind_or_size_comes_back(visitor):
    for upload in (Upload("a.exe", b"MZ"), Upload("leer.pdf", b"")):
        asked = told(visitor)
        asked["upload"] = [upload]
        asked.submit("check", status=422)


def test_an_anonymous_complaint_stays_anonymous(site, visitor):
    send(visitor, complainant_type="OTHER")
    assert (case_of(site).complainant_type, case_of(site).complainant_id) == ("ANONYMOUS", None)


def test_not_more_than_a_shelter_sends_in_an_hour(site, visitor, monkeypatch):
    monkeypatch.setattr("portal.intake.report.PER_ADDRESS", 1)
    send(visitor)
    check = told(visitor).submit("check").follow()
    assert visitor.press(check, "/report/check").status_int == 429
    assert case_of(site).name.endswith("000001")
    site.clock.move(hours=2)
    visitor.press(told(visitor).submit("check").follow(), "/report/check")
    assert case_of(site).name.endswith("000002")


def test_the_pin_is_forgotten_after_half_an_hour_or_when_it_was_written_down(site, visitor):
    send(visitor)
    site.clock.move(minutes=29)
    assert visitor.get("/report/done", status=200)
    site.clock.move(minutes=2)
    assert visitor.get("/report/done", status=303)
    page = send(visitor)
    number, pin = key_of(page)
    assert number in visitor.press(page, "/report/done").follow()
    assert visitor.get("/report/done", status=303)
    with site.sessions() as session:
        assert not [row for row in session.scalars(select(SignIn)) if pin in str(row.data)]


def test_number_and_pin_open_the_case_for_half_an_hour(site, world, enter):
    number, pin = key_of(send(enter()))
    browser = enter()
    written = f" {number.lower().replace('-', ' ')} "
    page = track(browser, written, f"{pin[:4]} {pin[4:]}", 303).follow()
    assert "Pengaduan diterima" in page
    assert pin not in page
    site.clock.move(minutes=31)
    assert "PIN" in browser.get("/track").forms["form1"].text
    page = track(browser, number, pin, 303).follow()
    assert "Halaman pengaduan sudah ditutup" in browser.press(page, "/track/leave").follow()
    assert number not in browser.get("/track")


def test_a_wrong_number_and_a_wrong_pin_get_the_same_answer(world, enter):
    number, pin = key_of(send(enter()))
    answers = []
    for given in ((number, "00000000"), ("PMI-2026-999999", pin), ("' OR 1=1 --", pin), ("🙂", "x")):
        answer = track(enter(), *given, 422)
        answers.append(answer.html.select_one(".faults").text)
        assert pin not in answer
    assert len(set(answers)) == 1


def test_guessing_is_slowed_down_per_number_and_per_address(site, world, enter, monkeypatch):
    number, pin = key_of(send(enter()))
    for _try in range(10):
        track(enter(), number, "00000000", 422)
    assert track(enter(), number, pin).status_int == 429
    site.clock.move(minutes=16)
    track(enter(), number, pin, 303)
    monkeypatch.setattr("portal.intake.track.PER_ADDRESS", 1)
    assert track(enter(), "PMI-2026-000777", pin).status_int == 429


def test_the_session_that_opens_a_case_is_a_new_one(world, enter):
    number, pin = key_of(send(enter()))
    browser = enter()
    browser.get("/track")
    before = browser.cookies["session"]
    track(browser, number, pin, 303)
    assert browser.cookies["session"] != before


def test_staff_who_try_the_page_stay_signed_in(world, enter):
    number, pin = key_of(send(enter()))
    budi = enter("budi")
    track(budi, number, pin, 303)
    assert budi.get(f"/cases/{number}", status=200)


def test_the_page_tells_where_it_stands_in_both_languages_and_names_no_officer_or_partner(site, world, enter):
    number, pin = key_of(send(enter()))
    with world.act("dewi") as act:
        case = act.session.scalar(select(Case).where(Case.name == number))
        verbs.triage(act, case, categories=["UNPAID_WAGES"])
        verbs.open_requirements(act, case)
        verbs.note_contact(act, case, channel="PHONE", was_reached=False, note="Rahasia kantor.")
    for language, words in (("id", "Menunggu dan memeriksa dokumen"), ("en", "Waiting for and checking documents")):
        browser = enter(language=language)
        page = track(browser, number, pin, 303).follow()
        assert words in page
        for secret in ("Dewi", "Rahasia kantor", "Polres", "Citra"):
            assert secret not in page
    assert "Perjanjian Kerja" in page or "contract" in page.text.lower()


def test_every_state_of_a_case_has_plain_words_in_both_languages(site):
    assert set(STANDS) == {state.name for state in WORKFLOW.states}
    assert set(HAPPENED) <= set(SENTENCES)
    texts = [*(t for pair in STANDS.values() for t in pair), *HAPPENED.values(), *HELP.values()]
    assert [str(t) for t in texts if ("portal", None, str(t)) not in catalogue("en")] == []


@pytest.fixture
def asked_for(site, world, enter):
    """A visitor who has opened a case in which documents are missing, and the address of the first one."""
    browser = enter()
    number, _pin = key_of(send(browser))
    with world.act("dewi") as act:
        case = act.session.scalar(select(Case).where(Case.name == number))
        verbs.triage(act, case, categories=["UNPAID_WAGES"])
        verbs.open_requirements(act, case)
    return browser, browser.get("/track").html.select_one(".files a.act")["href"]


def test_a_missing_document_is_sent_from_a_telephone(site, asked_for):
    browser, address = asked_for
    asked = browser.get(address)
    camera = asked.html.select_one("input[type=file]")
    assert camera["capture"] == "environment"
    asked.forms["form1"].set("upload", Upload("foto.png", PHOTO), index=0)
    page = asked.forms["form1"].submit("send", status=303).follow()
    assert "Terima kasih" in page
    assert "sedang diperiksa" in page
    with site.sessions() as session:
        assert [(d.provider, d.state) for d in session.scalars(select(Document))] == [("complainant", "received")]
    assert browser.get(address, status=404)


def test_a_file_that_cannot_be_used_is_kept_and_its_sender_told(asked_for):
    browser, address = asked_for
    asked = browser.get(address).forms["form1"]
    asked.set("upload", [Upload("surat.pdf", b"MZ this is no PDF")], index=1)
    page = asked.submit("send", status=303).follow()
    assert "belum dapat dipakai" in page
    assert address in page


def test_nothing_sent_or_too_often_is_refused(asked_for, monkeypatch):
    browser, address = asked_for
    assert "Ambil foto atau pilih berkas" in browser.get(address).forms["form1"].submit("send", status=422)
    monkeypatch.setattr("portal.intake.track.UPLOADS", 0)
    assert browser.get(address).forms["form1"].submit("send", status="*").status_int == 429


def test_without_the_pin_there_is_nothing_to_send(world, enter, asked_for):
    _browser, address = asked_for
    assert enter().get(address, status=303).location.endswith("/track")
    for odd in ("requirement-999", "requirement-0", "requirement-x", "../cases", "document-1"):
        assert enter().get(f"/track/send/{odd}", status="*").status_int in {303, 404}


def test_public_pages_are_light_and_need_no_javascript(world, enter):
    browser = enter()
    page = browser.get("/report")
    done = send(browser)
    parts = {link["href"] for link in page.html.select("link[rel=stylesheet], link[rel=icon]")}
    parts |= {script["src"] for script in page.html.select("script[src]")}
    shared = sum(len(browser.get(part, headers={"Accept-Encoding": "gzip"}).body) for part in parts)
    icons = re.search(r'href="(/static/[^"#]+icons.svg)#', page.text).group(1)
    shared += len(browser.get(icons, headers={"Accept-Encoding": "gzip"}).body)
    for shown in (page, done, browser.get("/track")):
        assert len(shown.body) + shared < LIGHT
        assert not shown.html.select("[onclick], style, script:not([src])")


def test_the_log_knows_neither_pin_nor_number_nor_words(world, enter, caplog):
    with caplog.at_level(logging.DEBUG):
        number, pin = key_of(send(enter(), name="Ahmad Fauzi"))
        track(enter(), number, pin, 303)
        track(enter(), number, "00000000", 422)
    logged = " ".join(f"{r.getMessage()} {r.__dict__}" for r in caplog.records if r.name.startswith("portal"))
    for secret in (pin, "Ahmad", "disekap"):
        assert secret not in logged


def test_a_portal_without_an_office_takes_no_complaints(site, serving):
    browser = Browser(serving(site))
    assert browser.get("/report", status="*").status_int == 404


def test_a_visitor_of_the_front_page_finds_every_door_and_no_demonstration(enter):
    page = enter().get("/")
    assert page.location.endswith("/welcome")
    page = page.follow()
    assert [link["href"] for link in page.html.select(".doors a")] == ["/report", "/track", "/verify", "/login"]
    assert "percontohan" not in page
    assert enter("budi").get("/").status_int == 200
