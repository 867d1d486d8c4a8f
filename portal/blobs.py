"""Files by the hash of their content: written durably before the row that names them, checked when read."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 16


class Damaged(Exception):
    """The file kept under a hash is missing or no longer has that content."""


@dataclass(frozen=True)
class Blob:
    """A stored file: SHA-256 of its bytes, and how many there are."""

    sha256: str
    size: int


class Blobs:
    """A folder of content-addressed files.

    Order of writing (reliability rule 9): temporary file in the same folder, fsync, rename to the hash, fsync of the
    folder, and only then does a caller write the row. A rolled-back transaction leaves at most an unnamed file.
    """

    def __init__(self, folder: Path) -> None:
        """Use, and create, that folder."""
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a hash is kept."""
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            raise Damaged(sha256)
        return self.folder / sha256[:2] / sha256

    def put(self, content: bytes | BinaryIO) -> Blob:
        """Keep this content; the same content is kept once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{secrets.token_hex(16)}"
        digest, size = hashlib.sha256(), 0
        try:
            with temporary.open("xb") as out:
                for chunk in _chunks(content):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            return Blob(self._settle(temporary, digest.hexdigest()), size)
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, temporary: Path, sha256: str) -> str:
        final = self.path(sha256)
        if not final.parent.exists():
            final.parent.mkdir(exist_ok=True)
            _sync(self.folder)
        temporary.rename(final)  # over what is there: the same bytes, or a damaged file that is mended so
        _sync(final.parent)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The content, checked against its hash; raises Damaged."""
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise Damaged(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(sha256)
        return content


def _chunks(content: bytes | BinaryIO) -> Iterable[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK):
        yield chunk


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
