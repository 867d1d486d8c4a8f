"""Signing in and out: who may, how often it is tried, and the rows that sessions are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from portal import journal
from portal.accounts import passwords
from portal.accounts.identities import identity_of
from portal.accounts.model import Account, SignIn
from portal.accounts.tokens import IDLE, LONGEST, fingerprint
from portal.accounts.verbs import by_login
from portal.acts import Act, Site
from portal.i18n import _
from portal.limits import forgive, throttle

WINDOW = timedelta(minutes=5)
PER_PAIR, PER_ADDRESS = 8, 100
"""Tries in a window: of one login from one address (so that nobody is locked out by others), and from one address."""

journal.declare(
    signed_in=_("${by} masuk"),
    sign_in_failed=_("Percobaan masuk gagal"),
    signed_out=_("${by} keluar"),
    session_ended=_("${by} mengakhiri satu sesinya"),
)


@dataclass(frozen=True)
class Known:
    """An account whose password was just given rightly; `mark` tells whether the password is still that one."""

    account_id: int
    mark: str
    has_factor: bool


def verify(site: Site, login: str, password: str, address: str) -> Known | None:
    """Whose login and password these are. Works outside any transaction but its own short ones; raises TooMany."""
    pair = f"sign-in {login.strip().casefold()} {address}"
    with site.act() as act:
        throttle(act.session, f"sign-in {address}", limit=PER_ADDRESS, per=WINDOW, now=act.at)
        throttle(act.session, pair, limit=PER_PAIR, per=WINDOW, now=act.at)
    with site.sessions(bind=site.readers) as session:
        account = by_login(session, login)
    usable = account if account is not None and account.is_active else None
    is_right = passwords.fits(usable.password_hash if usable else None, password)
    with site.act() as act:
        if is_right:
            forgive(act.session, pair)
        else:
            fail(act, "password")
    return Known(usable.id, mark_of(usable), bool(usable.totp_secret)) if is_right and usable else None


def mark_of(account: Account) -> str:
    """Changes with the password."""
    return fingerprint(account.password_hash)[:20]


def fail(act: Act, way: str) -> None:
    """Write down that somebody tried in vain; never what was typed."""
    journal.record(act, "sign_in_failed", way=way)


def start(
    act: Act, account_id: int, mark: str, *, token: str, assured: bool, device: str, address: str
) -> SignIn | None:
    """A session for the account; None when it was disabled or its password changed since it was verified."""
    account = act.session.get(Account, account_id, with_for_update=True, populate_existing=True)
    if account is None or not account.is_active or mark_of(account) != mark:
        return None
    over = (SignIn.ends_at <= act.at) | (SignIn.account_id.is_not(None) & (SignIn.seen_at <= act.at - IDLE))
    act.session.execute(delete(SignIn).where(over))
    row = SignIn(
        account_id=account.id,
        token_hash=fingerprint(token),
        data={},
        started_at=act.at,
        seen_at=act.at,
        ends_at=act.at + LONGEST,
        assured_at=act.at if assured else None,
        device=device[:200],
        address=address,
    )
    act.session.add(row)
    act.session.flush()
    person = Act(act.session, identity_of(act.session, account.id), act.at, act.site, origin=act.origin)
    journal.record(person, "signed_in", account=account.id, second_factor=assured)
    return row


def sign_out(act: Act) -> None:
    """End the session the person acts in."""
    act.session.execute(delete(SignIn).where(SignIn.id == act.by.session_id))
    journal.record(act, "signed_out", account=act.by.account_id)


def end_session(act: Act, sign_in_id: int) -> bool:
    """End one of the person's own sessions; False when it is not his or hers."""
    own = SignIn.account_id == act.by.account_id
    ended = act.session.execute(delete(SignIn).where(SignIn.id == sign_in_id, own).returning(SignIn.id)).first()
    if ended:
        journal.record(act, "session_ended", account=act.by.account_id)
    return ended is not None


def sessions_of(act: Act) -> list[SignIn]:
    """The person's sessions that are still good, the one last used first."""
    alive = (SignIn.ends_at > act.at) & (SignIn.seen_at > act.at - IDLE)
    own = select(SignIn).where(SignIn.account_id == act.by.account_id, alive)
    return list(act.session.scalars(own.order_by(SignIn.seen_at.desc(), SignIn.id.desc())))
