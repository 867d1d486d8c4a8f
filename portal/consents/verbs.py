"""What is done with consents and the grounds in their place. Only these functions write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal import deadlines, journal, vocabulary
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.clock import WIB
from portal.consents.model import CONSENT, Consent
from portal.consents.workflow import GIVERS, MANNERS
from portal.content import catalog, item
from portal.content.workflow import advance
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _

SCOPE = frozenset("recipient_types organisation_id purpose data documents valid_until".split())
GIVING = frozenset("given_on given_by giver manner language document_id call_at call_note".split())
RULE = "PDP_WITHDRAW"
"""How soon processing stops after a consent has ended; the office edits it among the deadlines."""
EVIDENCE = ("received", "accepted")
"""States of a document that may prove a consent."""

journal.declare(
    consent_recorded=_("${by} mencatat persetujuan untuk ${recipient}"),
    override_proposed=_("${by} mengusulkan dasar lain untuk ${recipient}: ${ground}"),
    override_confirmed=_("${by} menyetujui sebagai orang kedua: ${ground} untuk ${recipient}"),
    override_refused=_("${by} menolak usul dasar lain untuk ${recipient}: ${note}"),
    consent_withdrawn=_("${by} mencatat pencabutan untuk ${recipient} oleh ${giver}"),
    consent_expired=_("Masa berlaku untuk ${recipient} habis"),
    consent_settled=_("Akhir persetujuan untuk ${recipient} selesai ditindaklanjuti"),
)


def record(act: Act, case: Case, **known: Any) -> Consent:
    """Write down what the person, or who may speak for him or her, has agreed to; with its proof."""
    _expect(known, SCOPE | GIVING)
    _refuse([*_against_scope(act, known), *_against_giving(act, known), *_against_evidence(act, case, known)])
    consent = _create(act, case, CONSENT, known)
    consent.state = "in_force"
    _done(act, consent, "consent_recorded")
    return consent


def propose(act: Act, case: Case, *, ground: str, reason: str, **known: Any) -> Consent:
    """Ask that something goes out without the person's consent, on a ground of the law; a second person decides."""
    _expect(known, SCOPE)
    found = [*_against_scope(act, known)]
    if ground == CONSENT or ground not in vocabulary.terms(act.session, "processing_ground"):
        found.append(Reason(_("Dasar hukum tidak dikenal."), field="ground"))
    if not reason.strip():
        found.append(Reason(_("Jelaskan mengapa tanpa persetujuan."), field="reason"))
    _refuse(found)
    consent = _create(act, case, ground, known | {"reason": reason})
    _done(act, consent, "override_proposed", ground=_ground(act, consent), code=ground)
    return consent


def _expect(known: Mapping[str, Any], names: frozenset[str]) -> None:
    if unknown := set(known) - names:
        raise TypeError(f"not of a consent: {', '.join(sorted(unknown))}")


def _refuse(reasons: list[Reason]) -> None:
    if reasons:
        raise Refused(reasons)


def _create(act: Act, case: Case, ground: str, known: Mapping[str, Any]) -> Consent:
    columns: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in known.items()
    }
    empty = dict.fromkeys(("given_by", "giver", "manner", "language", "call_note", "reason"), "")
    recipient = _recipient(act, known)
    title = f"{vocabulary.name(act.session, 'processing_ground', ground).partition(':')[0]} – {recipient}"
    consent: Consent = item.create(act, Consent, parent=case, title=title, ground=ground, **(empty | columns))
    consent.urgency = case.urgency
    return consent


def _recipient(act: Act, known: Mapping[str, Any]) -> str:
    """Who may be told, in words."""
    names = [vocabulary.name(act.session, "stakeholder_type", code) for code in known.get("recipient_types") or ()]
    organisation = act.session.get(Organisation, known["organisation_id"]) if known.get("organisation_id") else None
    return ", ".join([organisation.title, *names] if organisation else names)


def _against_scope(act: Act, known: Mapping[str, Any]) -> Iterator[Reason]:
    session = act.session
    kinds = known.get("recipient_types") or ()
    if not kinds and not known.get("organisation_id"):
        yield Reason(_("Pilih jenis penerima, atau satu lembaga."), field="recipient_types")
    if set(kinds) - set(vocabulary.terms(session, "stakeholder_type")):
        yield Reason(_("Jenis penerima tidak dikenal."), field="recipient_types")
    if known.get("organisation_id") and session.get(Organisation, known["organisation_id"]) is None:
        yield Reason(_("Lembaga tidak ada di direktori."), field="organisation_id")
    if not known.get("data") and not known.get("documents"):
        yield Reason(_("Pilih data atau dokumen yang boleh diberikan."), field="data")
    for field, name in (("data", "personal_data"), ("documents", "document_type")):
        if set(known.get(field) or ()) - set(vocabulary.terms(session, name)):
            yield Reason(_("Ada pilihan yang tidak dikenal."), field=field)
    if not (known.get("purpose") or "").strip():
        yield Reason(_("Tulis untuk apa data itu."), field="purpose")
    if known.get("valid_until") and known["valid_until"] < _today(act):
        yield Reason(_("Tanggal ini sudah lewat."), field="valid_until")


