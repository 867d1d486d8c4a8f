"""Mail out: an outbox row in the act's transaction, sent by a job; letters that may have gone out are never sent twice."""

from __future__ import annotations

import smtplib
from contextlib import closing, suppress
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import jobs, journal
from portal.acts import Act, Reason, Refused, Site
from portal.blobs import Damaged
from portal.db import Base, Id
from portal.i18n import _

SEND = "mail.send"
TIMEOUT_SECONDS = 30
STOPPED = ("failed", "uncertain")
"""States in which a mail waits for a person's decision."""

journal.declare(
    mail_found_delivered=_("${by} memastikan surel ${mail} sudah sampai: ${proof}"),
    mail_sent_again=_("${by} mengirim ulang surel ${mail}"),
)


class Mail(Base):
    """One mail to one address: queued → sending → sent, failed, or uncertain (the line died after the text)."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    attachments: Mapped[list[Any]]
    """[{sha256, filename, media_type}]"""
    is_official: Mapped[bool]
    """Official letters stop at "uncertain" and a person decides; notices may be sent again."""
    state: Mapped[str] = mapped_column(default="queued", index=True)
    response: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Refusal(Exception):
    """The other server's word against this mail: for good (5xx) or for now (4xx)."""

    def __init__(self, code: int, words: bytes | str) -> None:
        """What it said."""
        super().__init__(_answer(code, words))
        self.code = code


class CutOff(Exception):
    """The line died after the text had begun: nobody knows whether the other server took the mail."""


def post(
    act: Act,
    address: str,
    subject: str,
    text: str,
    *,
    item_id: int | None = None,
    attachments: tuple[dict[str, str], ...] = (),
    is_official: bool = False,
) -> Mail:
    """Put a mail into the outbox; it goes out after the act has committed."""
    if any(c in address + subject for c in "\r\n") or "@" not in address:
        raise ValueError("address or subject of a mail")
    mail = Mail(
        item_id=item_id,
        address=address,
        subject=subject,
        text=text,
        attachments=list(attachments),
        is_official=is_official,
        state="queued",
        created_at=act.at,
    )
    act.session.add(mail)
    act.session.flush()
    jobs.enqueue(act, SEND, dedup=f"mail/{mail.id}", mail_id=mail.id)
    return mail


FOLLOWERS: list[Any] = []
"""Called as follow(act, mail) in the transaction that settles a mail's state."""


def _send(site: Site, payload: dict[str, Any]) -> None:
    claimed = _claim(site, payload["mail_id"])
    if claimed is None:
        return
    mail, message = claimed
    try:
        response = deliver(site, message)
    except Refusal as refusal:
        if refusal.code < 500:
            _put_back(site, mail, str(refusal), f"SMTP {refusal.code}")
        _settle(site, mail.id, "failed", str(refusal))
    except CutOff as cut:
        if not mail.is_official:
            _put_back(site, mail, str(cut), str(cut))
        _settle(site, mail.id, "uncertain", str(cut))
    except OSError as error:  # SMTPException is one too; nothing of the text has left us
        _put_back(site, mail, type(error).__name__, type(error).__name__)
    else:
        _settle(site, mail.id, "sent", response)


def _put_back(site: Site, mail: Mail, response: str, reason: str) -> NoReturn:
    _settle(site, mail.id, "queued", response)
    raise jobs.Failed(reason)


def _give_up(site: Site, payload: dict[str, Any]) -> None:
    with site.act() as act:
        mail = act.session.get_one(Mail, payload["mail_id"], with_for_update=True)
        if mail.state == "queued":
            _change(act, mail, "failed", mail.response)
        elif mail.state == "sending":
            _change(act, mail, "uncertain", "workers stopped while sending")


def _answer(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text[:300]}"


