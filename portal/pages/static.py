"""Static files at addresses that carry the hash of their content, so that browsers may keep them for a year."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

if TYPE_CHECKING:
    from pyramid.config import Configurator
    from pyramid.request import Request

FOREVER = "public, max-age=31536000, immutable"
TEXTUAL = ("text/", "application/javascript", "image/svg+xml", "application/json")


@dataclass(frozen=True)
class Asset:
    """One file in memory: they are few and small."""

    body: bytes
    packed: bytes | None
    type: str
    digest: str


class Assets:
    """The files below the static folders; one of the same name in an earlier folder (a theme) wins."""

    def __init__(self, folders: Sequence[Path], *, reload: bool = False) -> None:
        """Read all files now; with `reload`, again at each use."""
        self.folders, self.reload = folders, reload
        self._assets = self._read()

    def _read(self) -> dict[str, Asset]:
        found: dict[str, Asset] = {}
        for folder in reversed(self.folders):
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    found[path.relative_to(folder).as_posix()] = asset(path)
        return found

    def find(self, path: str) -> Asset | None:
        """The file of that name."""
        if self.reload:
            self._assets = self._read()
        return self._assets.get(path)

    def url(self, path: str) -> str:
        """Its address; raises LookupError for a file that is not there, so that a page never links to nothing."""
        found = self.find(path)
        if found is None:
            raise LookupError(f"no static file {path}")
        return f"/static/{found.digest}/{path}"


def asset(path: Path) -> Asset:
    """Read one file; text is packed once."""
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, mtime=0) if kind.startswith(TEXTUAL) else None
    return Asset(body, packed, kind, hashlib.sha256(body).hexdigest()[:12])


def serve(request: Request) -> Response:
    """A static file: kept for a year under its own hash, asked for again under any other."""
    found = request.registry.shelf.assets.find(request.matchdict["path"])
    if found is None:
        raise HTTPNotFound
    response = Response(found.body, content_type=found.type, conditional_response=True)
    if found.type.startswith("text/") or found.type.endswith("javascript"):
        response.charset = "utf-8"
    # Without the header WebOb would take anything to be welcome.
    if found.packed and "Accept-Encoding" in request.headers and request.accept_encoding.acceptable_offers(["gzip"]):
        response.body, response.content_encoding = found.packed, "gzip"
    response.vary = ["Accept-Encoding"]
    response.etag = found.digest + ("-gzip" if response.content_encoding else "")
    response.headers["Cache-Control"] = FOREVER if request.matchdict["digest"] == found.digest else "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def includeme(config: Configurator) -> None:
    """Anyone may read static files."""
    config.add_route("static", "/static/{digest}/{path:.+}")
    config.add_view(serve, route_name="static", request_method="GET", permission=NO_PERMISSION_REQUIRED)
