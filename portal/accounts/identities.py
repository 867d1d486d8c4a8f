"""Who an account is at this moment: one identity with all its roles."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.delegations import given_to
from portal.accounts.model import Account, Membership
from portal.acts import Identity

VISITOR = Identity(None, "Pengunjung")
"""Somebody who has not signed in: pages that are open to all act in this name."""


def identity_of(
    session: Session,
    account_id: int,
    *,
    session_id: int | None = None,
    assured_at: datetime | None = None,
    at: datetime | None = None,
) -> Identity:
    """The person behind an account; a disabled account holds no role. Raises LookupError.

    With `at` the person is also a deputy wherever he or she stands in for somebody at that moment.
    """
    held = (
        select(Account, Membership)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .where(Account.id == account_id)
        .order_by(Membership.unit_id)
    )
    rows = session.execute(held).all()
    if not rows:
        raise LookupError(f"no account {account_id}")
    account: Account = rows[0][0]
    units = {m.unit_id: frozenset(m.roles) for _account, m in rows if m is not None and account.is_active}
    deputy_in = frozenset(d.unit_id for d in given_to(session, account_id, at)) if at and units else frozenset()
    known = (account.language, account.zone, assured_at, session_id)
    return Identity(account.id, account.name, units, *known, deputy_in & units.keys())
