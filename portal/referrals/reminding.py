"""What a reminder says: which letters and messages went before it, when, and how one knows that they arrived."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from portal import mail
from portal.accounts.model import Account
from portal.acts import Act
from portal.cases.model import Case
from portal.correspondence import dispatching, letters
from portal.correspondence.dispatching import CHANNELS, STATES
from portal.correspondence.guards import EVIDENCE
from portal.correspondence.model import Delivery, Letter, Recipient
from portal.deadlines import day_of
from portal.directory.model import Organisation
from portal.i18n import _, day, translate
from portal.mail import Mail
from portal.referrals import links
from portal.referrals.chasemodel import Reminder
from portal.referrals.model import Referral

REQUESTS = "requests"
ROUNDS = ("Kesatu", "Kedua", "Ketiga")

SUBJECT = _("Mohon kabar atas surat Nomor ${number}")
TEXT = _(
    """Dengan hormat,

Surat kami Nomor ${number} tanggal ${date} mohon dijawab paling lambat ${due}. Sampai hari ini jawabannya belum kami terima.

Yang telah kami kirim:
${earlier}

Mohon kabar tentang penanganannya, atau tentang kendala dan perkiraan waktunya.
${answer}
Bila jawaban sudah dikirim, mohon diberitahukan kapan dan lewat apa. Pesan ini dikirim otomatis dan tidak memuat isi surat.
"""
)
ANSWER = _("Jawaban dapat disampaikan tanpa akun di ${url}, dengan kode yang tercetak pada surat.")
NO_PROOF = _("belum ada bukti terkirim")


def post(act: Act, referral: Referral, done: list[Reminder]) -> Mail:
    """The polite rung: a message by mail, without number and without anything of the letter's content."""
    office = act.session.get_one(Organisation, referral.organisation_id)
    letter = act.session.get_one(Letter, referral.letter_id)
    lang, url = office.language, links.printed(act, referral)
    known = {
        "number": letter.number or "",
        "date": day(letter.dated, lang) if letter.dated else "",
        "due": day(day_of(referral.due_at), lang) if referral.due_at else "",
        "earlier": "\n".join(f"- {line}" for line in earlier(act.session, referral, done, lang)),
        "answer": translate(ANSWER % {"url": url}, lang) if url else "",
    }
    subject = translate(SUBJECT % known, lang)
    text = translate(TEXT % known, lang)
    # Official: what may have gone out is not sent again by itself.
    return mail.post(act, office.email, subject, text, item_id=referral.id, is_official=True)


def earlier(session: Session, referral: Referral, done: list[Reminder], lang: str) -> list[str]:
    """The letter itself and each reminder since, with its proof of delivery."""
    found = [_letter_line(session, session.get_one(Letter, referral.letter_id), lang)]
    for reminder in done:
        letter = session.get(Letter, reminder.letter_id) if reminder.letter_id else None
        sent = session.get(Mail, reminder.outbox_id) if reminder.outbox_id else None
        if letter is not None:
            found.append(_letter_line(session, letter, lang))
        elif sent is not None:
            found.append(_mail_line(sent, lang))
    return found


def _letter_line(session: Session, letter: Letter, lang: str) -> str:
    proofs = [_proof(session, delivery, lang) for delivery in dispatching.deliveries(session, letter)]
    known = {
        "number": letter.number or "",
        "date": day(letter.dated, lang) if letter.dated else "",
        "proof": ", ".join(proofs) or translate(NO_PROOF, lang),
    }
    return translate(_("surat Nomor ${number} tanggal ${date}: ${proof}", mapping=known), lang)


def _proof(session: Session, delivery: Delivery, lang: str) -> str:
    known = {
        "channel": translate(CHANNELS[delivery.channel], lang).lower(),
        "state": translate(STATES[delivery.state], lang).lower(),
        "day": day(day_of(delivery.at), lang),
    }
    words = translate(_("lewat ${channel}, ${state} ${day}", mapping=known), lang)
    office = session.get_one(Recipient, delivery.recipient_id)
    receipt = f" ({delivery.response})" if delivery.channel in {"post", "courier"} and delivery.response else ""
    return f"{words}{receipt}" if office.role == "to" or delivery.state in EVIDENCE else words


def _mail_line(sent: Mail, lang: str) -> str:
    at = day(day_of(sent.sent_at or sent.created_at), lang)
    known = {"day": at, "address": sent.address}
    if sent.state == "sent":
        words = _("pesan pos-el ${day} ke ${address}, diterima peladen penerima", mapping=known)
    else:
        words = _("pesan pos-el ${day} ke ${address}, belum terbukti sampai", mapping=known)
    return translate(words, lang)


def fields(act: Act, referral: Referral, type_code: str, done: list[Reminder], lang: str) -> dict[str, Any]:
    """Values for a reminder letter of that type; what the type does not ask for is left out."""
    first = act.session.get_one(Letter, referral.letter_id)
    round_ = min(sum(reminder.way == "letter" for reminder in done), len(ROUNDS) - 1)
    known: dict[str, Any] = {
        "round": ROUNDS[round_],
        "office": act.session.get_one(Organisation, referral.organisation_id).title,
        "previous_number": first.number or "",
        "previous_date": first.dated.isoformat() if first.dated else None,
        "previous_subject": first.title,
        REQUESTS: first.fields.get(REQUESTS) or [referral.ask],
        "earlier": earlier(act.session, referral, done, lang),
    } | _officer(act, referral)
    asked = {field.id for field in letters.letter_types()[type_code].fields}
    return {name: value for name, value in known.items() if name in asked and value}


def _officer(act: Act, referral: Referral) -> dict[str, Any]:
    """Who is to be called: who has the case, else who asked."""
    case = act.session.get_one(Case, referral.dossier_id)
    account = act.session.get(Account, case.assignee_id or referral.created_by or 0)
    if account is None:
        return {}
    own = {"officer_name": account.name, "officer_email": account.email}
    return own | ({"officer_phone": account.phone} if account.phone else {})
