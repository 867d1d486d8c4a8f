"""What the police of Indramayu were asked in a case about unpaid wages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.desk.strangers import knock, printed
from tests.referrals import course
from tests.visiting import Browser
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


@pytest.fixture
def visitor(enter: Callable[..., Browser]) -> Callable[..., Browser]:
    """`visitor()` is a new browser of nobody in particular, at some address."""
    return lambda address="192.0.2.7": enter(address=address)


@pytest.fixture
def letter(world: World, referral_id: int) -> tuple[str, str]:
    """Where the letter to the police says it can be answered, and its code."""
    return printed(world, referral_id)


@pytest.fixture
def inside(visitor: Callable[..., Browser], letter: tuple[str, str]) -> tuple[Browser, Any]:
    """A browser in which the code was given, and the page behind the door."""
    browser = visitor()
    page = knock(browser, *letter)
    assert page.status_int == 303
    return browser, page.follow()
