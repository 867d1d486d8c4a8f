"""The child that makes what people see of a file: a copy without hidden data, and pictures of its pages.

Run by portal.documents.confinement as `rendering.py copy|pictures <file> <media type> <folder>`; writes into the folder
and prints the names of what it wrote. It stands alone, like inspection.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pi_heif
import pikepdf
import pypdfium2
from PIL import Image, ImageOps

THUMBNAIL, WIDTH = 240, 1200
MOST_PAGES = 15
HIDING = frozenset({b"udta", b"meta", b"uuid"})
"""Boxes of a film that hold place, device and author."""
INSIDE = frozenset({b"moov", b"trak", b"mdia"})


def copy(source: Path, media_type: str, folder: Path) -> list[str]:
    """The cleaned copy, unless the original hides nothing or must not be touched."""
    target = folder / "copy"
    if media_type.startswith("image/"):
        _clean_picture(source, media_type, target)
    elif media_type == "application/pdf":
        _clean_pdf(source, target)
    elif media_type.endswith(("/mp4", "/3gpp")):
        _clean_film(source, target)
    return ["copy"] if target.exists() else []


def _picture(source: Path) -> Image.Image:
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the inspection has measured it
    return ImageOps.exif_transpose(Image.open(source, formats=["JPEG", "PNG", "HEIF"]))


def _clean_picture(source: Path, media_type: str, target: Path) -> None:
    image = _picture(source)
    profile = image.info.get("icc_profile")
    clean = image if media_type == "image/png" else image.convert("RGB")
    clean.info.clear()  # Pillow writes comments and more of what it has read
    kind: dict[str, Any] = {"image/png": {"format": "PNG", "compress_level": 3}}.get(
        media_type, {"format": "JPEG", "quality": 90}
    )
    clean.save(target, icc_profile=profile, **kind)


def _clean_pdf(source: Path, target: Path) -> None:
    with pikepdf.open(source) as pdf:
        # A byte changed breaks an electronic signature: what is signed stays as it is.
        signed = any("/ByteRange" in thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary))
        if signed or not ("/Metadata" in pdf.Root or "/Info" in pdf.trailer):
            return
        for place, key in ((pdf.Root, "/Metadata"), (pdf.trailer, "/Info")):
            if key in place:
                del place[key]
        pdf.save(target, deterministic_id=True)


def _clean_film(source: Path, target: Path) -> None:
    content = bytearray(source.read_bytes())
    found = list(_hiding(content, 0, len(content)))
    for name_at, begin, end in found:
        # The box keeps its length, so that every offset in the film still holds.
        content[name_at : name_at + 4] = b"free"
        content[begin:end] = bytes(end - begin)
    if found:
        target.write_bytes(content)


def _hiding(content: bytearray, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    while start + 8 <= end:
        length, name, skip = int.from_bytes(content[start : start + 4], "big"), bytes(content[start + 4 : start + 8]), 8
        if length == 1:
            length, skip = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        length = length or end - start
        if length < skip or start + length > end:
            return
        if name in HIDING:
            yield start + 4, start + skip, start + length
        elif name in INSIDE:
            yield from _hiding(content, start + skip, start + length)
        start += length


def pictures(source: Path, media_type: str, folder: Path) -> list[dict[str, object]]:
    """A thumbnail (page 0) and the first pages."""
    made = []
    for page, image in enumerate(_pages(source, media_type), 1):
        if page == 1:
            made.append(_keep(image, 0, THUMBNAIL, folder))
        made.append(_keep(image, page, WIDTH, folder))
    return made


def _pages(source: Path, media_type: str) -> Iterator[Image.Image]:
    if media_type != "application/pdf":
        yield _picture(source)
        return
    with pypdfium2.PdfDocument(source) as pdf:
        for number in range(min(len(pdf), MOST_PAGES)):
            page = pdf[number]
            # A page may be of any size; the picture is of ours.
            scale = min(WIDTH / max(page.get_width(), 1), 2 * WIDTH / max(page.get_height(), 1), 4)
            yield page.render(scale=scale).to_pil()


def _keep(image: Image.Image, page: int, width: int, folder: Path) -> dict[str, object]:
    smaller = image.convert("RGB")
    smaller.thumbnail((width, 2 * width))
    smaller.save(folder / f"page-{page}", "WEBP", quality=78)
    return {"page": page, "name": f"page-{page}", "width": smaller.width, "height": smaller.height}


if __name__ == "__main__":
    work = {"copy": copy, "pictures": pictures}[sys.argv[1]]
    print(json.dumps({"made": work(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))}))  # noqa: T201
