"""The steps of the demo that are done with letters: referrals, and what goes to complainants and late partners."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import deadlines
from portal.acts import Identity
from portal.cases import verbs as cases
from portal.clock import WIB
from portal.consents import coverage
from portal.content import sharing
from portal.content.item import Item
from portal.correspondence import dispatching, letters
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.demo import replay_consents, replay_fields
from portal.demo.names import chance
from portal.demo.replay_cases import give_up
from portal.demo.replay_documents import waive_missing
from portal.demo.replay_scene import Scene
from portal.directory.model import Organisation
from portal.documents import verbs as documents
from portal.documents.model import Document
from portal.referrals import verbs as referrals
from portal.referrals.workflow import OPEN
from portal.requirements import gaps

MOST_ENCLOSED = 4
CLOSED_BOXES = 3
"""So many partners have a mailbox that no longer takes anything; it happened not long ago."""

LATELY = timedelta(days=60)
BOUNCED = "550 5.1.1 Alamat penerima tidak dikenal"
"""What the partner's server answers."""


def draft_letter(scene: Scene) -> None:
    """A referral and its letter; with the first one, handling has begun."""
    facts, event, act = scene.trail.planned.facts, scene.event, scene.act()
    case, kind = scene.case, event.facts["letter"]
    type_ = letters.letter_types()[kind]
    needed = type_.enclosures
    if not facts.is_emergency:
        waive_missing(scene, gaps.blocking(scene.session, case, needed))
    partner = scene.session.get_one(Organisation, scene.agency.units[event.facts["partner"]])
    replay_consents.ask(scene, partner)
    listed = next((field.id for field in type_.fields if field.source == "letter.enclosures"), "")
    enclosed = _enclosable(scene, partner, () if listed else needed)
    names = {listed: [document.title for document in enclosed]} if listed and enclosed else {}
    referral = referrals.draft(
        act,
        case,
        organisation_id=partner.id,
        letter_type=kind,
        ask=replay_fields.ask(kind),
        fields=replay_fields.answers(kind, facts, event) | _reply_by(scene, kind) | names,
        enclosures=[document.id for document in enclosed],
        redirected_from=_parent(scene),
    )
    scene.trail.referrals[event.referral or 0] = referral.id
    letter = scene.letter
    signer = scene.agency.people[event.facts["signer"]].account_id
    changes: dict[str, Any] = {"signer_id": signer} if letter.signer_id != signer else {}
    if missing := replay_fields.leftovers(letter):
        changes["fields"] = missing
    if changes:
        correspondence.amend(act, letter, **changes)
    if case.state in {"clarifying", "triaged", "reopened"}:
        cases.begin(act, case)


def _reply_by(scene: Scene, kind: str) -> dict[str, Any]:
    days = letters.letter_types()[kind].reply_days
    out = datetime.fromisoformat(scene.event.facts["out"])
    return {"reply_by": deadlines.due(scene.session, out, days, "workday").astimezone(WIB).date()} if days else {}


def _enclosable(scene: Scene, partner: Organisation, kinds: tuple[str, ...]) -> list[Document]:
    """Some accepted papers of the case that such a partner may see: of these types, or of any if none is named."""
    allowed = coverage.allowed(scene.session, partner.stakeholder_type).documents
    query = select(Document).where(Document.parent_id == scene.trail.case_id, Document.state == "accepted")
    query = query.where(Document.document_type.in_(allowed.intersection(kinds) if kinds else allowed))
    return list(scene.session.scalars(query.order_by(Document.id).limit(MOST_ENCLOSED)))


def _parent(scene: Scene) -> Any:
    """The referral that was sent on to this partner."""
    plans = scene.trail.planned.done.referrals
    parent = next((p.parent for p in plans if p.number == scene.event.referral), None)
    known = scene.trail.referrals.get(parent) if parent is not None else None
    return scene.session.get(Item, known) if known else None


def submit(scene: Scene) -> None:
    """The officer puts it before the others; what was given back is mended first."""
    letter, act = scene.letter, scene.act()
    if scene.event.text and "reply_by" in letter.fields:
        later = datetime.fromisoformat(letter.fields["reply_by"]) + timedelta(days=1)
        correspondence.amend(act, letter, fields={"reply_by": later.date()})
    correspondence.submit(act, letter)


def give_back(scene: Scene) -> None:
    """The reviewer wants it changed."""
    correspondence.give_back(scene.act(), scene.letter, note=scene.event.text)


def initial(scene: Scene) -> None:
    """The reviewer puts the initials, where the office's rules ask for them."""
    if scene.letter.chain:
        correspondence.initial(scene.act(), scene.letter, note=scene.event.text)


def sign(scene: Scene) -> None:
    """The named signer approves."""
    letter = scene.letter
    correspondence.approve(scene.act(signer_of(scene, letter)), letter)


def signer_of(scene: Scene, letter: Letter) -> Identity:
    """Who has to sign."""
    return scene.agency.by_account[letter.signer_id]


def issue(scene: Scene) -> None:
    """Number and date."""
    correspondence.issue(scene.act(), scene.letter)


def send(scene: Scene) -> None:
    """It goes out."""
    correspondence.dispatch(scene.act(), scene.letter)


