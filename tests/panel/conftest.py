"""The whole portal with its control panels, and people signed in to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import app
from portal.acts import Site
from tests.accounts.conftest import Browser
from tests.world import World


@pytest.fixture
def portal(site: Site) -> object:
    """The application on the test's own database."""
    return app.application(site)


@pytest.fixture
def enter(portal: object, world: World) -> Callable[..., Browser]:
    """`enter("maya")` is the browser of somebody who has signed in; `assured`: with the second factor."""

    def enter(login: str, *, assured: bool = False) -> Browser:
        browser = Browser(portal, extra_environ={"REMOTE_ADDR": "192.0.2.1"})
        browser.site = world.site
        browser.sign_in(login)
        if assured:
            browser.set_up_factor()
        return browser

    return enter
