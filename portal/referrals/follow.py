"""What a referral does when others act: its letter moves, a written answer comes in, somebody opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select, update

from portal import journal
from portal.acts import Act, Reason
from portal.content import item
from portal.content.sharing import Grant
from portal.correspondence import dispatching
from portal.correspondence.model import Delivery, Incoming, Letter, Recipient
from portal.i18n import _, translate
from portal.referrals import links, verbs
from portal.referrals.answers import is_theirs
from portal.referrals.chasemodel import Reminder
from portal.referrals.model import Referral
from portal.referrals.workflow import ENDED, OPEN, THEIRS, WORKFLOW

journal.declare(
    referral_read=_("${by} membuka rujukan"), referral_letter_read=_("${by} membuka surat rujukan: ${file}")
)

LETTER_ENDS = {
    "letter_voided": _("nomor surat dibatalkan"),
    "letter_withdrawn": _("surat ditarik"),
    "letter_discarded": _("konsep surat dibatalkan"),
}


def of_letter(act: Act, letter: Letter) -> list[Referral]:
    """The referrals that go with a letter."""
    return list(act.session.scalars(select(Referral).where(Referral.letter_id == letter.id)))


def _with(verb: Callable[[Act, Referral], Any], state: str) -> Callable[[Act, Any, Any], None]:
    def follow(act: Act, letter: Any, _entry: Any) -> None:
        for referral in of_letter(act, letter):
            if referral.state == state:
                verb(act, referral)

    return follow


def end_with_letter(act: Act, letter: Any, entry: Any) -> None:
    """A letter that ended takes its open referral with it."""
    for referral in of_letter(act, letter):
        if referral.state in OPEN:
            verbs.recall(act, referral, reason=translate(LETTER_ENDS[entry.event], "id"), is_told=True)
        else:
            links.end(act, referral, "recalled")


def close_link(act: Act, referral: Any, _entry: Any) -> None:
    """What was taken back can't be opened any more."""
    links.end(act, referral, "recalled")


def remind(act: Act, letter: Any, _entry: Any) -> None:
    """A reminder went out: the way to answer goes along by mail, where it can, apart from the letter with its code."""
    if letter.type_code != "reminder":
        return
    to = [r.organisation_id for r in letter.recipients if r.role == "to"]
    waiting = select(Referral).where(Referral.dossier_id == letter.dossier_id, Referral.state.in_(THEIRS))
    for referral in act.session.scalars(waiting.where(Referral.organisation_id.in_(to))).all():
        if not [*links.has_link(act, referral), *links.can_be_mailed(act, referral)]:
            links.send_link(act, referral)


def claim(act: Act, incoming: Any, _entry: Any) -> None:
    """A written answer to the letter is an answer to the referral, once a person has said so."""
    if not isinstance(incoming, Incoming) or incoming.letter_id is None or incoming.answers.get("act"):
        return
    reminded = select(Reminder.referral_id).where(Reminder.letter_id == incoming.letter_id)
    theirs = (Referral.letter_id == incoming.letter_id) | Referral.id.in_(reminded)
    for referral in act.session.scalars(select(Referral).where(theirs)).all():
        if referral.sent_at is None or referral.state == "recalled":
            continue
        at = incoming.received_at.isoformat()
        referral.claimed = {"incoming": incoming.id, "number": incoming.name, "at": at}
        referral.unread_answers += 1
        item.touch(act, referral)
        journal.record(act, "referral_claimed", referral, number=incoming.name)


def hear(act: Act, commented: Any, _entry: Any) -> None:
    """A message to the other side waits to be read there; it moves no version, so no open form is lost."""
    if not isinstance(commented, Referral):
        return
    theirs = is_theirs(act, commented)
    news = {"unread_answers": commented.unread_answers + 1} if theirs else {"told_at": act.at}
    _quietly(act, commented.id, **news)


