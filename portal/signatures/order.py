"""What the portal asks of the signing process and what comes back: one JSON object each way, files in base64."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


class SignatureRefused(Exception):
    """There is no signature, or none that counts.

    `reason` is one of `passphrase no-key expired not-yet revoked usage tsa tsa-unknown` (making one), `different changed
    unsigned broken` (examining one), `time memory failed` (either).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Trust:
    """Whom the office trusts, and whom it asks what time it is."""

    anchors: str = ""
    """Certificates of the authorities as PEM; empty: no chain is known."""
    time_stamps: str = ""
    """Address of a time-stamping authority (RFC 3161); empty: signatures bear the portal's own time."""


@dataclass(frozen=True)
class Certificate:
    """Whose key signs, and who says so."""

    holder: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_until: datetime
    is_trusted: bool
    """Whether the chain leads to one of the office's anchors."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"valid_from": self.valid_from.isoformat(), "valid_until": self.valid_until.isoformat()}

    @classmethod
    def of_json(cls, plain: Mapping[str, Any]) -> Certificate:
        """What `as_json` wrote."""
        times = {name: datetime.fromisoformat(plain[name]) for name in ("valid_from", "valid_until")}
        return cls(**{**plain, **times})


@dataclass(frozen=True)
class Made:
    """A signature that is in a file: with which certificate, at which PAdES level, when."""

    certificate: Certificate
    level: str
    """B-B, B-T (with a time stamp) or B-LT (with what proves it later)."""
    at: datetime | None
    """As the time stamp says, else as the signer's machine said."""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        at = self.at.isoformat() if self.at else None
        return {"certificate": self.certificate.as_json(), "level": self.level, "at": at}

    @classmethod
    def of_json(cls, plain: Mapping[str, Any]) -> Made:
        """What `as_json` wrote."""
        at = datetime.fromisoformat(plain["at"]) if plain["at"] else None
        return cls(Certificate.of_json(plain["certificate"]), plain["level"], at)


def text_of(content: bytes) -> str:
    """A file inside JSON."""
    return base64.b64encode(content).decode()


def content_of(text: str) -> bytes:
    """The file that `text_of` wrote."""
    return base64.b64decode(text)
