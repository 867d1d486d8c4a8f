"""What we do with a referral: draft, send along with its letter, supply, confirm, dispute, recall, close."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import journal, mail
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.content import catalog, due, item, sharing
from portal.content.workflow import advance
from portal.correspondence import letters
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _, day, translate
from portal.referrals import dates, packages, rounds
from portal.referrals.answers import accept, acknowledge, decline, need_info, progress, provide, redirect, send_late
from portal.referrals.grounds import write_recall
from portal.referrals.links import renew_link, revoke_link, send_link
from portal.referrals.model import Referral
from portal.referrals.workflow import ADDRESSEE, OPEN

REQUESTS = "requests"
"""The field of a letter type that lists what we ask for."""

journal.declare(
    referral_drafted=_("${by} menyiapkan rujukan kepada ${organisation}"),
    referral_consent=_("${by} mencatat dasar pengiriman data: ${ground}"),
    referral_approved=_("Rujukan disetujui bersama suratnya"),
    referral_returned=_("Rujukan kembali disiapkan karena suratnya diubah"),
    referral_sent=_("Rujukan terkirim dengan surat Nomor ${number} kepada ${organisation}"),
    referral_supplied=_("${by} memberi keterangan kepada ${organisation}"),
    referral_confirmed=_("${by} memastikan layanan sampai, menurut ${source}"),
    referral_disputed=_("${by} menyatakan layanan belum sampai: ${note}"),
    referral_closed=_("${by} menyelesaikan rujukan: ${outcome}"),
    referral_recalled=_("${by} menarik rujukan: ${reason}"),
    referral_lapsed=_("${by} menyatakan rujukan tidak dijawab"),
    referral_claimed=_("Surat masuk ${number} tampaknya menjawab rujukan ini"),
    referral_claim_set_aside=_("${by} menyatakan surat masuk ${number} bukan jawaban rujukan ini"),
)


def draft(
    act: Act,
    case: Case,
    *,
    organisation_id: int,
    letter_type: str,
    ask: str,
    fields: Mapping[str, Any] | None = None,
    enclosures: Mapping[int, str] | Sequence[int] = (),
    redirected_from: Referral | None = None,
    more: Collection[str] = (),
    beyond_reason: str = "",
    again: bool = False,
) -> Referral:
    """A new ask with the draft of its letter. A second open one of the same type needs `again` (demands 29).

    The letter tells what the profile of such an organisation allows; `more` data than that needs its reason.
    """
    organisation = _listed(act, organisation_id)
    against = [] if again else _against_twin(act.session, case, organisation_id, letter_type)
    told = _first_request(letter_type, ask) | dict(fields or {})
    letter = packages.write(act, case, organisation, letter_type, told, enclosures, more, beyond_reason, against)
    referral: Referral = item.create(
        act,
        Referral,
        parent=case,
        title=title(letters.type_of(letter).name, organisation),
        organisation_id=organisation_id,
        letter_id=letter.id,
        letter_type=letter_type,
        ask=ask,
        redirected_from_id=redirected_from.id if redirected_from else None,
        urgency=case.urgency,
    )
    journal.record(act, "referral_drafted", referral, organisation=organisation.title, letter=letter.name)
    if redirected_from is not None:
        _is_followed(act, redirected_from)
    catalog.index(act.session, referral)
    return referral


def _first_request(letter_type: str, ask: str) -> dict[str, Any]:
    """What is asked, as the first request of a letter that lists them: "…, kami mohon: a. menelusuri …"."""
    known = letters.letter_types().get(letter_type)
    if known is None or not any(field.id == REQUESTS for field in known.fields):
        return {}
    words = ask.strip().rstrip(".;")
    return {REQUESTS: [words[:1].lower() + words[1:]]} if words else {}


def _listed(act: Act, organisation_id: int) -> Organisation:
    organisation = act.session.get(Organisation, organisation_id)
    if organisation is None:
        raise Refused([Reason(_("Lembaga tidak ada di direktori."), field="organisation_id")])
    return organisation


def _against_twin(session: Session, case: Case, organisation_id: int, letter_type: str) -> list[Reason]:
    found = []
    for twin in twins(session, case, organisation_id, letter_type)[:1]:
        known = {"name": twin.name, "day": day(twin.sent_at or twin.created_at, "id")}
        words = _("Rujukan yang sama masih berjalan (${name}, ${day}); centang bila memang perlu lagi.", mapping=known)
        found.append(Reason(words, field="again", mend=twin.name))
    return found


def title(type_name: str, organisation: Organisation) -> str:
    """What is asked and of whom; nothing about the person, for it stands in lists and mail."""
    return f"{type_name.partition(' kepada ')[0]} – {organisation.title}"


def twins(session: Session, case: Case, organisation_id: int, letter_type: str) -> list[Referral]:
    """Open referrals of the same type to the same organisation, the last one first."""
    query = select(Referral).where(Referral.parent_id == case.id, Referral.organisation_id == organisation_id)
    query = query.where(Referral.letter_type == letter_type, Referral.state.in_(OPEN))
    return list(session.scalars(query.order_by(Referral.id.desc())))


def _is_followed(act: Act, former: Referral) -> None:
    """The next step after a refusal has been taken."""
    former.next_action = ""
    dates.set_next(act, former)
    item.touch(act, former)
    catalog.index(act.session, former)


def approve(act: Act, referral: Referral) -> None:
    """The letter has been approved."""
    advance(act, referral, "approve")
    _done(act, referral, "referral_approved")


def return_to_draft(act: Act, referral: Referral) -> None:
    """The letter was changed or returned after its approval."""
    advance(act, referral, "return_to_draft")
    _done(act, referral, "referral_returned")


def send(act: Act, referral: Referral) -> None:
    """The letter has gone out: the clock starts, and the partner may read and answer in the portal."""
    advance(act, referral, "send")
    letter = act.session.get_one(Letter, referral.letter_id)
    organisation = act.session.get_one(Organisation, referral.organisation_id)
    referral.sent_at = referral.told_at = act.at
    dates.begin(act, referral, letter)
    dates.set_next(act, referral)
    unit = f"unit:{organisation.id}"
    number = letter.number or ""
    sharing.give(act, referral, unit, ADDRESSEE, cause="referral", reference=number, quietly=True)
    correspondence.settle_portal(act, letter, organisation.id, "delivered")
    until = referral.due_at.isoformat() if referral.due_at else ""
    rounds.schedule(act, after=timedelta(days=1))
    _done(act, referral, "referral_sent", number=number, organisation=organisation.title, due=until)


def supply(act: Act, referral: Referral, *, note: str, documents: Sequence[int | str] = ()) -> None:
    """Answer what the partner asked back, with further accepted documents if need be; their clock goes on."""
    advance(act, referral, "supply")
    found = [_enclosable(act, referral, int(number)) for number in documents]
    packages.add(act, referral, found)
    given = [{"id": d.id, "title": d.title, "sha256": d.sha256} for d in found]
    referral.supplied = [*referral.supplied, {"at": act.at.isoformat(), "note": note, "documents": given}]
    referral.told_at = act.at
    dates.set_next(act, referral)
    organisation = act.session.get_one(Organisation, referral.organisation_id)
    _done(act, referral, "referral_supplied", organisation=organisation.title, documents=[d.name for d in found])


def _enclosable(act: Act, referral: Referral, document_id: int) -> Document:
    document = act.session.get(Document, document_id)
    if document is None or document.parent_id != referral.parent_id or document.state != "accepted":
        raise Refused([Reason(_("Hanya dokumen kasus ini yang sudah sah dapat diberikan."), field="documents")])
    return document


def confirm(act: Act, referral: Referral, *, confirmed_by: str, outcome: str = "") -> None:
    """The complainant, or a document, says that the service has arrived."""
    advance(act, referral, "confirm")
    referral.confirmed_by, referral.outcome = confirmed_by, outcome or ""
    dates.set_next(act, referral)
    _done(act, referral, "referral_confirmed", source=confirmed_by)


def dispute(act: Act, referral: Referral, *, note: str) -> None:
    """It has not arrived, whatever was reported; the partner sees what is missing and goes on."""
    advance(act, referral, "dispute")
    referral.told_at = act.at
    referral.supplied = [*referral.supplied, {"at": act.at.isoformat(), "note": note, "documents": []}]
    dates.set_next(act, referral)
    _done(act, referral, "referral_disputed", note=note)


def close(act: Act, referral: Referral, *, outcome: str) -> None:
    """Nothing more is to be done about this ask."""
    advance(act, referral, "close")
    referral.outcome, referral.next_action = outcome, ""
    dates.set_next(act, referral)
    _done(act, referral, "referral_closed", outcome=outcome)


def recall(act: Act, referral: Referral, *, reason: str, is_told: bool = False) -> None:
    """Take the ask back: the partner reads no more than that it was recalled. `is_told`: the letter's end says it."""
    advance(act, referral, "recall")
    letter = act.session.get_one(Letter, referral.letter_id)
    referral.outcome, referral.next_action, referral.told_at = reason, "", act.at
    dates.set_next(act, referral)
    _done(act, referral, "referral_recalled", reason=reason)
    if letter.state == "draft":
        correspondence.discard(act, letter)
    elif referral.sent_at is not None and not is_told:
        _tell_of_recall(act, referral, letter)


