"""What is done with a document requirement. Only these functions write it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from portal import journal, vocabulary
from portal.acts import SYSTEM, Act, Reason, Refused
from portal.cases.model import Case
from portal.clock import WIB
from portal.content import catalog, due, item
from portal.content.workflow import advance
from portal.documents import verbs as documents
from portal.documents.media import FINDINGS
from portal.documents.model import Document
from portal.i18n import _
from portal.requirements import checks, dates, gaps, rules
from portal.requirements.model import Requirement
from portal.requirements.workflow import UNDECIDED

USABLE = frozenset({"received", "accepted"})

journal.declare(
    requirement_opened=_("${by} menambahkan kebutuhan dokumen ${title}"),
    requirement_changed=_("Kebutuhan dokumen ${title} berubah"),
    requirement_requested=_("${by} meminta ${title} kepada ${whom}"),
    requirement_received=_("${by} mencatat ${title} diterima"),
    requirement_checking=_("${by} memeriksa ${title}"),
    requirement_accepted=_("${by} menyatakan ${title} sah"),
    requirement_rejected=_("${by} menolak ${title}: ${reason}"),
    requirement_asked_again=_("${by} meminta lagi ${title} kepada ${whom}"),
    requirement_waived=_("${by} mengecualikan ${title}: ${reason}"),
    requirement_waiver_ended=_("Pengecualian ${title} berakhir"),
    requirement_substituted=_("${by} mengganti ${title} dengan ${other}"),
    requirement_expired=_("Masa berlaku ${title} habis"),
    requirement_withdrawn=_("Dokumen ${title} ditarik"),
    requirement_not_applicable=_("Dokumen ${title} tidak berlaku lagi untuk kasus ini"),
    requirement_applies_again=_("Dokumen ${title} berlaku lagi untuk kasus ini"),
)


def open_for(act: Act, case: Case) -> list[Requirement]:
    """The list, brought in line with the rules and the facts; done again, it changes nothing."""
    wanted = rules.wanted(act.session, case)
    known = {r.document_type: r for r in gaps.requirements(act.session, case)}
    for document_type, want in wanted.items():
        if document_type in known:
            _follow_rule(act, known[document_type], want)
        else:
            _open(act, case, want)
    for document_type, requirement in known.items():
        if document_type not in wanted:
            requirement.by_rule = False
            if not requirement.insisted and requirement.state != "not_applicable":
                not_applicable(act, requirement)
    act.session.flush()
    return gaps.requirements(act.session, case)


def _open(act: Act, case: Case, want: rules.Want, **columns: Any) -> Requirement:
    requirement = item.create(
        act,
        Requirement,
        parent=case,
        title=vocabulary.name(act.session, "document_type", want.document_type),
        document_type=want.document_type,
        necessity=want.necessity,
        why=want.why,
        source=want.source,
        **columns,
    )
    due.copy(act, requirement, case)
    journal.record(act, "requirement_opened", requirement, title=requirement.title, necessity=want.necessity)
    catalog.index(act.session, requirement)
    return requirement


def _follow_rule(act: Act, requirement: Requirement, want: rules.Want) -> None:
    requirement.by_rule = True
    changed = requirement.necessity != want.necessity
    requirement.necessity, requirement.source = want.necessity, want.source
    requirement.why = requirement.why if requirement.insisted else want.why
    if changed:
        journal.record(act, "requirement_changed", requirement, title=requirement.title, necessity=want.necessity)
    if requirement.state == "not_applicable":
        apply_again(act, requirement)


def need(act: Act, case: Case, *, document_type: str, why: str, source: str = "") -> Requirement:
    """Ask for one more document in this case, whatever the table says: an officer's or a partner's wish."""
    documents.expect_type(act, document_type)
    found = next((r for r in gaps.requirements(act.session, case) if r.document_type == document_type), None)
    if found is None:
        want = rules.Want(document_type, "mandatory", why, source)
        return _open(act, case, want, by_rule=False, insisted=True)
    if found.state == "not_applicable":
        apply_again(act, found)
    if not found.is_mandatory:
        _weigh(act, found, insisted=True, why=why)
    return found


def insist(act: Act, requirement: Requirement, *, why: str = "") -> None:
    """Make a document mandatory in this case."""
    advance(act, requirement, "insist")
    _weigh(act, requirement, insisted=True, why=why)


def relent(act: Act, requirement: Requirement) -> None:
    """Take that back."""
    advance(act, requirement, "relent")
    _weigh(act, requirement, insisted=False)


def _weigh(act: Act, requirement: Requirement, *, insisted: bool, why: str = "") -> None:
    requirement.insisted, requirement.why = insisted, why or requirement.why
    necessity = "mandatory" if insisted else requirement.necessity
    journal.record(act, "requirement_changed", requirement, title=requirement.title, necessity=necessity)
    catalog.index(act.session, requirement)


def _step(act: Act, requirement: Requirement, name: str, event: str, target: str | None = None, **data: Any) -> None:
    advance(act, requirement, name, target)
    journal.record(act, event, requirement, title=requirement.title, **data)
    catalog.index(act.session, requirement)


def _ask(act: Act, requirement: Requirement, whom: str, channel: str) -> str:
    whom = whom or gaps.deliverer(act.session, requirement.document_type) or str(_("pengadu"))
    requirement.requested_at, requirement.requested_from, requirement.requested_by = act.at, whom, channel
    dates.wait_for(act, requirement, whom)
    return whom


def request(act: Act, requirement: Requirement, *, requested_from: str = "", channel: str = "") -> None:
    """Say that somebody was asked for the document, by letter, telephone or portal."""
    whom = _ask(act, requirement, requested_from, channel)
    _step(act, requirement, "request", "requirement_requested", whom=whom, channel=channel)


def ask_again(act: Act, requirement: Requirement, *, requested_from: str = "", channel: str = "") -> None:
    """Ask once more after a rejection, expiry or withdrawal."""
    whom = _ask(act, requirement, requested_from or requirement.requested_from, channel)
    _step(act, requirement, "ask_again", "requirement_asked_again", whom=whom, channel=channel)


def receive(act: Act, requirement: Requirement, *, document_id: int) -> None:
    """Take a document of the case as what was asked for; one in quarantine is refused at once, with its reason."""
    if requirement.document_id == document_id and requirement.state in {*UNDECIDED, "rejected", "accepted"}:
        return  # it followed the document by itself when that came in
    document = _document_of(act, requirement, document_id, USABLE | {"quarantined"})
    requirement.document_id = document.id
    dates.fall_due(act, requirement)
    _step(act, requirement, "receive", "requirement_received", document=document.name, sha256=document.sha256)
    follow_document(act, requirement, document)


def _document_of(act: Act, requirement: Requirement, document_id: int, states: Iterable[str]) -> Document:
    document = act.session.get(Document, document_id)
    if document is None or document.dossier_id != requirement.dossier_id:
        raise Refused([Reason(_("Dokumen itu bukan dari kasus ini."), field="document_id")])
    if document.state not in states:
        raise Refused([Reason(_("Dokumen itu tidak dapat dipakai lagi."), field="document_id")])
    return document


def check(act: Act, requirement: Requirement) -> None:
    """Begin to look at the document."""
    _step(act, requirement, "check", "requirement_checking")


def accept(act: Act, requirement: Requirement, *, override: str = "") -> None:
    """Accept the document; where the machine has doubts, only with the reason why they do not count."""
    if requirement.state == "received":
        check(act, requirement)
    document = act.session.get(Document, requirement.document_id) if requirement.document_id else None
    doubts = checks.warnings(act.session, document, act.at) if document else []
    if doubts and not override.strip():
        raise Refused([*doubts, Reason(_("Tulis alasan menerima dokumen meski ada peringatan."), field="override")])
    requirement.override = override if doubts else ""
    due.keep(act, requirement)
    _step(act, requirement, "accept", "requirement_accepted", override=requirement.override, doubts=len(doubts))
    if document is not None and document.state == "received":
        documents.accept(act, document)


def reject(act: Act, requirement: Requirement, *, reason: str, note: str = "") -> None:
    """Refuse the document with a reason; asking again is the next step, due on the next working day."""
    words = _explained(act, "requirement_reject_reason", reason, note)
    if requirement.state == "received":
        check(act, requirement)
    requirement.reject_reason, requirement.reject_note = reason, note
    dates.fall_due(act, requirement)
    _step(act, requirement, "reject", "requirement_rejected", reason=words, code=reason, note=note)
    document = act.session.get(Document, requirement.document_id) if requirement.document_id else None
    if document is not None and document.state == "received":
        documents.reject(act, document, reason=reason, note=note)


def _explained(act: Act, reasons: str, reason: str, note: str) -> str:
    """The reason in words; the one that says nothing by itself needs a note."""
    if reason not in vocabulary.terms(act.session, reasons):
        raise Refused([Reason(_("Alasan tidak dikenal."), field="reason")])
    if reason == "other" and not note.strip():
        raise Refused([Reason(_("Jelaskan alasannya."), field="note")])
    return vocabulary.name(act.session, reasons, reason)


def waive(act: Act, requirement: Requirement, *, reason: str, note: str = "", until: date | None = None) -> None:
    """Let the case go on without the document, for a reason, and until a day if the document is to follow."""
    words = _explained(act, "waive_reason", reason, note)
    if until is not None and until < act.at.astimezone(WIB).date():
        raise Refused([Reason(_("Batas waktu pengecualian sudah lewat."), field="until")])
    requirement.waive_reason, requirement.waive_note, requirement.waived_until = reason, note, until
    requirement.waived_by = act.by.name
    due.keep(act, requirement)
    _step(act, requirement, "waive", "requirement_waived", reason=words, code=reason, until=str(until or ""))


def end_waiver(act: Act, requirement: Requirement) -> None:
    """Need the document again."""
    dates.fall_due(act, requirement)
    _step(act, requirement, "end_waiver", "requirement_waiver_ended")


def substitute(act: Act, requirement: Requirement, *, document_id: int) -> None:
    """Let another document of the case stand for this one."""
    document = _document_of(act, requirement, document_id, USABLE)
    requirement.substitute_id = document.id
    due.keep(act, requirement)
    _step(act, requirement, "substitute", "requirement_substituted", other=document.title, document=document.name)
    if document.state == "received":
        documents.accept(act, document)


def expire(act: Act, requirement: Requirement) -> None:
    """Follow a document whose time has run out."""
    dates.fall_due(act, requirement)
    _step(act, requirement, "expire", "requirement_expired")


def withdraw(act: Act, requirement: Requirement) -> None:
    """Follow a document that was taken back."""
    dates.fall_due(act, requirement)
    _step(act, requirement, "withdraw", "requirement_withdrawn")


def not_applicable(act: Act, requirement: Requirement) -> None:
    """The facts of the case no longer ask for it."""
    requirement.state_before = requirement.state
    _step(act, requirement, "not_applicable", "requirement_not_applicable")


def apply_again(act: Act, requirement: Requirement) -> None:
    """The facts ask for it again: it goes on where it stood, and learns what became of its document meanwhile."""
    _step(act, requirement, "apply_again", "requirement_applies_again", requirement.state_before)
    for document_id in {requirement.document_id, requirement.substitute_id} - {None}:
        follow_document(act, requirement, act.session.get_one(Document, document_id))


def follow_document(act: Act, requirement: Requirement, document: Document) -> None:
    """Let the requirement follow what became of its document."""
    undecided, settled = requirement.state in UNDECIDED, requirement.state in {"accepted", "substituted"}
    if undecided and requirement.document_id == document.id:
        if document.state == "quarantined":
            reject(replace(act, by=SYSTEM), requirement, reason="illegible", note=str(FINDINGS[document.finding]))
        elif document.state == "rejected":
            reject(act, requirement, reason=document.reject_reason, note=document.reject_note)
        elif document.state == "accepted" and not checks.warnings(act.session, document, act.at):
            accept(act, requirement)
    elif settled and document.state in {"expired", "withdrawn"}:
        relied_on = requirement.substitute_id if requirement.state == "substituted" else requirement.document_id
        if document.id == relied_on:
            {"expired": expire, "withdrawn": withdraw}[document.state](act, requirement)


TRANSITIONS: dict[str, Any] = {
    "request": request,
    "receive": receive,
    "check": check,
    "accept": accept,
    "reject": reject,
    "ask_again": ask_again,
    "waive": waive,
    "end_waiver": end_waiver,
    "substitute": substitute,
    "expire": expire,
    "withdraw": withdraw,
    "insist": insist,
    "relent": relent,
    "not_applicable": not_applicable,
    "apply_again": apply_again,
    "extend": due.extend,
}
