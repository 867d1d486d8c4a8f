"""Random tokens, what is kept of them, and how long a session lasts."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

IDLE = timedelta(hours=8)
"""A session that was not used for so long is over."""
LONGEST = timedelta(days=7)
"""No session lasts longer."""
VISIT = timedelta(days=1)
"""What a visitor put in is kept for so long."""


def new_token() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What is kept of a random token: who reads the database can't use it."""
    return hashlib.sha256(token.encode()).hexdigest()
