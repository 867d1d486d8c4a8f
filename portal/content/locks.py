"""Who is editing an item just now: a lock that ends by itself and may be taken over with a journal line."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import journal
from portal.acts import Act
from portal.content.item import Item
from portal.db import Base
from portal.i18n import _

LASTS = timedelta(minutes=15)

journal.declare(lock_taken_over=_("${by} mengambil alih penyuntingan dari ${former}"))


class Lock(Base):
    """One person's hold on one item, until a moment."""

    __tablename__ = "lock"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True, autoincrement=False)
    by_id: Mapped[int]
    by_name: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]


def holder(session: Session, item: Item, now: datetime) -> Lock | None:
    """Whoever holds it at that moment."""
    lock = session.get(Lock, item.id)
    return lock if lock is not None and lock.until > now else None


def take(act: Act, item: Item, *, steal: bool = False) -> Lock:
    """Hold the item, or hold it longer. Gives the other's lock when somebody else has it and `steal` is not said."""
    current = holder(act.session, item, act.at)
    if current is not None and current.by_id != act.by.account_id:
        if not steal:
            return current
        journal.record(act, "lock_taken_over", item, former=current.by_name)
    lock = act.session.get(Lock, item.id)
    if lock is None:
        lock = Lock(item_id=item.id)
        act.session.add(lock)
    if current is None or current.by_id != act.by.account_id:
        lock.since = act.at
    lock.by_id, lock.by_name, lock.until = act.by.account_id or 0, act.by.name, act.at + LASTS
    return lock


def release(act: Act, item: Item) -> None:
    """Let go of one's own lock."""
    lock = act.session.get(Lock, item.id)
    if lock is not None and lock.by_id == act.by.account_id:
        act.session.delete(lock)
