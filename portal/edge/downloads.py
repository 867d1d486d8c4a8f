"""Files handed out: named, typed and caged by us, whatever their sender called them."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from urllib.parse import quote

from pyramid.response import FileResponse, Response

INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp"})
"""What a browser may show inside a page; none of them holds scripts that the cage would not stop."""

CAGE = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
MAX_NAME = 120
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


def attachment(body: bytes | os.PathLike[str], *, filename: str, media_type: str, inline: bool = False) -> Response:
    """A download, from memory or from a file; `inline` shows it in the page if its type is harmless."""
    kind = media_type if MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
    response = Response(body) if isinstance(body, bytes) else FileResponse(os.fspath(body))
    response.headers["Content-Type"] = kind
    for name in ("Content-Encoding", "Last-Modified"):
        response.headers.pop(name, None)  # guessed from the name and age of a stored file: neither is the document's
    shown = "inline" if inline and kind in INLINE else "attachment"
    response.headers["Content-Disposition"] = disposition(shown, clean_name(filename))
    response.headers["Content-Security-Policy"] = CAGE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def clean_name(filename: str) -> str:
    """A name that every system can store and no reader can be deceived by; its extension is kept."""
    text = unicodedata.normalize("NFC", filename.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(" " if sign in '<>:"|?*%;' or unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    name = Path(" ".join(kept.split()).strip(". "))
    if not name.name or RESERVED.fullmatch(name.name):
        name = Path("berkas" + name.suffix)
    suffix = name.suffix[:20]
    return name.name.removesuffix(name.suffix)[: MAX_NAME - len(suffix)].rstrip(". ") + suffix


def disposition(shown: str, name: str) -> str:
    """The header of RFC 6266: the name in ASCII for old readers, then as it is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = plain if plain.split(".")[0].strip() else "berkas" + Path(plain).suffix
    return f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
