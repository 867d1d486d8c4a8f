"""What documents a case needs, why, and what became of each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.item import Item
from portal.db import Base, Id


class RequirementRule(Base):
    """One line of the office's table: this category needs that document (document_requirements.csv)."""

    __tablename__ = "requirement_rule"
    __table_args__ = (UniqueConstraint("category_code", "document_type"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    category_code: Mapped[str]
    """`*`: every case."""
    document_type: Mapped[str]
    necessity: Mapped[str]
    """mandatory · optional · conditional"""
    note: Mapped[str]
    source: Mapped[str]
    is_draft: Mapped[bool] = mapped_column(Boolean)


class Requirement(Item):
    """One document that a case needs. The title is the document's name."""

    __tablename__ = "requirement"
    __mapper_args__ = {"polymorphic_identity": "requirement"}
    __table_args__ = (
        Index("ix_requirement_document_type", "document_type"),
        Index("ix_requirement_document_id", "document_id"),
        Index("ix_requirement_substitute_id", "substitute_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    document_type: Mapped[str]
    necessity: Mapped[str]
    """mandatory · conditional · optional, by the strongest rule of the case's matters."""
    by_rule: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether the office's table asks for it as the case stands now."""
    insisted: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether an officer or a partner made it mandatory for this case."""
    why: Mapped[str]
    """Note of the rule, in the office's words."""
    source: Mapped[str]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    requested_at: Mapped[datetime | None]
    requested_from: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[str] = mapped_column(default="")
    """The channel by which it was asked for."""
    override: Mapped[str] = mapped_column(default="")
    """Why the document was accepted in spite of warnings."""
    reject_reason: Mapped[str] = mapped_column(default="")
    reject_note: Mapped[str] = mapped_column(default="")
    waive_reason: Mapped[str] = mapped_column(default="")
    waive_note: Mapped[str] = mapped_column(default="")
    waived_until: Mapped[date | None] = mapped_column(Date)
    waived_by: Mapped[str] = mapped_column(default="")
    state_before: Mapped[str] = mapped_column(default="")
    """The state it had when the facts made it not applicable; it returns there when they change back."""

    @property
    def is_mandatory(self) -> bool:
        """Whether the case can't be complete without it."""
        return self.insisted or self.necessity == "mandatory"
