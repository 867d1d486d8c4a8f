"""What becomes of referrals when a consent ends: links end, people are told what to do, and the consent is seen off."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal import journal
from portal.acts import Act
from portal.cases.model import Case
from portal.consents import coverage
from portal.consents import verbs as consents
from portal.consents.model import Consent
from portal.consents.workflow import ENDED
from portal.content import catalog, item
from portal.content.workflow import advance
from portal.correspondence import disclosures, drafting, letters
from portal.correspondence.model import Letter
from portal.i18n import _
from portal.referrals import links
from portal.referrals.model import Referral
from portal.referrals.workflow import ADDRESSEE, ANSWERABLE, OPEN

RECALL = "recall"
"""The letter that takes back what was told."""
FELL = "ground"
"""The next action of a referral whose consent has ended."""

journal.declare(
    referral_recall_drafted=_("${by} menyusun surat penarikan"),
    referral_ground_fell=_("Persetujuan rujukan ini berakhir: tautan dan isi ditutup bagi instansi"),
    referral_ground_back=_("Rujukan ini punya dasar yang berlaku lagi"),
)


def fall(act: Act, consent: Any, _entry: Any) -> None:
    """What rests on it is closed to its readers at once; staff decide about the referral."""
    sent = select(Referral).where(Referral.parent_id == consent.parent_id, Referral.state.in_(ANSWERABLE))
    for referral in act.session.scalars(sent.order_by(Referral.id)).all():
        if disclosures.stands(act, referral.letter_id or 0, referral.organisation_id):
            continue
        links.end(act, referral, "ground")
        if referral.next_action in {"", "lapse"} or (referral.state in OPEN and referral.next_action != FELL):
            referral.next_action = FELL
            item.touch(act, referral)
            journal.record(act, "referral_ground_fell", referral)
            catalog.index(act.session, referral)
    see_off(act, consent)


def opens(act: Act, referral: Any, permission: str, roles: frozenset[str]) -> bool:
    """What went out on a consent is read by its addressee no longer than that holds."""
    if roles != {ADDRESSEE} or permission not in {"content", "comment"} or referral.sent_at is None:
        return True
    return disclosures.stands(act, referral.letter_id, referral.organisation_id)


def see_off(act: Act, concerned: Any, _entry: Any = None) -> None:
    """A consent has ended for good once no referral waits for what is to be done about it."""
    case_id = concerned.parent_id
    waiting = select(Referral.id).where(Referral.parent_id == case_id, Referral.next_action == FELL)
    if act.session.scalar(waiting.limit(1)) is not None:
        return
    ended = select(Consent).where(Consent.parent_id == case_id, Consent.state.in_(ENDED))
    for consent in act.session.scalars(ended.order_by(Consent.id)).all():
        consents.settle(act, consent)


def take_up(act: Act, consent: Any, _entry: Any) -> None:
    """A new ground: referrals that had lost theirs stand again, and drafts that wait for it say so."""
    lost = select(Referral).where(Referral.parent_id == consent.parent_id, Referral.next_action == FELL)
    for referral in act.session.scalars(lost.order_by(Referral.id)).all():
        if disclosures.stands(act, referral.letter_id or 0, referral.organisation_id):
            referral.next_action = ""
            item.touch(act, referral)
            journal.record(act, "referral_ground_back", referral)
            catalog.index(act.session, referral)
    see_off(act, consent)
    _fill_in(act, consent)


def _fill_in(act: Act, consent: Any) -> None:
    drafts = select(Letter).where(Letter.parent_id == consent.parent_id, Letter.state == "draft")
    for letter in act.session.scalars(drafts.order_by(Letter.id)).all():
        type_ = letters.type_of(letter)
        fields = [f.id for f in type_.fields if f.source == disclosures.STATEMENT and not letter.fields.get(f.id)]
        case_id, lang = letter.dossier_id or 0, letter.language
        if fields and (words := coverage.statement(act, case_id, type_.addressees, lang)):
            drafting.amend(act, letter, fields=dict.fromkeys(fields, words))


def resting(act: Act, consent: Consent) -> list[tuple[item.Item, bool]]:
    """The referrals that went out on it, and whether each may still be read."""
    told = select(disclosures.Disclosure.letter_id).where(disclosures.Disclosure.consent_id == consent.id)
    query = select(Referral).where(Referral.letter_id.in_(told)).order_by(Referral.id)
    return [(r, disclosures.stands(act, r.letter_id or 0, r.organisation_id)) for r in act.session.scalars(query)]


def write_recall(act: Act, referral: Referral) -> Any:
    """Draft the letter that asks the partner to stop using what it was told; gives the sentence that says where it is."""
    advance(act, referral, "write_recall")
    case, letter = act.session.get_one(Case, referral.dossier_id), act.session.get_one(Letter, referral.letter_id)
    fields = {"previous_number": letter.number, "previous_date": letter.dated}
    draft = drafting.draft(act, case, type_code=RECALL, to=[referral.organisation_id], fields=fields)
    if referral.state not in OPEN and referral.next_action == FELL:
        referral.next_action = ""  # nothing is left to be recalled but what was told
    journal.record(act, "referral_recall_drafted", referral, letter=draft.name)
    catalog.index(act.session, referral)
    see_off(act, referral)
    return _("Konsep surat penarikan ada di ${name}; pilih alasannya, lalu ajukan.", mapping={"name": draft.name})


def subscribe() -> None:
    """Listen to consents, and to what ends a referral."""
    for event in ("consent_withdrawn", "consent_expired"):
        journal.subscribe(event, fall)
    for event in ("consent_recorded", "override_confirmed"):
        journal.subscribe(event, take_up)
    for event in ("recalled", "closed", "answered", "lapsed"):
        journal.subscribe(f"referral_{event}", see_off)
