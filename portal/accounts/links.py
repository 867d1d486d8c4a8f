"""One-time links in mail: for an invitation and for a forgotten password. They never sign anybody in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal import jobs, journal, mail
from portal.accounts import verbs
from portal.accounts.identities import identity_of
from portal.accounts.model import Account, OneTimeLink
from portal.accounts.tokens import fingerprint, new_token
from portal.acts import Act, Reason, Refused, Site
from portal.i18n import _, translate

RESET = "accounts.reset"
LASTS = {"reset": timedelta(minutes=60), "invitation": timedelta(days=7)}
SUBJECT = {"reset": _("Kata sandi baru untuk Rujukan"), "invitation": _("Undangan ke Rujukan")}
TEXT = {
    "reset": _(
        "Yth. ${name},\n\nSeseorang meminta kata sandi baru untuk akun “${login}”. Jika itu Anda, buka tautan ini dalam "
        "60 menit:\n\n${address}\n\nJika bukan, abaikan surat ini; kata sandi Anda tidak berubah.\n"
    ),
    "invitation": _(
        "Yth. ${name},\n\nAkun Rujukan telah dibuka untuk Anda dengan nama pengguna “${login}”. Pilih kata sandi Anda "
        "lewat tautan ini dalam 7 hari:\n\n${address}\n\nSesudah itu Anda dapat masuk.\n"
    ),
}
IN_TEXT = re.compile(r"(/(?:reset|invitation)/)[A-Za-z0-9_-]{43}")

journal.declare(
    account_invited=_("${by} mengundang ${name}"),
    account_reset_asked=_("Kata sandi baru diminta untuk ${name}"),
)


def invite(act: Act, account: Account) -> None:
    """Send the mail by which a new person chooses a password."""
    _send(act, account, "invitation")
    journal.record(act, "account_invited", name=account.name, account=account.id)


def ask_reset(act: Act, login: str) -> None:
    """Queue the same work whether the login is known or not, so that nobody learns which are."""
    account = verbs.by_login(act.session, login)
    usable = account is not None and account.is_active
    jobs.enqueue(act, RESET, account_id=account.id if account is not None and usable else None)


def _reset(site: Site, payload: dict[str, Any]) -> None:
    if payload["account_id"] is None:
        return
    with site.act() as act:
        account = act.session.get_one(Account, payload["account_id"])
        _send(act, account, "reset")
        journal.record(act, "account_reset_asked", name=account.name, account=account.id)


def _send(act: Act, account: Account, purpose: str) -> None:
    token = new_token()
    same = (OneTimeLink.account_id == account.id) & (OneTimeLink.purpose == purpose) & OneTimeLink.used_at.is_(None)
    act.session.execute(delete(OneTimeLink).where(same))
    act.session.add(
        OneTimeLink(
            account_id=account.id,
            purpose=purpose,
            token_hash=fingerprint(token),
            expires_at=act.at + LASTS[purpose],
        )
    )
    address = f"{act.site.settings.public_url.rstrip('/')}/{purpose}/{token}"
    values = {"name": account.name, "login": account.login, "address": address}
    text = translate(_(TEXT[purpose], mapping=values), account.language)
    mail.post(act, account.email, translate(SUBJECT[purpose], account.language), text)


def owner(session: Session, token: str, purpose: str, now: datetime) -> Account | None:
    """Whose unused link that is."""
    good = (OneTimeLink.token_hash == fingerprint(token)) & (OneTimeLink.purpose == purpose)
    good &= OneTimeLink.used_at.is_(None) & (OneTimeLink.expires_at > now)
    return session.scalar(select(Account).join(OneTimeLink).where(good, Account.is_active))


def follow(act: Act, token: str, purpose: str, password: str, *, ready: str) -> Account:
    """Use the link up and set the password; a refused password leaves the link good when the act is rolled back."""
    account = owner(act.session, token, purpose, act.at)
    used = (
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == fingerprint(token), OneTimeLink.used_at.is_(None))
        .values(used_at=act.at)
        .returning(OneTimeLink.id)
    )
    if account is None or act.session.execute(used).first() is None:
        raise Refused([Reason(_("Tautan ini sudah dipakai atau sudah kedaluwarsa."))])
    person = Act(act.session, identity_of(act.session, account.id), act.at, act.site, origin=act.origin)
    verbs.set_password(person, account, password, ready=ready)
    return account


def _forget_link(act: Act, sent: mail.Mail) -> None:
    # The outbox keeps what was sent, but not what would open an account; in a demonstration it is the mailbox.
    if sent.state != "queued" and not act.site.settings.demo:
        sent.text = IN_TEXT.sub(r"\1…", sent.text)


jobs.work(RESET, _reset)
mail.FOLLOWERS.append(_forget_link)
