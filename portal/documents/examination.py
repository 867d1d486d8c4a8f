"""Keeping a file and looking into it: what it is, whether it is safe, and the cleaned copy.

It may take a second or more, during which nobody else could write on SQLite: whoever takes files in has them looked into
`ahead`, outside the transaction; the verb then finds what was seen.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pyramid.request import Request

from portal.acts import Act, Reason, Refused
from portal.blobs import Blobs
from portal.db import paused_transaction
from portal.documents import confinement, media
from portal.i18n import _

TOOLS = Path(__file__).parent
REMEMBERED = 500
"""Files of which a process knows what was seen, for it depends on nothing else."""

SHOWN = re.compile(r"(image/|application/pdf$|video/|audio/(mp4|3gpp)$)")
"""Kinds of files that may hide who made them, where and with what."""


@dataclass(frozen=True)
class Examined:
    """A file that has been kept and looked into."""

    sha256: str
    shown_sha256: str
    """The cleaned copy; empty where the original hides nothing."""
    size: int
    sent_as: str
    kind: media.Media | None
    pages: int
    finding: str
    """Why it goes to quarantine; empty: it does not."""


def _expect_size(content: bytes | BinaryIO) -> int:
    if isinstance(content, bytes):
        size = len(content)
    else:
        size = content.seek(0, io.SEEK_END)
        content.seek(0)
    if not size:
        raise Refused([Reason(_("Berkas kosong."), field="files")])
    if size > media.LARGEST:
        most = {"most": media.LARGEST // 1_000_000}
        raise Refused([Reason(_("Berkas terlalu besar; paling besar ${most} MB.", mapping=most), field="files")])
    return size


def examine(blobs: Blobs, content: bytes | BinaryIO, filename: str) -> Examined:
    """Keep the content and look into it, unless just that has been looked into lately."""
    size = _expect_size(content)
    sent_as = media.plain_name(filename)
    sha256 = blobs.put(content).sha256
    kind, pages, shown = None, 1, ""
    try:
        kind, pages, finding = _look_into(blobs, sha256, PurePosixPath(sent_as.lower()).suffix)
        finding = finding or ("mismatch" if kind and media.contradicts(kind, sent_as) else "")
    except confinement.Unfinished:
        finding = "unread"
    try:
        shown = _copy_for_people(blobs, sha256, kind.type) if kind and not finding else ""
    except confinement.Unfinished:
        finding = "damaged"
    return Examined(sha256, shown, size, sent_as, kind, pages, finding)


def ahead(request: Request, files: Iterable[tuple[bytes | BinaryIO, str]]) -> None:
    """Look into these contents, with the names they were sent with, while the request's transaction rests."""
    if files := list(files):
        with paused_transaction(request):
            _look(request.registry["site"].blobs, files)


def uploads(files: Iterable[Any]) -> list[tuple[BinaryIO, str]]:
    """What a form's uploads are, for `ahead`."""
    return [(upload.file, str(upload.filename)) for upload in files]


def prepare(act: Act, _item: Any) -> Callable[..., dict[str, Any]]:
    """The preparation of a transition whose answers hold `files` that become documents at once."""
    blobs = act.site.blobs

    def look(**answers: Any) -> dict[str, Any]:
        if answers.get("document_type"):
            _look(blobs, uploads(answers.get("files", ())))
        return answers

    return look


def _look(blobs: Blobs, files: Iterable[tuple[bytes | BinaryIO, str]]) -> None:
    for content, filename in files:
        with suppress(Refused):  # the verb says it
            examine(blobs, content, filename)
        if not isinstance(content, bytes):
            content.seek(0)


@lru_cache(REMEMBERED)
def _look_into(blobs: Blobs, sha256: str, ending: str) -> tuple[media.Media | None, int, str]:
    """Kind, pages, finding: signature and structure have to say the same; raises Unfinished."""
    seen = confinement.run(TOOLS / "inspection.py", blobs.path(sha256).absolute(), ending)
    kind = media.BY_TYPE.get(str(seen.get("media_type")))
    finding = str(seen.get("finding") or "")
    if finding or kind is None:
        return None, 1, finding if finding in media.FINDINGS else "unknown"
    pages = seen.get("pages")
    return kind, pages if isinstance(pages, int) else 1, ""


@lru_cache(REMEMBERED)
def _copy_for_people(blobs: Blobs, sha256: str, media_type: str) -> str:
    """The hash of the cleaned copy; "" where the original hides nothing. Raises Unfinished."""
    if not SHOWN.match(media_type):
        return ""
    with tempfile.TemporaryDirectory() as folder:
        made = confinement.run(TOOLS / "rendering.py", "copy", blobs.path(sha256).absolute(), media_type, folder)
        if not made.get("made"):
            return ""
        with (Path(folder) / "copy").open("rb") as copy:
            return blobs.put(copy).sha256
