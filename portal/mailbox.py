"""The demo's own mail server: real SMTP on a free port of this machine, keeping what it takes in a folder."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

FOLDER = "mailbox"


class _Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message under the next name."""
        count = len(list(self.folder.glob("*.eml"))) + 1
        (self.folder / f"{count:06d}-{secrets.token_hex(4)}.eml").write_bytes(envelope.content)
        return "250 Kept in the demo mailbox"


@dataclass
class Mailbox:
    """A running mail server."""

    controller: Controller

    @property
    def url(self) -> str:
        """For the setting `portal.mail`."""
        return f"smtp://{self.controller.hostname}:{self.controller.port}"

    def stop(self) -> None:
        """End it."""
        self.controller.stop()


class _FreePort(Controller):
    """aiosmtpd asks for a port beforehand; this one takes what the system gives and says which it was."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


def start(data: Path) -> Mailbox:
    """Start it on a free loopback port."""
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    controller = _FreePort(_Keeper(folder), hostname="127.0.0.1", port=0)
    controller.start()
    return Mailbox(controller)


def messages(data: Path) -> list[dict[str, Any]]:
    """What was taken in, newest first."""
    found = []
    for path in sorted((data / FOLDER).glob("*.eml"), reverse=True)[:200]:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        found.append(
            {
                "name": path.stem,
                "to": str(message["To"]),
                "subject": str(message["Subject"]),
                "at": parsedate_to_datetime(str(message["Date"])),
                "text": body.get_content() if body else "",
                "files": [part.get_filename() for part in message.iter_attachments()],
            }
        )
    return found
