"""Secrets that must be read again, sealed at rest: the key lies in the data folder, never in the database."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE = "seals.secret"
"""Copied by every backup; a portal of several processes has one data folder, or the same file in each."""
NONCE = 12


class Broken(Exception):
    """What was sealed was altered, moved to another place, or sealed with another key."""


def seal(folder: Path, text: str, place: str) -> str:
    """The text, readable only with the key of that data folder and only for that place (such as "account/7/totp")."""
    nonce = secrets.token_bytes(NONCE)
    return base64.b64encode(nonce + AESGCM(_key(folder)).encrypt(nonce, text.encode(), place.encode())).decode()


def unseal(folder: Path, sealed: str, place: str) -> str:
    """What was sealed for that place; raises Broken."""
    try:
        content = base64.b64decode(sealed, validate=True)
        return AESGCM(_key(folder)).decrypt(content[:NONCE], content[NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Broken(place) from error


def _key(folder: Path) -> bytes:
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    """A new key, whole or not at all; of two processes that make one at once, the first is right."""
    temporary = path.with_name(f".{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(AESGCM.generate_key(256))
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(temporary)
    finally:
        temporary.unlink()
