"""Letters that come in: registered with an agenda number, matched with a case, noted, answered, filed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal import journal, series
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.clock import WIB
from portal.content import catalog, item, sharing
from portal.content.workflow import advance
from portal.correspondence import dispatching, numbering
from portal.correspondence.model import Incoming, IncomingFile, Letter
from portal.directory.model import Organisation
from portal.documents import media
from portal.documents import verbs as documents
from portal.documents.examination import examine
from portal.i18n import _

SIGNATURES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
"""What a scanner makes; anything else is kept as bytes until the documents feature has examined it."""

DESCRIBED = frozenset({"summary", "sender_number", "sender_date", "pages", "kept_at"})

journal.declare(
    incoming_registered=_("${by} mengagendakan surat masuk ${number} dari ${sender}"),
    incoming_matched=_("${by} mencocokkan surat masuk ${number}: ${reason}"),
    incoming_unmatched=_("${by} belum menemukan kasus untuk surat masuk ${number}"),
    incoming_noted=_("${by} mencatat surat masuk ${number}: ${note}"),
    incoming_answered=_("${by} menandai surat masuk ${number} sudah dijawab"),
    incoming_documents_filed=_("${by} memasukkan ${count} berkas surat masuk ${number} ke kasus"),
    incoming_filed=_("${by} memberkaskan surat masuk ${number}"),
    incoming_discarded=_("${by} menyingkirkan surat masuk ${number}: ${reason}"),
)


def register(
    act: Act,
    *,
    channel: str,
    subject: str,
    sender: str,
    received_at: datetime | None = None,
    organisation_id: int | None = None,
    letter: Letter | None = None,
    case: Case | None = None,
    files: Sequence[Any] = (),
    answers: Mapping[str, Any] | None = None,
    reason: str = "",
    **described: Any,
) -> Incoming:
    """Give a letter its agenda number; one whose letter or case is known is matched at once. The scan may follow.

    `described` are columns of DESCRIBED: what the paper says and where it is kept.
    """
    _expect(act, described, received_at)
    home = letter or case
    office = _receiving_office(act, home)
    incoming = _numbered(
        act,
        office,
        title=subject,
        received_at=received_at or act.at,
        channel=channel,
        sender=sender,
        organisation_id=organisation_id,
        answers=dict(answers or {}),
        **described,
    )
    incoming.dossier_id = home.dossier_id if home else None
    _keep(act, incoming, files)
    _enter(act, incoming, office)
    if home is not None:
        _bind(act, incoming, home, letter, reason or str(_("jawaban lewat portal")))
    catalog.index(act.session, incoming)
    return incoming


def _expect(act: Act, described: Mapping[str, Any], received_at: datetime | None) -> None:
    if unknown := set(described) - DESCRIBED:
        raise TypeError(f"not of an incoming letter: {', '.join(sorted(unknown))}")
    if received_at is not None and received_at > act.at:
        raise Refused([Reason(_("Waktu terima ada di masa depan."), field="received_at")])


def _numbered(act: Act, office: Organisation, **columns: Any) -> Incoming:
    key, ordinal, number = _agenda(act, office)
    found: Incoming = item.create(
        act, Incoming, parent=None, name=number, office_id=office.id, series=key, sequence=ordinal, **columns
    )
    return found


def _enter(act: Act, incoming: Incoming, office: Organisation) -> None:
    number, sender, channel = incoming.name, incoming.sender, incoming.channel
    journal.record(act, "incoming_registered", incoming, number=number, sender=sender, channel=channel)
    sharing.give(act, incoming, f"unit:{office.id}", sharing.OFFICE, cause="intake", reference=number, quietly=True)


def _receiving_office(act: Act, home: Letter | Case | None) -> Organisation:
    office = act.session.get(Organisation, (home.office_id if home else act.by.unit_id) or 0)
    if office is None:
        raise Refused([Reason(_("Unit penerima surat tidak diketahui."))])
    return office


def _agenda(act: Act, office: Organisation) -> tuple[str, int, str]:
    code = numbering.agenda_code(office.unit_code) or office.name
    year = act.at.astimezone(WIB).year
    key = f"incoming/{code}/{year}"
    ordinal = series.take(act.session, key)
    return key, ordinal, f"SM-{code}-{year}-{ordinal:05d}"


def add_files(act: Act, incoming: Incoming, *, files: Sequence[Any]) -> None:
    """Add scans that follow later (demands 5)."""
    _keep(act, incoming, files)
    item.touch(act, incoming)
    catalog.index(act.session, incoming)


def _keep(act: Act, incoming: Incoming, files: Sequence[Any]) -> None:
    for upload in files:
        upload.file.seek(0)
        blob = act.site.blobs.put(upload.file)
        upload.file.seek(0)
        start = upload.file.read(16)
        kind = next((name for sign, name in SIGNATURES.items() if start.startswith(sign)), media.UNKNOWN)
        incoming.files.append(
            IncomingFile(
                sha256=blob.sha256,
                size=blob.size,
                media_type=kind,
                filename=media.plain_name(upload.filename or "") or "berkas",
            )
        )
    act.session.flush()


def match(act: Act, incoming: Incoming, *, reference: str, reason: str, is_answer: bool = False) -> None:
    """Say which of our letters or cases it is about, and how that was found."""
    home = find(act, reference)
    if home is None:
        message = _("Tidak ada surat atau kasus Anda dengan nomor itu.")
        raise Refused([Reason(message, field="reference")])
    letter = home if isinstance(home, Letter) else None
    incoming.dossier_id = home.dossier_id
    _bind(act, incoming, home, letter, reason)
    catalog.index(act.session, incoming)
    if is_answer and letter is not None and letter.state == "dispatched":
        dispatching.answer(act, letter)


def find(act: Act, reference: str) -> Letter | Case | None:
    """Our letter by its number, or a case by its number; only what the person may see."""
    wanted = " ".join(reference.split())
    numbered = select(Letter).where(Letter.number == wanted, sharing.may_read(act.by, act.at, Letter.id))
    letter = act.session.scalar(numbered)
    if letter is not None:
        return letter
    named = select(Case).where(item.numbered(Case, wanted.upper()), sharing.may_read(act.by, act.at, Case.id))
    return act.session.scalar(named)


def _bind(act: Act, incoming: Incoming, home: Letter | Case, letter: Letter | None, reason: str) -> None:
    advance(act, incoming, "match")
    incoming.letter_id = letter.id if letter else None
    incoming.match_reason = reason
    known = {"number": incoming.name, "reason": reason}
    journal.record(act, "incoming_matched", incoming, to=home.name, letter=incoming.letter_id, **known)


def set_aside(act: Act, incoming: Incoming) -> None:
    """Nobody knows yet which case it is about; it stays on the list of those."""
    _step(act, incoming, "set_aside", "incoming_unmatched")


def note(act: Act, incoming: Incoming, *, note: str) -> None:
    """Take notice of it without an answer, and say why none is needed."""
    advance(act, incoming, "note")
    incoming.handling_note = note
    journal.record(act, "incoming_noted", incoming, number=incoming.name, note=note)
    catalog.index(act.session, incoming)


def answer(act: Act, incoming: Incoming, *, number: str) -> None:
    """Say by which of our letters it was answered."""
    reply = find(act, number)
    if not isinstance(reply, Letter):
        raise Refused([Reason(_("Tidak ada surat kita dengan nomor itu."), field="number")])
    advance(act, incoming, "answer")
    incoming.reply_id = reply.id
    journal.record(act, "incoming_answered", incoming, number=incoming.name, reply=reply.number)
    catalog.index(act.session, incoming)


def prepare_filing(act: Act, incoming: Incoming) -> Callable[..., dict[str, Any]]:
    """What `file_documents` needs: a look into the files that are no documents yet."""
    blobs, files = act.site.blobs, [(file.sha256, file.filename) for file in incoming.files if file.document_id is None]

    def look(**answers: Any) -> dict[str, Any]:
        for sha256, filename in files:
            examine(blobs, blobs.read(sha256), filename)
        return answers

    return look


def file_documents(act: Act, incoming: Incoming, *, document_type: str) -> None:
    """Make documents of the case from the files that came with it; each is examined there."""
    advance(act, incoming, "file_documents")
    case = act.session.get_one(Case, incoming.dossier_id)
    fresh = [file for file in incoming.files if file.document_id is None]
    for file in fresh:
        file.document_id = documents.add(
            act,
            case,
            document_type=document_type,
            content=act.site.blobs.read(file.sha256),
            filename=file.filename,
            provider="partner" if incoming.organisation_id else "staff",
            provider_name=incoming.sender,
            dated=incoming.sender_date,
        ).id
    journal.record(act, "incoming_documents_filed", incoming, number=incoming.name, count=len(fresh))
    catalog.index(act.session, incoming)


def file(act: Act, incoming: Incoming) -> None:
    """Put it away: nothing is left to do."""
    _step(act, incoming, "file", "incoming_filed")


def discard(act: Act, incoming: Incoming, *, reason: str) -> None:
    """Say that it is not for us; number and line stay in the agenda."""
    advance(act, incoming, "discard")
    incoming.handling_note = reason
    journal.record(act, "incoming_discarded", incoming, number=incoming.name, reason=reason)
    catalog.index(act.session, incoming)


def _step(act: Act, incoming: Incoming, name: str, event: str) -> None:
    advance(act, incoming, name)
    journal.record(act, event, incoming, number=incoming.name)
    catalog.index(act.session, incoming)


TRANSITIONS: dict[str, Callable[..., Any]] = {
    "match": match,
    "set_aside": set_aside,
    "note": note,
    "answer": answer,
    "file_documents": file_documents,
    "file": file,
    "discard": discard,
}
