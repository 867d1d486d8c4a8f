"""Files of a case: what they are, where they came from, and the hash of their content."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.item import Item
from portal.db import Base, Id


class Document(Item):
    """One file of a case. The bytes lie in the blob store under `sha256` and never change."""

    __tablename__ = "document"
    __mapper_args__ = {"polymorphic_identity": "document"}

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    document_type: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    """The evidence: what came in, byte by byte."""
    shown_sha256: Mapped[str] = mapped_column(default="")
    """The copy for people and partners, freed of hidden data (place of the photo, device, author); "": the original."""
    size: Mapped[int]
    media_type: Mapped[str]
    """By our own table, from the content; never what the sender said."""
    filename: Mapped[str]
    """A clean name for downloads."""
    sent_as: Mapped[str] = mapped_column(default="")
    """The name that the sender gave the file; only ever shown as text."""
    pages: Mapped[int] = mapped_column(default=1)
    finding: Mapped[str] = mapped_column(default="")
    """Why the file is in quarantine: a code of portal.documents.media.FINDINGS."""
    provider: Mapped[str]
    """complainant · staff · partner"""
    provider_name: Mapped[str] = mapped_column(default="")
    is_original: Mapped[bool] = mapped_column(default=False)
    holder: Mapped[str] = mapped_column(default="")
    """The name that stands on the document."""
    number: Mapped[str] = mapped_column(default="")
    """The number that stands on the document: NIK, passport number."""
    dated: Mapped[date | None] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(default="")
    reject_reason: Mapped[str] = mapped_column(default="")
    reject_note: Mapped[str] = mapped_column(default="")

    @property
    def copy_sha256(self) -> str:
        """What previews, enclosures and outsiders get."""
        return self.shown_sha256 or self.sha256

    @property
    def copy_media_type(self) -> str:
        """The type of that copy: a HEIC photo is shown as JPEG."""
        return "image/jpeg" if self.shown_sha256 and self.media_type == "image/heic" else self.media_type

    @property
    def copy_filename(self) -> str:
        """The name of that copy."""
        stem, _dot, _ending = self.filename.rpartition(".")
        return f"{stem}.jpg" if self.copy_media_type != self.media_type else self.filename


class Preview(Base):
    """A picture of a page. Page 0 is the thumbnail. Kept apart, so that making one never disturbs an open form."""

    __tablename__ = "preview"
    __table_args__ = (UniqueConstraint("document_id", "page"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    page: Mapped[int]
    sha256: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
