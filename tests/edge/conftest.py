"""The trial application, with one folder of compiled templates for all tests of a process."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.edge.trial import application


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`trial()` makes the application; its keywords are those of `tests.edge.trial.application`."""
    return partial(application, tmp_path_factory.mktemp("trial"))
