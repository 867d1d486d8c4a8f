"""The directory: found by words and kind, kept by few, told to all staff."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.directory.model import Organisation


def place(browser, words):
    return browser.get("/directory", {"q": words}).html.select_one("td a")["href"]


def organisations(site, name):
    with site.sessions() as session:
        return session.scalars(select(Organisation).where(Organisation.title == name)).all()


@pytest.mark.parametrize("words", ["Polres", "kepolisian indramayu", "POLRES@MITRA"])
def test_an_organisation_is_found_by_name_office_or_address(enter, words):
    page = enter("budi").get("/directory", {"q": words})
    assert [a.text for a in page.html.select("td.as-link a")] == ["Polres Indramayu"]


def test_the_list_is_narrowed_by_kind(enter):
    page = enter("budi").get("/directory?type=INSURER_BPJS")
    assert [a.text for a in page.html.select("td.as-link a")] == ["BPJS Ketenagakerjaan Cabang Cirebon"]


@pytest.mark.parametrize(
    "query", ["q=%25", "q=_", "type='", "start=99999999", "start=-1", "start=%C2%B2", "q=" + "x" * 5000]
)
def test_odd_questions_are_answered(enter, query):
    assert enter("budi").get(f"/directory?{query}")


def test_the_page_tells_where_letters_go_and_how_many_cases_concern_it(world, enter):
    world.case()
    browser = enter("budi")
    page = browser.get(place(browser, "Citra"))
    assert "Pimpinan PT Citra Bahari Mandiri" in page
    assert "portal, surel, pos" in page
    uses = [div.text.split() for div in page.html.select("#uses ~ dl > div")]
    assert uses[0][-1] == "1"
    assert uses[1][-1] == "0"


def test_partners_and_visitors_do_not_read_the_directory(enter):
    address = place(enter("budi"), "Citra")
    assert "Citra" not in enter("bpjs").get("/directory")
    assert enter("bpjs").get(address, status="*").status_int == 404
    assert enter().get("/directory", status="*").status_int == 303


def filled(browser):
    asked = browser.get("/directory/@add").forms["form1"]
    asked["name"], asked["addressee"] = "Polres Cirebon", "Kepala Kepolisian Resor Cirebon"
    asked["stakeholder_type"] = "POLICE"
    asked["email"] = "polres-cirebon@mitra.example"
    return asked


def test_the_coordinator_adds_an_organisation_once(site, enter):
    browser = enter("maya")
    asked = filled(browser)
    page = asked.submit("add", status=303).follow()
    assert "Kepala Kepolisian Resor Cirebon" in page
    asked.submit("add", status=303)
    assert len(organisations(site, "Polres Cirebon")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 300),
        ("addressee", ""),
        ("email", "bukan surel"),
        ("email", ""),
        ("stakeholder_type", "NO_SUCH"),
        ("country_code", "Negeri Antah"),
    ],
)
def test_wrong_answers_add_nothing(site, enter, field, value):
    asked = filled(enter("maya"))
    asked[field] = value
    asked.submit("add", status=422)
    assert organisations(site, "Polres Cirebon") == []


def test_only_keepers_change_the_directory(enter):
    browser = enter("dewi")
    browser.get("/directory/@add", status=404)
    assert "/directory/@add" not in browser.get("/directory")
    address = place(browser, "Polres")
    assert f"{address}/@edit" not in browser.get(address)
    assert browser.get(f"{address}/@edit", status="*").status_int in {403, 404}


def test_the_second_of_two_editors_is_told_what_the_first_changed(enter):
    maya, tono = enter("maya"), enter("tono")
    address = place(maya, "Polres")
    mine, theirs = maya.get(f"{address}/@edit").forms["form1"], tono.get(f"{address}/@edit").forms["form1"]
    theirs["phone"] = "0234 110"
    theirs.submit("save", status=303)
    mine["attention"] = "Kasat Reskrim"
    answer = mine.submit("save", status=409)
    assert "Tono Prasetyo" in answer
    assert "0234 110" in answer.html.select_one(".diff").text
    answer.forms["form1"].submit("save", status=303)
    assert "Kasat Reskrim" in maya.get(address)


def test_an_organisation_is_retired_and_revived(enter):
    browser = enter("maya")
    address = place(browser, "Polres")
    browser.press(browser.get(address), f"{address}/@workflow/retire")
    assert "tidak dipakai lagi" in browser.get(address)
    browser.press(browser.get(address), f"{address}/@workflow/revive")
    assert "tidak dipakai lagi" not in browser.get(address)
