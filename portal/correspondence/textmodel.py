"""The office's own texts of letter types: versions that stand before the texts that ship with the portal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Id

WORKING = -1
"""The number of a working copy; it gets its own when it is approved."""


class LetterText(Base):
    """One wording of a letter type in one language: a working copy, the version in force, or a former one."""

    __tablename__ = "letter_text"
    __table_args__ = (UniqueConstraint("type_code", "language", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    type_code: Mapped[str]
    language: Mapped[str]
    number: Mapped[int]
    """From 1; the text that ships is 0."""
    state: Mapped[str]
    """working · in_force · former"""
    subject: Mapped[str]
    """The pattern of the subject (Hal)."""
    wording: Mapped[str]
    writers: Mapped[list[Any]] = mapped_column(default=list)
    """The accounts of all who had a hand in it: none of them puts it in force."""
    written_by: Mapped[str]
    """The last of them, by name."""
    written_at: Mapped[datetime]
    approved_by: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[datetime | None]
