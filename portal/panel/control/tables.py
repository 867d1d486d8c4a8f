"""A table that the office edits: which rows, which fields, how a row is told, and what is no good row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Reason
from portal.content.moving import Off
from portal.forms import Choice, Day
from portal.pages import Column

Fields = Mapping[str, Callable[[], Any]]
Values = dict[str, Any]
"""A row's values as JSON keeps them, by the names of the fields."""

FLAGS = frozenset({"still_used", "needs_power_of_attorney"})
LISTS = frozenset({"typical_stakeholders"})
"""Further columns of a term that are kept as "y" or "n", and as codes with semicolons between them."""


def no_objection(_session: Session, _table: Table, _values: Values, _row: Any) -> Iterable[Reason]:
    """For tables whose fields say it all."""
    return ()


def moves_nothing(_old: Values | None, _new: Values | None) -> Sequence[Off]:
    """For tables that hold no days."""
    return ()


@dataclass(frozen=True)
class Table:
    """One list of reference data, at /control/reference/<name>."""

    name: str
    title: Any
    about: Any
    model: type[Any]
    fields: Fields
    """What may be changed."""
    columns: tuple[Column, ...]
    line: Callable[[Session, Any, str], Mapping[str, Any]]
    """A row for the list, in a language; `title` names it everywhere."""
    group: Callable[[Any], tuple[str, Any]]
    """Code and words of the filter a row falls under."""
    order: tuple[Any, ...]
    fixed: Fields = field(default_factory=dict)
    """What is said once, when a row is added."""
    scope: Mapping[str, Any] = field(default_factory=dict)
    """What all rows of the table have in common."""
    can_add: bool = True
    can_remove: bool = False
    check: Callable[[Session, Table, Values, Any], Iterable[Reason]] = no_objection
    """Reasons against values for a row (None: a new one)."""
    example: Callable[[Session, Values, str], str] | None = None
    """What values lead to, for people to see before they keep them."""
    shift: Callable[[Values | None, Values | None], Sequence[Off]] = moves_nothing
    """The days without office hours that come and go as a row turns from old values to new ones (None: no row)."""


TABLES: dict[str, Table] = {}
"""Every table by its name, in the order in which they are shown."""


def declare(*tables: Table) -> None:
    """Make tables known."""
    TABLES.update({table.name: table for table in tables})


def rows(session: Session, table: Table) -> list[Any]:
    """All rows, in their order."""
    return list(session.scalars(select(table.model).filter_by(**table.scope).order_by(*table.order)))


def key(row: Any) -> str:
    """What names a row in addresses and in the journal."""
    return str(inspect(row).identity[0])


def row(session: Session, table: Table, name: str) -> Any | None:
    """The row of that key, if it is one of the table's."""
    if inspect(table.model).primary_key[0].type.python_type is int:
        if not (name.isascii() and name.isdigit() and len(name) < 16):
            return None
        found = session.get(table.model, int(name))
    else:
        found = session.get(table.model, name)
    is_ours = found is not None and all(getattr(found, column) == value for column, value in table.scope.items())
    return found if is_ours else None


def values(table: Table, row: Any) -> Values:
    """What the row says now."""
    return {name: _read(row, name) for name in (*table.fixed, *table.fields)}


def _read(row: Any, name: str) -> Any:
    if hasattr(row, name):
        kept = getattr(row, name)
        return kept.isoformat() if isinstance(kept, date) else kept
    kept = row.extra.get(name, "")
    if name in FLAGS:
        return kept == "y"
    return vocabulary.codes(kept) if name in LISTS else kept


def write(table: Table, row: Any, new: Values) -> None:
    """Put values into a row."""
    extra = dict(getattr(row, "extra", None) or {})
    for name, value in new.items():
        column = getattr(table.model, name, None)
        if column is None:
            extra[name] = _as_kept(value)
        else:
            setattr(row, name, _as_column(column.type.python_type, value))
    if extra or hasattr(table.model, "extra"):
        row.extra = {name: kept for name, kept in extra.items() if kept}


def _as_column(kind: type[Any], value: Any) -> Any:
    """Dates are kept as text in forms and journal, and so is the id that a choice names."""
    if not isinstance(value, str) or kind not in {date, int}:
        return value
    return (date.fromisoformat(value) if kind is date else int(value)) if value else None


def _as_kept(value: Any) -> str:
    if isinstance(value, bool):
        return "y" if value else "n"
    return ";".join(value) if isinstance(value, (list, tuple)) else str(value)


def plain(table: Table, given: Mapping[str, Any]) -> Values:
    """What a form gave, as JSON keeps it: empty text for what was left out."""
    names = [name for name in (*table.fixed, *table.fields) if name in given]
    return {name: _plain(given[name]) for name in names}


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def for_form(nodes: Iterable[Any], kept: Values) -> Values:
    """Kept values as a form shows them."""
    nodes = list(nodes)
    days = {node.name for node in nodes if isinstance(node, Day)}
    chosen = {node.name for node in nodes if isinstance(node, Choice)}
    shown = {name: date.fromisoformat(value) if name in days else value for name, value in kept.items()}
    return {name: str(value) if name in chosen and isinstance(value, int) else value for name, value in shown.items()}
