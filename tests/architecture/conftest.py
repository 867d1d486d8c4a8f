"""The portal's files and its application, as the tests of the architecture look at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal.acts import open_site
from portal.app import configured
from portal.settings import Settings

ROOT = Path(__file__).parents[2]
PORTAL = ROOT / "portal"
MODULES = sorted(path for path in PORTAL.rglob("*.py") if path.parent.name != "versions")
"""All our modules; what Alembic wrote into migrations/versions is history."""
TEMPLATES = sorted((ROOT / "templates").rglob("*.pt"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="session")
def introspector(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What Pyramid knows of the portal: every view, with its permission and method."""
    return configured(open_site(Settings(data=tmp_path_factory.mktemp("var")))).introspector
