"""Consents of a case, the other grounds that two persons put in their place, and what each kind of recipient may see."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.item import Item
from portal.db import Base, Id

CONSENT = "consent"
"""The ground that the person gives; all others of the vocabulary `processing_ground` are the law's."""


class DisclosureProfile(Base):
    """One line of the office's table: what a kind of recipient may see, and on which ground of the law."""

    __tablename__ = "disclosure_profile"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    stakeholder_type: Mapped[str] = mapped_column(unique=True)
    ground: Mapped[str]
    """`consent`: nothing goes out without one; else the ground that holds for every case."""
    data: Mapped[list[Any]]
    """Codes of the vocabulary `personal_data`."""
    documents: Mapped[list[Any]]
    """Codes of the vocabulary `document_type`."""
    note: Mapped[str]


class Consent(Item):
    """What may be told to whom and for what; by the person's word (`ground` is consent), or by another ground.

    The title names the recipient and nobody else; `due_at` is until when an end has to be followed up.
    """

    __tablename__ = "consent"
    __mapper_args__ = {"polymorphic_identity": "consent"}

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    ground: Mapped[str]
    recipient_types: Mapped[list[Any]] = mapped_column(default=list)
    """Kinds of stakeholder."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """A single organisation, beside the kinds or alone."""
    purpose: Mapped[str]
    data: Mapped[list[Any]] = mapped_column(default=list)
    documents: Mapped[list[Any]] = mapped_column(default=list)
    """Types of documents."""
    valid_until: Mapped[date | None] = mapped_column(Date)
    """The last day."""
    given_on: Mapped[date | None] = mapped_column(Date)
    given_by: Mapped[str] = mapped_column(default="")
    """A code of workflow.GIVERS."""
    giver: Mapped[str] = mapped_column(default="")
    manner: Mapped[str] = mapped_column(default="")
    """A code of workflow.MANNERS."""
    language: Mapped[str] = mapped_column(default="")
    """In which the person was asked and answered: a code of the vocabulary `consent_language`."""
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    """The paper or recording that proves it."""
    call_at: Mapped[datetime | None]
    call_note: Mapped[str] = mapped_column(default="")
    """What was said in the recorded call that proves it."""
    reason: Mapped[str] = mapped_column(default="")
    """Why it has to go without the person's consent."""
    decided_by_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(default="")
    """The second person."""
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(default="")
    withdrawn_how: Mapped[str] = mapped_column(default="")
    """By which channel."""
    withdrawal_note: Mapped[str] = mapped_column(default="")

    @property
    def is_override(self) -> bool:
        """Whether it stands in the place of a consent."""
        return self.ground != CONSENT
