"""What belongs into a case file, in order: only what the person who asked may view."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.acts import Identity
from portal.cases.model import Case
from portal.content import sharing
from portal.content.item import Item
from portal.correspondence.model import Incoming, Letter
from portal.documents.model import Document
from portal.i18n import _, translate

SECTIONS = {
    "A": _("Surat keluar"),
    "B": _("Surat masuk dan jawaban"),
    "C": _("Dokumen"),
}


@dataclass(frozen=True)
class Exhibit:
    """One file of a case file: its label, what it is, and the hash of its bytes."""

    label: str
    section: str
    title: str
    number: str
    dated: str
    sha256: str
    media_type: str
    filename: str

    @property
    def day(self) -> date:
        """Its date, for people."""
        return date.fromisoformat(self.dated)


def exhibits(session: Session, identity: Identity, now: datetime, case: Case, lang: str) -> list[Exhibit]:
    """Issued letters, incoming letters with their files, accepted documents; by date within each section."""
    of_case = select(Item.id).where(Item.dossier_id == case.id, sharing.may_read(identity, now, Item.id))
    readable = set(session.scalars(of_case))
    found = [
        *_letters(session, case, readable),
        *_incoming(session, case, readable),
        *_documents(session, case, readable, lang),
    ]
    counts: dict[str, int] = {}
    labelled = []
    for section in SECTIONS:
        for entry in sorted((e for e in found if e["section"] == section), key=lambda e: (e["dated"], e["number"])):
            counts[section] = counts.get(section, 0) + 1
            labelled.append(Exhibit(label=f"{section}-{counts[section]}", **entry))
    return labelled


def _letters(session: Session, case: Case, readable: set[int]) -> Iterator[dict[str, Any]]:
    for letter in session.scalars(select(Letter).where(Letter.dossier_id == case.id, Letter.pdf_sha256 != "")):
        if letter.id in readable and letter.dated and letter.final_sha256:
            yield {
                "section": "A",
                "title": letter.title,
                "number": letter.number or "",
                "dated": letter.dated.isoformat(),
                "sha256": letter.final_sha256,
                "media_type": "application/pdf",
                "filename": "surat.pdf",
            }


def _incoming(session: Session, case: Case, readable: set[int]) -> Iterator[dict[str, Any]]:
    for letter in session.scalars(select(Incoming).where(Incoming.dossier_id == case.id)):
        if letter.id not in readable:
            continue
        for file in letter.files:
            yield {
                "section": "B",
                "title": f"{letter.title} – {letter.sender}",
                "number": letter.name,
                "dated": letter.received_at.date().isoformat(),
                "sha256": file.sha256,
                "media_type": file.media_type,
                "filename": file.filename,
            }


def _documents(session: Session, case: Case, readable: set[int], lang: str) -> Iterator[dict[str, Any]]:
    query = select(Document).where(Document.dossier_id == case.id, Document.state.in_(("accepted", "expired")))
    for document in session.scalars(query):
        if document.id in readable:
            yield {
                "section": "C",
                "title": translate(document.title, lang),
                "number": document.name,
                "dated": (document.dated or document.created_at.date()).isoformat(),
                "sha256": document.sha256,
                "media_type": document.media_type,
                "filename": document.filename,
            }


def manifest(case: Case, found: list[Exhibit]) -> dict[str, Any]:
    """What the bundle holds, without the moment of its making: the same parts give the same manifest."""
    return {"case": case.name, "format": "rujukan-casefile-1", "exhibits": [asdict(e) for e in found]}


def manifest_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
