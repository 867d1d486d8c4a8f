"""When the second factor has to be shown again, and by whom it must be had at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from portal.accounts.model import Account
from portal.acts import Identity, Site
from portal.security import ASSURANCE

OBLIGED = frozenset({"SIGNER", "ADMIN"})
"""Roles that need a second factor; in a demonstration it stays their choice."""


def is_assured(identity: Identity, now: datetime) -> bool:
    """Whether the person showed the second factor in this session, not long ago."""
    return identity.assured_at is not None and now - identity.assured_at <= ASSURANCE


def must_have_factor(site: Site, identity: Identity) -> bool:
    """Whether the person can't do without one."""
    return not site.settings.demo and bool(identity.roles & OBLIGED)


def lacks_assurance(request: Request) -> bool:
    """Whether the person has to show (or first to set up) the second factor before going on."""
    identity = request.identity
    if identity is None or is_assured(identity, request.at):
        return False
    if must_have_factor(request.registry["site"], identity):
        return True
    return bool(request.db.scalar(select(Account.totp_secret).where(Account.id == identity.account_id)))


def needs_step_up(request: Request, transition: Any) -> bool:
    """The port of portal.content.assurance: whether this transition waits for the second factor."""
    return bool(transition.assured) and lacks_assurance(request)
