"""Which tests go to the same process: those that share something that takes long to make.

xdist's own `loadgroup` does not do it: it marks the ids of tests in a way that pytest 9.2 no longer reads.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/setup/test_wheel.py", "tests/demo/test_build.py", "tests/authorization/")
KINDS = ("[sqlite", "[postgresql")


def together(nodeid: str) -> str:
    """What a test shares with others: a file or folder on one kind of database; else nothing, and its own name."""
    for place in TOGETHER:
        if nodeid.startswith(place):
            return place + next((kind.strip("[") for kind in KINDS if kind in nodeid), "")
    return nodeid


class Together(LoadScopeScheduling):
    """Work goes out as such groups, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)
