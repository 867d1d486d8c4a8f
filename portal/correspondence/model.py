"""Letters out and letters in: drafts, approvals, recipients, enclosures, deliveries, the registers' lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.item import Item
from portal.db import Base, Id

ELECTRONIC = frozenset({"portal", "external"})
"""Ways of signing that leave a signature in the file."""


class Letter(Item):
    """An outgoing official letter (naskah dinas keluar) of a case. The title is its subject (Hal)."""

    __tablename__ = "letter"
    __mapper_args__ = {"polymorphic_identity": "letter"}
    __table_args__ = (
        UniqueConstraint("series", "sequence", "suffix"),
        UniqueConstraint("number"),
        Index("ix_letter_pdf_sha256", "pdf_sha256"),
        Index("ix_letter_signed_sha256", "signed_sha256"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    type_code: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    speed: Mapped[str]
    security: Mapped[str]
    records_class: Mapped[str] = mapped_column(default="")
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Answers to the letter type's own fields."""
    text_version: Mapped[int] = mapped_column(default=0)
    """Which version of the type's text it was begun from; 0: the one that ships with the portal."""
    subject_pattern: Mapped[str] = mapped_column(default="")
    """How that version makes the subject from the fields; empty: as the type that ships does."""
    body: Mapped[str]
    """Wording: limited HTML with ${field}; filled when shown, frozen when issued."""
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """{prefix_lines, office, name, nip} as it will stand in the letter, unless a deputy approves it."""
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Who approved and signs in the signer's stead."""
    acting: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The same as `signer` with the deputy's lines, and by which delegation; settled by the approval."""
    chain: Mapped[list[Any]] = mapped_column(default=list)
    """Whose paraf it needs, as the office's rules were when it was submitted: [{stage, kind, unit_id, office_title}]."""
    reply_days: Mapped[int] = mapped_column(default=0)
    """Working days to answer; 0: no answer expected."""
    beyond_reason: Mapped[str] = mapped_column(default="")
    """Why it tells more than the profile of its readers allows."""
    content_hash: Mapped[str] = mapped_column(default="")
    """SHA-256 of everything an approval binds to, as submitted."""
    number: Mapped[str | None]
    series: Mapped[str | None]
    sequence: Mapped[int | None]
    suffix: Mapped[str] = mapped_column(default="")
    """Of a supplement, which shares its number with the letter it belongs to: "a" makes 12a."""
    number_note: Mapped[str] = mapped_column(default="")
    """Why its number is not simply the next one: a supplement, or entered from paper."""
    dated: Mapped[date | None] = mapped_column(Date)
    issued_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any] | None]
    """All that the PDF is rendered from; frozen when issued."""
    snapshot_hash: Mapped[str] = mapped_column(default="")
    check_code: Mapped[str | None] = mapped_column(unique=True)
    """Random; names the letter on the public check page."""
    pdf_sha256: Mapped[str] = mapped_column(default="")
    pdf_size: Mapped[int] = mapped_column(default=0)
    render_error: Mapped[str] = mapped_column(default="")
    signature: Mapped[str] = mapped_column(default="")
    """How it is signed, settled when it is issued: ink · portal · external."""
    signed_sha256: Mapped[str] = mapped_column(default="")
    """The file that goes out where it is another than the one that was set: signed behind its bytes, or a scan."""
    signed_size: Mapped[int] = mapped_column(default=0)
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signatures: Mapped[list[Any]] = mapped_column(default=list)
    """What was found in the signed file: certificates, levels, times (portal.signatures.Made)."""
    scan_sha256: Mapped[str] = mapped_column(default="")
    """The paper that was signed with a pen, scanned: evidence."""
    void_reason: Mapped[str] = mapped_column(default="")
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    """The letter that holds instead of this one."""

    recipients: Mapped[list[Recipient]] = relationship(
        order_by="Recipient.position", cascade="all, delete-orphan", lazy="selectin"
    )
    enclosures: Mapped[list[Enclosure]] = relationship(
        order_by="Enclosure.position", cascade="all, delete-orphan", lazy="selectin"
    )

    decisions: Mapped[list[Approval]] = relationship(order_by="Approval.id", foreign_keys="Approval.letter_id")
    """Everything decided about it, oldest first."""

    @property
    def signing_id(self) -> int | None:
        """Whose hand signs: the deputy's who approved it, else the named signer's."""
        return self.acting_id or self.signer_id

    @property
    def final_sha256(self) -> str:
        """The file that is shown, sent and checked; none while a signature is still missing."""
        return self.signed_sha256 or ("" if self.signature in ELECTRONIC else self.pdf_sha256)

    @property
    def final_size(self) -> int:
        """Its size."""
        return self.signed_size if self.signed_sha256 else self.pdf_size


