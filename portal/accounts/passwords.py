"""Passwords: how they are kept, checked and judged."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from portal.i18n import _

LEAST, MOST = 12, 200
COMMON = Path(__file__).with_name("common_passwords.txt")

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))
_LEET = str.maketrans("013457@$!", "oieastasi")


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether that is the password; costs the same work when there is none to compare with."""
    try:
        return _hasher.verify(kept or _NOBODY, password) and bool(kept)
    except (VerifyMismatchError, InvalidHashError):
        return False


def faults(password: str, own: Iterable[str] = ()) -> list[Any]:
    """Why this is no good password; `own` are words that others know of the person (login, name, mail)."""
    found = []
    if len(password) < LEAST:
        found.append(_("Kata sandi paling sedikit ${least} karakter.", mapping={"least": LEAST}))
    if len(password) > MOST:
        found.append(_("Kata sandi paling banyak ${most} karakter.", mapping={"most": MOST}))
    elif len(password) >= LEAST and _is_guessable(password, own):
        found.append(_("Kata sandi ini mudah ditebak. Pakailah beberapa kata yang tidak berhubungan."))
    return found


def _is_guessable(password: str, own: Iterable[str]) -> bool:
    plain = password.casefold()
    known = {w for text in own for w in re.findall(r"[a-z]{4,}", text.casefold())}
    # Digits and signs around a well-known word, or the word twice, are what guessing programs try first.
    inner = plain.strip("".join(c for c in plain if not c.isalpha()))
    cores = {"".join(filter(str.isalpha, text)) for text in (plain, inner.translate(_LEET))}
    return len(set(plain)) < 5 or any(len(core) < 4 or _is_made_of(core, common() | known) for core in cores)


def _is_made_of(core: str, words: frozenset[str] | set[str]) -> bool:
    if core in words or any(core == core[:n] * (len(core) // n) for n in range(1, len(core) // 2 + 1)):
        return True
    return any(core[:n] in words and core[n:] in words for n in range(3, len(core) - 2))


@cache
def common() -> frozenset[str]:
    """Words that passwords are often made of, Indonesian ones among them."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
