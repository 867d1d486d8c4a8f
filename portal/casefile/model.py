"""A case file that somebody asked for: what went into it, and where its files lie."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Id


class CaseFile(Base):
    """One bundle of one case, made for one person: waiting → ready, or failed."""

    __tablename__ = "case_file"
    __table_args__ = (Index("ix_case_file_case_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    asked_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str]
    manifest: Mapped[dict[str, Any] | None]
    manifest_hash: Mapped[str] = mapped_column(default="")
    """SHA-256 of the manifest's canonical JSON: the same parts give the same hash."""
    pages: Mapped[int] = mapped_column(default=0)
    pdf_sha256: Mapped[str] = mapped_column(default="")
    zip_sha256: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
