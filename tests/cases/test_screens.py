"""The case's pages: everything on one page, two people at once, and whatever a browser may send."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.cases import verbs
from portal.cases.model import Case, Contact
from portal.journal import Entry

LONG = "Raden Ayu Sri Wahyuningsih Kusumaningtyas Prabawati binti Kanjeng Raden Tumenggung Hadiningrat " * 2


@pytest.fixture
def number(world):
    return world.case()


def edit_form(browser, number):
    return browser.get(f"/cases/{number}/@edit").forms["form1"]


def events(site, name):
    with site.sessions() as session:
        return session.scalars(select(Entry).where(Entry.event == name)).all()


def test_the_page_tells_what_happened_who_where_and_what_is_missing(world, enter, number):
    with world.act("dewi") as act:
        case = act.session.scalar(select(Case).where(Case.name == number))
        verbs.triage(act, case)
        verbs.open_requirements(act, case)
    page = enter("dewi").get(f"/cases/{number}")
    for words in ("Gaji lima bulan", "Siti Rahayu", "081200000001", "Malaysia", "PT Citra Bahari", "Perjanjian Kerja"):
        assert words in page, words
    assert page.html.select_one(".steps")


def test_the_page_stands_in_both_languages_with_long_names_and_empty_fields(site, world, enter):
    number = world.case(employer=LONG, country_code="", agency_id=None, narrative="–")
    browser = enter("dewi")
    assert "Apa yang terjadi" in browser.get(f"/cases/{number}")
    with site.act() as act:
        act.session.connection().exec_driver_sql("UPDATE account SET language = 'en' WHERE login = 'dewi'")
    page = browser.get(f"/cases/{number}")
    assert "What happened" in page
    assert LONG.strip() in page


def test_opening_a_case_is_written_down_before_it_is_shown(site, enter, number):
    enter("dewi").get(f"/cases/{number}")
    assert [e.by_name for e in events(site, "case_read")] == ["Dewi Anggraini"]


@pytest.mark.parametrize("who", ["polres", "admin", "joko", ""])
def test_nobody_else_learns_that_the_case_exists(enter, number, who):
    browser = enter(who)
    for page in ("", "/@edit", "/@contacts", "/@assign", "/@receipt", "/@workflow/triage"):
        answer = browser.get(f"/cases/{number}{page}", status="*")
        absent = browser.get(f"/cases/PMI-2026-999999{page}", status="*")
        assert (answer.status_int, absent.status_int) == ((404, 404) if who else (303, 303))
        assert "Siti" not in answer


def test_the_second_of_two_editors_is_told_who_changed_what_and_keeps_the_text(world, enter, number):
    dewi, maya = enter("dewi"), enter("maya")
    mine, theirs = edit_form(dewi, number), edit_form(maya, number)
    theirs["city"], theirs["main_category"] = "Johor Bahru", "Sakit / rawat inap"
    theirs.submit("save", status=303)
    mine["narrative"] = "Sudah enam bulan tidak dibayar."
    answer = mine.submit("save", status=409)
    told = answer.html.select_one(".faults").text
    for words in ("Maya Lestari", "Kota", "Johor Bahru", "Jenis masalah", "Gaji tidak dibayar", "Sakit / rawat inap"):
        assert words in told, words
    assert "Sudah enam bulan tidak dibayar." in answer
    assert "enam bulan" not in dewi.get(f"/cases/{number}").html.select_one(".prose").text
    answer.forms["form1"]["city"] = "Johor Bahru"
    answer.forms["form1"].submit("save", status=303)
    assert "enam bulan" in dewi.get(f"/cases/{number}").html.select_one(".prose").text


def test_a_note_about_a_contact_does_not_disturb_who_is_editing(enter, number):
    dewi, maya = enter("dewi"), enter("maya")
    mine = edit_form(dewi, number)
    contact = maya.get(f"/cases/{number}/@contacts").forms["form1"]
    contact["channel"], contact["note"] = "PHONE", "Tidak diangkat."
    contact.submit("add", status=303)
    mine["city"] = "Ipoh"
    mine.submit("save", status=303)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("narrative", "", "wajib"),
        ("narrative", "x" * 20_001, "20000"),
        ("happened_on", "31-02-2026", "Tanggal tidak dikenali"),
        ("happened_on", "13-10-99999", "Tanggal tidak dikenali"),
        ("main_category", "Tidak ada", "Pilih salah satu"),
        ("city", "a\x00b", ""),
        ("city", "Kota\u202eatok", "karakter"),
    ],
)
def test_a_wrong_answer_comes_back_with_its_message(enter, number, field, value, words):
    asked = edit_form(enter("dewi"), number)
    asked[field] = value
    answer = asked.submit("save", status="*")
    assert answer.status_int in {400, 422}
    assert words in answer


def test_hostile_text_is_shown_as_text(enter, number):
    browser = enter("dewi")
    asked = edit_form(browser, number)
    asked["employer"] = "<script>alert(1)</script>\"'; DROP TABLE item;--"
    asked.submit("save", status=303)
    page = browser.get(f"/cases/{number}")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_unknown_missing_and_doubled_fields_are_refused_not_guessed(enter, number):
    browser = enter("dewi")
    asked = edit_form(browser, number)
    fields = asked.submit_fields("save")
    place = f"/cases/{number}/@edit"
    assert browser.post(place, [*fields, ("state", "closed")], status=422)
    assert browser.post(place, [(k, v) for k, v in fields if k != "urgency"], status=422)
    assert browser.post(place, [(k, v) for k, v in fields if k != "seen"], status=409)
    assert browser.post(place, [(k, v) for k, v in fields if k != "csrf_token"], status="*").status_int in {400, 403}
    assert browser.post(place, [*fields, ("city", "Ipoh"), ("city", "Johor")], status="*").status_int in {303, 422}


def test_a_contact_sent_twice_is_noted_once(site, enter, number):
    browser = enter("dewi")
    asked = browser.get(f"/cases/{number}/@contacts").forms["form1"]
    asked["channel"], asked["was_reached"], asked["note"] = "PHONE", True, "Keluarga menunggu kabar."
    asked.submit("add", status=303)
    assert asked.submit("add", status=303).follow().text.count("Keluarga menunggu kabar.") == 1
    with site.sessions() as session:
        assert len(session.scalars(select(Contact)).all()) == 1


def test_sorting_asks_for_the_matter_that_a_web_complaint_did_not_name(world, enter):
    number = world.case(categories=[], is_emergency=True)
    browser = enter("sari")
    page = browser.get(f"/cases/{number}")
    asked = browser.get(page.html.select_one("[data-step=triage]")["href"]).forms["form1"]
    asked["main_category"] = "Penyekapan"
    asked["is_emergency"] = True
    answer = asked.submit("do", status=422)
    assert "tindakan segera belum dicatat" in answer
    answer.forms["form1"]["emergency_action"] = "KBRI dihubungi."
    answer.forms["form1"].submit("do", status=303)
    assert "Dipilah" in browser.get(f"/cases/{number}")


def test_the_coordinator_makes_somebody_of_the_office_responsible(world, enter, number):
    browser = enter("maya")
    asked = browser.get(f"/cases/{number}/@assign").forms["form1"]
    asked["account_id"].select(text="Dewi Anggraini")
    asked.submit("save", status=303)
    assert "Dewi Anggraini" in browser.get(f"/cases/{number}")
    fields = [(k, v) for k, v in asked.submit_fields("save") if k not in {"account_id", "once"}]
    stranger = [*fields, ("account_id", str(world.accounts["polres"]))]
    assert browser.post(f"/cases/{number}/@assign", stranger, status=422)


def test_the_list_is_narrowed_by_state_matter_country_urgency_and_agency(world, enter):
    one = world.case()
    two = world.case(categories=["CONFINEMENT"], country_code="SA", agency_id=None)
    browser = enter("dewi")
    agency = browser.get("/directory?q=Citra").html.select_one("td a")["href"].rsplit("/", 1)[1]
    assert one in browser.get("/cases")
    for query, hit, miss in (
        ("category=CONFINEMENT", two, one),
        ("country=MY", one, two),
        ("urgency=1", two, one),
        (f"agency={agency}", one, two),
        ("state=registered&country=SA", two, one),
    ):
        page = browser.get(f"/cases?{query}")
        assert hit in page, query
        assert miss not in page, query
    assert "Hapus saringan" in browser.get("/cases?state=closed")
    for odd in (
        "urgency=%27",
        "urgency=99",
        "start=-1",
        "start=%C2%B2",
        "state=x" * 30,
        "category=%3Cb%3E",
        "country=" + "A" * 999,
    ):
        assert browser.get(f"/cases?{odd}")
    assert one not in enter("joko").get("/cases")