def open_(act: Act, seen: Any, _entry: Any) -> None:
    """Whoever opens a referral has seen its news; the first look of the partner is the proof of delivery."""
    referral = act.session.get_one(Referral, seen.id)
    if not is_theirs(act, referral):
        _quietly(act, referral.id, unread_answers=0)
        return
    _quietly(act, referral.id, seen_at=act.at)
    letter = act.session.get_one(Letter, referral.letter_id)
    query = select(Delivery).join(Recipient, Recipient.id == Delivery.recipient_id)
    query = query.where(Delivery.letter_id == letter.id, Recipient.organisation_id == referral.organisation_id)
    if act.by.account_id is not None:  # who came by the link has the letter, whichever way it came
        query = query.where(Delivery.channel == "portal")
    query = query.where(Delivery.state.in_(("queued", "handed_over", "delivered")))
    for delivery in act.session.scalars(query):
        dispatching.settle(act, letter, delivery, "opened")


def _quietly(act: Act, referral_id: int, **values: Any) -> None:
    # Straight to the row: the item's version stays, so nobody's open form is refused because somebody looked.
    act.session.execute(update(Referral.__table__).where(Referral.__table__.c.id == referral_id).values(**values))  # type: ignore[arg-type]


def goes_to_whom_we_ask(act: Act, letter: Any) -> Iterable[Reason]:
    """The letter is addressed to the referral's organisation, and the referral still stands."""
    to = {r.organisation_id for r in letter.recipients if r.role == "to"}
    for referral in of_letter(act, letter):
        if referral.organisation_id not in to:
            yield Reason(_("Surat tidak ditujukan kepada penerima rujukannya."), mend="@edit", field="to")
        if referral.state in ENDED:
            yield Reason(_("Rujukan surat ini sudah ditarik."))


def has_begun(act: Act, case: Any) -> Iterable[Reason]:
    """Handling begins with a referral, or with an advocate who has a mandate."""
    asked = select(Referral.id).where(Referral.parent_id == case.id, Referral.state != "recalled")
    advocated = select(Grant.id).where(Grant.item_id == case.id, Grant.role == "ADVOCATE")
    if act.session.scalar(asked.limit(1)) is None and act.session.scalar(advocated.limit(1)) is None:
        yield Reason(_("Belum ada rujukan atau tindakan advokasi."), mend="@refer")


def referrals_have_ended(act: Act, case: Any) -> Iterable[Reason]:
    """No case is resolved or closed over a referral that is still open (invariant 3)."""
    query = select(Referral).where(Referral.parent_id == case.id, Referral.state.not_in(ENDED))
    for referral in act.session.scalars(query):
        known = {"title": referral.title, "state": WORKFLOW.state(referral.state).title}
        yield Reason(_("Rujukan “${title}” masih berjalan: ${state}.", mapping=known), mend=referral.name)


def was_taken_over(act: Act, case: Any) -> Iterable[Reason]:
    """The other body has said itself that it received the referral."""
    refused = ("declined", "redirected", "recalled", "lapsed")
    query = select(Referral.id).where(Referral.parent_id == case.id, Referral.received_at.is_not(None))
    if act.session.scalar(query.where(Referral.state.not_in(refused)).limit(1)) is None:
        yield Reason(_("Belum ada instansi yang menyatakan menerima rujukan kasus ini."), mend="@referrals")


def subscribe() -> None:
    """Listen to letters, to the agenda, to messages and to readers."""
    journal.subscribe("letter_approved", _with(verbs.approve, "drafted"))
    journal.subscribe("letter_revised", _with(verbs.return_to_draft, "approved"))
    journal.subscribe("letter_returned", _with(verbs.return_to_draft, "approved"))
    journal.subscribe("letter_dispatched", _with(verbs.send, "approved"))
    for event in LETTER_ENDS:
        journal.subscribe(event, end_with_letter)
    journal.subscribe("letter_dispatched", remind)
    journal.subscribe("referral_recalled", close_link)
    for event in ("referral_sent", "referral_answered", "referral_supplied", "referral_disputed"):
        journal.subscribe(event, links.prolong)
    journal.subscribe("incoming_matched", claim)
    journal.subscribe("comment_shared", hear)
    journal.subscribe("referral_read", open_)
