"""Many people at once, and a browser on the whole portal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from portal.acts import Site
from portal.app import configured
from portal.edge import guard
from tests.accounts.conftest import Browser
from tests.world import World


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Call `do(0)` … `do(count - 1)` in threads that all start together; gives what they gave."""
    start = Barrier(count)

    def one(number: int) -> Any:
        start.wait()
        return do(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Site], Any]:
    """The whole application: made once, it serves the site of each test."""
    made: list[Any] = []

    def built(site: Site) -> Any:
        if not made:
            first = replace(site, settings=replace(site.settings, data=tmp_path_factory.mktemp("compiled")))
            config = configured(first)
            made.extend([config.registry, guard(config.make_wsgi_app())])
        made[0]["site"] = site
        return made[1]

    return built


@pytest.fixture
def browse(site: Site, world: World, built: Callable[[Site], Any]) -> Callable[..., Browser]:
    """`browse("budi")` is a signed-in browser, `browse()` a visitor's, both on the whole portal."""

    def browse(name: str = "") -> Browser:
        browser = Browser(built(site), extra_environ={"REMOTE_ADDR": "192.0.2.1", "HTTP_ACCEPT": "text/html"})
        browser.site = site
        if name:
            assert browser.sign_in(name).status_int == 303
        return browser

    return browse
