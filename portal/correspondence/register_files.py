"""A register as a file: the printed book of a year with its proof, a spreadsheet, or CSV; set while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from portal import spreadsheet
from portal.acts import Act
from portal.clock import WIB
from portal.correspondence import completeness, letters, numbering
from portal.correspondence.completeness import Book, spans
from portal.i18n import _, day, moment, translate
from portal.pdf.ruled import Heading, Line, ruled

RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")
"""A cell that begins so is a formula to a spreadsheet (reliability rule 39)."""
MEDIA_TYPES = {"csv": "text/csv", "ods": spreadsheet.MEDIA_TYPE, "pdf": "application/pdf"}
Lines = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Register:
    """One register of a year: its kind of series, what its columns are called, and their shares of a printed page."""

    kind: str
    title: Any
    name: str
    """Of the file."""
    columns: Sequence[tuple[str, Any]]
    shares: Sequence[float]


OUTGOING = Register(
    "letter",
    _("Register surat keluar"),
    "register-keluar",
    (
        ("number", _("Nomor")),
        ("dated", _("Tanggal")),
        ("unit", _("Unit")),
        ("to", _("Kepada")),
        ("title", _("Hal")),
        ("security", _("Keamanan")),
        ("state", _("Status")),
        ("way", _("Pengiriman")),
        ("receipt", _("Tanda terima")),
        ("note", _("Keterangan")),
    ),
    (5.3, 2, 1.8, 4, 5, 1.9, 2, 2.6, 2, 2.6),
)
AGENDA = Register(
    "incoming",
    _("Agenda surat masuk"),
    "agenda-masuk",
    (
        ("number", _("Nomor agenda")),
        ("received", _("Diterima")),
        ("sender", _("Asal")),
        ("sender_number", _("Nomor surat")),
        ("sender_date", _("Tanggal surat")),
        ("title", _("Hal")),
        ("case", _("Kasus")),
        ("state", _("Status")),
        ("note", _("Keterangan")),
    ),
    (3.4, 2.6, 3.6, 3, 2, 5, 2.4, 2, 3),
)


def file_of(act: Act, register: Register, year: int, lines: Lines, ending: str, lang: str) -> bytes:
    """The register as a file of that ending."""
    title = f"{translate(register.title, lang)} {year}"
    if ending == "pdf":
        return printed(act, register, year, lines, lang)
    headings = [translate(words, lang) for _key, words in register.columns]
    if ending == "csv":
        return as_csv(headings, ([cell(line[key], lang) for key, _words in register.columns] for line in lines))
    rows = ([_typed(line[key], lang) for key, _words in register.columns] for line in lines)
    return spreadsheet.spreadsheet(title, headings, rows)


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """For a spreadsheet, with a mark by which it knows the encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def cell(value: Any, lang: str) -> str:
    """A value as a cell of CSV that no spreadsheet takes for a formula."""
    value = _typed(value, lang)
    text = "" if value is None else f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(RISKY) else text


def _typed(value: Any, lang: str) -> Any:
    """States by their names, moments on the office's clock; the rest as it is."""
    if isinstance(value, datetime):
        return value.astimezone(WIB).replace(tzinfo=None)
    return translate(value.title, lang) if hasattr(value, "phase") else value


def printed(act: Act, register: Register, year: int, lines: Lines, lang: str) -> bytes:
    """The book of the year: each series from its first number to its last, and below them what proves it whole."""
    say = partial(translate, lang=lang)
    heading = Heading(
        owner=letters.house().agency,
        title=f"{say(register.title)} {year}",
        columns=[(say(words), share) for (_key, words), share in zip(register.columns, register.shares, strict=True)],
        page=say(_("Halaman {page} dari {pages}")),
        continued=say(_("(lanjutan)")),
    )

    def rows() -> Iterator[Line]:
        for line in lines:
            cells = [_printed(line[key], lang) for key, _words in register.columns]
            yield Line(say(book_name(line["series"])), cells)

    def closing() -> Iterator[str]:
        found = completeness.books(act.session, act.by.memberships, year)
        for book in (book for book in found if book.named.kind == register.kind):
            yield f"{say(book_name(book.key))}: {'; '.join(map(say, statement(book)))}."
        known = {"at": moment(act.at, WIB, lang), "by": act.by.name}
        yield say(_("Dicetak ${at} oleh ${by}; memuat surat yang boleh dilihat pencetak.", mapping=known))

    return ruled(heading, rows(), closing, lang=lang, created=act.at)


def _printed(value: Any, lang: str) -> str:
    if isinstance(value, datetime):
        return moment(value, WIB, lang)
    if isinstance(value, date):
        return day(value, lang)
    return "" if value is None else str(_typed(value, lang))


def book_name(key: str) -> Any:
    """A book in the office's words."""
    named = numbering.Key.of(key)
    known = {"unit": named.unit, "year": named.year, "book": named.book}
    if named.kind == "letter":
        return _("Buku ${book} unit ${unit} tahun ${year}", mapping=known)
    return _("Agenda unit ${unit} tahun ${year}", mapping=known)


def statement(book: Book) -> list[Any]:
    """What the gap report says of a book, a sentence each."""
    found = [_("nomor 1–${last}", mapping={"last": book.last})]
    for words, numbers in (
        (_("batal: ${numbers}"), book.voided),
        (_("dicadangkan, belum terisi: ${numbers}"), book.unfilled),
        (_("diisi dari surat kertas: ${numbers}"), book.from_paper),
        (_("HILANG: ${numbers}"), book.missing),
        (_("GANDA: ${numbers}"), book.double),
    ):
        if numbers:
            found.append(words % {"numbers": spans(numbers)})
    if book.supplements:
        found.append(_("sisipan: ${numbers}", mapping={"numbers": ", ".join(book.supplements)}))
    if book.is_whole:
        found.append(_("tidak ada nomor yang hilang atau ganda"))
    return found
