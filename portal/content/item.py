"""The spine: one row per item (case, letter, document, …), and the registry of kinds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, and_, bindparam, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.acts import Act, Conflict, Reason
from portal.content.workflow import WORKFLOWS, Workflow
from portal.db import Base, Id
from portal.i18n import _

_TOP = text("parent_id IS NULL")


class Item(Base):
    """Identity, place, state and dates of anything that has an address, a history and rights.

    Each kind adds a table of its own with the same id. Title, state, owner and dates live here only.
    """

    __tablename__ = "item"
    __table_args__: Any = (
        UniqueConstraint("parent_id", "name"),
        Index("ix_item_dossier_id_kind", "dossier_id", "kind", "id"),
        # An item that lies in no other bears a number: the database itself knows it only once.
        Index("uq_item_kind_name", "kind", "name", unique=True, sqlite_where=_TOP, postgresql_where=_TOP),
        Index("ix_item_kind_state_due_at", "kind", "state", "due_at"),
        Index("ix_item_assignee_id_state", "assignee_id", "kind", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    name: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    office_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    urgency: Mapped[int] = mapped_column(default=3)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    modified_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {
        "polymorphic_on": "kind",
        "version_id_col": version,
    }


@dataclass(frozen=True)
class Kind:
    """What the platform has to know about a kind of item."""

    name: str
    title: Any
    model: type[Item]
    workflow: Workflow
    verbs: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Transition → verb `(act, item, **answers)`."""
    preparations: Mapping[str, Callable[[Act, Any], Callable[..., dict[str, Any]]]] = field(default_factory=dict)
    """Transition → what is slow about it. Asked with act and item, it gives the work to be done outside the transaction
    with the form's answers; what that gives are the arguments of the verb."""
    forms: Mapping[str, Any] = field(default_factory=dict)
    """Transition → colander schema class (called with the act and item bound) for what the verb asks."""
    parts: tuple[str, ...] = ()
    """Kinds that live inside an item of this kind."""
    container: str | None = None
    """Name of the container under the root, for kinds that live in none."""
    versioned: tuple[str, ...] = ()
    """Columns whose former values are kept."""
    text: Callable[[Session, Any], str] = lambda _session, item: item.title
    """What the full-text index should find the item by."""
    field_titles: Mapping[str, Any] = field(default_factory=dict)
    """Column → its name in the office's words, for the comparison of versions."""
    template: str | None = None
    opens: Callable[[Act, Any, str, frozenset[str]], bool] = lambda _act, _item, _permission, _roles: True
    """Whether a person with these roles, who has the permission by them, has it now: for what ends by itself."""


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; its workflow is proved at once."""
    kind.workflow.check(set(kind.verbs))
    KINDS[kind.name] = kind
    WORKFLOWS[kind.name] = kind.workflow


def kind_of(item: Item) -> Kind:
    """The kind of that item."""
    return KINDS[item.kind]


def numbered(model: type[Any], *names: str) -> ColumnElement[bool]:
    """Whether an item of that kind, which lies in no other, bears one of these numbers: by the index of numbers."""
    kind: str = model.__mapper_args__["polymorphic_identity"]
    return and_(model.kind == kind, model.name.in_(names), model.parent_id.is_(None))


PART_NAME = re.compile(r"(?P<kind>[a-z]+)-(?P<ordinal>[1-9]\d{0,8})\Z")
"""Names of parts: kind and ordinal inside the parent, such as `letter-3`."""


def create(act: Act, model: type[Any], *, parent: Item | None, name: str | None = None, **columns: Any) -> Any:
    """A new item of that model inside `parent` (None: inside its kind's container), in its initial state.

    A part gets the next ordinal of its kind as name. The caller journals.
    """
    kind = next(k for k in KINDS.values() if k.model is model)
    item = model(
        kind=kind.name,
        parent_id=parent.id if parent is not None else None,
        name=name or _next_name(act.session, parent, kind.name),
        state=kind.workflow.initial,
        created_by=act.by.account_id,
        created_at=act.at,
        modified_at=act.at,
        **columns,
    )
    if parent is not None:
        item.dossier_id = parent.dossier_id or parent.id
        item.office_id = item.office_id or parent.office_id
    act.session.add(item)
    act.session.flush()
    return item


_items = Base.metadata.tables["item"]
_LOCK = select(_items.c.id).where(_items.c.id == bindparam("parent")).with_for_update()
_COUNT = select(func.count()).where(_items.c.parent_id == bindparam("parent"), _items.c.kind == bindparam("kind"))


def locked(session: Session, model: type[Any], item_id: int) -> Any:
    """The item as it is now, for an act that comes from no request.

    As in requests, the dossier's row is locked first: whoever works in it is waited for, and nobody waits crosswise.
    """
    dossier = select(_items.c.dossier_id).where(_items.c.id == item_id).scalar_subquery()
    session.execute(select(_items.c.id).where(_items.c.id == dossier).with_for_update())
    return session.get_one(model, item_id, populate_existing=True)


def _next_name(session: Session, parent: Item | None, kind: str) -> str:
    if parent is None:
        raise ValueError(f"a {kind} outside a container needs a name")
    # The parent's row is locked, so two people adding at once get two ordinals.
    session.execute(_LOCK, {"parent": parent.id})
    count = session.scalar(_COUNT, {"parent": parent.id, "kind": kind})
    return f"{kind}-{(count or 0) + 1}"


def expect_version(item: Item, version: int | None) -> None:
    """Refuse when the item changed since a form or client read that version of it (None: not said)."""
    if version is not None and item.version != version:
        raise Conflict([Reason(_("Data ini sudah diubah orang lain sejak halaman Anda dibuka."))])


def touch(act: Act, item: Item) -> None:
    """Say that the item changed now."""
    item.modified_at = act.at


def lineage(session: Session, item: Item) -> list[Item]:
    """The item and what it lies in, innermost first."""
    line = [item]
    while line[-1].parent_id is not None:
        line.append(session.get_one(Item, line[-1].parent_id))
    return line