def _against_giving(act: Act, known: Mapping[str, Any]) -> Iterator[Reason]:
    given_on: date | None = known.get("given_on")
    if given_on is None:
        yield Reason(_("Isi tanggal persetujuan."), field="given_on")
    elif given_on > _today(act):
        yield Reason(_("Tanggal ini masih di masa depan."), field="given_on")
    if known.get("given_by") not in GIVERS:
        yield Reason(_("Pilih siapa yang memberi persetujuan."), field="given_by")
    if not (known.get("giver") or "").strip():
        yield Reason(_("Tulis nama yang memberi persetujuan."), field="giver")
    if known.get("manner") not in MANNERS:
        yield Reason(_("Pilih cara persetujuan diberikan."), field="manner")
    if known.get("language") not in vocabulary.terms(act.session, "consent_language"):
        yield Reason(_("Pilih bahasa yang dipakai."), field="language")


def _against_evidence(act: Act, case: Case, known: Mapping[str, Any]) -> Iterator[Reason]:
    """A paper of this case, or what was said in a call and when; who speaks for others shows a paper."""
    call_at: datetime | None = known.get("call_at")
    note = (known.get("call_note") or "").strip()
    if number := known.get("document_id"):
        document = act.session.get(Document, number)
        if document is None or document.parent_id != case.id or document.state not in EVIDENCE:
            yield Reason(_("Bukti harus dokumen kasus ini yang sudah diterima."), field="document_id")
    elif known.get("given_by") == "mandate":
        yield Reason(_("Wakil harus menunjukkan surat kuasa: pilih dokumennya."), field="document_id")
    elif not note or call_at is None:
        yield Reason(_("Pilih dokumen bukti, atau catat percakapan dengan waktunya."), field="document_id")
    if call_at is not None and call_at > act.at:
        yield Reason(_("Waktu ini masih di masa depan."), field="call_at")


def _today(act: Act) -> date:
    return act.at.astimezone(WIB).date()


def confirm(act: Act, consent: Consent, *, note: str = "") -> None:
    """The second person agrees: it holds from now."""
    advance(act, consent, "confirm")
    _decided(act, consent, note)
    _done(act, consent, "override_confirmed", ground=_ground(act, consent))


def refuse(act: Act, consent: Consent, *, note: str) -> None:
    """The second person does not agree, and says why."""
    advance(act, consent, "refuse")
    _decided(act, consent, note)
    _done(act, consent, "override_refused", note=note)


def _decided(act: Act, consent: Consent, note: str) -> None:
    consent.decided_by_id, consent.decided_by, consent.decided_at = act.by.account_id, act.by.name, act.at
    consent.decision_note = note or ""


def withdraw(act: Act, consent: Consent, *, withdrawn_by: str, withdrawn_how: str, note: str = "") -> None:
    """It is taken back: from this moment nothing goes out on it any more."""
    advance(act, consent, "withdraw")
    consent.withdrawn_at, consent.withdrawn_by = act.at, withdrawn_by
    consent.withdrawn_how, consent.withdrawal_note = withdrawn_how, note or ""
    consent.due_at = deadlines.by_rule(act.session, RULE, act.at)
    _done(act, consent, "consent_withdrawn", giver=withdrawn_by)


def expire(act: Act, consent: Consent) -> None:
    """Its last day has passed."""
    advance(act, consent, "expire")
    consent.due_at = deadlines.by_rule(act.session, RULE, act.at)
    _done(act, consent, "consent_expired")


def settle(act: Act, consent: Consent) -> None:
    """Everybody who was told something on it has been seen to."""
    advance(act, consent, "settle")
    consent.due_at = None
    _done(act, consent, "consent_settled")


def overdue(act: Act) -> list[int]:
    """Ids of consents in force whose last day has passed."""
    query = select(Consent.id).where(Consent.state == "in_force", Consent.valid_until < _today(act))
    return list(act.session.scalars(query.order_by(Consent.id)))


def _ground(act: Act, consent: Consent) -> str:
    return vocabulary.name(act.session, "processing_ground", consent.ground)


def _done(act: Act, consent: Consent, event: str, **data: Any) -> None:
    known = {"recipient_types": consent.recipient_types, "organisation_id": consent.organisation_id}
    journal.record(act, event, consent, recipient=_recipient(act, known), **data)
    catalog.index(act.session, consent)


TRANSITIONS: dict[str, Callable[..., Any]] = {
    "confirm": confirm,
    "refuse": refuse,
    "withdraw": withdraw,
    "expire": expire,
    "settle": settle,
}
