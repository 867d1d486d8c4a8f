"""The second factor: an authenticator's code that works once, or a recovery code."""

from __future__ import annotations

import hmac
import io
import secrets
from datetime import datetime, timedelta

import pyotp
import segno
from sqlalchemy import delete, func, select, update

from portal import journal, seals
from portal.accounts import entry
from portal.accounts.model import Account, RecoveryCode, SignIn
from portal.accounts.tokens import fingerprint
from portal.acts import Act, Reason, Refused, Site
from portal.i18n import _
from portal.limits import throttle

STEP_SECONDS = 30
CODES = 10
TRIES, WINDOW = 6, timedelta(minutes=5)
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

journal.declare(
    second_factor_set=_("${by} memasang verifikasi dua langkah"),
    second_factor_removed=_("${by} mematikan verifikasi dua langkah"),
    second_factor_codes=_("${by} membuat kode pemulihan baru"),
    second_factor_recovery=_("${by} memakai satu kode pemulihan"),
)


def new_secret() -> str:
    """For an authenticator that is being set up."""
    return pyotp.random_base32()


def picture(account: Account, secret: str) -> str:
    """The QR code that authenticators read, as SVG."""
    address = pyotp.TOTP(secret, name=account.login, issuer="Rujukan").provisioning_uri()
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", xmldecl=False, svgns=True, scale=5, border=4, light="#fff")
    return out.getvalue().decode()


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step a code belongs to: the present one, or its neighbours for clocks that are off."""
    digits = code.replace(" ", "")
    now = int(at.timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(secret)
    fitting = [s for s in (now - 1, now, now + 1) if _same(maker.generate_otp(s), digits)]
    return fitting[-1] if fitting else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _place(account: Account) -> str:
    return f"account/{account.id}/totp"


def _secret(site: Site, account: Account) -> str:
    return seals.unseal(site.settings.data, account.totp_secret, _place(account))


def accepts(act: Act, account_id: int, code: str) -> bool:
    """Use up a code of the authenticator or a recovery code; failures are written down. Raises TooMany."""
    throttle(act.session, f"second factor {account_id}", limit=TRIES, per=WINDOW, now=act.at)
    account = act.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    step = step_of(_secret(act.site, account), code, act.at) if account.totp_secret else None
    if step is not None and step > account.totp_last_step:
        account.totp_last_step = step
        return True
    if account.totp_secret and _uses_recovery(act, account, code):
        journal.record(act, "second_factor_recovery", account=account.id)
        return True
    entry.fail(act, "second factor")
    return False


def _uses_recovery(act: Act, account: Account, code: str) -> bool:
    plain = "".join(c for c in code.casefold() if c.isalnum())
    unused = (RecoveryCode.account_id == account.id) & RecoveryCode.used_at.is_(None)
    fits = unused & (RecoveryCode.code_hash == fingerprint(plain))
    used = update(RecoveryCode).where(fits).values(used_at=act.at).returning(RecoveryCode.id)
    return act.session.execute(used).first() is not None


def set_up(act: Act, account: Account, secret: str, code: str) -> list[str]:
    """Keep the authenticator once it has shown a right code; gives the recovery codes, which are shown once."""
    step = step_of(secret, code, act.at)
    if step is None:
        message = _("Kode tidak cocok. Periksa jam ponsel Anda, lalu masukkan kode yang terbaru.")
        raise Refused([Reason(message, field="code")])
    account.totp_secret = seals.seal(act.site.settings.data, secret, _place(account))
    account.totp_last_step = step
    assure(act)
    journal.record(act, "second_factor_set", account=account.id)
    return _new_codes(act, account)


def renew_codes(act: Act, account: Account) -> list[str]:
    """New recovery codes; the old ones end."""
    journal.record(act, "second_factor_codes", account=account.id)
    return _new_codes(act, account)


def _new_codes(act: Act, account: Account) -> list[str]:
    act.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = ["".join(secrets.choice(ALPHABET) for _sign in range(16)) for _code in range(CODES)]
    act.session.add_all(RecoveryCode(account_id=account.id, code_hash=fingerprint(code)) for code in codes)
    return ["-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in codes]


def remove(act: Act, account: Account) -> None:
    """Go back to the password alone."""
    account.totp_secret, account.totp_last_step = "", 0
    act.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    act.session.execute(update(SignIn).where(SignIn.account_id == account.id).values(assured_at=None))
    journal.record(act, "second_factor_removed", account=account.id)


def assure(act: Act) -> None:
    """Note that the person has just shown the second factor in this session."""
    act.session.execute(update(SignIn).where(SignIn.id == act.by.session_id).values(assured_at=act.at))


def codes_left(act: Act, account: Account) -> int:
    """How many recovery codes are unused."""
    unused = (RecoveryCode.account_id == account.id) & RecoveryCode.used_at.is_(None)
    return act.session.scalar(select(func.count()).select_from(RecoveryCode).where(unused)) or 0
