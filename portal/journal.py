"""What happened: one append-only, hash-chained line per act, in the transaction of the act itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, Protocol

from sqlalchemy import Connection, UniqueConstraint, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.acts import Act
from portal.db import Base, Id

SITE_CHAIN = 0
"""The chain of what belongs to no dossier: sign-ins, accounts, settings."""


class Subject(Protocol):
    """What a line can be about: an item, by its spine, or who remembers which item it was."""

    @property
    def id(self) -> Any: ...

    @property
    def dossier_id(self) -> Any: ...


class Entry(Base):
    """One line of a chain. Rows are only ever inserted."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("dossier_id", "seq"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    dossier_id: Mapped[int]
    seq: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(index=True)
    event: Mapped[str]
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    by_name: Mapped[str]
    on_behalf_id: Mapped[int | None]
    origin: Mapped[str]
    data: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]


class Head(Base):
    """The end of each chain: the row that serialises appending to it."""

    __tablename__ = "journal_head"

    dossier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]


SENTENCES: dict[str, Any] = {}
"""Event name → one sentence (translation string) with ${by} and the line's data as variables."""

_subscribers: dict[str, list[Callable[[Act, Any, Entry], None]]] = {}


def declare(**events: Any) -> None:
    """Tell the sentences of events: `declare(case_registered=_("${by} mencatat pengaduan"))`."""
    SENTENCES.update(events)


def subscribe(event: str, follow: Callable[[Act, Any, Entry], None]) -> None:
    """Call `follow(act, item, entry)` in the same transaction after such a line; news travels upward this way."""
    _subscribers.setdefault(event, []).append(follow)


def record(act: Act, event: str, item: Subject | None = None, **data: Any) -> Entry:
    """Append a line to the dossier's chain (the site's chain for what has none) and tell the subscribers."""
    if event not in SENTENCES:
        raise LookupError(f"undeclared event {event}")
    act.session.flush()
    connection = act.session.connection()
    chain = (item.dossier_id if item is not None else None) or SITE_CHAIN
    seq, previous = _locked_head(connection, chain)
    entry = Entry(
        dossier_id=chain,
        seq=seq + 1,
        item_id=item.id if item is not None else None,
        event=event,
        at=act.at,
        by_id=act.by.account_id,
        by_name=act.by.name,
        on_behalf_id=act.on_behalf_id,
        origin=act.origin,
        data=data,
        previous=previous,
    )
    entry.hash = fingerprint(entry)
    connection.execute(_APPEND, {name: getattr(entry, name) for name in _COLUMNS})
    connection.execute(_MOVE_HEAD, {"chain": chain, "to_seq": entry.seq, "to_hash": entry.hash})
    for follow in _subscribers.get(event, ()):
        follow(act, item, entry)
    return entry


# Written once and sent past the session: there are several lines to each act, and nobody reads them back in it.
_lines, _heads = Base.metadata.tables["journal"], Base.metadata.tables["journal_head"]
_COLUMNS = tuple(name for name in _lines.c.keys() if name != "id")  # noqa: SIM118 - columns, not keys of a dict
_APPEND = _lines.insert().inline()
_OF_CHAIN = _heads.c.dossier_id == bindparam("chain")
_LOCK_HEAD = select(_heads.c.seq, _heads.c.hash).where(_OF_CHAIN).with_for_update()
_MOVE_HEAD = _heads.update().where(_OF_CHAIN).values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))
_BEGIN_CHAIN = {
    dialect: insert(_heads).values(dossier_id=bindparam("chain"), seq=0, hash="").on_conflict_do_nothing()
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def _locked_head(connection: Connection, chain: int) -> tuple[int, str]:
    """Number and hash of the chain's last line; nobody else appends to it until the transaction ends."""
    head = connection.execute(_LOCK_HEAD, {"chain": chain}).one_or_none()
    if head is None:
        connection.execute(_BEGIN_CHAIN[connection.dialect.name], {"chain": chain})
        head = connection.execute(_LOCK_HEAD, {"chain": chain}).one()
    return head.seq, head.hash


def chained(lines: Iterable[dict[str, Any]], seq: int = 0, last: str = "") -> Iterator[dict[str, Any]]:
    """Lines that come from elsewhere, such as an import, as they follow that end of a chain."""
    for place, line in enumerate(lines, seq + 1):
        row = line | {"seq": place, "previous": last}
        row["hash"] = last = fingerprint(SimpleNamespace(**row))
        yield row


def fingerprint(entry: Any) -> str:
    """SHA-256 over the canonical JSON of a line, the hash before it included."""
    parts = [
        entry.dossier_id,
        entry.seq,
        entry.item_id,
        entry.event,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.by_id,
        entry.by_name,
        entry.on_behalf_id,
        entry.origin,
        entry.data,
        entry.previous,
    ]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def problems(session: Session, dossier_id: int | None = None) -> Iterator[str]:
    """Every place where a chain does not hold: altered, missing, swapped or cut lines."""
    ends, query = select(Head), select(Entry).order_by(Entry.dossier_id, Entry.seq)
    if dossier_id is not None:
        ends, query = ends.where(Head.dossier_id == dossier_id), query.where(Entry.dossier_id == dossier_id)
    heads = {h.dossier_id: h for h in session.scalars(ends)}
    last: dict[int, tuple[int, str]] = {}
    for entry in session.scalars(query.execution_options(yield_per=1000)):
        seq, previous = last.get(entry.dossier_id, (0, ""))
        if entry.seq != seq + 1:
            yield f"chain {entry.dossier_id}: line {seq + 1} is missing"
        elif entry.previous != previous:
            yield f"chain {entry.dossier_id}: line {entry.seq} does not follow the line before it"
        if fingerprint(entry) != entry.hash:
            yield f"chain {entry.dossier_id}: line {entry.seq} was altered"
        last[entry.dossier_id] = (entry.seq, entry.hash)
    for chain in sorted({*heads, *last}):
        head = heads.get(chain)
        if head is None or last.get(chain, (0, "")) != (head.seq, head.hash):
            yield f"chain {chain}: the end is not where its head says"
