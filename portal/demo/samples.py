"""A worked case taken apart into rows, and put together again as another one: other ids, numbers, persons and days."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Table, or_, select
from sqlalchemy.orm import Session

from portal.cases.model import Case
from portal.content import catalog
from portal.content.item import Item
from portal.db import Base
from portal.journal import SITE_CHAIN
from portal.people.model import Person

ELSEWHERE = {"person_key", "lock"}
"""Written anew for each copy, or not at all."""

Link = tuple[str, int]
"""Table and id; an item's table is always the spine."""


@dataclass(frozen=True)
class Change:
    """What makes a copy another case than its sample."""

    ids: Mapping[Link, int]
    words: Mapping[str, str]
    later: timedelta


@dataclass(frozen=True)
class Line:
    """One row of a sample, by what becomes of its values in a copy."""

    table: str
    same: dict[str, Any]
    moments: dict[str, datetime]
    links: dict[str, Link]
    """Ids: of rows that are copied too, or of others."""
    told: dict[str, Any]
    """Texts and JSON that name something of the sample."""


@dataclass(frozen=True)
class Sample:
    """A case with its persons and its parts."""

    case_id: int
    number: str
    received_at: datetime
    persons: tuple[Person, ...]
    own: tuple[Link, ...]
    """Its rows that are known by an id."""
    lines: tuple[Line, ...]
    """In an order in which they can be written; without the journal."""
    history: tuple[Line, ...]
    searched: Mapping[int, str]
    """Item → what the full-text index finds it by."""
    named: re.Pattern[str]

    def row(self, line: Line, change: Change) -> dict[str, Any]:
        """The row of a copy."""
        row = dict(line.same)
        row.update((name, at + change.later) for name, at in line.moments.items())
        row.update((name, change.ids.get(link, link[1])) for name, link in line.links.items())
        row.update((name, self.said(value, change)) for name, value in line.told.items())
        return row

    def said(self, value: Any, change: Change) -> Any:
        """A text or JSON of the sample as it is in the copy."""
        if isinstance(value, str):
            return self.named.sub(lambda found: change.words[found[0]], value)
        if isinstance(value, list):
            return [self.said(one, change) for one in value]
        if isinstance(value, dict):
            return {
                key: change.ids.get(("item", one), one) if key in PERSONS else self.said(one, change)
                for key, one in value.items()
            }
        return value


PERSONS = ("worker_id", "complainant_id")
"""What a version of a case calls its persons."""


def read(session: Session, case: Case) -> Sample | None:
    """The case as a sample; None when it has letters (registers number them), is a double, or names a person by one word."""
    wanted = {case.worker_id, case.complainant_id} - {None}
    persons = tuple(session.scalars(select(Person).where(Person.id.in_(wanted)).order_by(Person.id)))
    query = select(Item).where(Item.dossier_id == case.id, Item.id != case.id).order_by(Item.id)
    parts = session.scalars(query).all()
    has_letters = any(item.kind in {"letter", "incoming"} for item in parts)
    if has_letters or case.closure_reason == "DUPLICATE" or any(" " not in person.title for person in persons):
        return None
    family: list[Any] = [*persons, case, *parts]
    words = {case.name, *(word for person in persons for word in (person.name, *told_of(person)))} - {""}
    named = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    taken = _Taken(session, frozenset(item.id for item in family), named)
    lines = tuple(line for table in Base.metadata.sorted_tables for line in taken.of(table))
    return Sample(
        case.id,
        case.name,
        case.received_at,
        persons,
        own=tuple(dict.fromkeys(line.links["id"] for line in lines if "id" in line.links)),
        lines=lines,
        history=tuple(taken.history(case, persons)),
        searched={item.id: catalog.source_of(session, item) for item in family},
        named=named,
    )


def told_of(person: Any) -> list[str]:
    """What names a person or leads to him or her, in one order for a person of the portal and of the demo."""
    first = [(*known, "")[0] for known in (person.aliases, person.passports, person.phones)]
    return [person.title, person.title.upper(), *first, person.nik, person.email, person.address]


@dataclass(frozen=True)
class _Taken:
    """The rows of a sample as they are read."""

    session: Session
    items: frozenset[int]
    named: re.Pattern[str]

    def of(self, table: Table) -> Iterator[Line]:
        """What a table holds of these items."""
        owner = next((c for c in table.c if root_of(c) == "item" and not c.nullable), None)
        if owner is None or table.name in ELSEWHERE:
            return
        roots = {column.name: root for column in table.c if (root := root_of(column))}
        query = select(table).where(owner.in_(self.items)).order_by(*table.primary_key)
        for row in self.session.execute(query).mappings():
            yield self._line(table, row, roots)

    def history(self, case: Case, persons: Sequence[Person]) -> Iterator[Line]:
        """The journal of the case, and what the site's tells of its persons."""
        table = Base.metadata.tables["journal"]
        of_persons = (table.c.dossier_id == SITE_CHAIN) & table.c.item_id.in_([person.id for person in persons])
        columns = [c for c in table.c if c.name not in {"id", "seq", "previous", "hash"}]
        query = select(*columns).where(or_(table.c.dossier_id == case.id, of_persons)).order_by(table.c.id)
        for row in self.session.execute(query).mappings():
            yield self._line(table, row, {"dossier_id": "item", "item_id": "item"})

    def _line(self, table: Table, row: Mapping[Any, Any], roots: Mapping[str, str]) -> Line:
        line = Line(table.name, {}, {}, {}, {})
        for name, value in row.items():
            root = roots.get(name)
            if root and (root != "item" or value in self.items):
                line.links[name] = (root, value)
            elif isinstance(value, datetime):
                line.moments[name] = value
            elif self.named.search(str(value)) or (isinstance(value, dict) and value.keys() & set(PERSONS)):
                line.told[name] = value
            else:
                line.same[name] = value
        return line


def root_of(column: Column[Any]) -> str:
    """The table whose rows a column names by their ids, the spine for all items; a table's own id names its own rows."""
    for key in column.foreign_keys:
        return root_of(key.column)
    return column.table.name if column.name == "id" else ""
