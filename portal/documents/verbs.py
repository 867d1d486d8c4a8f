"""What is done with a document. Only these functions write it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import jobs, journal, vocabulary
from portal.acts import SYSTEM, Act, Reason, Refused
from portal.clock import WIB
from portal.content import catalog, item, versions
from portal.content.workflow import advance
from portal.documents import media
from portal.documents.examination import Examined, examine
from portal.documents.model import Document
from portal.i18n import _

PROVIDERS = {"complainant": _("Pengadu"), "staff": _("Petugas"), "partner": _("Mitra")}
DESCRIBED = frozenset({"document_type", "holder", "number", "dated", "expires_on", "is_original", "note"})

journal.declare(
    document_added=_("${by} menyimpan dokumen ${title}"),
    document_repeated=_("Isi dokumen ${title} sama dengan ${earlier}"),
    document_quarantined=_("Berkas ${title} dikarantina: ${reason}"),
    document_described=_("${by} mengubah keterangan dokumen: ${fields}"),
    document_accepted=_("${by} menyatakan dokumen ${title} sah"),
    document_rejected=_("${by} menolak dokumen ${title}: ${reason}"),
    document_expired=_("Dokumen ${title} habis masa berlakunya"),
    document_withdrawn=_("${by} menarik dokumen ${title}: ${reason}"),
    document_read=_("${by} membuka dokumen ${title}"),
    document_downloaded=_("${by} mengunduh dokumen ${title}"),
)


def add(
    act: Act,
    case: item.Item,
    *,
    document_type: str,
    content: bytes | BinaryIO | Examined,
    filename: str,
    provider: str,
    provider_name: str = "",
    **described: Any,
) -> Document:
    """Keep a file in the case. One that is not what it should be is kept in quarantine; nothing is thrown away."""
    if unknown := set(described) - DESCRIBED:
        raise TypeError(f"not of a document: {', '.join(sorted(unknown))}")
    if provider not in PROVIDERS:
        raise ValueError(provider)
    expect_type(act, document_type)
    seen = content if isinstance(content, Examined) else examine(act.site.blobs, content, filename)
    title = vocabulary.name(act.session, "document_type", document_type)
    document = item.create(
        act,
        Document,
        parent=case,
        title=title,
        document_type=document_type,
        sha256=seen.sha256,
        shown_sha256=seen.shown_sha256,
        size=seen.size,
        media_type=seen.kind.type if seen.kind and not seen.finding else media.UNKNOWN,
        filename="",
        sent_as=seen.sent_as,
        pages=seen.pages,
        provider=provider,
        provider_name=provider_name or act.by.name,
        **described,
    )
    document.filename = media.our_name(case.name, document.name, title, seen.kind if not seen.finding else None)
    _enter(act, document, seen)
    return document


def _enter(act: Act, document: Document, seen: Examined) -> None:
    versions.keep(act, document)
    journal.record(
        act, "document_added", document, title=document.title, sha256=seen.sha256, provider=document.provider
    )
    _tell_of_repeat(act, document)
    if seen.finding:
        quarantine(replace(act, by=SYSTEM), document, finding=seen.finding)
    else:
        jobs.enqueue(act, "document.preview", document=document.id)
        catalog.index(act.session, document)


def expect_type(act: Act, document_type: str) -> None:
    """Refuse a kind of document that the office does not know."""
    if document_type not in vocabulary.terms(act.session, "document_type"):
        raise Refused([Reason(_("Jenis dokumen tidak dikenal."), field="document_type")])


def _tell_of_repeat(act: Act, document: Document) -> None:
    if repeats := same_content(act.session, document):
        journal.record(act, "document_repeated", document, title=document.title, earlier=repeats[0].name)


def same_content(session: Session, document: Document) -> list[Document]:
    """Other documents of the case with exactly that content, the oldest first."""
    query = select(Document).where(
        Document.sha256 == document.sha256, Document.dossier_id == document.dossier_id, Document.id != document.id
    )
    return list(session.scalars(query.order_by(Document.id)))


def describe(act: Act, document: Document, **columns: Any) -> list[str]:
    """Say what the document is and what stands on it; gives the names of what did change."""
    if unknown := set(columns) - DESCRIBED:
        raise TypeError(f"not of a document: {', '.join(sorted(unknown))}")
    if "document_type" in columns:
        expect_type(act, columns["document_type"])
    changed = [key for key, value in columns.items() if getattr(document, key) != value]
    if not changed:
        return []
    for key in changed:
        setattr(document, key, columns[key])
    document.title = vocabulary.name(act.session, "document_type", document.document_type)
    item.touch(act, document)
    versions.keep(act, document)
    journal.record(act, "document_described", document, fields=", ".join(sorted(changed)))
    catalog.index(act.session, document)
    return changed


def _step(act: Act, document: Document, name: str, event: str, **data: Any) -> None:
    advance(act, document, name)
    journal.record(act, event, document, title=document.title, **data)
    catalog.index(act.session, document)


def quarantine(act: Act, document: Document, *, finding: str) -> None:
    """Keep a file under lock: it is never shown, and only few may take it out."""
    document.finding = finding
    _step(act, document, "quarantine", "document_quarantined", reason=str(media.FINDINGS[finding]), code=finding)


def accept(act: Act, document: Document) -> None:
    """Say that the document is good."""
    _step(act, document, "accept", "document_accepted")


def reject(act: Act, document: Document, *, reason: str, note: str = "") -> None:
    """Say that the document is not good, and why; it stays and is shown."""
    if reason == "other" and not note.strip():
        raise Refused([Reason(_("Jelaskan alasannya."), field="note")])
    document.reject_reason, document.reject_note = reason, note
    words = vocabulary.name(act.session, "requirement_reject_reason", reason)
    _step(act, document, "reject", "document_rejected", reason=words, code=reason, note=note)


def expire(act: Act, document: Document) -> None:
    """Say that the document's time has run out."""
    _step(act, document, "expire", "document_expired")


def withdraw(act: Act, document: Document, *, reason: str) -> None:
    """Take an accepted document back."""
    _step(act, document, "withdraw", "document_withdrawn", reason=reason)


def overdue(act: Act) -> list[int]:
    """Ids of accepted documents whose last day has passed."""
    today: date = act.at.astimezone(WIB).date()
    query = select(Document.id).where(Document.state == "accepted", Document.expires_on < today)
    return list(act.session.scalars(query.order_by(Document.id)))


TRANSITIONS: dict[str, Any] = {
    "accept": accept,
    "reject": reject,
    "quarantine": quarantine,
    "expire": expire,
    "withdraw": withdraw,
}
