"""No second door: what stands in a case of others shows in no list, search, export, picture, file or header."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import pytest
from sqlalchemy import select

from portal.cases.model import Case
from portal.content.item import KINDS
from portal.content.tree import Root
from tests.authorization.canaries import B, C, strings
from tests.authorization.clients import readable
from tests.authorization.conftest import whole
from tests.authorization.matrix import WALKED
from tests.authorization.oracle import ADVOCATES, PARTNERS, ROLES, STRANGERS, may

OUTSIDERS = {
    **dict.fromkeys(("joko", "wati"), (B,)),
    **dict.fromkeys(("dewi", "maya", "tono"), (C,)),
    **dict.fromkeys(("admin", "ana", *sorted(PARTNERS | ADVOCATES | STRANGERS)), (B, C)),
}
"""Who must not notice which cases."""

LISTS = [
    "/cases?state=open",
    "/cases?country=TW",
    "/letters/?format=csv",
    "/letters/incoming?format=csv",
    "/letters/gaps",
    "/desk?show=running",
    "/desk?show=ended",
    *(
        f"/{kind.container}?state={state.name}"
        for kind in KINDS.values()
        if kind.container
        for state in kind.workflow.states
    ),
]


def searches(told):
    """Every way to look for a word; the word itself is cut short, for pages repeat what was asked."""
    for value in vars(told).values():
        part = quote(value[:-1])
        yield from (f"/@search?q={part}", f"/people?q={part}")
    typed = {"name": told.worker, "passport": told.passport, "phone": told.phone}
    yield from (f"/intake/@doubles?{name}={quote(value)}" for name, value in typed.items())
    yield f"/intake/@doubles?worker_name={quote(told.worker)}&worker_passport={told.passport}&worker_phone={told.phone}"


def open_to(house, person):
    """The pages that the person may open; the many of the person's own office once for each kind and view."""
    seen = set()
    for address in house.atlas.addresses():
        thing = address.thing
        alike = (thing.kind, address.view, address.json, "" if person in ROLES else thing.path)
        is_new = thing.kind not in WALKED or alike not in seen
        if address.method == "GET" and is_new and person in may(thing, "GET", address.name):
            seen.add(alike)
            yield address.path, address.json


@pytest.fixture
def leaks(house):
    """`leaks("polres")` are the addresses at which the person reads what is none of his or her business."""

    def leaks(person, cases, application=None):
        forbidden = strings(*cases) | {
            house.scene.cases[letter].lower() for letter in "BC" if {"B": B, "C": C}[letter] in cases
        }
        client, found = replace(house.clients[person], application=application or house.application), []
        pages = [*open_to(house, person), *((path, False) for path in LISTS)]
        pages += [(path, path.startswith("/@search")) for told in cases for path in searches(told)]
        pages += [(f"/{kind.container}", True) for kind in KINDS.values() if kind.container]
        for path, as_json in pages:
            shown = readable(client.ask("GET", path, json=as_json))
            found += [(path, each) for each in forbidden if each in shown and each not in path.lower()]
        return found

    return leaks


@pytest.mark.parametrize("person", sorted(OUTSIDERS))
def test_nothing_of_the_cases_of_others_can_be_read_anywhere(leaks, house, person):
    if not house.is_sqlite and person not in {"wati", "polres"}:
        pytest.skip("on PostgreSQL one of the other office and one partner")
    assert leaks(person, OUTSIDERS[person]) == []


def test_whose_case_it_is_reads_the_same_words_so_the_search_for_them_is_no_blind_one(leaks, house):
    seen = {word for _path, word in leaks("wati", (C,))}
    never_shown = {"emergency", "body", "ask", "sender_number"}
    assert {name for name, value in vars(C).items() if value.lower() not in seen} <= never_shown
    assert len(seen) >= 20


def test_a_search_that_forgets_the_rights_is_noticed(leaks, house):
    def forgetful(request):
        return {"items": [case.city for case in request.db.scalars(select(Case))]}

    config = whole(house.site)
    config.add_view(
        forgetful, context=Root, name="@search", request_method="GET", permission="signed-in", renderer="json"
    )
    config.commit()
    application = config.make_wsgi_app()
    assert {word for _path, word in leaks("polres", (B,), application)} == {B.city.lower()}
    assert {word for _path, word in leaks("wati", (B,), application)} == {B.city.lower()}
