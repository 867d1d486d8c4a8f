"""A person's pages: found, read in the journal's sight, edited by two, merged and taken apart again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.journal import Entry
from portal.people import verbs
from portal.people.model import Person


@pytest.fixture
def sumiati(world):
    with world.act("budi") as act:
        person = verbs.record(act, name="Sumiati", passports=["B1234567"], phones=["0812 3456 7890"], nik="123")
        return f"/people/{person.name}"


@pytest.fixture
def twin(world):
    with world.act("budi") as act:
        return f"/people/{verbs.record(act, name='SUMIYATI', passports=['b 1234567']).name}"


@pytest.mark.parametrize("words", ["sumiati", "SUMIYATI", "B1234567", "6281234567890 sumiati"[14:]])
def test_a_person_is_found_by_name_sound_and_passport(enter, sumiati, words):
    assert sumiati in enter("budi").get("/people", {"q": words})


def test_an_empty_search_shows_the_latest_and_a_vain_one_says_what_to_try(enter, sumiati):
    browser = enter("budi")
    assert sumiati in browser.get("/people")
    assert "Tidak ada orang yang cocok" in browser.get("/people?q=tidakadaorangini")
    for odd in ("%00", "'", "%22%22", "*", "x" * 5000, "%F0%9F%98%80", "AND OR NOT"):
        assert browser.get(f"/people?q={odd}", status="*").status_int in {200, 400}


def test_the_page_marks_odd_papers_and_names_possible_doubles(site, enter, sumiati, twin):
    page = enter("budi").get(sumiati)
    assert "NIK seharusnya 16 angka" in page
    assert "+62 812-3456-7890" in page
    assert twin in page
    assert "nomor paspor sama" in page
    with site.sessions() as session:
        assert [e.by_name for e in session.scalars(select(Entry).where(Entry.event == "person_read"))] == [
            "Budi Hartono"
        ]


def test_only_cases_that_the_asker_may_view_are_listed(world, enter):
    number = world.case()
    with world.act("joko") as act:
        person = act.session.scalar(select(Person))
        name, id_ = person.name, person.id
    hidden = world.case(by="joko", office_id=world.other_office, worker_id=id_)
    page = enter("budi").get(f"/people/{name}")
    assert number in page
    assert hidden not in page


@pytest.mark.parametrize("who", ["joko", "polres", "admin"])
def test_nobody_else_learns_of_the_person(enter, sumiati, who):
    browser = enter(who)
    for page in ("", "/@edit", "/@workflow/merge"):
        assert browser.get(sumiati + page, status="*").status_int == 404
    assert "Sumiati" not in browser.get("/people?q=sumiati")


def test_the_second_of_two_editors_is_told_what_the_first_changed_and_keeps_the_text(enter, sumiati):
    budi, dewi = enter("budi"), enter("dewi")
    mine, theirs = budi.get(f"{sumiati}/@edit").forms["form1"], dewi.get(f"{sumiati}/@edit").forms["form1"]
    theirs["name"] = "Sumiati Kasan"
    theirs.submit("save", status=303)
    mine["address"] = "Desa Karangampel"
    answer = mine.submit("save", status=409)
    assert "Dewi Anggraini" in answer
    assert "Sumiati Kasan" in answer.html.select_one(".diff").text
    assert "Desa Karangampel" in answer.html.select_one("textarea").text
    answer.forms["form1"]["name"] = "Sumiati Kasan"
    answer.forms["form1"].submit("save", status=303)
    page = budi.get(sumiati)
    assert "Desa Karangampel" in page
    assert "Sumiati Kasan" in page.html.select_one("h1").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 300),
        ("birth_date", "31-02-1990"),
        ("email", "bukan"),
        ("district_code", "99.99"),
        ("sex", "X"),
        ("seen", "x" * 300),
    ],
)
def test_wrong_answers_change_nothing(site, enter, sumiati, field, value):
    asked = enter("budi").get(f"{sumiati}/@edit").forms["form1"]
    asked[field].force_value(value) if field == "sex" else asked.__setitem__(field, value)
    asked.submit("save", status=422)
    with site.sessions() as session:
        assert session.scalar(select(Person)).version == 1


def test_numbers_are_added_and_removed_without_javascript(site, enter, sumiati):
    browser = enter("budi")
    fields = browser.get(f"{sumiati}/@edit").forms["form1"].submit_fields("save")
    more = browser.post(f"{sumiati}/@edit", [*fields, ("__add__", "phones")], status=422).forms["form1"]
    more.set("phone", "0813 0000 1111", index=1)
    more.submit("save", status=303)
    with site.sessions() as session:
        assert session.scalar(select(Person)).phones == ["0812 3456 7890", "0813 0000 1111"]


def test_two_records_are_merged_and_taken_apart_on_their_pages(world, enter, sumiati, twin):
    with world.act("budi") as act:
        person = act.session.scalar(select(Person).where(Person.name == sumiati.rsplit("/", 1)[1]))
        person_id = person.id
    number = world.case(worker_id=person_id)
    browser = enter("dewi")
    asked = browser.get(f"{sumiati}/@workflow/merge").forms["form1"]
    asked["into_id"] = asked["into_id"].options[0][0]
    asked.submit("do", status=303)
    assert twin in browser.get(sumiati)
    assert number in browser.get(twin)
    browser.press(browser.get(sumiati), f"{sumiati}/@workflow/unmerge")
    assert number in browser.get(sumiati)
    assert number not in browser.get(twin)


def test_a_record_that_was_not_suggested_is_merged_by_its_number(world, enter, sumiati):
    with world.act("budi") as act:
        other = verbs.record(act, name="Nama yang sama sekali lain").name
    browser = enter("dewi")
    asked = browser.get(f"{sumiati}/@workflow/merge").forms["form1"]
    asked["number"] = other.lower()
    asked.submit("do", status=303)
    assert other in browser.get(sumiati)


@pytest.mark.parametrize("number", ["", "O-9999999", "' OR 1=1", "itself"])
def test_a_wrong_number_merges_nothing(site, enter, sumiati, number):
    asked = enter("dewi").get(f"{sumiati}/@workflow/merge").forms["form1"]
    asked["number"] = sumiati.rsplit("/", 1)[1] if number == "itself" else number
    asked.submit("do", status=422)
    with site.sessions() as session:
        assert session.scalar(select(Person)).state == "known"
