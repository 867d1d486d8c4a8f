"""Items of every kind without their stories."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Text

from portal.acts import Act
from portal.content import item
from portal.content.item import KINDS, Item
from portal.db import Instant
from tests.world import World

NUMBERS = count(1)


def make(
    act: Act, world: World, kind: str, parent: Item | None = None, state: str | None = None, **columns: Any
) -> Any:
    """An item of that kind with the least that its table asks for, in that state; in no index yet."""
    model, number = KINDS[kind].model, next(NUMBERS)
    needed = [c for c in model.__table__.columns if not c.nullable and c.default is None and c.name != "id"]
    least = {c.name: _least(c, world, act.at, number) for c in needed} | {"title": f"{kind} {number}"}
    name = f"{kind}-{number}" if parent is None else None
    made = item.create(act, model, parent=parent, name=name, **(least | columns))
    if kind == "case":
        made.dossier_id = made.id
    made.state = state or made.state
    act.session.flush()
    return made


def _least(column: Any, world: World, now: datetime, number: int) -> Any:
    if column.foreign_keys:
        return world.organisations["polres"]
    if isinstance(column.type, Instant):
        return now
    return "x" if isinstance(column.type, Text) else number


@pytest.fixture
def case(world: World) -> str:
    """A registered case about Siti, by its number."""
    return world.case()
