"""A browser without a screen, and how people sign in with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pyotp
import pytest
from pyramid.config import Configurator
from webtest import TestApp, TestResponse

from portal.accounts.model import Account
from portal.acts import Site
from portal.settings import Settings
from tests.world import PASSWORD, World

PARTS = ("db", "security", "edge", "i18n", "pages", "once", "content", "accounts", "people", "directory")


class Browser(TestApp):
    """One visitor's browser."""

    site: Site

    def sign_in(self, login: str, password: str = PASSWORD, came_from: str = "/account") -> TestResponse:
        """What comes after the form of the sign-in page was sent."""
        form = self.get("/login", {"came_from": came_from}).forms["form1"]
        form["login"], form["password"] = login, password
        return form.submit("do", expect_errors=True)

    def code(self, secret: str, steps: int = 0) -> str:
        """What the authenticator shows at the portal's time, or some steps of thirty seconds later."""
        return pyotp.TOTP(secret).at(self.site.clock.now(), counter_offset=steps)

    def press(self, page: TestResponse, action: str) -> TestResponse:
        """Send the form of the page that leads to that address."""
        found = [form for form in page.forms.values() if form.action.split("?")[0] == action]
        assert found, f"no button leads to {action}"
        return found[0].submit(expect_errors=True)

    def set_up_factor(self) -> tuple[str, list[str]]:
        """Set up the second factor of who is signed in; gives the authenticator's secret and the recovery codes."""
        page = self.press(self.get("/account/second-factor"), "/account/second-factor/begin").follow()
        secret = page.html.select_one("code").text.replace(" ", "")
        form = page.forms["form1"]
        form["code"] = self.code(secret)
        shown = form.submit("do")
        return secret, [code.text for code in shown.html.select(".codes code")]


@pytest.fixture
def opened(site: Site, world: World) -> Callable[..., Browser]:
    """`opened()` is a new browser of a visitor; `opened(demo=True)` one of a demonstration."""

    @cache
    def application(here: Settings) -> Any:
        config = Configurator()
        config.registry["site"] = replace(site, settings=here)
        for part in PARTS:
            config.include(f"portal.{part}")
        config.scan("portal.content")
        config.scan("portal.accounts")
        return config.make_wsgi_app()

    def opened(**changes: object) -> Browser:
        here = replace(site.settings, **changes)
        browser = Browser(application(here), extra_environ={"REMOTE_ADDR": "192.0.2.1"})
        browser.site = replace(site, settings=here)
        return browser

    return opened


@pytest.fixture
def visitor(opened: Callable[..., Browser]) -> Browser:
    return opened()


def account_of(site: Site, world: World, name: str) -> Account:
    with site.sessions() as session:
        return session.get_one(Account, world.accounts[name])
