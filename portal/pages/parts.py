"""What a list page hands to the worklist macro: columns, filter chips, pages, and what to say when it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


def part(row: Any, name: str) -> Any:
    """A value of a row, be it a mapping, a database row or an object."""
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name)


@dataclass(frozen=True)
class Column:
    """One column: which value of a row it shows (attribute or key `name`), and how."""

    name: str
    title: Any
    kind: Literal["text", "code", "link", "state", "due", "day", "moment", "ago", "number"] = "text"
    url: str | None = None
    """Where a click on the heading leads (sorted by it); none: not sortable."""
    order: Literal["ascending", "descending"] | None = None
    below: str = ""
    """Which further value of the row stands in small type under it."""


@dataclass(frozen=True)
class Chip:
    """A filter that can be switched by a link."""

    title: Any
    url: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Batch:
    """Which part of a list is shown, and where the neighbours are."""

    start: int
    end: int
    total: int
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True)
class Empty:
    """Why a list is empty, and the next act it offers."""

    reason: Any
    act: Any = None
    url: str | None = None


@dataclass(frozen=True)
class Fact:
    """One line of a summary list; a value of None is shown as not filled in."""

    title: Any
    value: Any
    url: str | None = None
    change: str | None = None
