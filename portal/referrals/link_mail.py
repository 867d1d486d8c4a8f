"""The mail that carries an answer link: the link alone, for the letter holds the code."""

from __future__ import annotations

import re

from portal import journal, mail
from portal.acts import Act
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.i18n import _, day, translate
from portal.referrals.model import AnswerLink, Referral

IN_TEXT = re.compile(r"(/answer/)[0-9A-Z-]{16,}")

journal.declare(answer_link_mailed=_("Tautan jawaban dikirim ke ${address}"))

SUBJECT = _("Mohon jawaban atas surat Nomor ${number}")
PRINTED = _("Kode jawaban tercetak pada surat itu, di bawah “Jawaban melalui”.")
TOLD = _("Kode jawaban yang baru kami sampaikan lewat telepon; kode pada surat tidak berlaku lagi.")
TEXT = _(
    """Dengan hormat,

Surat kami Nomor ${number} tanggal ${date} dapat dijawab tanpa akun di:

${address}

${code}
${until}
Pesan ini dikirim otomatis dan tidak memuat isi surat.
"""
)


def send(act: Act, referral: Referral, letter: Letter, link: AnswerLink, url: str) -> None:
    """The link alone: never together with the letter, which holds the code."""
    organisation = act.session.get_one(Organisation, referral.organisation_id)
    lang = organisation.language
    until = _("Tautan berlaku sampai ${day}.", mapping={"day": day(link.expires_at, lang)}) if link.expires_at else ""
    known = {
        "number": letter.number or "",
        "date": day(letter.dated, lang) if letter.dated else "",
        "address": url,
        "code": translate(PRINTED if link.is_printed else TOLD, lang),
        "until": translate(until, lang),
    }
    subject = translate(SUBJECT % known, lang)
    mail.post(act, organisation.email, subject, translate(TEXT % known, lang), item_id=referral.id)
    link.mailed_at, link.mailed_to = act.at, organisation.email
    journal.record(act, "answer_link_mailed", referral, address=organisation.email)


def _forget_address(act: Act, sent: mail.Mail) -> None:
    # The outbox keeps what was sent, but not what opens a referral; in a demonstration it is the mailbox.
    if sent.state == "sent" and not act.site.settings.demo:
        sent.text = IN_TEXT.sub(r"\1…", sent.text)


mail.FOLLOWERS.append(_forget_address)
