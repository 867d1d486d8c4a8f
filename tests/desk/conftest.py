"""The whole portal in a browser without a screen, and people of the office and of its partners signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pyramid.config import Configurator
from pyramid.router import Router

from portal.acts import Site
from portal.app import CONTENT, FEATURES, FOUNDATION
from tests.accounts.conftest import Browser
from tests.desk.strangers import knock, printed
from tests.referrals import course
from tests.world import World

SCREENS = ("content", "accounts", "cases", "requirements", "documents", "correspondence", "referrals", "desk")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Site], Router]:
    """The application up to the desk: made once, it serves the site of each test."""
    made: list[Router] = []

    def built(site: Site) -> Router:
        if not made:
            config = Configurator(settings={"portal.data": str(tmp_path_factory.mktemp("compiled"))})
            config.registry["site"] = site
            for part in (*FOUNDATION, *CONTENT, *FEATURES, "portal.desk"):
                config.include(part)
            for part in SCREENS:
                config.scan(f"portal.{part}")
            made.append(config.make_wsgi_app())
        made[0].registry["site"] = site
        return made[0]

    return built


@pytest.fixture
def portal(site: Site, built: Callable[[Site], Router]) -> Router:
    """The application on the test's own database."""
    return built(site)


@pytest.fixture
def enter(portal: Router, world: World) -> Callable[[str], Browser]:
    """`enter("polres")` is the browser of somebody who has signed in."""

    def enter(login: str) -> Browser:
        browser = Browser(portal, extra_environ={"REMOTE_ADDR": "192.0.2.1"})
        browser.site = world.site
        browser.sign_in(login)
        return browser

    return enter


@pytest.fixture
def number(world: World) -> str:
    """A case about unpaid wages."""
    return world.case()


@pytest.fixture
def referral_id(world: World, number: str) -> int:
    """What the police of Indramayu were asked in that case."""
    return course.sent(world, number)


@pytest.fixture
def place(number: str, referral_id: int) -> str:
    """Where the police find it."""
    return f"/desk/{number}-R1"


@pytest.fixture
def visitor(portal: Router, world: World) -> Callable[..., Browser]:
    """`visitor()` is a new browser of nobody in particular."""

    def visitor(address: str = "192.0.2.7") -> Browser:
        browser = Browser(portal, extra_environ={"REMOTE_ADDR": address})
        browser.site = world.site
        return browser

    return visitor


@pytest.fixture
def letter(world: World, referral_id: int) -> tuple[str, str]:
    """Where the letter to the police says it can be answered, and its code."""
    return printed(world, referral_id)


@pytest.fixture
def inside(visitor: Callable[..., Browser], letter: tuple[str, str]) -> tuple[Browser, Any]:
    """A browser in which the code was given, and the page behind the door."""
    browser = visitor()
    page = knock(browser, *letter)
    assert page.status_int == 303
    return browser, page.follow()
