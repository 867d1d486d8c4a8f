"""The proof that the matrix sees: one view opened, one view closed, one grant too many, and it turns red."""

from __future__ import annotations

import pytest
from pyramid.security import NO_PERMISSION_REQUIRED
from sqlalchemy import select

from portal.cases.model import Case
from portal.content import sharing
from portal.content.tree import Resource
from portal.content.views.item import history
from portal.correspondence.views import download
from portal.people.views import view as person_page
from portal.referrals.workflow import ADDRESSEE
from tests.authorization.conftest import whole
from tests.authorization.matrix import Decisions

LOOSENED = {
    "history": (history, {"name": "@history"}),
    "the file of a letter": (download, {"name": "@pdf", "kind": "letter"}),
    "a person": (person_page, {"kind": "person"}),
}


@pytest.mark.parametrize("name", LOOSENED)
def test_a_view_that_loses_its_permission_is_reported(house, name):
    view, where = LOOSENED[name]
    config = whole(house.site)
    config.add_view(
        view, context=Resource, request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer="json", **where
    )
    config.commit()
    _asked, wrong = Decisions(config.registry, house.scene.world).wrong(house.atlas, ["polres", "joko"])
    assert {w.view for w in wrong} == {f"{view.__module__}.{view.__name__}"}
    assert {w.found for w in wrong} == {"open"}


@pytest.mark.parametrize("permission", ["signed-in", "case:register"])
def test_a_view_that_asks_for_too_little_is_reported(house, permission):
    config = whole(house.site)
    config.add_view(
        history, context=Resource, name="@history", request_method="GET", permission=permission, renderer="json"
    )
    config.commit()
    _asked, wrong = Decisions(config.registry, house.scene.world).wrong(house.atlas, ["ana", "joko"])
    assert wrong != []
    assert {w.view for w in wrong} == {"portal.content.views.item.history"}


def test_a_view_that_closes_is_reported_too(house):
    config = whole(house.site)
    config.add_view(
        history, context=Resource, name="@history", request_method="GET", permission="nobody", renderer="json"
    )
    config.commit()
    _asked, wrong = Decisions(config.registry, house.scene.world).wrong(house.atlas, ["dewi"])
    assert {w.found for w in wrong} == {"closed"}


@pytest.mark.parametrize(
    ("letter", "principal", "role", "person"),
    [
        ("B", "unit:{polres}", "ADVOCATE", "polres"),
        ("B", "unit:{other_office}", sharing.OFFICE, "joko"),
        ("A", "unit:{p3mi}", ADDRESSEE, "p3mi"),
    ],
)
def test_a_grant_too_many_is_reported(house, letter, principal, role, person):
    known = house.scene.world.organisations | {"other_office": house.scene.world.other_office}
    with house.scene.world.act("maya") as act:
        case = act.session.scalars(select(Case).where(Case.name == house.scene.cases[letter])).one()
        sharing.give(act, case, principal.format(**known), role, cause="sharing")
    _asked, wrong = Decisions(house.config.registry, house.scene.world).wrong(house.atlas, [person])
    assert wrong != []
    assert {w.path.split("/")[2].split("-R")[0] for w in wrong if w.path.startswith(("/cases", "/desk"))} == {
        house.scene.cases[letter]
    }
