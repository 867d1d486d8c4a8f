"""A visitor's browser, and accounts as the database has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts.model import Account
from portal.acts import Site
from tests.visiting import Browser
from tests.world import World


@pytest.fixture
def visitor(enter: Callable[..., Browser]) -> Browser:
    return enter()


def account_of(site: Site, world: World, name: str) -> Account:
    with site.sessions() as session:
        return session.get_one(Account, world.accounts[name])