def look_at_mail(scene: Scene) -> None:
    """Some mailboxes have been closed lately: the mail comes back, and the registrar writes that down."""
    agency, partner = scene.agency, _partner(scene)
    if not partner or scene.event.at < agency.until - LATELY:
        return
    if len(agency.closed_boxes) < CLOSED_BOXES:
        agency.closed_boxes.add(partner)
    if partner in agency.closed_boxes:
        letter = scene.letter
        for delivery in dispatching.deliveries(scene.session, letter):
            if delivery.channel == "email":
                correspondence.note_delivery(
                    scene.act(), letter, delivery_id=delivery.id, state="hard_failed", proof=BOUNCED
                )


def _partner(scene: Scene) -> str:
    plans = scene.trail.planned.done.referrals
    return next((p.partner for p in plans if p.number == scene.event.referral), "")


def own_draft(scene: Scene) -> None:
    """A letter to the complainant, or a reminder; none where there is nothing to ask any more."""
    facts, session, case = scene.event.facts, scene.session, scene.case
    kind = facts["letter"]
    if case.state == "closed":
        return
    to, fields = [], {}
    if kind == "reminder":
        referral = scene.referral
        first = session.get_one(Letter, referral.letter_id)
        if referral.state not in OPEN or first.number is None:
            return
        rounds = sum(name.startswith(f"remind-{scene.event.referral}-") for name in scene.trail.letters)
        to, fields = [referral.organisation_id], replay_fields.reminder(first, rounds) | _reply_by(scene, kind)
    elif kind == "notice_complainant":
        fields = replay_fields.notice(scene.event.text)
    elif not any(gap.necessity != "optional" for gap in gaps.gaps(session, case)):
        return
    letter = correspondence.draft(scene.act(), case, type_code=kind, to=to, fields=fields)
    if missing := replay_fields.leftovers(letter):
        correspondence.amend(scene.act(), letter, fields=missing)
    scene.trail.letters[facts["letter_name"]] = letter.id


def _own(scene: Scene, state: str) -> Letter | None:
    """The letter, if it was written and nothing has ended it meanwhile."""
    known = scene.trail.letters.get(scene.event.facts["letter_name"])
    letter = scene.session.get_one(Letter, known) if known else None
    return letter if letter is not None and letter.state == state else None


def own_submit(scene: Scene) -> None:
    """Put it before the signer."""
    if letter := _own(scene, "draft"):
        correspondence.submit(scene.act(), letter)


def own_sign(scene: Scene) -> None:
    """The signer approves."""
    if letter := _own(scene, "in_review"):
        correspondence.approve(scene.act(signer_of(scene, letter)), letter)


def own_issue(scene: Scene) -> None:
    """Number and date."""
    if letter := _own(scene, "approved"):
        correspondence.issue(scene.act(), letter)


def own_send(scene: Scene) -> None:
    """It goes out."""
    if letter := _own(scene, "issued"):
        correspondence.dispatch(scene.act(), letter)


def own_proof(scene: Scene) -> None:
    """What went by post has a number at the carrier's."""
    letter = _own(scene, "dispatched")
    if letter is None:
        return
    for delivery in dispatching.deliveries(scene.session, letter):
        if delivery.channel == "post":
            receipt = f"Resi P{chance('post', delivery.id).randrange(10**9):09d}"
            act = scene.act()
            correspondence.note_delivery(act, letter, delivery_id=delivery.id, state="handed_over", proof=receipt)


def recall(scene: Scene) -> None:
    """Take the ask back, whichever way its letter has gone."""
    referral, letter = scene.referral, scene.letter
    if letter.state in {"in_review", "approved", "issued"}:
        give_up(scene, letter)
    elif referral.state in OPEN:
        referrals.recall(scene.act(), referral, reason=scene.event.text)


def lapse(scene: Scene) -> None:
    """Nothing came; nothing more is waited for."""
    referrals.lapse(scene.act(), scene.referral)


def supply(scene: Scene) -> None:
    """Answer what the partner asked back."""
    partner = scene.session.get_one(Organisation, scene.referral.organisation_id)
    given = [document.id for document in _enclosable(scene, partner, ())[:1]]
    referrals.supply(scene.act(), scene.referral, note=scene.event.text, documents=given)


def confirm(scene: Scene) -> None:
    """The complainant says that it has arrived; the papers that proved it are taken as good."""
    who = scene.trail.planned.facts.complainant
    name = f"Pengadu, {who.name}" if who else "Bukti dari instansi"
    referrals.confirm(scene.act(), scene.referral, confirmed_by=name, outcome=scene.event.text)
    proofs = select(Document).where(Document.parent_id == scene.trail.case_id, Document.provider == "partner")
    for document in scene.session.scalars(proofs.where(Document.state == "received")).all():
        documents.accept(scene.act(), document)


def mandate(scene: Scene) -> None:
    """An advocate may see the case, by power of attorney."""
    advocate = scene.agency.people[scene.event.facts["advocate"]]
    reference = f"Surat kuasa {scene.event.at:%d-%m-%Y}"
    sharing.give(
        scene.act(), scene.case, f"account:{advocate.account_id}", "ADVOCATE", cause="mandate", reference=reference
    )


STEPS = {
    "draft_letter": draft_letter,
    "submit": submit,
    "return": give_back,
    "initial": initial,
    "sign": sign,
    "issue": issue,
    "send": send,
    "look_at_mail": look_at_mail,
    "own_draft": own_draft,
    "own_submit": own_submit,
    "own_sign": own_sign,
    "own_issue": own_issue,
    "own_send": own_send,
    "own_proof": own_proof,
    "recall": recall,
    "lapse": lapse,
    "supply": supply,
    "confirm": confirm,
    "mandate": mandate,
}
