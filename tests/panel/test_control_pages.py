"""The control panels in a browser: for whom they exist, what they refuse, and two people at once."""

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.i18n import catalogue
from portal.journal import Entry
from portal.panel.control import tables
from portal.vocabulary import Term
from portal.workdays import Holiday
from tests.frame.words import of_module, of_template
from tests.panel.test_reference import keep_silent, term

ROOT = Path(__file__).parents[2]

REFERENCE = ["/control/reference", *(f"/control/reference/{name}" for name in tables.TABLES)]
WATCHED = ["/control/jobs", "/control/mail", "/control/journal", "/control/health"]


def address(world, code="UNPAID_WAGES", name="category"):
    with world.site.sessions() as session:
        return f"/control/reference/{name}/{term(session, code, name).id}"


def main_form(page):
    return next(form for form in page.forms.values() if "seen" in form.fields and "name_id" in form.fields)


@pytest.mark.parametrize("login", ["budi", "rina", "polres"])
def test_for_others_the_control_panels_do_not_exist(enter, world, login):
    browser = enter(login)
    addresses = ["/control", *REFERENCE, *WATCHED, "/control/settings", "/control/readers", address(world)]
    assert {browser.get(a, expect_errors=True).status_int for a in addresses} == {404}
    token = browser.get("/account").forms
    csrf = next(form["csrf_token"].value for form in token.values() if "csrf_token" in form.fields)
    for place in ("/control/jobs", "/control/mail", f"{address(world)}/bring-back", "/control/reference/category/add"):
        assert browser.post(place, {"csrf_token": csrf}, expect_errors=True).status_int == 404


def test_everybody_sees_the_parts_that_are_theirs(enter):
    coordinator, officer, admin = enter("maya"), enter("dpo"), enter("admin")
    assert "Data acuan" in coordinator.get("/control")
    assert "Setelan" not in coordinator.get("/control")
    assert coordinator.get("/control/settings", expect_errors=True).status_int == 404
    assert coordinator.get("/control/journal", expect_errors=True).status_int == 404
    assert "Siapa membaca" in officer.get("/control")
    assert officer.get("/control/reference", expect_errors=True).status_int == 404
    assert "Siapa membaca" not in admin.get("/control")


def test_every_page_of_reference_data_opens(enter, world):
    keep_silent(world)
    browser = enter("maya")
    for place in REFERENCE:
        page = browser.get(place)
        row = page.html.select_one("main td a")
        assert row is not None, place
        if place != "/control/reference":
            assert browser.get(row["href"]).html.select_one("form.form button[name=save]") is not None
        table = tables.TABLES.get(place.rpartition("/")[2])
        if table:
            expected = 200 if table.can_add else 404
            assert browser.get(f"{place}/add", expect_errors=True).status_int == expected


@pytest.mark.parametrize(
    "place", ["category/0", "category/x", "category/99999999999999999999", "nothing", "deadline/X"]
)
def test_what_is_not_in_a_table_is_not_found(enter, place):
    assert enter("maya").get(f"/control/reference/{place}", expect_errors=True).status_int == 404


def test_a_row_of_another_vocabulary_is_not_found_under_this_one(enter, world):
    other = address(world, "PHONE", "channel").replace("/channel/", "/category/")
    assert enter("maya").get(other, expect_errors=True).status_int == 404


def test_terms_are_found_by_a_part_of_their_name_and_by_their_state(enter, world):
    browser = enter("maya")
    page = browser.get("/control/reference/country", {"q": "malaysia"})
    assert [row.text for row in page.html.select("td.as-link a")] == ["Malaysia"]
    assert "Tidak ada baris yang cocok." in browser.get("/control/reference/country", {"group": "inactive"})
    assert len(browser.get("/control/reference/district", {"start": "500"}).html.select("td.as-link a")) == 14
    assert browser.get("/control/reference/district", {"start": "-1", "q": "%_<b>"}).status_int == 200


