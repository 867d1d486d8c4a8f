"""What the police of Indramayu were asked in a case about unpaid wages."""

from __future__ import annotations

import pytest

from tests.referrals import course
from tests.world import World


@pytest.fixture
def number(world: World) -> str:
    """A case about unpaid wages."""
    return world.case()


@pytest.fixture
def referral_id(world: World, number: str) -> int:
    """What the police of Indramayu were asked in that case."""
    return course.sent(world, number)


@pytest.fixture
def place(number: str, referral_id: int) -> str:
    """Where the police find it."""
    return f"/desk/{number}-R1"
