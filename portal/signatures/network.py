"""The two things that signing asks of others: a time stamp, and a list of revoked certificates."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from portal.signatures.order import SignatureRefused

SECONDS = 8
LARGEST_STAMP = 256 * 1024


class Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere."""

    def redirect_request(self, *_told: object) -> None:
        """An address that has moved is an address that does not answer."""
        return


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), Unmoved)


def _answer(asked: urllib.request.Request, largest: int) -> bytes:
    if asked.type not in {"http", "https"}:
        raise ValueError(asked.type)
    with OPENER.open(asked, timeout=SECONDS) as response:
        content: bytes = response.read(largest + 1)
    if len(content) > largest:
        raise ValueError("too large")
    return content


def fetched(address: str, largest: int) -> bytes | None:
    """What lies at an address; None when it can't be had."""
    try:
        return _answer(urllib.request.Request(address), largest)  # noqa: S310 - the scheme is looked at
    except (OSError, ValueError, http.client.HTTPException):
        return None


class Clerk(TimeStamper):
    """Asks a time-stamping authority (RFC 3161) over HTTP."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One question, one answer; whoever does not answer in time is given up."""
        headers = {"Content-Type": "application/timestamp-query"}
        try:
            asked = urllib.request.Request(self.address, data=req.dump(), headers=headers)  # noqa: S310 - looked at
            return tsp.TimeStampResp.load(_answer(asked, LARGEST_STAMP), strict=True)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise SignatureRefused("tsa", type(error).__name__) from error
