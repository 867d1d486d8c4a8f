"""Every word of these features, of the content platform and of the panel has its English."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.i18n import catalogue
from tests.frame.words import of_module, of_template

ROOT = Path(__file__).parents[2]
SINGLE = ("reads", "acts", "once", "mailbox", "deadlines")


@pytest.mark.parametrize("feature", ["people", "directory", "cases", "intake", "content", "panel"])
def test_every_word_has_its_english(feature):
    modules = (ROOT / f"portal/{feature}").rglob("*.py")
    templates = (ROOT / f"templates/{feature}").rglob("*.pt")
    asked = {m for f in modules for m in of_module(f)} | {m for f in templates for m in of_template(f)}
    assert [m for m in sorted(asked) if ("portal", None, m) not in catalogue("en")] == []


def test_every_word_of_the_single_modules_has_its_english():
    asked = {m for name in SINGLE for m in of_module(ROOT / f"portal/{name}.py")}
    assert [m for m in sorted(asked) if ("portal", None, m) not in catalogue("en")] == []
