"""Former values of an item's own columns: list them, compare them, bring them back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import journal
from portal.acts import Act
from portal.content import catalog
from portal.content.item import Item, kind_of, touch
from portal.db import Base, Id
from portal.i18n import _

journal.declare(version_reverted=_("${by} mengembalikan isi ke versi ${number}"))


class Version(Base):
    """The values of an item's versioned columns at one moment."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    by_name: Mapped[str]
    note: Mapped[str]
    values: Mapped[dict[str, Any]]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def values_of(item: Item) -> dict[str, Any]:
    """The versioned values as they are now, as JSON keeps them."""
    return {column: _plain(getattr(item, column)) for column in kind_of(item).versioned}


def keep(act: Act, item: Item, note: str = "") -> Version | None:
    """Keep the values as they are now, if they differ from the last version."""
    last = act.session.execute(_LAST, {"item": item.id}).one_or_none()
    values = values_of(item)
    if last is not None and last[1] == values:
        return None
    version = Version(
        item_id=item.id,
        number=last.number + 1 if last else 1,
        at=act.at,
        by_id=act.by.account_id,
        by_name=act.by.name,
        note=note,
        values=values,
    )
    act.session.add(version)
    return version


_versions = Base.metadata.tables["version"]
_LAST = (
    select(_versions.c.number, _versions.c["values"])
    .where(_versions.c.item_id == bindparam("item"))
    .order_by(_versions.c.number.desc())
    .limit(1)
)


def latest(session: Session, item: Item) -> Version | None:
    """The last version kept."""
    number = select(func.max(Version.number)).where(Version.item_id == item.id).scalar_subquery()
    return session.scalar(select(Version).where(Version.item_id == item.id, Version.number == number))


def listing(session: Session, item: Item) -> list[Version]:
    """All versions, newest first."""
    return list(session.scalars(select(Version).where(Version.item_id == item.id).order_by(Version.number.desc())))


def version(session: Session, item: Item, number: int) -> Version | None:
    """One version."""
    return session.scalar(select(Version).where(Version.item_id == item.id, Version.number == number))


def difference(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Column, former value, later value, for each that differs."""
    return [(k, old.get(k), new.get(k)) for k in {**old, **new} if old.get(k) != new.get(k)]


def revert(act: Act, item: Item, number: int) -> Version:
    """Bring back the values of a version, as a new version."""
    wanted = version(act.session, item, number)
    if wanted is None:
        raise LookupError(number)
    for column, value in wanted.values.items():
        setattr(item, column, _typed(item, column, value))
    touch(act, item)
    journal.record(act, "version_reverted", item, number=number)
    kept = keep(act, item, note=f"= {number}") or wanted
    catalog.index(act.session, item)
    return kept


def _typed(item: Item, column: str, value: Any) -> Any:
    kind = getattr(type(item), column).type.python_type
    if isinstance(value, str) and kind in {date, datetime}:
        return kind.fromisoformat(value)
    return value
