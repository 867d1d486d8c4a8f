"""Binding a case file: one PDF with index, exhibit labels, page numbers and bookmarks, and a ZIP of the unchanged files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pikepdf
from PIL import Image

from portal import pdf
from portal.casefile.contents import SECTIONS, Exhibit
from portal.i18n import day, translate
from portal.pages import render

A4 = (595.276, 841.89)
"""Points."""

MARGIN = 36
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""A fixed time in the archive, so that the same parts give the same bytes."""


@dataclass(frozen=True)
class Bound:
    """A bound case file."""

    pdf: bytes
    zip: bytes
    pages: int


def bind(
    found: list[Exhibit],
    manifest: dict[str, Any],
    read: Callable[[str], bytes],
    *,
    title: str,
    lang: str,
    made: datetime,
) -> Bound:
    """Index first, then every exhibit on pages numbered through; what is no PDF or image gets a sheet that says so."""
    bodies = [_pages_of(exhibit, read, lang, made) for exhibit in found]
    lengths = [len(body.pages) for body in bodies]
    front = _front(found, lengths, 1, manifest, title, lang, made)
    front = _front(found, lengths, len(front.pages), manifest, title, lang, made)  # its own length is known now
    whole = pikepdf.new()
    whole.pages.extend(front.pages)
    with whole.open_outline() as outline:
        for exhibit, body in zip(found, bodies, strict=True):
            start = len(whole.pages)
            whole.pages.extend(body.pages)
            outline.root.append(pikepdf.OutlineItem(f"{exhibit.label} {exhibit.title}", start))
    _number(whole, manifest["case"])
    out = io.BytesIO()
    whole.save(out, deterministic_id=True)
    return Bound(out.getvalue(), _archive(found, manifest, read, out.getvalue()), len(whole.pages))


def _front(
    found: list[Exhibit],
    lengths: list[int],
    front: int,
    manifest: dict[str, Any],
    title: str,
    lang: str,
    made: datetime,
) -> pikepdf.Pdf:
    starts, page = [], front + 1
    for length in lengths:
        starts.append(page)
        page += length
    lines = list(zip(found, starts, lengths, strict=True))
    sections = [(translate(name, lang), [x for x in lines if x[0].section == s]) for s, name in SECTIONS.items()]
    html = render(
        "casefile/index.pt", lang, title=title, case=manifest["case"], sections=sections, made=day(made.date(), lang)
    )
    return pikepdf.open(io.BytesIO(pdf.render(html, {}, title=title, lang=lang, attachment=None, created=made)))


def _pages_of(exhibit: Exhibit, read: Callable[[str], bytes], lang: str, made: datetime) -> pikepdf.Pdf:
    content = read(exhibit.sha256)
    try:
        if exhibit.media_type == "application/pdf":
            return pikepdf.open(io.BytesIO(content))
        if exhibit.media_type in {"image/jpeg", "image/png"}:
            return _image_page(content)
    except (pikepdf.PdfError, OSError, Image.DecompressionBombError):
        pass  # shown as a sheet; the unchanged file is in the archive
    html = render("casefile/sheet.pt", lang, exhibit=exhibit, title=exhibit.title)
    sheet = pdf.render(html, {}, title=exhibit.title, lang=lang, attachment=None, created=made)
    return pikepdf.open(io.BytesIO(sheet))


def _image_page(content: bytes) -> pikepdf.Pdf:
    """The picture, upright and without its metadata, on one A4 page."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        picture = image.convert("RGB")
        picture.thumbnail((2480, 3508))
        width, height = picture.size
        dpi = max(width / (A4[0] - 2 * MARGIN), height / (A4[1] - 2 * MARGIN)) * 72
        picture.save(out, "PDF", resolution=dpi)
    single = pikepdf.open(io.BytesIO(out.getvalue()))
    page = single.pages[0]
    wide, high = float(page.mediabox[2]), float(page.mediabox[3])
    left, low = (A4[0] - wide) / 2, (A4[1] - high) / 2
    page.contents_add(f"q 1 0 0 1 {left:.2f} {low:.2f} cm".encode(), prepend=True)
    page.contents_add(b"Q")
    page.mediabox = pikepdf.Rectangle(0, 0, *A4)
    return single


def _number(whole: pikepdf.Pdf, case: str) -> None:
    """Number every page through (Bates): case and page, at the foot."""
    font = whole.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number, page in enumerate(whole.pages, 1):
        page.contents_add(b"q", prepend=True)
        # Named by us: a name that pikepdf draws would make every binding another file.
        name = page.add_resource(font, pikepdf.Name.Font, name=pikepdf.Name.RujukanNumber)
        left, low, right = (float(page.mediabox[i]) for i in (0, 1, 2))
        label = f"{case} / {number:05d}"
        x, y = right - left - 8 - 4.2 * len(label), low + 14
        stamp = f"Q q BT {name} 8 Tf 0 g 1 0 0 1 {x + left:.2f} {y:.2f} Tm ({label}) Tj ET Q"
        page.contents_add(stamp.encode("ascii"))


def _archive(found: list[Exhibit], manifest: dict[str, Any], read: Callable[[str], bytes], bundle: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True).encode())
        _put(archive, f"{manifest['case']}.pdf", bundle)
        for exhibit in found:
            _put(archive, f"{exhibit.label}-{exhibit.filename}", read(exhibit.sha256))
    _check(out.getvalue(), len(found) + 2)
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def _check(content: bytes, files: int) -> None:
    """An archive that can't be read, or lacks a file, never leaves (demands 70)."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.testzip() is not None or len(archive.namelist()) != files:
            raise zipfile.BadZipFile("case file")
