"""Tables as an OpenDocument spreadsheet, written row by row: text is text and never a formula, days are days."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
IN_MEMORY = 4 * 1024 * 1024
WHEN = (1980, 1, 1, 0, 0, 0)
"""The same table gives the same bytes."""
NAMES = ("office", "table", "text", "style", "number")
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{"datastyle" if name == "number" else name}:1.0"'
    for name in NAMES
)
SPACES += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MEDIA_TYPE}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""
BEGIN = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content {SPACES} office:version="1.3"><office:automatic-styles>
<number:date-style style:name="N1"><number:year number:style="long"/><number:text>-</number:text><number:month
 number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>
<number:date-style style:name="N2"><number:year number:style="long"/><number:text>-</number:text><number:month
 number:style="long"/><number:text>-</number:text><number:day number:style="long"/><number:text> </number:text><number:hours
 number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:date-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="moment" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="column" style:family="table-column"><style:table-column-properties
 style:column-width="4.5cm"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>"""
END = "</office:spreadsheet></office:body></office:document-content>"


def spreadsheet(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet: the headings, then the rows; cells are text, numbers, days, moments (on their own clock) or None."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            # The type comes first and unpacked: so a file is recognised by its beginning.
            archive.writestr(zipfile.ZipInfo("mimetype", WHEN), MEDIA_TYPE, zipfile.ZIP_STORED)
            archive.writestr(_entry("META-INF/manifest.xml"), MANIFEST)
            with archive.open(_entry("content.xml"), "w") as content:
                _write(content, title, headings, rows)
        out.seek(0)
        return out.read()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _write(content: Any, title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    say = _sayer(content)
    say(f"{BEGIN}<table:table table:name={quoteattr(_inert(title)[:31])}>")
    say(f'<table:table-column table:style-name="column" table:number-columns-repeated="{len(headings)}"/>')
    heads = "".join(_cell(words, ' table:style-name="head"') for words in headings)
    say(f"<table:table-header-rows><table:table-row>{heads}</table:table-row></table:table-header-rows>")
    for row in rows:
        say(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>")
    say(f"</table:table>{END}")


def _sayer(content: BinaryIO) -> Any:
    return lambda text: content.write(text.encode())


def _cell(value: Any, style: str = "") -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, datetime):
        at = f"{value:%Y-%m-%dT%H:%M:%S}"
        return _typed(
            f'table:style-name="moment" office:value-type="date" office:date-value="{at}"', at.replace("T", " ")
        )
    if isinstance(value, date):
        return _typed(
            f'table:style-name="day" office:value-type="date" office:date-value="{value:%Y-%m-%d}"', str(value)
        )
    if isinstance(value, (int, float)):
        return _typed(f'office:value-type="float" office:value="{value}"', str(value))
    return _typed(f'office:value-type="string"{style}', *_inert(str(value)).splitlines())


def _typed(about: str, *lines: str) -> str:
    words = "".join(f"<text:p>{escape(line)}</text:p>" for line in lines)
    return f"<table:table-cell {about}>{words}</table:table-cell>"


def _inert(text: str) -> str:
    """Without signs that XML can't hold."""
    return "".join(
        sign
        for sign in text
        if sign in "\n\t" or (sign >= " " and not 0xD800 <= ord(sign) <= 0xDFFF and ord(sign) & 0xFFFE != 0xFFFE)
    )
