"""The ladder of reminders as data of the office, and each reminder that was made."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Id


class ChaseStep(Base):
    """One rung: so many working days after the due date, in this way, to that level."""

    __tablename__ = "chase_step"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    days: Mapped[int]
    """Working days after the due date; the rungs are climbed in this order."""
    way: Mapped[str]
    """mail: a message without number · letter: a numbered letter · head: a notice to our own head"""
    level: Mapped[str]
    """office: whom we asked · superior: the office above"""
    letter_type: Mapped[str]
    """For letters: a code of the letter types."""


class ChaseSilence(Base):
    """Days on which an organisation is not reminded: its holidays, an inspection, a promise made by telephone."""

    __tablename__ = "chase_silence"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str]


class Reminder(Base):
    """One rung climbed for one due date of one referral: the key that keeps it from being climbed twice."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("referral_id", "step", "due_on"),
        Index("ix_reminder_letter_id", "letter_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"))
    step: Mapped[str]
    due_on: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime]
    way: Mapped[str]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    skipped: Mapped[str] = mapped_column(default="")
    """Why nothing could go out on this rung."""