def test_a_term_is_added_edited_and_taken_back(enter, world):
    browser = enter("maya")
    form = browser.get("/control/reference/waive_reason/add").forms["form1"]
    form["code"], form["name_id"], form["position"] = "flooded", "Rumah terendam banjir", "70"
    page = form.submit("add").follow()
    assert "Rumah terendam banjir" in page
    form = main_form(page)
    form["name_en"] = "House flooded"
    page = form.submit("save").follow()
    assert page.html.select_one(".earlier ins").text == "House flooded"
    here = page.request.path
    page = browser.press(page, f"{here}/bring-back").follow()
    assert "Nilai sebelumnya dikembalikan." in page
    with world.site.sessions() as session:
        assert term(session, "flooded", "waive_reason").name_en == ""
        said = session.scalars(select(Entry.event).where(Entry.data["of"].as_string() == "waive_reason")).all()
    assert said == ["reference_added", "reference_changed", "reference_changed"]


def test_a_bad_value_comes_back_beside_its_field(enter, world):
    browser = enter("maya")
    form = main_form(browser.get(address(world)))
    form["name_id"], form["position"] = "", "sepuluh"
    answer = form.submit("save", expect_errors=True)
    assert answer.status_int == 422
    assert "Tulis angka bulat." in answer
    form = browser.get("/control/reference/waive_reason/add").forms["form1"]
    form["code"], form["name_id"], form["position"] = "Emergency!", "x", "1"
    answer = form.submit("add", expect_errors=True)
    assert answer.status_int == 422
    assert answer.html.select_one("[name=code]")["aria-invalid"] == "true"


def test_the_second_of_two_editors_sees_both_versions(enter, world):
    first, second = enter("maya"), enter("admin")
    here = address(world)
    one, two = main_form(first.get(here)), main_form(second.get(here))
    one["name_en"], two["name_en"] = "Wages not paid", "No wages at all"
    one.submit("save")
    answer = two.submit("save", expect_errors=True)
    assert answer.status_int == 409
    assert "Maya Lestari" in answer
    assert "Wages not paid" in answer
    assert "No wages at all" in answer
    with world.site.sessions() as session:
        assert term(session).name_en == "Wages not paid"


def test_every_word_of_the_panels_has_its_english():
    modules = [*ROOT.glob("portal/panel/control/*.py"), ROOT / "portal/registry.py"]
    asked = {words for path in modules for words in of_module(path)}
    asked |= {words for path in ROOT.glob("templates/panel/control/*.pt") for words in of_template(path)}
    assert len(asked) > 150
    assert [words for words in sorted(asked) if ("portal", None, words) not in catalogue("en")] == []


def test_a_term_tells_what_bears_its_code(enter, world):
    world.case()
    aside = enter("maya").get(address(world)).html.select_one(".next").text
    assert "1 kasus" in " ".join(aside.split())


def test_a_holiday_is_removed_and_brought_back(enter, world):
    browser = enter("maya")
    with world.site.sessions() as session:
        day = session.scalars(select(Holiday).order_by(Holiday.day.desc())).first()
    here = f"/control/reference/holiday/{day.id}"
    page = browser.press(browser.get(here), f"{here}/remove").follow()
    assert "Baru dihapus" in page
    page = browser.press(page, "/control/reference/holiday/bring-back").follow()
    assert "Baris dikembalikan." in page
    assert "Baru dihapus" not in browser.get("/control/reference/holiday")


def test_a_holiday_without_a_day_is_refused(enter):
    form = enter("maya").get("/control/reference/holiday/add").forms["form1"]
    form["day"], form["name"], form["kind"] = "31-02-2026", "Hari aneh", "libur_nasional"
    answer = form.submit("add", expect_errors=True)
    assert answer.status_int == 422
    assert "Tanggal tidak dikenali" in answer


def test_what_somebody_types_is_never_markup(enter, world):
    browser = enter("maya")
    form = main_form(browser.get(address(world)))
    form["name_id"] = "<script>alert(1)</script>"
    page = form.submit("save").follow()
    assert "<script>alert" not in page.text
    assert "<script>alert" not in browser.get("/control/reference/category").text
    with world.site.sessions() as session:
        assert session.scalars(select(Term.name_id).where(Term.code == "UNPAID_WAGES")).one().startswith("<script>")
