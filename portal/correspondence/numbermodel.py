"""How numbers are kept: the rules of the books, and numbers set aside for letters that are written on paper."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Id


class NumberRule(Base):
    """In which book letters of a secrecy are numbered, and how the number is written; of one office or of all."""

    __tablename__ = "number_rule"
    __table_args__ = (UniqueConstraint("office_id", "security"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """None: every office without a rule of its own."""
    security: Mapped[str]
    book: Mapped[str]
    """Books count apart: "B" for ordinary letters, "R" for secret ones."""
    pattern: Mapped[str] = mapped_column(default="")
    """Empty: as the site's setting says."""


class ReservedNumber(Base):
    """A number taken ahead for a letter on paper: open, then used by the letter that was entered, or void."""

    __tablename__ = "reserved_number"
    __table_args__ = (
        UniqueConstraint("series", "sequence"),
        Index("ix_reserved_number_letter_id", "letter_id"),
        Index("ix_reserved_number_office_id_state", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    series: Mapped[str]
    sequence: Mapped[int]
    office_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    day: Mapped[date] = mapped_column(Date)
    """The day on which the letters are to be written."""
    pattern: Mapped[str]
    """How the number is written: as it was when the sheet of numbers was handed out."""
    reason: Mapped[str]
    state: Mapped[str]
    """open · used · void"""
    void_reason: Mapped[str] = mapped_column(default="")
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    reserved_at: Mapped[datetime]
    reserved_by: Mapped[str]
