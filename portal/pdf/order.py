"""What the portal asks of the render process, and how both speak over their one socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection

LONGEST_TEXT = 2_000_000
LARGEST_MESSAGE = 64 * 1024 * 1024


class RenderFailed(Exception):
    """The letter was not made; `reason` is one of `empty forbidden invalid memory time too-large failed`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Order:
    """One document to set: its HTML, the only files it may show, and what the PDF says about itself."""

    html: str
    assets: Mapping[str, bytes]
    title: str
    lang: str
    attachment: tuple[str, bytes] | None
    created: datetime

    def send(self, connection: Connection) -> None:
        """Write the order as one JSON message followed by its files."""
        files = list(self.assets.items()) + ([self.attachment] if self.attachment else [])
        head = {
            "html": self.html,
            "title": self.title,
            "lang": self.lang,
            "created": self.created.isoformat(),
            "assets": list(self.assets),
            "attachment": self.attachment[0] if self.attachment else None,
        }
        connection.send_bytes(json.dumps(head).encode())
        for _name, content in files:
            connection.send_bytes(content)

    @classmethod
    def receive(cls, connection: Connection) -> "Order":
        """Read what `send` wrote."""
        head = json.loads(connection.recv_bytes(LARGEST_MESSAGE))
        assets = {name: connection.recv_bytes(LARGEST_MESSAGE) for name in head["assets"]}
        name = head["attachment"]
        return cls(
            html=head["html"],
            assets=assets,
            title=head["title"],
            lang=head["lang"],
            attachment=(name, connection.recv_bytes(LARGEST_MESSAGE)) if name else None,
            created=datetime.fromisoformat(head["created"]),
        )


def answer(outcome: bytes | RenderFailed) -> bytes:
    """The one message that goes back: the PDF itself, or the reason there is none."""
    return outcome if isinstance(outcome, bytes) else f"{outcome.reason}\n{outcome.detail}".encode()


def outcome(message: bytes) -> bytes:
    """The PDF in an answer, or RenderFailed raised."""
    if message.startswith(b"%PDF-"):
        return message
    reason, _, detail = message.decode("utf-8", "replace").partition("\n")
    raise RenderFailed(reason or "failed", detail)
