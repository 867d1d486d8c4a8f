"""The whole portal in a browser without a screen, for people who have signed in and for visitors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from pyramid.threadlocal import get_current_request
from webtest import TestApp, TestResponse

from portal.acts import Site
from portal.app import configured
from portal.documents import confinement
from portal.edge.guard import guard
from tests.world import PASSWORD, World


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


@pytest.fixture(scope="session", autouse=True)
def files_are_looked_into_while_others_can_write() -> Iterator[None]:
    """Whatever page takes a file in: its transaction rests meanwhile, for SQLite lets one write at a time."""
    look = confinement.run

    def watched(*order: Any) -> dict[str, Any]:
        request = get_current_request()
        assert request is None or not request.db.in_transaction()
        return look(*order)

    confinement.run = watched
    yield
    confinement.run = look


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Site], Any]:
    """`serving(site)` is the application on that site: configured once for all tests, since that takes seconds."""
    made: list[Any] = []

    def serving(site: Site) -> Any:
        if not made:
            first = replace(site, settings=replace(site.settings, data=tmp_path_factory.mktemp("portal")))
            config = configured(first)
            made.extend([config.registry, guard(config.make_wsgi_app(), max_body=site.settings.max_upload)])
        registry, portal = made

        def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            registry["site"] = site
            return portal(environ, start_response)

        return application

    return serving


@pytest.fixture
def enter(site: Site, world: World, serving: Callable[[Site], Any]) -> Callable[..., Browser]:
    """`enter("budi")` is the browser of somebody who has signed in, `enter()` a visitor's.

    `language`: what the visitor has chosen; `assured`: with the second factor; anything else changes the settings.
    """

    def enter(
        login: str = "", *, language: str = "", assured: bool = False, address: str = "192.0.2.1", **changes: object
    ) -> Browser:
        here = replace(site, settings=replace(site.settings, **changes))
        browser = Browser(serving(here), extra_environ={"REMOTE_ADDR": address, "HTTP_ACCEPT": "text/html"})
        browser.site = here
        if language:
            browser.set_cookie("lang", language)
        if login:
            assert browser.sign_in(login).status_int == 303
        if assured:
            browser.set_up_factor()
        return browser

    return enter
