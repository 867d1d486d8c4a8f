"""Files as people and attackers send them, made here byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pi_heif
import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image


def pdf(*, pages: int = 1, author: str = "") -> bytes:
    """A plain PDF, with its author in the metadata if one is named."""
    with pikepdf.new() as made:
        for _page in range(pages):
            made.add_blank_page(page_size=(595, 842))
        if author:
            made.docinfo["/Author"] = author
            with made.open_metadata() as metadata:
                metadata["dc:creator"] = [author]
        return saved(made)


def saved(made: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    made.save(out, **how)
    return out.getvalue()


def pdf_that_runs(kind: str) -> bytes:
    """A PDF with a command in it, in one of the places where readers look for one."""
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    with pikepdf.new() as made:
        made.add_blank_page()
        root, page = made.Root, made.pages[0]
        if kind == "when opened":
            root.OpenAction = script
        elif kind == "by name":
            root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), made.make_indirect(script)])))
        elif kind == "when the page is shown":
            page.obj.AA = Dictionary(O=script)
        elif kind == "on a click":
            page.obj.Annots = Array(
                [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=script)]
            )
        elif kind == "starts a program":
            root.OpenAction = Dictionary(S=Name.Launch, F=String("cmd.exe"))
        elif kind == "sends the form":
            root.OpenAction = Dictionary(S=Name.SubmitForm, F=String("http://example.invalid"))
        elif kind == "xfa form":
            root.AcroForm = Dictionary(XFA=made.make_stream(b"<xdp/>"), Fields=Array([]))
        return saved(made)


def pdf_with_attachment() -> bytes:
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["tagihan.exe"] = b"MZ"
        return saved(made)


def pdf_locked() -> bytes:
    with pikepdf.new() as made:
        made.add_blank_page()
        return saved(made, encryption=pikepdf.Encryption(owner="a", user="b"))


def pdf_readable_but_protected() -> bytes:
    """As banks send them: it opens without a password, only changing it needs one."""
    with pikepdf.new() as made:
        made.add_blank_page()
        return saved(made, encryption=pikepdf.Encryption(owner="a", user=""))


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (320, 240), *, place: bool = False, turned: bool = False
) -> bytes:
    """A photo; with the place where it was taken, as telephones write it; turned, as they hold it."""
    image = Image.new("RGB", size, (200, 120, 40))
    image.paste((20, 90, 160), (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    if place:
        exif[0x010F] = "Ponsel Siti"
        exif.get_ifd(0x8825).update({1: "S", 2: (6.0, 12.0, 30.0), 3: "E", 4: (106.0, 49.0, 0.0)})
    if turned:
        exif[0x0112] = 6
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is that large; its content is a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def box(name: bytes, *content: bytes) -> bytes:
    inside = b"".join(content)
    return struct.pack(">I", 8 + len(inside)) + name + inside


def film(brand: bytes = b"isom", handler: bytes = b"vide", place: bytes = b"") -> bytes:
    """The frame of a film, with one track and, if named, the place where it was made."""
    track = box(b"trak", box(b"mdia", box(b"hdlr", b"\0" * 8 + handler + b"\0" * 13)))
    where = [box(b"udta", box(b"\xa9xyz", place))] if place else []
    return box(b"ftyp", brand, b"\0\0\0\0", brand) + box(b"moov", track, *where) + box(b"mdat", b"\x11" * 64)


def voice() -> bytes:
    """A voice message of one page."""
    head = b"OpusHead" + bytes(11)
    return b"OggS\0\x02" + bytes(8) + bytes(4) + bytes(4) + bytes(4) + bytes([1, len(head)]) + head


def parcel(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
TEXT = '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Kronologi</w:t></w:r></w:p></w:body></w:document>'
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'
    ' Target="http://example.invalid/a" TargetMode="External"/></Relationships>'
)


def word(more: dict[str, bytes | str] | None = None, text: str = TEXT) -> bytes:
    return parcel({"[Content_Types].xml": TYPES, "word/document.xml": text, **(more or {})})


def sheet(more: dict[str, bytes | str] | None = None) -> bytes:
    return parcel({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<workbook/>", **(more or {})})


def mail(extra: str = "") -> bytes:
    return f"From: siti@example.id\r\nDate: Mon, 2 Mar 2026 10:00:00 +0700\r\nSubject: Gaji\r\n{extra}\r\nTolong.\r\n".encode()


def mail_with(filename: str) -> bytes:
    kind = f'MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name="{filename}"\r\n'
    return mail(kind + f'Content-Disposition: attachment; filename="{filename}"\r\n')


def can_make_heic() -> bool:
    """The decoder of the portal can't write; its own test picture is enough."""
    return bool(pi_heif.libheif_version())
