"""What tests stand on: a migrated database of their own, a world of named people, and a browser without a screen."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal import install
from portal.acts import Site, open_site
from portal.app import define_tables
from portal.clock import FixedClock
from portal.settings import Settings
from tests.world import World, make_world

pytest_plugins = ["tests.postgres", "tests.browser", "tests.scheduling", "tests.visiting"]

define_tables()  # every kind is known, whichever test runs

MEMORY, ROOM = Path("/dev/shm"), 6 << 30
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    # Databases write through to the disk at each commit, as they should; thousands of tests wait for that in vain.
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
"""Monday 2 March 2026, 10.00 WIB: an ordinary working day."""


@pytest.fixture(scope="session")
def template_database(new_database, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database with the reference data; every test gets a copy."""
    url = new_database()
    site = open_site(Settings(data=tmp_path_factory.mktemp("template"), database=url), FixedClock(NOW))
    install.migrate(site)
    install.load_reference(site)
    site.engine.dispose()
    return url


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compiled templates, made once: each test's portal would spend seconds on them."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="session")
def peopled(template_database: str, new_database, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, World]:
    """A database in which the world already lives, and its ids: making it for every test would cost seconds."""
    url = new_database(like=template_database)
    site = open_site(Settings(data=tmp_path_factory.mktemp("peopled"), database=url), FixedClock(NOW))
    world = make_world(site)
    site.engine.dispose()
    return url, world


@pytest.fixture
def site(request: pytest.FixtureRequest, new_database, tmp_path: Path, compiled: Path) -> Iterator[Site]:
    """A portal on a database of its own; its clock stands until a test moves it."""
    known = request.getfixturevalue("peopled")[0] if "world" in request.fixturenames else None
    like = known or request.getfixturevalue("template_database")
    settings = Settings(data=tmp_path / "var", database=new_database(like=like))
    opened = open_site(settings, FixedClock(NOW))
    (settings.data / "cache").symlink_to(compiled)
    yield opened
    assert opened.engine.pool.checkedout() == 0, "the test left a session open"
    opened.engine.dispose()


@pytest.fixture
def world(site: Site, peopled: tuple[str, World]) -> World:
    """Named people, offices and organisations."""
    return replace(peopled[1], site=site)
