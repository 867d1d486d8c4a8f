"""Comments on any item, in one of two audiences that can't be mixed up: inside the office, or shared with the addressee."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import journal
from portal.acts import Act, Reason, Refused
from portal.content.item import Item
from portal.db import Base, Id
from portal.i18n import _

INTERNAL, SHARED = "internal", "shared"

journal.declare(
    comment_added=_("${by} memberi komentar internal"),
    comment_shared=_("${by} menulis pesan kepada pihak penerima"),
    comment_settled=_("${by} menandai komentar selesai"),
)


class Comment(Base):
    """One remark, or an answer to one."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_item_id", "item_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    audience: Mapped[str]
    text: Mapped[str]
    quote: Mapped[str] = mapped_column(default="")
    """The passage of the item's text that it is about."""
    at: Mapped[datetime]
    by_id: Mapped[int | None]
    by_name: Mapped[str]
    settled_at: Mapped[datetime | None]


def add(act: Act, item: Item, text: str, audience: str, answers: Comment | None = None, *, quote: str = "") -> Comment:
    """Write a comment. An answer always stays in the audience of what it answers."""
    if audience not in {INTERNAL, SHARED}:
        raise ValueError(audience)
    if answers is not None:
        if answers.item_id != item.id:
            raise LookupError(answers.id)
        audience = answers.audience
    if not text.strip():
        raise Refused([Reason(_("Komentar masih kosong."), field="text")])
    comment = Comment(
        item_id=item.id,
        answers_id=answers.id if answers else None,
        audience=audience,
        text=text.strip(),
        quote=" ".join(quote.split()),
        at=act.at,
        by_id=act.by.account_id,
        by_name=act.by.name,
    )
    act.session.add(comment)
    journal.record(act, "comment_shared" if audience == SHARED else "comment_added", item)
    return comment


def settle(act: Act, item: Item, comment: Comment) -> None:
    """Say that a comment has been dealt with."""
    if comment.settled_at is None:
        comment.settled_at = act.at
        journal.record(act, "comment_settled", item)


def listing(session: Session, item: Item, audiences: set[str]) -> list[Comment]:
    """The comments of these audiences, oldest first."""
    query = select(Comment).where(Comment.item_id == item.id, Comment.audience.in_(audiences)).order_by(Comment.id)
    return list(session.scalars(query))


def open_count(session: Session, item: Item) -> int:
    """How many internal comments nobody has settled."""
    comments = listing(session, item, {INTERNAL})
    return sum(1 for c in comments if c.settled_at is None and c.answers_id is None)
