"""What a partner says to a referral: each answer gets an agenda number, whoever writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import journal, vocabulary
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.content import catalog
from portal.content.item import Item
from portal.content.workflow import advance
from portal.correspondence import dispatching
from portal.correspondence import incoming as agenda
from portal.correspondence.model import Incoming, Letter
from portal.directory.model import Organisation
from portal.i18n import _, day, translate
from portal.referrals import dates
from portal.referrals.links import Bearer
from portal.referrals.model import Referral
from portal.referrals.workflow import WORKFLOW

EXTENTS = {"full": _("Seluruhnya"), "partial": _("Sebagian")}

journal.declare(
    referral_answered=_("${organisation} menjawab rujukan: ${answer} (agenda ${number})"),
    referral_due_moved=_("Batas waktu rujukan berubah dari ${former} menjadi ${due}"),
)


def is_theirs(act: Act, referral: Referral) -> bool:
    """Whether the partner itself acts, and not one of us on its behalf."""
    return referral.organisation_id in act.by.memberships


def acknowledge(act: Act, referral: Referral) -> Incoming:
    """The letter has arrived."""
    advance(act, referral, "acknowledge")
    referral.received_at = act.at
    return _answered(act, referral, "acknowledge", {})


def accept(
    act: Act,
    referral: Referral,
    *,
    officer: str,
    partner_number: str = "",
    promised_on: date | None = None,
    questions: Mapping[str, Any] | None = None,
) -> Incoming:
    """They take it on: who is responsible, under which number of theirs, and until when."""
    advance(act, referral, "accept")
    dates.expect_day(act, promised_on, "promised_on", ahead=True)
    referral.officer, referral.partner_number = officer, partner_number or ""
    _has_arrived(act, referral)
    if promised_on:
        dates.promise(act, referral, promised_on)
    answers: dict[str, Any] = {"officer": officer, "number": partner_number or "", "promised_on": _iso(promised_on)}
    answers |= _of_questions(questions)
    return _answered(act, referral, "accept", answers, sender_number=partner_number or "")


def need_info(act: Act, referral: Referral, *, info: str) -> Incoming:
    """They ask something back; their clock stands still until we answer."""
    advance(act, referral, "need_info")
    referral.info_wanted = info
    _has_arrived(act, referral)
    return _answered(act, referral, "need_info", {"info": info}, summary=info)


def decline(act: Act, referral: Referral, *, code: str, note: str = "") -> Incoming:
    """They refuse, with a reason of the office's list; we have to find another way."""
    advance(act, referral, "decline")
    if code not in vocabulary.terms(act.session, "decline_reason"):
        raise Refused([Reason(_("Alasan penolakan tidak dikenal."), field="code")])
    if code == "other" and not (note or "").strip():
        raise Refused([Reason(_("Jelaskan alasannya."), field="note")])
    referral.decline_code, referral.decline_note, referral.next_action = code, note or "", code
    _has_arrived(act, referral)
    return _answered(act, referral, "decline", {"code": code, "note": note or ""}, summary=note or "")


def redirect(act: Act, referral: Referral, *, to: str, note: str = "") -> Incoming:
    """They say who else is competent; a new consent check comes before that body hears of it."""
    advance(act, referral, "redirect")
    name = " ".join(to.split())
    query = select(Organisation).where(Organisation.title == name, Organisation.state == "active")
    known = act.session.scalars(query.limit(2)).all()
    referral.redirect_to, referral.next_action = name, "redirected"
    referral.redirect_to_id = known[0].id if len(known) == 1 else None
    _has_arrived(act, referral)
    return _answered(act, referral, "redirect", {"to": name, "note": note or ""}, summary=note or "")


def progress(
    act: Act,
    referral: Referral,
    *,
    note: str,
    files: Sequence[Any] = (),
    document_type: str | None = None,
    promised_on: date | None = None,
) -> Incoming:
    """They tell how far they are; a new promised date is a logged change of the due date."""
    advance(act, referral, "progress")
    dates.expect_day(act, promised_on, "promised_on", ahead=True)
    if promised_on and promised_on != referral.promised_on:
        former = day(referral.promised_on, "id") if referral.promised_on else "–"
        dates.promise(act, referral, promised_on)
        journal.record(act, "referral_due_moved", referral, former=former, due=day(promised_on, "id"))
    answers = {"note": note, "promised_on": _iso(promised_on)}
    return _answered(act, referral, "progress", answers, files=files, document_type=document_type, summary=note)


