"""The story of a referral: what went out, how it went, what came back and what was said, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.accounts.model import Membership
from portal.content import comments
from portal.content.tree import path
from portal.correspondence.dispatching import CHANNELS, STATES
from portal.correspondence.model import Delivery, Incoming, IncomingFile, Letter, Recipient
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _, day
from portal.pages import Fact
from portal.referrals import ladder, questions
from portal.referrals.answers import EXTENTS
from portal.referrals.chasemodel import Reminder
from portal.referrals.model import Referral
from portal.referrals.workflow import WORKFLOW

WRITTEN = _("Jawaban tertulis")


@dataclass(frozen=True)
class Attached:
    """A file that came with an answer."""

    id: int
    title: str
    size: int
    document: Document | None


@dataclass(frozen=True)
class Answer:
    """One answer of the partner, by its agenda line."""

    number: str
    title: Any
    at: datetime
    facts: list[Fact]
    files: list[Attached]
    is_late: bool


@dataclass(frozen=True)
class Chapter:
    """One thing that happened, in the words of whoever did it."""

    at: datetime
    who: str
    title: Any
    ours: bool
    text: str = ""
    url: str = ""
    facts: list[Fact] = field(default_factory=list)
    files: list[Attached] = field(default_factory=list)


def answers(session: Session, referral: Referral, lang: str) -> list[Answer]:
    """What the partner answered, oldest first."""
    about = ladder.letters_about(session, referral)
    query = select(Incoming).where(Incoming.letter_id.in_(about), Incoming.organisation_id == referral.organisation_id)
    asked = questions.of(session, referral)
    return [_answer(session, i, asked, lang) for i in session.scalars(query.order_by(Incoming.id))]


def _answer(session: Session, incoming: Incoming, asked: list[dict[str, str]], lang: str) -> Answer:
    said = incoming.answers
    transition = WORKFLOW.transition(said.get("act", ""))
    files = [_attached(session, f) for f in incoming.files]
    title = transition.title if transition else WRITTEN
    facts = _facts(session, said, lang) if transition else [Fact(_("Isi"), incoming.summary or incoming.title)]
    facts += questions.facts(asked, said, lang)
    return Answer(incoming.name, title, incoming.received_at, facts, files, bool(said.get("late")))


def _attached(session: Session, file: IncomingFile) -> Attached:
    document = session.get(Document, file.document_id) if file.document_id else None
    return Attached(file.id, document.title if document else file.filename, file.size, document)


def _facts(session: Session, said: dict[str, Any], lang: str) -> list[Fact]:
    """The partner's answer in words."""
    reason = vocabulary.name(session, "decline_reason", said.get("code"), lang)
    found = [
        (_("Petugas"), said.get("officer")),
        (_("Nomor berkas"), said.get("number")),
        (_("Alasan"), reason),
        (_("Instansi yang ditunjuk"), said.get("to")),
        (_("Yang diminta"), said.get("info")),
        (_("Cakupan"), EXTENTS.get(said.get("extent", ""))),
        (_("Tanggal pelaksanaan"), _day(said.get("served_on"), lang)),
        (_("Penjelasan"), said.get("note")),
        (_("Kabar berikutnya"), _day(said.get("promised_on"), lang)),
        (_("Disampaikan oleh"), _teller(said)),
    ]
    return [Fact(title, value) for title, value in found if value]


def _teller(said: dict[str, Any]) -> Any:
    """Who came by the link, under the name that he or she typed."""
    words = _("${person} (lewat tautan jawaban)", mapping={"person": said.get("by", "")})
    return words if said.get("via") == "link" else None


def _day(value: str | None, lang: str) -> str:
    return day(date.fromisoformat(value), lang) if value else ""


def chapters(session: Session, referral: Referral, case_name: str, lang: str) -> list[Chapter]:
    """All of it, oldest first."""
    letter = session.get_one(Letter, referral.letter_id)
    organisation = session.get_one(Organisation, referral.organisation_id)
    found = [Chapter(referral.created_at, "", _("Rujukan disiapkan"), True)]
    if referral.sent_at:
        title = _("Surat Nomor ${number} dikirim", mapping={"number": letter.number or ""})
        found.append(Chapter(referral.sent_at, "", title, True, letter.title, path(letter, case_name)))
        found += _deliveries(session, letter, organisation)
    for one in answers(session, referral, lang):
        where = f"/incoming/{one.number}"
        found.append(Chapter(one.at, organisation.title, one.title, False, "", where, one.facts, one.files))
    found += _reminders(session, referral, case_name)
    for given in referral.supplied:
        titles = ", ".join(d["title"] for d in given["documents"])
        facts = [Fact(_("Dokumen diberikan"), titles)] if titles else []
        at = datetime.fromisoformat(given["at"])
        found.append(Chapter(at, "", _("Keterangan kami"), True, given["note"], "", facts))
    theirs = members(session, referral.organisation_id)
    for said in comments.listing(session, referral, {comments.SHARED}):
        ours = said.by_id is not None and said.by_id not in theirs  # who came by the link has no account
        found.append(Chapter(said.at, said.by_name, _("Pesan"), ours, said.text))
    return sorted(found, key=lambda c: c.at)


def _reminders(session: Session, referral: Referral, case_name: str) -> list[Chapter]:
    """Every rung of the ladder that was climbed, with its letter."""
    names = {rung.code: rung.name for rung in ladder.rungs(session)}
    query = select(Reminder).where(Reminder.referral_id == referral.id).order_by(Reminder.id)
    found = []
    for reminder in session.scalars(query):
        letter = session.get(Letter, reminder.letter_id) if reminder.letter_id else None
        text = reminder.skipped or (f"{letter.title} {letter.number or ''}".strip() if letter else "")
        url = path(letter, case_name) if letter else ""
        found.append(Chapter(reminder.at, "", names.get(reminder.step, reminder.step), True, text, url))
    return found


def members(session: Session, unit_id: int) -> set[int]:
    """The accounts of an organisation."""
    return set(session.scalars(select(Membership.account_id).where(Membership.unit_id == unit_id)))


def _deliveries(session: Session, letter: Letter, organisation: Organisation) -> list[Chapter]:
    query = select(Delivery).join(Recipient, Recipient.id == Delivery.recipient_id)
    query = query.where(Delivery.letter_id == letter.id, Recipient.organisation_id == organisation.id)
    return [
        Chapter(
            d.at,
            "",
            _(
                "Pengiriman lewat ${channel}: ${state}",
                mapping={"channel": CHANNELS[d.channel], "state": STATES[d.state]},
            ),
            True,
            d.address,
        )
        for d in session.scalars(query.order_by(Delivery.id))
    ]
