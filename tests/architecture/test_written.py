"""What is written down beside the code agrees with it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from portal import migrations
from portal.content.explain import permissions_page
from portal.content.item import KINDS
from portal.correspondence import lettertypes
from portal.settings import Settings
from tests.architecture.conftest import ROOT

PAGE = ROOT / "docs" / "permissions.md"
TEXTS = {
    ".py",
    ".pt",
    ".toml",
    ".md",
    ".ini",
    ".cfg",
    ".css",
    ".js",
    ".po",
    ".csv",
    ".html",
    ".txt",
    ".yml",
    ".yaml",
    ".in",
    "",
}
OURS = ("portal", "templates", "letters", "tests", "docs", "bench", "bin", "requirements", ".ci")
MACHINE = re.compile("|".join(["/" + "work/(?!hours)", "/" + "root/", "(?<![\\w.])/" + "tmp/", "/home/" + "[a-z]+/"]))
REGISTRY = re.compile(
    "|".join(["pypi" + r"\.org", "files" + r"\.pythonhosted", "registry" + r"\.npmjs", "index-" + "url"])
)


def files() -> list[Path]:
    own = [path for name in OURS for path in (ROOT / name).rglob("*") if path.is_file()]
    own += [path for path in ROOT.iterdir() if path.is_file()]
    return [path for path in own if path.suffix in TEXTS and "__pycache__" not in path.parts]


def lines_with(pattern: re.Pattern) -> list[str]:
    found = []
    for path in files():
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


def test_the_direction_of_imports_is_kept():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_of_permissions_is_what_the_tables_say(introspector):
    assert PAGE.read_text(encoding="utf-8") == permissions_page(), "portal explain permissions > docs/permissions.md"


def test_every_item_may_be_viewed_by_somebody_in_every_state(introspector):
    unseen = [
        f"{name} {state.name}"
        for name, kind in KINDS.items()
        for state in kind.workflow.states
        if not kind.workflow.roles("view", state.name)
    ]
    assert unseen == []


def test_the_database_is_what_the_models_say(site):
    assert migrations.problems(site.engine) == []
    assert migrations.differences(site.engine) == []


def test_the_command_line_prints_the_page_of_permissions(tmp_path):
    command = [sys.executable, "-W", "ignore", "-m", "portal.cli", "explain", "permissions", "--data", tmp_path]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed == PAGE.read_text(encoding="utf-8")


def test_every_letter_type_is_sound():
    assert lettertypes.check(ROOT / "letters") == []


def test_every_setting_stands_in_the_ini_file():
    text = (ROOT / "development.ini").read_text(encoding="utf-8")
    assert [f.name for f in fields(Settings) if f"portal.{f.name}" not in text] == []


def test_no_file_names_a_package_registry():
    assert lines_with(REGISTRY) == []


def test_no_file_names_a_place_on_somebodys_machine():
    assert lines_with(MACHINE) == []