def provide(
    act: Act,
    referral: Referral,
    *,
    extent: str,
    note: str,
    served_on: date | None = None,
    files: Sequence[Any] = (),
    document_type: str | None = None,
    questions: Mapping[str, Any] | None = None,
) -> Incoming:
    """They have done it, wholly or in part; we ask the worker before we believe it."""
    advance(act, referral, "provide")
    if extent not in EXTENTS:
        raise Refused([Reason(_("Pilih seluruhnya atau sebagian."), field="extent")])
    letter = act.session.get_one(Letter, referral.letter_id)
    dates.expect_day(act, served_on, "served_on", not_before=letter.dated, ahead=False)
    referral.service, referral.service_note, referral.served_on = extent, note, served_on
    answers = {"extent": extent, "note": note, "served_on": _iso(served_on)} | _of_questions(questions)
    return _answered(act, referral, "provide", answers, files=files, document_type=document_type, summary=note)


def send_late(
    act: Act, referral: Referral, *, note: str, files: Sequence[Any] = (), document_type: str | None = None
) -> Incoming:
    """Something comes in after the referral has ended: kept, flagged, never lost (Alaveteli#7185)."""
    advance(act, referral, "send_late")
    referral.late_answer_at = act.at
    answers = {"note": note, "late": True}
    return _answered(act, referral, "send_late", answers, files=files, document_type=document_type, summary=note)


def _of_questions(given: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"questions": dict(given)} if given else {}


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def _has_arrived(act: Act, referral: Referral) -> None:
    """Whoever answers has received; what they were asked is then answered."""
    referral.received_at = referral.received_at or act.at
    referral.answered_at = referral.answered_at or act.at


def _answered(
    act: Act,
    referral: Referral,
    name: str,
    answers: dict[str, Any],
    *,
    files: Sequence[Any] = (),
    document_type: str | None = None,
    summary: str = "",
    sender_number: str = "",
) -> Incoming:
    """Register the answer, file what came with it, tell those who wait for it, and set the next due date."""
    letter = act.session.get_one(Letter, referral.letter_id)
    answers = {"act": name, "referral": referral.name} | answers
    if isinstance(act.by, Bearer):
        answers |= {"by": act.by.person, "via": "link"}
    found = _agenda_line(act, referral, letter, answers, files, summary, sender_number)
    if document_type and any(file.document_id is None for file in found.files):
        agenda.file_documents(act, found, document_type=document_type)
    referral.unread_answers += 1
    if referral.next_action == "lapse":
        referral.next_action = ""
    if is_theirs(act, referral):
        referral.seen_at = act.at
    if name != "send_late":
        dates.set_next(act, referral)
        _settle_letter(act, referral, letter)
    organisation = act.session.get_one(Item, referral.organisation_id)
    known = {"organisation": organisation.title, "number": found.name, "code": name}
    journal.record(act, "referral_answered", referral, answer=_word(name), due=_moment(referral), **known)
    catalog.index(act.session, referral)
    return found


def _agenda_line(
    act: Act,
    referral: Referral,
    letter: Letter,
    answers: dict[str, Any],
    files: Sequence[Any],
    summary: str,
    sender_number: str,
) -> Incoming:
    """A new line of the agenda; a written answer that has one already is not registered twice."""
    if referral.claimed and not is_theirs(act, referral):
        claimed = act.session.get_one(Incoming, referral.claimed["incoming"])
        claimed.answers, referral.claimed = answers, {}
        agenda.add_files(act, claimed, files=files)
        return claimed
    organisation = act.session.get_one(Item, referral.organisation_id)
    return agenda.register(
        act,
        channel="WEB" if is_theirs(act, referral) else "OTHER",
        subject=f"{_word(answers['act'])}: {referral.title}",
        sender=organisation.title,
        organisation_id=organisation.id,
        letter=letter,
        case=act.session.get_one(Case, referral.dossier_id),
        files=files,
        answers=answers,
        summary=summary,
        sender_number=sender_number,
        reason=translate(_("jawaban lewat tautan"), "id") if answers.get("via") == "link" else "",
    )


def _settle_letter(act: Act, referral: Referral, letter: Letter) -> None:
    dispatching.settle_portal(act, letter, referral.organisation_id, "acknowledged")
    if referral.answered_at is not None and letter.state == "dispatched":
        dispatching.answer(act, letter)


def _word(name: str) -> str:
    transition = WORKFLOW.transition(name)
    return translate(transition.title, "id") if transition else name


def _moment(referral: Referral) -> str:
    return referral.due_at.isoformat() if referral.due_at else ""
