"""Pages in a real Chromium, and what axe finds wrong with them."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1280, height=900)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page()` or `open_page(PHONE)`: a page of a new visitor, who shares no cookie with another one."""
    visitors = []

    def open_page(viewport: ViewportSize = DESK) -> Page:
        visitors.append(browser.new_context(viewport=viewport, locale="id-ID", timezone_id="Asia/Jakarta"))
        return visitors[-1].new_page()

    yield open_page
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


def barriers(page: Page) -> list[str]:
    """What keeps people from using this page, by axe's rules: one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html']}" for fault in found for node in fault["nodes"]]
