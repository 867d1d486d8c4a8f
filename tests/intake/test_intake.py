"""From the ring to the case: five answers are enough, doubles are told, and the PIN is shown once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.cases import pins
from portal.cases.model import Case
from portal.people.model import Person


@pytest.fixture
def budi(enter):
    return enter("budi")


def first(browser, **answers):
    asked = browser.get("/intake").forms["form1"]
    asked["complainant_type"] = "FAMILY"
    asked["main_category"] = "Gaji tidak dibayar"
    asked["narrative"] = "Gaji lima bulan tidak dibayar."
    for name, value in answers.items():
        asked.set(name, value, index=0)
    return asked


def cases(site):
    with site.sessions() as session:
        return session.scalars(select(Case).order_by(Case.id)).all()


def people(site):
    with site.sessions() as session:
        return session.scalars(select(Person).order_by(Person.id)).all()


def pin_on(page):
    return re.sub(r"\D", "", page.html.select(".big")[1].text)


def test_five_answers_make_a_case_and_a_receipt_that_is_shown_once(site, budi):
    page = first(budi, name="Sumiati").submit("register", status=303).follow()
    case = cases(site)[0]
    assert case.name in page
    assert pins.fits(case, pin_on(page))
    assert (case.channel, case.title) == ("PHONE", "Sumiati · Gaji tidak dibayar")
    budi.get(f"/cases/{case.name}/@receipt", status=404)


def test_nothing_but_the_facts_of_the_call_is_needed(site, budi):
    first(budi).submit("register", status=303)
    assert (cases(site)[0].worker_id, cases(site)[0].complainant_id) == (None, None)


def test_an_emergency_needs_what_was_done_at_once(site, budi):
    answer = first(budi, is_emergency=True).submit("register", status=422)
    assert "Tulis tindakan segera" in answer
    answer.forms["form1"]["emergency_action"] = "Polisi setempat dihubungi."
    answer.forms["form1"].submit("register", status=303)
    assert (cases(site)[0].is_emergency, cases(site)[0].urgency) == (True, 1)


def test_the_rest_is_folded_and_opens_where_something_stands_or_is_wrong(budi):
    asked = first(budi)
    assert budi.get("/intake").html.select("details.group[open]") == []
    asked["birth_date"] = "31-02-1990"
    answer = asked.submit("register", status=422)
    opened = answer.html.select("details.group[open] > summary")
    assert [s.text.strip() for s in opened] == ["Pekerja: paspor, NIK, telepon, alamat"]


def test_possible_doubles_are_told_while_one_types_with_their_open_cases(world, budi):
    number = world.case()
    fragment = budi.get("/intake/@doubles?name=SITI+RAHAYU&name=x").text
    assert "<html" not in fragment
    for words in ("/intake/@doubles?name=Sity+Rahayu", "/intake/@doubles?passport=c%201234567"):
        answer = budi.get(words)
        assert "Siti Rahayu" in answer
        assert number in answer
    assert "Tidak ada yang serupa" in budi.get("/intake/@doubles?name=Ahmad+Fauzi")


def test_doubles_are_told_only_to_who_may_see_them(world, enter):
    world.case()
    assert "Siti" not in enter("joko").get("/intake/@doubles?name=Siti+Rahayu")
    assert enter("polres").get("/intake/@doubles?name=Siti", status="*").status_int == 404
    assert enter().get("/intake/@doubles?name=Siti", status="*").status_int == 303


def test_a_likely_double_is_asked_about_once_and_never_blocks(site, world, budi):
    world.case()
    answer = first(budi, name="Sity Rahayu", passport="C1234567").submit("register", status=422)
    assert len(cases(site)) == 1
    assert "Sity Rahayu" in answer
    fields = answer.forms["form1"].submit_fields("register")
    budi.post("/intake", [*fields, ("same_person", "new")], status=303)
    assert len(people(site)) == 2


def test_who_is_the_same_person_is_not_recorded_again_but_what_is_new_is_added(site, world, budi):
    world.case()
    answer = first(budi, name="SITY RAHAYU", passport="C1234567", phone="0813 1111 2222").submit("register", status=422)
    fields = answer.forms["form1"].submit_fields("register")
    budi.post("/intake", [*fields, ("same_person", people(site)[0].name)], status=303)
    person = people(site)[0]
    assert [c.worker_id for c in cases(site)] == [person.id, person.id]
    assert person.phones == ["081200000001", "0813 1111 2222"]


def test_a_person_of_another_office_cannot_be_chosen(site, world, enter):
    world.case()
    browser = enter("joko")
    asked = first(browser, name="Sumiati")
    asked["channel"] = "WALK_IN"
    fields = asked.submit_fields("register")
    browser.post("/intake", [*fields, ("same_person", people(site)[0].name)], status=303)
    assert cases(site)[1].worker_id != people(site)[0].id


def test_a_complaint_sent_twice_is_registered_once(site, budi):
    asked = first(budi, name="Sumiati")
    asked.submit("register", status=303)
    asked.submit("register", status=303)
    assert len(cases(site)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("narrative", ""),
        ("narrative", "x" * 20_001),
        ("main_category", "tidak ada"),
        ("main_category", ""),
        ("name", "x" * 500),
        ("email", "bukan surel"),
        ("birth_date", "besok"),
        ("agency_id", "999999"),
        ("name", "Siti\u202eIsti"),
    ],
)
def test_wrong_answers_come_back_and_register_nothing(site, budi, name, value):
    first(budi, **{name: value}).submit("register", status=422)
    assert cases(site) == []


@pytest.mark.parametrize("same", ["O-9999999", "' OR 1=1 --", "x" * 5000, "new\u202e", "../../etc"])
def test_an_odd_choice_of_person_makes_a_new_one(site, budi, same):
    fields = first(budi, name="Sumiati").submit_fields("register")
    budi.post("/intake", [*fields, ("same_person", same)], status=303)
    assert [p.title for p in people(site)] == ["Sumiati"]


def test_a_broken_form_is_refused(site, budi):
    fields = first(budi).submit_fields("register")
    budi.post("/intake", [*fields, ("__start__", "x:mapping")], status=422)
    budi.post("/intake", [*fields, ("__end__", "x:mapping")], status=422)
    budi.post("/intake", [(k, v) for k, v in fields if k not in {"channel", "narrative"}], status=422)
    budi.post("/intake", [*fields, ("office_id", "1")], status=422)
    assert cases(site) == []


@pytest.mark.parametrize("who", ["polres", "rudi", "admin"])
def test_who_takes_no_complaints_finds_no_intake(enter, who):
    assert enter(who).get("/intake", status="*").status_int == 404


def test_a_lost_pin_is_renewed_by_the_office_and_shown_once(site, world, enter):
    number = world.case()
    browser = enter("sari")
    page = browser.press(browser.get(f"/cases/{number}"), f"/cases/{number}/@pin").follow()
    assert pins.fits(cases(site)[0], pin_on(page))
    browser.get(f"/cases/{number}/@receipt", status=404)
    browser.get(f"/cases/{number}/@pin", status=404)
