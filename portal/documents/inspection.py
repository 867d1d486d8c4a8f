"""The child that looks into one file: which kind it is by its content, how many pages, and what is wrong with it.

Run by portal.documents.confinement as `inspection.py <file> <ending of the sender's name>`; prints one JSON object. It
stands alone: nothing of the portal is imported, so that it starts fast and has nothing to lose.
"""

from __future__ import annotations

import email
import email.policy
import json
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import pi_heif
import pikepdf
from PIL import Image

MOST_PIXELS = 80_000_000
MOST_PARTS = 3_000
MOST_UNPACKED = 300_000_000
MOST_RATIO = 200
LONGEST_TEXT = 25_000_000
HEAD, TAIL = 4096, 66_000

OFFICE = "application/vnd.openxmlformats-officedocument."
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"MSCF")
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|!--|\?php|xml)", re.IGNORECASE)
PHOTO_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")

ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/Movie", "/Sound"}
LIVE = {"/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"}
OFFICE_PARTS = frozenset(
    ".xml .rels .png .jpg .jpeg .gif .emf .wmf .tif .tiff .bmp .svg .odttf .ttf .fntdata .vml .bin".split()
)
DDE = re.compile(r"\bDDE(AUTO)?\b")
FIELD = re.compile(r"<w:instrText[^>]*>([^<]*)|w:instr=\"([^\"]*)\"")
CARRIED = re.compile(
    r"\.(exe|dll|scr|com|bat|cmd|ps1|js|jse|vbs|vbe|wsf|hta|lnk|jar|iso|img|zip|rar|7z|gz|docm|xlsm|html?|svg)$",
    re.IGNORECASE,
)


class Found(Exception):
    """Something that puts the file in quarantine."""


def inspect(path: Path, ending: str) -> dict[str, object]:
    """Kind, pages and finding of a file."""
    try:
        media_type, pages = _kind(path, ending)
    except Found as found:
        return {"media_type": "", "pages": 1, "finding": str(found)}
    except MemoryError:
        return {"media_type": "", "pages": 1, "finding": "huge"}
    except Exception:  # noqa: BLE001 - a parser may fail in any way; the file is then one that can't be read
        return {"media_type": "", "pages": 1, "finding": "damaged"}
    return {"media_type": media_type, "pages": pages, "finding": ""}


def _kind(path: Path, ending: str) -> tuple[str, int]:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _office(path), 1
    if zipfile.is_zipfile(path) or head.startswith(ARCHIVES):
        raise Found("archive")
    if head.startswith(COMPOUND):
        raise Found("encrypted" if "EncryptedPackage".encode("utf-16-le") in path.read_bytes() else "unknown")
    if head.startswith(PROGRAMS):
        raise Found("active")
    if head.startswith(b"%PDF-"):
        return "application/pdf", _pdf(path)
    if b"%PDF-" in head:
        raise Found("mismatch")
    for signature, name in ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG")):
        if head.startswith(signature):
            return _picture(path, name, head), 1
    if head[4:8] == b"ftyp":
        return (_photo(path) if _brands(head) & set(PHOTO_BRANDS) else _film(path, head)), 1
    if head.startswith(b"OggS"):
        return _voice(path), 1
    return _writing(path, head, ending), 1


def _pdf(path: Path) -> int:
    try:
        with pikepdf.open(path) as pdf:
            for thing in pdf.objects:
                _refuse_active(thing, 0)
            if not len(pdf.pages):
                raise Found("damaged")
            return len(pdf.pages)
    except pikepdf.PasswordError:
        raise Found("encrypted") from None


