"""The portal in a browser without a screen, for people of the office who have signed in and for visitors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pyramid.config import Configurator
from pyramid.router import Router

from portal.acts import Site
from portal.app import CONTENT, FEATURES, FOUNDATION
from portal.edge.guard import guard
from tests.accounts.conftest import Browser
from tests.world import World

DESKS = ("portal.intake",)


@pytest.fixture(scope="session")
def router(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Site], Router]:
    """The application with the desk of this feature: made once, it serves the site of each test."""
    made: list[Router] = []

    def router(site: Site) -> Router:
        if not made:
            config = Configurator(settings={"portal.data": str(tmp_path_factory.mktemp("compiled"))})
            config.registry["site"] = site
            for part in (*FOUNDATION, *CONTENT, *FEATURES, *DESKS):
                config.include(part)
            for part in (*CONTENT, *FEATURES, *DESKS):
                config.scan(part)
            made.append(config.make_wsgi_app())
        made[0].registry["site"] = site
        return made[0]

    return router


@pytest.fixture
def enter(site: Site, world: World, router: Callable[[Site], Router]) -> Callable[..., Browser]:
    """`enter("budi")` is the browser of somebody who has signed in, `enter()` a visitor's."""
    application = guard(router(site), max_body=site.settings.max_upload)

    def enter(login: str = "", language: str = "") -> Browser:
        browser = Browser(application, extra_environ={"REMOTE_ADDR": "192.0.2.1", "HTTP_ACCEPT": "text/html"})
        browser.site = site
        if login:
            browser.sign_in(login)
        elif language:
            browser.set_cookie("lang", language)
        return browser

    return enter
