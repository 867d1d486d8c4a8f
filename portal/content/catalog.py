"""Finding items: full text with Indonesian stems on SQLite and PostgreSQL alike, and rows for lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, column, event, func, literal_column, select, table, text
from sqlalchemy.orm import Session, aliased

from portal.acts import Identity
from portal.content import sharing
from portal.content.item import KINDS, Item, kind_of
from portal.content.stems import expression, words
from portal.content.tree import path
from portal.content.workflow import State
from portal.db import Base

BROAD = 2000
"""Hits that are ranked at most: terms broader than that are cut off, newest first."""

FEW = 20_000
"""Up to so many readable items it is quicker to list them first than to ask for the rights of each hit."""

GATHERED = "catalog.gathered"
"""Where a session keeps what `gathered` indexes at its end."""

CREATE = {
    "sqlite": "CREATE VIRTUAL TABLE IF NOT EXISTS search_fts USING fts5(words, tokenize='unicode61')",
    "postgresql": "CREATE TABLE IF NOT EXISTS search_fts (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
}


def create_index(connection: Connection) -> None:
    """The full-text table: FTS5 on SQLite, a tsvector with GIN on PostgreSQL."""
    dialect = connection.dialect.name
    connection.execute(text(CREATE[dialect]))
    if dialect == "postgresql":
        connection.execute(text("CREATE INDEX IF NOT EXISTS ix_search_fts_words ON search_fts USING gin (words)"))


@event.listens_for(Base.metadata, "after_create")
def _create_with_tables(_target: Any, connection: Connection, **_kw: Any) -> None:
    create_index(connection)


def index(session: Session, item: Item) -> None:
    """Index an item anew: the catalogue and its reader rows follow every verb that changes it."""
    waiting = session.info.get(GATHERED)
    if waiting is None:
        _index(session, [item])
    else:
        waiting[item.id] = item


@contextmanager
def gathered(session: Session) -> Iterator[None]:
    """Index what changes inside at its end, each item once: for one transaction with very many acts."""
    waiting: dict[int, Item] = {}
    session.info[GATHERED] = waiting
    try:
        yield
    finally:
        del session.info[GATHERED]
    if waiting:
        _index(session, list(waiting.values()))


def _index(session: Session, items: Sequence[Item]) -> None:
    session.flush()
    session.execute(text("DELETE FROM search_fts WHERE rowid = :id"), [{"id": item.id} for item in items])
    write(session, {item.id: source_of(session, item) for item in items})
    sharing.reindex_alone(session, items)


def source_of(session: Session, item: Item) -> str:
    """The text that the item is found by."""
    return f"{item.name} {kind_of(item).text(session, item)}"


def write(session: Session, sources: Mapping[int, str]) -> None:
    """Put the texts of items that are not in the full-text index there."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    rows = []
    for item_id, source in sources.items():
        content = words(source)
        if content:
            rows.append({"id": item_id, "words": " ".join(content if sqlite else dict.fromkeys(content))})
    if rows:
        value = ":words" if sqlite else "array_to_tsvector(string_to_array(:words, ' '))"
        session.execute(text(f"INSERT INTO search_fts (rowid, words) VALUES (:id, {value})"), rows)  # noqa: S608 - one of two constants


@dataclass(frozen=True)
class Row:
    """One line of a list: the spine's data, frozen; nothing can be loaded from it by accident."""

    id: int
    kind: str
    name: str
    title: str
    state: str
    path: str
    urgency: int
    due_at: datetime | None
    created_at: datetime
    modified_at: datetime
    assignee_id: int | None
    dossier_id: int | None
    dossier_name: str | None
    dossier_title: str | None

    @property
    def url(self) -> str:
        """Where the row leads."""
        return self.path

    @property
    def chip(self) -> State:
        """The state as word, shape and colour."""
        return KINDS[self.kind].workflow.state(self.state)


_fts = table("search_fts", column("rowid"))
_dossier = aliased(Item, flat=True, name="dossier")
_COLUMNS = (
    Item.id,
    Item.kind,
    Item.name,
    Item.title,
    Item.state,
    Item.urgency,
    Item.due_at,
    Item.created_at,
    Item.modified_at,
    Item.assignee_id,
    Item.dossier_id,
    _dossier.name.label("dossier_name"),
    _dossier.title.label("dossier_title"),
)


def rows(session: Session, ids: Sequence[int]) -> list[Row]:
    """Lines for these ids, in their order."""
    if not ids:
        return []
    found = {r.id: r for r in session.execute(spine().where(Item.id.in_(ids)))}
    return [row(found[i]) for i in ids if i in found]


def spine() -> Any:
    """The query that lists are made from: columns of the spine and of the dossier."""
    return select(*_COLUMNS).outerjoin(_dossier, _dossier.id == Item.dossier_id)


def row(found: Any) -> Row:
    """A line from a row of `spine()`."""
    return Row(**found._mapping, path=path(found, found.dossier_name))  # noqa: SLF001 - its public name


def search(
    session: Session,
    identity: Identity,
    now: datetime,
    query: str,
    *,
    kinds: Sequence[str] | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Row], bool]:
    """Items that hold every word of the query (the last one as a beginning), newest first, and whether there are more.

    Only what the person may view; rights are part of the same statement.
    """
    match = expression(query, session.get_bind().dialect.name)
    if not match:
        return [], False
    found = _hits(session, match, sharing.readable_ids(identity, now, kinds)).subquery("hits")
    query_rows = (
        spine()
        .join(found, found.c.id == Item.id)
        .order_by(Item.modified_at.desc(), Item.id.desc())
        .limit(limit + 1)
        .offset(offset)
    )
    lines = [row(r) for r in session.execute(query_rows)]
    return lines[:limit], len(lines) > limit


def _hits(session: Session, match: str, readable: Select[Any]) -> Select[Any]:
    """The newest ids that match, of those that the person may view: rights come before the cut.

    Otherwise who may see ten items would not find them behind two thousand newer ones of others.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    matches = text("search_fts MATCH :match" if is_sqlite else "words @@ CAST(:match AS tsquery)")
    may_view: Any
    if not is_sqlite:
        may_view = _fts.c.rowid.in_(readable)
    elif (session.scalar(select(func.count()).select_from(readable.limit(FEW + 1).subquery())) or 0) <= FEW:
        # The plus sign keeps FTS5 from beginning a search of its own for each of these ids.
        may_view = literal_column("+search_fts.rowid").in_(readable)
    else:
        may_view = readable.where(sharing.Reader.item_id == _fts.c.rowid).exists()
    hits = select(_fts.c.rowid.label("id")).where(matches.bindparams(match=match), may_view)
    return hits.order_by(_fts.c.rowid.desc()).limit(BROAD)