NOTICE = _("Rujukan kami dengan surat Nomor ${number} ditarik. Mohon tidak menindaklanjutinya.\n")


def _tell_of_recall(act: Act, referral: Referral, letter: Letter) -> None:
    organisation = act.session.get_one(Organisation, referral.organisation_id)
    if not organisation.email:
        return
    known = {"number": letter.number or ""}
    subject = translate(_("Penarikan rujukan, surat Nomor ${number}", mapping=known), organisation.language)
    text = translate(NOTICE % known, organisation.language)
    mail.post(act, organisation.email, subject, text, item_id=referral.id, is_official=True)


def lapse(act: Act, referral: Referral) -> None:
    """Give up waiting; an answer that comes yet is kept as late."""
    advance(act, referral, "lapse")
    dates.set_next(act, referral)
    _done(act, referral, "referral_lapsed")


def set_claim_aside(act: Act, referral: Referral) -> None:
    """The written answer that seemed to belong here does not."""
    advance(act, referral, "set_claim_aside")
    number = referral.claimed["number"]
    referral.claimed = {}
    _done(act, referral, "referral_claim_set_aside", number=number)


def _done(act: Act, referral: Referral, event: str, **data: Any) -> None:
    journal.record(act, event, referral, **data)
    catalog.index(act.session, referral)


TRANSITIONS: dict[str, Callable[..., Any]] = {
    "approve": approve,
    "return_to_draft": return_to_draft,
    "send": send,
    "acknowledge": acknowledge,
    "accept": accept,
    "need_info": need_info,
    "decline": decline,
    "redirect": redirect,
    "progress": progress,
    "provide": provide,
    "send_late": send_late,
    "supply": supply,
    "confirm": confirm,
    "dispute": dispute,
    "close": close,
    "recall": recall,
    "write_recall": write_recall,
    "lapse": lapse,
    "extend": due.extend,
    "set_claim_aside": set_claim_aside,
    "send_link": send_link,
    "renew_link": renew_link,
    "revoke_link": revoke_link,
}