def _claim(site: Site, mail_id: int) -> tuple[Mail, EmailMessage] | None:
    with site.act() as act:
        mail = act.session.get(Mail, mail_id, with_for_update=True)
        if mail is None or mail.state not in {"queued", "sending"}:
            return None
        if mail.state == "sending" and mail.is_official:
            # The worker died while it was sending: nobody knows whether the letter went out.
            _change(act, mail, "uncertain", "worker stopped while sending")
            return None
        try:
            message = _message(site, mail)
        except Damaged as damaged:
            _change(act, mail, "failed", f"file {damaged} is missing or damaged")
            return None
        mail.state = "sending"
        return mail, message


def _settle(site: Site, mail_id: int, state: str, response: str) -> None:
    with site.act() as act:
        _change(act, act.session.get_one(Mail, mail_id, with_for_update=True), state, response)


def _change(act: Act, mail: Mail, state: str, response: str) -> None:
    mail.state, mail.response = state, response
    if state == "sent":
        mail.sent_at = act.at
    for follow in FOLLOWERS:
        follow(act, mail)


def _message(site: Site, mail: Mail) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    host = urlsplit(site.settings.public_url).hostname or "localhost"
    message["From"] = site.settings.mail_from
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<rujukan-{mail.id}@{host}>"  # derived: a mail sent again is recognisable
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    for part in mail.attachments:
        main, _slash, sub = part["media_type"].partition("/")
        message.add_attachment(site.blobs.read(part["sha256"]), maintype=main, subtype=sub, filename=part["filename"])
    return message


def deliver(site: Site, message: EmailMessage) -> str:
    """Hand a message over as the settings say, and give the other side's answer."""
    if not site.settings.mail:
        folder = site.settings.data / "mail"
        folder.mkdir(exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(message.as_bytes())
        return "kept in the mail folder"
    server = urlsplit(site.settings.mail)
    with closing(smtplib.SMTP(server.hostname or "localhost", server.port or 25, timeout=TIMEOUT_SECONDS)) as smtp:
        if server.username and server.password:
            smtp.starttls()
            smtp.login(server.username, server.password)
        response = _converse(smtp, message)
        with suppress(OSError):  # it has the mail; what it says when we leave changes nothing
            smtp.quit()
    return response


def _converse(smtp: smtplib.SMTP, message: EmailMessage) -> str:
    smtp.ehlo_or_helo_if_needed()
    _accepted(*smtp.mail(str(message["From"])))
    _accepted(*smtp.rcpt(str(message["To"])))
    try:
        return _accepted(*smtp.data(message.as_bytes()))
    except smtplib.SMTPResponseException as error:
        raise Refusal(error.smtp_code, error.smtp_error) from error
    except OSError as error:
        raise CutOff(type(error).__name__) from error


def _accepted(code: int, words: bytes) -> str:
    if code not in {250, 251}:
        raise Refusal(code, words)
    return _answer(code, words)


def uncertain(act: Act) -> list[Mail]:
    """Official mails of which nobody knows whether they went out."""
    return list(act.session.scalars(select(Mail).where(Mail.state == "uncertain").order_by(Mail.id)))


def was_delivered(act: Act, mail: Mail, *, proof: str) -> None:
    """Say that a mail of which the portal does not know it has arrived, and how one knows."""
    _decide(act, mail)
    _change(act, mail, "sent", proof)
    journal.record(act, "mail_found_delivered", mail=mail.id, proof=proof)


def send_again(act: Act, mail: Mail) -> None:
    """Queue a mail once more that failed, or of which a person decides that it did not go out."""
    _decide(act, mail)
    _change(act, mail, "queued", "")
    jobs.enqueue(act, SEND, mail_id=mail.id)
    journal.record(act, "mail_sent_again", mail=mail.id)


def _decide(act: Act, mail: Mail) -> None:
    act.session.refresh(mail, with_for_update=True)
    if mail.state not in STOPPED:
        raise Refused([Reason(_("Surel ini tidak menunggu keputusan."))])


jobs.work(SEND, _send, on_dead=_give_up)
