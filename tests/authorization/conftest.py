"""The scene, the whole application on it, and everybody at his or her browser: made once for each database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyramid.config import Configurator

from portal.acts import Site, open_site
from portal.app import configured
from portal.clock import FixedClock
from portal.edge.guard import guard
from portal.settings import Settings
from tests.authorization.addresses import Atlas
from tests.authorization.clients import Client, Photograph, enter
from tests.authorization.oracle import EVERYBODY, STRANGERS
from tests.authorization.scene import Scene, build
from tests.conftest import NOW
from tests.desk.strangers import knock
from tests.visiting import Browser
from tests.world import make_world


@dataclass
class House:
    """All that a test of rights needs."""

    scene: Scene
    config: Configurator
    application: Any
    clients: dict[str, Client]
    photograph: Photograph
    is_sqlite: bool

    @property
    def site(self) -> Site:
        """The portal itself."""
        return self.scene.world.site

    @property
    def atlas(self) -> Atlas:
        """Its addresses."""
        return Atlas(self.config.registry, self.scene)


def whole(site: Site) -> Configurator:
    """The whole application, with its control panels."""
    config = configured(site)
    if "control" not in config.registry["containers"]:
        config.include("portal.panel.control")
        config.commit()
    return config


@pytest.fixture(scope="session")
def house(
    template_database: str,
    new_database: Any,
    database_kind: str,
    compiled: Path,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """Built by verbs; a test that changes something brings the photograph back."""
    data = tmp_path_factory.mktemp("house")
    site = open_site(Settings(data=data, database=new_database(like=template_database)), FixedClock(NOW))
    (data / "cache").symlink_to(compiled)
    scene = build(make_world(site))
    config = whole(site)
    application = guard(config.make_wsgi_app(), max_body=site.settings.max_upload)
    clients = {name: enter(application, site, name) for name in EVERYBODY - STRANGERS}
    clients["anonymous"] = enter(application, site, "")
    clients["complainant"] = track(application, scene)
    clients["bearer"] = answer(application, scene)
    is_sqlite = database_kind == "sqlite"
    photograph = Photograph(site, None if is_sqlite else request.getfixturevalue("postgres"))
    yield House(scene, config, application, clients, photograph, is_sqlite)
    site.engine.dispose()


def track(application: Any, scene: Scene) -> Client:
    """The complainant of case A, who has opened it with number and PIN."""

    def open_case(browser: Browser) -> None:
        form = browser.get("/track").forms["form1"]
        form["number"], form["pin"] = scene.cases["A"], scene.pin
        assert form.submit("open").status_int == 303

    client = enter(application, scene.world.site, "", open_case)
    client.name = "complainant"
    return client


def answer(application: Any, scene: Scene) -> Client:
    """Somebody of the police of Indramayu who has a letter in hand."""

    def open_link(browser: Browser) -> None:
        assert knock(browser, f"{scene.answers['bearer'][0]}/", scene.code).status_int == 303

    client = enter(application, scene.world.site, "", open_link)
    client.name = "bearer"
    return client


@pytest.fixture(autouse=True)
def unchanged(house: House) -> Iterator[None]:
    """Each test finds the house as it was built."""
    yield
    house.photograph.restore()
