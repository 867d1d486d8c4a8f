"""Giving access by hand: a mandate to a person, a transfer to an office, and never to an organisation outside."""

from __future__ import annotations

import pytest
from webob import Request

from portal.accounts.staff import principals


def give(house, principal, cause):
    client = house.clients["maya"]
    answers = {"csrf_token": client.token, "principal": principal, "cause": cause, "reference": "ND-1"}
    path = f"/cases/{house.scene.cases['B']}/@sharing"
    return Request.blank(path, method="POST", POST=answers, headers={"Cookie": client.cookie}).get_response(
        house.application
    )


def test_only_counsel_and_own_offices_can_be_given_access(house):
    with house.site.sessions(bind=house.site.readers) as session:
        units = {name for name, _label in principals(session) if name.startswith("unit:")}
    assert units == {f"unit:{house.scene.world.office}", f"unit:{house.scene.world.other_office}"}


@pytest.mark.parametrize(
    ("principal", "cause", "status"),
    [
        ("account:obh2", "mandate", 303),
        ("unit:other_office", "transfer", 303),
        ("account:obh2", "transfer", 422),
        ("unit:other_office", "mandate", 422),
        ("unit:p3mi", "mandate", 422),
        ("unit:p3mi", "transfer", 422),
    ],
)
def test_a_mandate_is_a_persons_and_a_transfer_an_offices(house, principal, cause, status):
    kind, _colon, name = principal.partition(":")
    world = house.scene.world
    known = world.accounts | world.organisations | {"other_office": world.other_office}
    assert give(house, f"{kind}:{known[name]}", cause).status_int == status
    for person in ("obh2", "joko", "p3mi"):
        assert house.clients[person].ask("GET", "/cases").status_int == 200


def test_with_a_case_its_letters_go_along(house):
    assert give(house, f"unit:{house.scene.world.other_office}", "transfer").status_int == 303
    shown = house.clients["wati"].ask("GET", "/letters/incoming").text
    assert house.scene.cases["B"] in shown


def test_whoever_has_not_signed_in_is_led_to_the_referral_by_way_of_the_sign_in_page(house):
    answer = house.clients["anonymous"].ask("GET", f"/desk/{house.scene.cases['A']}-R1")
    assert answer.location.endswith(f"/login?came_from=/desk/{house.scene.cases['A']}-R1")


def test_the_list_of_countries_is_of_cases_that_the_person_may_see(house):
    assert 'value="TW"' not in house.clients["dewi"].ask("GET", "/cases").text
    assert 'value="TW"' in house.clients["wati"].ask("GET", "/cases").text
    assert 'value="MY"' not in house.clients["polres"].ask("GET", "/cases").text