def _refuse_active(thing: object, depth: int) -> None:
    if depth > 60:
        raise Found("damaged")
    if isinstance(thing, pikepdf.Array):
        for child in thing:
            if not getattr(child, "is_indirect", False):
                _refuse_active(child, depth + 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        named = {str(thing.get(key)) for key in ("/S", "/Subtype") if isinstance(thing.get(key), pikepdf.Name)}
        if "/JS" in thing or "/XFA" in thing or named & (ACTIONS | LIVE) - {"/Sound", "/Movie"} or "/AA" in thing:
            raise Found("active")
        if "/EF" in thing or "/EmbeddedFiles" in thing or "/FileAttachment" in named:
            raise Found("embedded")
        for child in thing.as_dict().values() if isinstance(thing, pikepdf.Dictionary) else thing.stream_dict.values():
            if not getattr(child, "is_indirect", False):
                _refuse_active(child, depth + 1)


def _picture(path: Path, name: str, head: bytes) -> str:
    if MARKUP.search(head):
        raise Found("page")  # a picture that is a page as well
    Image.MAX_IMAGE_PIXELS = None  # the limit below is ours
    with Image.open(path, formats=[name]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Found("huge")
        if name == "PNG":
            image.verify()
        else:
            image.draft("L", (image.width // 8, image.height // 8))
            image.load()
    return f"image/{name.lower()}"


def _photo(path: Path) -> str:
    photo = pi_heif.open_heif(path, convert_hdr_to_8bit=True)
    if photo.size[0] * photo.size[1] > MOST_PIXELS:
        raise Found("huge")
    return "image/heic"


def _brands(head: bytes) -> set[bytes]:
    length = int.from_bytes(head[:4], "big")
    return {head[at : at + 4] for at in range(8, min(length, 128), 4) if at != 12}


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, begin and end of the content of each box."""
    while start + 8 <= end:
        file.seek(start)
        length, name, skip = int.from_bytes(file.read(4), "big"), file.read(4), 8
        if length == 1:
            length, skip = int.from_bytes(file.read(8), "big"), 16
        length = length or end - start
        if length < skip or start + length > end:
            raise Found("damaged")
        yield name, start + skip, start + length
        start += length


def _film(path: Path, head: bytes) -> str:
    with path.open("rb") as file:
        tops = {name: (begin, end) for name, begin, end in _boxes(file, 0, path.stat().st_size)}
        if b"moov" not in tops:
            raise Found("damaged")
        handlers = set()
        for track, begin, end in list(_boxes(file, *tops[b"moov"])):
            inside = {n: (b, e) for n, b, e in _boxes(file, begin, end)} if track == b"trak" else {}
            for name, start, _stop in list(_boxes(file, *inside[b"mdia"])) if b"mdia" in inside else []:
                if name == b"hdlr":
                    file.seek(start + 8)
                    handlers.add(file.read(4))
    if not handlers & {b"vide", b"soun"}:
        raise Found("unknown")
    small = any(brand.startswith((b"3gp", b"3g2")) for brand in {head[8:12]})
    return ("video/" if b"vide" in handlers else "audio/") + ("3gpp" if small else "mp4")


def _voice(path: Path) -> str:
    content = path.read_bytes()
    at, first = 0, True
    while at < len(content):
        table = content[at + 27 : at + 27 + content[at + 26]]
        begin = at + 27 + len(table)
        if content[at : at + 5] != b"OggS\0" or begin + sum(table) > len(content):
            raise Found("damaged")
        if first and not content.startswith((b"OpusHead", b"\x01vorbis"), begin):
            raise Found("unknown")
        at, first = begin + sum(table), False
    return "audio/ogg"


def _office(path: Path) -> str:
    with zipfile.ZipFile(path) as parcel:
        parts = parcel.infolist()
        names = {part.filename for part in parts}
        kind = {"word/document.xml": "wordprocessingml.document", "xl/workbook.xml": "spreadsheetml.sheet"}
        main = [kind[name] for name in kind if name in names]
        if "[Content_Types].xml" not in names or len(main) != 1:
            raise Found("archive")
        _refuse_bomb(parts)
        for part in parts:
            _refuse_part(parcel, part)
    return OFFICE + main[0]


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Found("huge")
    for part in parts:
        if part.file_size > 1_000_000 and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise Found("huge")
        if part.flag_bits & 1:
            raise Found("encrypted")
        if part.filename.startswith(("/", "\\")) or ".." in part.filename.split("/"):
            raise Found("damaged")


def _refuse_part(parcel: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    name = part.filename.lower()
    if "vbaproject" in name or "vbadata" in name or "/macrosheets/" in name or "/activex/" in name:
        raise Found("macro")
    if "/externallinks/" in name:
        raise Found("external")
    if "/embeddings/" in name or (not part.is_dir() and PurePosixPath(name).suffix not in OFFICE_PARTS):
        raise Found("embedded")
    if not name.endswith((".xml", ".rels")):
        return
    text = parcel.read(part).decode("utf-8", "replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Found("active")
    if "macroEnabled" in text and name == "[content_types].xml":
        raise Found("macro")
    if name.endswith(".rels"):
        _refuse_external(text)
    elif name.startswith("word/") and DDE.search("".join(a or b for a, b in FIELD.findall(text))):
        raise Found("active")


def _refuse_external(text: str) -> None:
    for relation in ET.fromstring(text):  # noqa: S314 - a document type or entity was refused before, and this is the child
        # Links that a person clicks are no danger by themselves; templates, pictures and frames load unasked.
        if relation.get("TargetMode") == "External" and not relation.get("Type", "").endswith("/hyperlink"):
            raise Found("external")


def _writing(path: Path, head: bytes, ending: str) -> str:
    if MARKUP.match(head.removeprefix(b"\xef\xbb\xbf").lstrip()):
        raise Found("page")
    if path.stat().st_size > LONGEST_TEXT:
        raise Found("unknown")
    content = path.read_bytes()
    if ending == ".eml":
        _refuse_mail(email.message_from_bytes(content, policy=email.policy.compat32))
        return "message/rfc822"
    try:
        text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "strict") if b"\0" not in content else "\0"
    if any(sign < " " and sign not in "\t\n\r\f\v" for sign in text) or not text.strip():
        raise Found("unknown")
    return "text/plain"


def _refuse_mail(message: Message) -> None:
    if not message["From"] or not (message["Date"] or message["Received"] or message["Subject"]):
        raise Found("mismatch")
    parts = list(message.walk())
    if len(parts) > 200:
        raise Found("huge")
    if any(CARRIED.search(part.get_filename() or "") for part in parts):
        raise Found("embedded")


if __name__ == "__main__":
    print(json.dumps(inspect(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")))  # noqa: T201