class SigningCertificate(Base):
    """The certificate with which a person signs; the key is kept as it was given, behind its own passphrase."""

    __tablename__ = "signing_certificate"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(info={"secret": True})
    """The PKCS#12 file, sealed (portal.seals)."""
    holder: Mapped[str]
    issuer: Mapped[str]
    serial: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    is_trusted: Mapped[bool] = mapped_column(Boolean)
    enrolled_at: Mapped[datetime]


class Recipient(Base):
    """Who gets a letter (`to`) or a copy of it (`cc`, tembusan), as it stands in the letter."""

    __tablename__ = "recipient"
    __table_args__ = (Index("ix_recipient_letter_id", "letter_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    position: Mapped[int]
    role: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    office: Mapped[str]
    attention: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    """For the envelope; the letter itself names the place only."""
    email: Mapped[str] = mapped_column(default="")
    by_portal: Mapped[bool] = mapped_column(Boolean, default=False)


class Enclosure(Base):
    """A document that goes with a letter, under a neutral title; its hash is bound by the approval."""

    __tablename__ = "enclosure"
    __table_args__ = (UniqueConstraint("letter_id", "document_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    position: Mapped[int]
    title: Mapped[str]
    sha256: Mapped[str]
    media_type: Mapped[str]
    pages: Mapped[int]


class Approval(Base):
    """One paraf, return or approval: who, for whom, when, over which content hash."""

    __tablename__ = "approval"
    __table_args__ = (Index("ix_approval_letter_id", "letter_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    decision: Mapped[str]
    """submitted · initialled · approved · returned · voided_by_change"""
    by_id: Mapped[int | None]
    by_name: Mapped[str]
    role: Mapped[str]
    at: Mapped[datetime]
    content_hash: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    step: Mapped[int | None]
    """Of a paraf: which step of the letter's chain."""
    for_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """For whom, when it was given by a deputy."""
    for_name: Mapped[str] = mapped_column(default="")
    delegation_id: Mapped[int | None] = mapped_column(ForeignKey("delegation.id"))


class Delivery(Base):
    """One letter to one recipient over one channel: queued → handed_over → delivered → opened → acknowledged."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("recipient_id", "channel"), Index("ix_delivery_letter_id", "letter_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    channel: Mapped[str]
    """portal · email · post · courier"""
    address: Mapped[str]
    state: Mapped[str]
    """queued · handed_over · delivered · opened · acknowledged · soft_failed · hard_failed · uncertain"""
    at: Mapped[datetime]
    sha256: Mapped[str]
    """The exact file that went out."""
    response: Mapped[str] = mapped_column(default="")
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))


class Incoming(Item):
    """An incoming letter (surat masuk), a partner's portal answer included. Name: its agenda number; title: subject."""

    __tablename__ = "incoming"
    __mapper_args__ = {"polymorphic_identity": "incoming"}
    __table_args__ = (UniqueConstraint("series", "sequence"),)

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    series: Mapped[str]
    sequence: Mapped[int]
    received_at: Mapped[datetime]
    channel: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    sender: Mapped[str]
    sender_number: Mapped[str] = mapped_column(default="")
    sender_date: Mapped[date | None] = mapped_column(Date)
    summary: Mapped[str] = mapped_column(default="")
    pages: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[str] = mapped_column(default="")
    """Where the paper original is kept."""
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"), index=True)
    """Our letter that it answers."""
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    """Our letter that answers it."""
    match_reason: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Structured answer, as given by the partner."""
    handling_note: Mapped[str] = mapped_column(default="")

    files: Mapped[list[IncomingFile]] = relationship(
        order_by="IncomingFile.id", cascade="all, delete-orphan", lazy="selectin"
    )


class IncomingFile(Base):
    """A file that came with an incoming letter; becomes a document of the case when it is filed."""

    __tablename__ = "incoming_file"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming.id"), index=True)
    sha256: Mapped[str]
    size: Mapped[int]
    media_type: Mapped[str]
    filename: Mapped[str]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
