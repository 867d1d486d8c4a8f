"""Our own table of files: which kinds a case takes, by which endings, what they are called, and what goes to quarantine."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from portal.i18n import _

LARGEST = 100_000_000
"""Bytes of one file."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Media:
    """One kind of file."""

    type: str
    title: Any
    endings: tuple[str, ...]
    """The first one is what we write."""
    family: str
    """A photo that calls itself PNG but is a JPEG is harmless; a page that calls itself a photo is not."""


TABLE = (
    Media("application/pdf", _("Dokumen PDF"), (".pdf",), "pdf"),
    Media("image/jpeg", _("Foto JPEG"), (".jpg", ".jpeg", ".jpe", ".jfif"), "image"),
    Media("image/png", _("Gambar PNG"), (".png",), "image"),
    Media("image/heic", _("Foto HEIC"), (".heic", ".heif"), "image"),
    Media("video/mp4", _("Video MP4"), (".mp4", ".m4v", ".mov"), "film"),
    Media("audio/mp4", _("Rekaman suara MP4"), (".m4a", ".mp4"), "film"),
    Media("video/3gpp", _("Video 3GP"), (".3gp", ".3gpp"), "film"),
    Media("audio/3gpp", _("Rekaman suara 3GP"), (".3gp", ".3gpp"), "film"),
    Media("audio/ogg", _("Pesan suara"), (".ogg", ".opus", ".oga"), "voice"),
    Media("text/plain", _("Teks"), (".txt",), "text"),
    Media(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _("Dokumen Word"),
        (".docx",),
        "word",
    ),
    Media("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Lembar Excel"), (".xlsx",), "sheet"),
    Media("message/rfc822", _("Surat elektronik"), (".eml",), "mail"),
)
BY_TYPE = {media.type: media for media in TABLE}
ENDINGS = tuple(dict.fromkeys(ending for media in TABLE for ending in media.endings))
UNKNOWN = "application/octet-stream"
"""The type of what lies in quarantine: nothing opens it by itself."""

FINDINGS = {
    "unknown": _("Jenis berkas tidak dikenali"),
    "mismatch": _("Isi berkas tidak sesuai dengan namanya"),
    "damaged": _("Berkas rusak atau tidak lengkap"),
    "encrypted": _("Berkas terkunci kata sandi sehingga tidak dapat dibaca"),
    "active": _("Berkas memuat perintah yang dapat berjalan sendiri"),
    "macro": _("Berkas memuat makro"),
    "external": _("Berkas mengambil isi dari luar"),
    "embedded": _("Berkas memuat berkas lain di dalamnya"),
    "archive": _("Berkas merupakan arsip, atau sekaligus arsip"),
    "page": _("Berkas merupakan halaman web atau gambar SVG"),
    "huge": _("Isi berkas terlalu besar bila dibuka"),
    "unread": _("Pemeriksaan berkas tidak selesai"),
}
"""Why a file is put in quarantine. It stays there as evidence; nothing that came in is thrown away."""


def contradicts(media: Media, sent_as: str) -> bool:
    """Whether the ending of the sender's name says something else than the content."""
    ending = PurePosixPath(sent_as.lower()).suffix
    claimed = {known.family for known in TABLE if ending in known.endings}
    return bool(ending) and media.family not in claimed


def plain_name(sent_as: str) -> str:
    """The last part of the sender's name as text: no path, no control or direction characters, not endless."""
    name = unicodedata.normalize("NFC", sent_as.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    stem, dot, ending = " ".join(kept.split()).rpartition(".")
    return f"{stem[: LONGEST_NAME - 10].rstrip()}{dot}{ending[:10]}" if dot else ending[:LONGEST_NAME]


def our_name(case_name: str, ordinal: str, title: str, media: Media | None) -> str:
    """`PMI-2026-000001 document-3 Paspor.pdf`: which case, which document, what it is."""
    words = re.sub(r"[^\w -]+", " ", title.split("(", maxsplit=1)[0].split("/", maxsplit=1)[0])
    ending = media.endings[0] if media else ".bin"
    return f"{case_name} {ordinal} {' '.join(words.split())[:60]}".strip() + ending
