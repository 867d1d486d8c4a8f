from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from portal import settings
from portal.settings import Settings, SettingsError, parse

INI = Path(settings.__file__).parents[1] / "development.ini"


@pytest.mark.parametrize("key", ["portal.databse", "portal.", "portal.Data", "portal.data.folder"])
def test_an_unknown_key_stops_the_start_and_is_named(key):
    with pytest.raises(SettingsError, match=re.escape(key)):
        parse({key: "x"})


@pytest.mark.parametrize(
    ("key", "text"), [("portal.demo", "maybe"), ("portal.max_upload", "-1"), ("portal.max_upload", "200 MB")]
)
def test_a_value_that_means_nothing_stops_the_start(key, text):
    with pytest.raises(SettingsError, match=key):
        parse({key: text})


def test_each_value_becomes_what_it_is():
    found = parse({"portal.data": " /srv/rujukan ", "portal.demo": "Yes", "portal.max_upload": "5", "pyramid.x": "1"})
    assert (found.data, found.demo, found.max_upload) == (Path("/srv/rujukan"), True, 5)
    assert found.database_url == "sqlite+pysqlite:////srv/rujukan/rujukan.sqlite"


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(AttributeError):
        Settings().demo = True


def test_every_setting_says_what_it_is_for():
    assert [f.name for f in fields(Settings) if not f.metadata.get("help")] == []


def test_the_ini_file_names_known_settings_only():
    named = set(re.findall(r"^#?\s*(portal\.\w+)\s*=", INI.read_text(), re.MULTILINE))
    assert named
    assert named <= {f"portal.{f.name}" for f in fields(Settings)}
