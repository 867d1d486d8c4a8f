"""The complainant's PIN: made, kept as a hash, compared in the same time for every number."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from portal import journal
from portal.acts import Act
from portal.cases.model import Case
from portal.content import catalog, item
from portal.i18n import _

DIGITS = 8
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

journal.declare(case_pin_renewed=_("${by} menerbitkan PIN baru untuk pengadu"))


@dataclass(frozen=True)
class Pin:
    """A PIN as it is told to the complainant, and what is kept of it."""

    digits: str
    kept: str


def kept(pin: str) -> str:
    """What is kept of a PIN."""
    return _hasher.hash(pin)


def new() -> Pin:
    """Eight random digits."""
    digits = "".join(secrets.choice("0123456789") for _digit in range(DIGITS))
    return Pin(digits, kept(digits))


_NOBODY = kept(secrets.token_hex(16))
"""Compared with when there is no such case, or it has no PIN."""


def renew(act: Act, case: Case) -> str:
    """A new PIN for the complainant; the old one ends."""
    pin = new()
    case.pin_hash = pin.kept
    item.touch(act, case)
    journal.record(act, "case_pin_renewed", case)
    catalog.index(act.session, case)
    return pin.digits


def fits(case: Case | None, pin: str) -> bool:
    """Whether that is the case's PIN; takes the same time for a case that does not exist."""
    try:
        return _hasher.verify((case.pin_hash if case else "") or _NOBODY, pin)
    except VerifyMismatchError:
        return False
