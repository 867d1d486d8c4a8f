"""A portal that really serves: waitress, worker, mail server, and people in real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from portal import jobs, mailbox
from portal.acts import Site
from portal.app import application
from tests.listening import listening
from tests.world import PASSWORD, World, make_world


@dataclass
class Live:
    """The served portal, its world, and the browser everybody uses."""

    address: str
    site: Site
    world: World
    browser: Any
    width: int
    scripts: bool
    pages: list[Any] = field(default_factory=list)

    def visit(self, path: str = "/") -> Any:
        """A fresh browser window, nobody signed in."""
        shape = {"width": self.width, "height": 800}
        context = self.browser.new_context(viewport=shape, java_script_enabled=self.scripts, locale="id-ID")
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(self.address + path)
        self.pages.append(page)
        return page

    def person(self, login: str, path: str = "/") -> Any:
        """A window in which that person has signed in."""
        page = self.visit("/login")
        page.fill("input[name=login]", login)
        page.fill("input[type=password]", PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto(self.address + path)
        return page

    def work(self) -> None:
        """Do the jobs that are due: letters are set, mails go out."""
        jobs.run_all(self.site)


SCREENS = {
    "desk-with-scripts": (1280, True),
    "phone-without-scripts": (360, False),
    "phone-with-scripts": (360, True),
    "desk-without-scripts": (1280, False),
}


@pytest.fixture(params=SCREENS.values(), ids=SCREENS.keys())
def live(request: pytest.FixtureRequest, site: Site, browser: Any) -> Iterator[Live]:
    """Served at a free port; on SQLite and PostgreSQL, on a wide screen and on a phone."""
    width, scripts = request.param
    box = mailbox.start(site.settings.data)
    site.settings = replace(site.settings, demo=True, mail=box.url)
    world = make_world(site)
    with listening(application(site), threads=4) as port:
        address = f"http://127.0.0.1:{port}"
        site.settings = replace(site.settings, public_url=address)
        portal = Live(address, site, world, browser, width, scripts)
        yield portal
        for page in portal.pages:
            page.context.close()
    box.stop()
