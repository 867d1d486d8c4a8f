"""A referral: one ask to one stakeholder, from the draft to the confirmed service."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.item import Item
from portal.db import Base, Id


class Referral(Item):
    """One stakeholder, one ask. The title says both; `due_at` is when their next step is due."""

    __tablename__ = "referral"
    __mapper_args__ = {"polymorphic_identity": "referral"}
    __table_args__ = (
        Index("ix_referral_organisation_id", "organisation_id"),
        Index("ix_referral_letter_id", "letter_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    letter_type: Mapped[str]
    ask: Mapped[str]
    """What we ask for, in one sentence."""
    redirected_from_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    redirect_to_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    redirect_to: Mapped[str] = mapped_column(default="")
    """To whom the partner sends us, in the partner's words; `redirect_to_id` if the directory knows that name."""
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    officer: Mapped[str] = mapped_column(default="")
    """The responsible officer whom the partner named."""
    partner_number: Mapped[str] = mapped_column(default="")
    """The partner's own file number (LP number, claim number …)."""
    promised_on: Mapped[date | None] = mapped_column(Date)
    decline_code: Mapped[str] = mapped_column(default="")
    decline_note: Mapped[str] = mapped_column(default="")
    next_action: Mapped[str] = mapped_column(default="")
    """What we have to do after a refusal: a code of workflow.NEXT_ACTIONS; "" when it is done or nothing is open."""
    info_wanted: Mapped[str] = mapped_column(default="")
    supplied: Mapped[list[Any]] = mapped_column(default=list)
    """What we told or sent after the letter: {at, note, documents: [{id, title}]}."""
    service: Mapped[str] = mapped_column(default="")
    """full · partial"""
    service_note: Mapped[str] = mapped_column(default="")
    served_on: Mapped[date | None] = mapped_column(Date)
    confirmed_by: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    claimed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """An unauthenticated answer (scan, e-mail) that waits for a person's confirmation."""
    unread_answers: Mapped[int] = mapped_column(default=0)
    late_answer_at: Mapped[datetime | None]
    """When something came in after the referral had ended."""
    told_at: Mapped[datetime | None]
    """When we last did something that the partner should see."""
    seen_at: Mapped[datetime | None]
    """When the partner last opened the referral."""

    @property
    def is_unseen(self) -> bool:
        """Whether there is something that the partner has not opened yet."""
        return self.told_at is not None and (self.seen_at is None or self.seen_at < self.told_at)


class AnswerLink(Base):
    """A way to answer one referral without an account: an address and a code, of both only hashes.

    The letter that prints them keeps them in its frozen content; those of a later link are nowhere.
    """

    __tablename__ = "answer_link"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info={"secret": True})
    code_hash: Mapped[str] = mapped_column(info={"secret": True})
    """Over token and code: the short code can't be tried out by whoever reads the database."""
    is_printed: Mapped[bool]
    """Whether the letter shows it; else the code was told to the partner by other means."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """None: the office has set no limit."""
    mailed_at: Mapped[datetime | None]
    mailed_to: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    """When somebody first gave the right code."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")
    """Why it ended before its time: a code of links.ENDS."""
