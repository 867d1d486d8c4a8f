"""An authority of our own with its time stamps and lists, a signer with a key, and a file to sign."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal import pdf
from portal.signatures import Trust
from portal.signatures.authority import Authority, Holder, pem
from tests.signatures.stamps import answer

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PASSPHRASE = "kunci rahasia Rina 7"


@dataclass
class Bureau:
    """The authority's counter on the loopback: /tsa answers with time stamps, /list.crl with the revoked."""

    authority: Authority
    clock: Holder
    address: str = ""
    asked: int = 0

    @property
    def trust(self) -> Trust:
        """Whoever trusts this authority and takes its time."""
        return Trust(pem(self.authority.root.certificate), f"{self.address}/tsa")


class Counter(BaseHTTPRequestHandler):
    """Serves one bureau."""

    bureau: Bureau

    def do_GET(self) -> None:
        """The list of the revoked."""
        self._send(self.bureau.authority.list_of_revoked(), "application/pkix-crl")

    def do_POST(self) -> None:
        """A time stamp."""
        self.bureau.asked += 1
        question = self.rfile.read(int(self.headers["Content-Length"]))
        self._send(answer(question, self.bureau.clock), "application/timestamp-reply")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@pytest.fixture
def bureau() -> Iterator[Bureau]:
    handler = type("OwnCounter", (Counter,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        authority = Authority(NOW - timedelta(days=60), lists_at=f"{address}/list.crl")
        handler.bureau = Bureau(authority, authority.clock(), address)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield handler.bureau
        server.shutdown()
        thread.join()


@pytest.fixture
def authority() -> Authority:
    return Authority(NOW - timedelta(days=60))


@pytest.fixture(scope="session")
def letter() -> bytes:
    """A frozen file as the press makes it."""
    html = "<body><h1>Surat</h1><p>Mohon ditindaklanjuti.</p></body>"
    return pdf.render(html, {}, title="Surat", lang="id", attachment=("surat.json", b"{}"), created=NOW)
