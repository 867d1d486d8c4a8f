"""Every view of the application's own registry × every person × own and other offices × state."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import select

from portal.accounts.identities import identity_of
from portal.content.item import Item
from portal.content.sharing import readable_ids
from portal.content.tree import may as opens
from tests.authorization.addresses import known_views
from tests.authorization.matrix import Decisions, Wrong, judged, sample
from tests.authorization.oracle import EVERYBODY, SIGNED_IN

FEW = ["dewi", "joko", "polres", "p3mi", "obh", "anonymous"]
"""On PostgreSQL, where only SQL could decide otherwise."""


def lines(found: list[Wrong]) -> str:
    return "\n".join(map(str, found[:40]))


def test_no_view_is_without_an_explicit_permission(house):
    views = list(known_views(house.config.registry))
    assert len(views) > 150
    assert [view["callable"].__name__ for view, permission, _method in views if permission in {"", "nobody"}] == []


def test_every_cell_is_decided_as_the_oracle_says(house):
    persons = sorted(EVERYBODY - {"complainant"}) if house.is_sqlite else FEW
    asked, wrong = Decisions(house.config.registry, house.scene.world).wrong(house.atlas, persons)
    assert asked >= (50_000 if house.is_sqlite else 15_000)
    assert wrong == [], f"{len(wrong)} of {asked} cells\n{lines(wrong)}"


def test_every_address_answers_as_the_oracle_says(house):
    """By HTTP: for somebody to whom it is open, somebody to whom it is closed, and the next person in turn."""
    persons = sorted(EVERYBODY) if house.is_sqlite else FEW
    addresses = house.atlas.addresses()
    cells = sample(addresses if house.is_sqlite else islice(addresses, 0, None, 12), persons)
    wrong = []
    for person, address in cells:
        client = house.clients[person]
        response = client.ask(address.method, address.path, json=address.json)
        if fault := judged(client, address, response):
            wrong.append(fault)
        if address.method == "POST" and response.status_int < 400:
            house.photograph.restore()
    assert wrong == [], f"{len(wrong)} wrong\n{lines(wrong)}"


def test_every_list_shows_exactly_what_its_pages_open(house):
    """The index that lists and searches are made from agrees with the rights that pages ask for."""
    decisions = Decisions(house.config.registry, house.scene.world)
    differing = []
    with house.site.sessions(bind=house.site.readers) as session:
        everything = list(session.scalars(select(Item)))
        for person in sorted(SIGNED_IN) if house.is_sqlite else sorted(set(FEW) - {"anonymous"}):
            request = decisions.request("/", identity_of(session, house.scene.world.accounts[person]), session)
            listed = set(session.scalars(readable_ids(request.identity, request.at)))
            shown = {item.id for item in everything if opens(request, item, "view")}
            differing += [(person, item.kind, item.state) for item in everything if item.id in listed ^ shown]
    assert differing == []
