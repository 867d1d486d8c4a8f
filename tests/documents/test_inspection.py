"""What a file is, by its content, in a child process that may use little."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.documents import confinement
from tests.documents import files

INSPECTION = Path(confinement.__file__).with_name("inspection.py")


def look(content: bytes, folder: Path, ending: str = "") -> dict[str, object]:
    file = folder / "content"
    file.write_bytes(content)
    return confinement.run(INSPECTION, file, ending)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

GOOD = {
    "a PDF of three pages": (files.pdf(pages=3), "application/pdf"),
    "a PDF that only forbids changes": (files.pdf_readable_but_protected(), "application/pdf"),
    "a photo": (files.photo(), "image/jpeg"),
    "a photo followed by a telephone's own data": (files.photo() + b"SEFT" * 40, "image/jpeg"),
    "a screenshot": (files.photo("PNG"), "image/png"),
    "a film": (files.film(), "video/mp4"),
    "a film of an iPhone": (files.film(b"qt  "), "video/mp4"),
    "an old telephone's film": (files.film(b"3gp4"), "video/3gpp"),
    "a recording": (files.film(b"M4A ", b"soun"), "audio/mp4"),
    "a voice message": (files.voice(), "audio/ogg"),
    "a text": ("Gaji saya tidak dibayar – lima bulan".encode(), "text/plain"),
    "a text of an old computer": ("Saya menunggu… café".encode("cp1252"), "text/plain"),
    "a letter in Word": (files.word(), WORD),
    "a letter in Word with a link to click": (
        files.word({"word/_rels/document.xml.rels": files.RELATION.format("hyperlink")}),
        WORD,
    ),
    "a table in Excel": (files.sheet({"xl/printerSettings/printerSettings1.bin": b"a"}), SHEET),
}

BAD = {
    **{
        f"a PDF that runs {kind}": (files.pdf_that_runs(kind), "active")
        for kind in (
            "when opened",
            "by name",
            "when the page is shown",
            "on a click",
            "starts a program",
            "sends the form",
            "xfa form",
        )
    },
    "a PDF with a file inside": (files.pdf_with_attachment(), "embedded"),
    "a PDF with a password": (files.pdf_locked(), "encrypted"),
    "half a PDF": (files.pdf()[:120], "damaged"),
    "a PDF that is an archive too": (files.pdf() + files.parcel({"a": "b"}), "archive"),
    "a photo that is an archive too": (files.photo() + files.parcel({"a": "b"}), "archive"),
    "a photo that is a PDF too": (files.photo()[:2] + b"\xff\xfe\x00\x08%PDF-1" + files.photo()[2:], "mismatch"),
    "a photo that is a page too": (
        files.photo()[:2] + b"\xff\xfe\x00\x14<script>alert(1)<" + files.photo()[2:],
        "page",
    ),
    "half a photo": (files.photo()[:400], "damaged"),
    "a picture of 900 million points": (files.png_of(30_000, 30_000), "huge"),
    "half a film": (files.film()[:-30], "damaged"),
    "a web page": (b"<!DOCTYPE html><script>alert(1)</script>", "page"),
    "a web page after a mark and blanks": (b"\xef\xbb\xbf \n <HTML>", "page"),
    "a drawing that runs": (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "page",
    ),
    "an archive": (files.parcel({"a.txt": "a"}), "archive"),
    "a RAR archive": (b"Rar!\x1a\x07\x01\x00" + bytes(50), "archive"),
    "a program": (b"MZ\x90\x00" + bytes(100), "active"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "active"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unknown"),
    "a Word file with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "a bomb in a Word file": (files.word({"word/media/image1.bmp": b"\0" * 60_000_000}), "huge"),
    "a Word file of too many parts": (files.word({f"word/media/{n}.png": b"" for n in range(3001)}), "huge"),
    "a Word file with a macro": (files.word({"word/vbaProject.bin": b"a"}), "macro"),
    "a Word file with a file inside": (files.word({"word/embeddings/oleObject1.bin": b"a"}), "embedded"),
    "a Word file with a page inside": (files.word({"word/afchunk.mht": b"a"}), "embedded"),
    "a Word file with a template from outside": (
        files.word({"word/_rels/settings.xml.rels": files.RELATION.format("attachedTemplate")}),
        "external",
    ),
    "a Word file that calls a program": (
        files.word(
            text='<w:p xmlns:w="w"><w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\\\cmd</w:instrText></w:p>'
        ),
        "active",
    ),
    "a Word file with entities": (
        files.word(text='<!DOCTYPE a [<!ENTITY b "c">]><w:document xmlns:w="w">&b;</w:document>'),
        "active",
    ),
    "a Word file with a part outside": (files.word({"../../a.xml": "<a/>"}), "damaged"),
    "an Excel file that reads from outside": (files.sheet({"xl/externalLinks/externalLink1.xml": "<a/>"}), "external"),
    "an Excel file with an old macro": (files.sheet({"xl/macrosheets/sheet1.xml": "<a/>"}), "macro"),
    "noise": (bytes(range(256)) * 8, "unknown"),
    "blanks": (b"  \n \n", "unknown"),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_known_by_their_content(name: str, tmp_path: Path):
    content, media_type = GOOD[name]
    assert look(content, tmp_path) == {
        "media_type": media_type,
        "pages": 3 if "three pages" in name else 1,
        "finding": "",
    }


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_named_for_what_they_are(name: str, tmp_path: Path):
    content, finding = BAD[name]
    assert look(content, tmp_path)["finding"] == finding


@pytest.mark.parametrize(
    ("content", "finding"),
    [
        (files.mail(), ""),
        (files.mail_with("foto.jpg"), ""),
        (files.mail_with("tagihan.pdf.exe"), "embedded"),
        (b"Hanya sebuah catatan.", "mismatch"),
    ],
)
def test_mail_is_known_by_its_headers(content: bytes, finding: str, tmp_path: Path):
    assert look(content, tmp_path, ".eml")["finding"] == finding


def test_a_script_that_takes_too_much_ends_without_an_answer(tmp_path: Path):
    greedy = tmp_path / "greedy.py"
    greedy.write_text("print(len(bytearray(3 * 1024**3)))")
    with pytest.raises(confinement.Unfinished):
        confinement.run(greedy)


def test_a_script_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    endless = tmp_path / "endless.py"
    endless.write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"  # sooner than by itself
    )
    with pytest.raises(confinement.Unfinished):
        confinement.run(endless)


def test_the_child_knows_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORTAL_SECRET", "rahasia")
    curious = tmp_path / "curious.py"
    curious.write_text(
        "import json, os, resource, sys\n"
        "print(json.dumps({'secret': os.environ.get('PORTAL_SECRET'), 'portal': 'portal' in sys.modules,"
        " 'memory': resource.getrlimit(resource.RLIMIT_AS)[0], 'files': resource.getrlimit(resource.RLIMIT_FSIZE)[0]}))"
    )
    assert confinement.run(curious) == {
        "secret": None,
        "portal": False,
        "memory": confinement.MEMORY,
        "files": confinement.LARGEST_FILE,
    }
