"""Keeping a file and looking into it, before any transaction: what it is, whether it is safe, and the cleaned copy."""

from __future__ import annotations

import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from portal.acts import Reason, Refused
from portal.blobs import Blobs
from portal.documents import confinement, media
from portal.i18n import _

TOOLS = Path(__file__).parent
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
    """Keep the content and look into it; it needs no transaction, and may take a second."""
    size = _expect_size(content)
    sent_as = media.plain_name(filename)
    blob = blobs.put(content)
    kind, pages, finding = _look_into(blobs, blob.sha256, sent_as)
    shown, finding = ("", finding) if finding or kind is None else _copy_for_people(blobs, blob.sha256, kind.type)
    return Examined(blob.sha256, shown, size, sent_as, kind, pages, finding)


def _look_into(blobs: Blobs, sha256: str, sent_as: str) -> tuple[media.Media | None, int, str]:
    """Kind, pages, finding: ending, signature and structure have to say the same."""
    ending = PurePosixPath(sent_as.lower()).suffix
    try:
        seen = confinement.run(TOOLS / "inspection.py", blobs.path(sha256).absolute(), ending)
    except confinement.Unfinished:
        return None, 1, "unread"
    kind = media.BY_TYPE.get(str(seen.get("media_type")))
    finding = str(seen.get("finding") or "")
    if finding or kind is None:
        return None, 1, finding if finding in media.FINDINGS else "unknown"
    pages = seen.get("pages")
    return kind, pages if isinstance(pages, int) else 1, "mismatch" if media.contradicts(kind, sent_as) else ""


def _copy_for_people(blobs: Blobs, sha256: str, media_type: str) -> tuple[str, str]:
    """The hash of the cleaned copy ("" where the original hides nothing), and a finding if it could not be made."""
    if not SHOWN.match(media_type):
        return "", ""
    with tempfile.TemporaryDirectory() as folder:
        source = blobs.path(sha256).absolute()
        try:
            made = confinement.run(TOOLS / "rendering.py", "copy", source, media_type, folder)
        except confinement.Unfinished:
            return "", "damaged"
        if not made.get("made"):
            return "", ""
        with (Path(folder) / "copy").open("rb") as copy:
            return blobs.put(copy).sha256, ""
