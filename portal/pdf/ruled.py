"""Long tables as PDF, such as a register of ten thousand lines: set row by row, so that only finished pages are kept."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pydyf

from portal.folders import folder
from portal.pdf.typeface import Face, embedded

WIDE, HIGH, MARGIN = 842, 595, 40
"""A4 on its side, in points."""
SIZE, LEADING, PAD = 8, 10.2, 3
FOOT = 24
MOST_LINES = 24
"""So many lines of one cell are printed; a text that is longer has its place elsewhere."""


@dataclass(frozen=True)
class Line:
    """One row; where `section` differs from that of the row before, a new page begins under its name."""

    section: str
    cells: Sequence[str]


@dataclass(frozen=True)
class Heading:
    """What stands on every page: who, what, and which columns with their shares of the width."""

    owner: str
    title: str
    columns: Sequence[tuple[str, float]]
    page: str
    """Such as "Halaman {page} dari {pages}"."""
    continued: str
    """Behind the name of a section that goes on from the page before."""


def ruled(
    heading: Heading,
    lines: Iterable[Line],
    closing: Callable[[], Iterable[str]],
    *,
    lang: str,
    created: datetime,
) -> bytes:
    """The table as a PDF; `closing` are the sentences below it, asked for when all lines are set."""
    book = _Book(heading)
    for line in lines:
        book.add(line)
    book.close(closing())
    return book.finished(lang, created)


class _Book:
    """The pages so far, each packed when it is full."""

    def __init__(self, heading: Heading) -> None:
        fonts = folder("letters") / "house" / "fonts"
        self.plain, self.bold = (
            Face(name, (fonts / f"LiberationSans-{name}.ttf").read_bytes(), SIZE) for name in ("Regular", "Bold")
        )
        self.heading, room = heading, WIDE - 2 * MARGIN
        whole = sum(share for _words, share in heading.columns)
        self.widths = [room * share / whole for _words, share in heading.columns]
        self.pages: list[bytes] = []
        self.page: list[bytes] = []
        self.y = 0.0
        self.section: str | None = None

    def add(self, line: Line) -> None:
        """One more row."""
        cells = [
            list(self.plain.wrapped(text, width - 2 * PAD))[:MOST_LINES]
            for text, width in zip(line.cells, self.widths, strict=True)
        ]
        high = max(1, *map(len, cells)) * LEADING + PAD
        if line.section != self.section:
            self.section = line.section
            self._turn(line.section)
        elif self.y - high < MARGIN + FOOT:
            self._turn(f"{line.section} {self.heading.continued}")
        self._row(cells, self.plain)

    def close(self, sentences: Iterable[str]) -> None:
        """The sentences below the last row."""
        if not self.page:
            self._turn("")
        self.y -= LEADING
        for sentence in sentences:
            for text in self.plain.wrapped(sentence, WIDE - 2 * MARGIN):
                if self.y - LEADING < MARGIN + FOOT:
                    self._turn("")
                self.y -= LEADING
                self._text(MARGIN, self.y, text, self.plain)

    def _turn(self, section: str) -> None:
        if self.page:
            self._pack()
        self.y = HIGH - MARGIN
        for text, face, size in (
            (self.heading.owner, self.plain, SIZE),
            (self.heading.title, self.bold, 12),
            (section, self.bold, 9),
        ):
            if text:
                self.y -= size * 1.5
                self._text(MARGIN, self.y, text, face, size)
        self.y -= LEADING
        heads = [
            list(self.bold.wrapped(words, width - 2 * PAD))
            for (words, _share), width in zip(self.heading.columns, self.widths, strict=True)
        ]
        self._rule(1)
        self._row(heads, self.bold, 1)

    def _pack(self) -> None:
        self.pages.append(zlib.compress(b"\n".join(self.page)))
        self.page = []

    def _row(self, cells: Sequence[Sequence[str]], face: Face, thick: float = 0.3) -> None:
        x = float(MARGIN)
        for lines, width in zip(cells, self.widths, strict=True):
            for number, text in enumerate(lines, 1):
                self._text(x + PAD, self.y - number * LEADING + 2, text, face)
            x += width
        self.y -= max(1, *map(len, cells)) * LEADING + PAD
        self._rule(thick)

    def _rule(self, thick: float) -> None:
        self.page.append(b"%.1f w %d %.2f m %d %.2f l S" % (thick, MARGIN, self.y, WIDE - MARGIN, self.y))

    def _text(self, x: float, y: float, text: str, face: Face, size: float = SIZE) -> None:
        self.page.append(_placed(face, size, x, y, text))

    def finished(self, lang: str, created: datetime) -> bytes:
        """The whole file; the same rows and moment give the same bytes."""
        self._pack()
        made = pydyf.PDF()
        fonts = pydyf.Dictionary()
        content = pydyf.Dictionary({"Font": fonts})
        made.add_object(content)
        for number, packed in enumerate(self.pages, 1):
            body = pydyf.Stream([packed], {"Filter": "/FlateDecode"})
            words = self.heading.page.format(page=number, pages=len(self.pages))
            right = WIDE - MARGIN - self.plain.width(words)
            foot = pydyf.Stream([_placed(self.plain, SIZE, right, MARGIN, words)])
            made.add_object(body)
            made.add_object(foot)
            made.add_page(
                pydyf.Dictionary(
                    {
                        "Type": "/Page",
                        "Parent": made.pages.reference,
                        "MediaBox": pydyf.Array([0, 0, WIDE, HIGH]),
                        "Contents": pydyf.Array([body.reference, foot.reference]),
                        "Resources": content.reference,
                    }
                )
            )
        for face in (self.plain, self.bold):
            fonts[face.name] = embedded(made, face)
        made.catalog["Lang"] = pydyf.String(lang)
        made.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        made.info["Title"] = pydyf.String(self.heading.title)
        made.info["CreationDate"] = pydyf.String(created.strftime("D:%Y%m%d%H%M%SZ"))
        out = io.BytesIO()
        made.write(out, identifier=True)
        return out.getvalue()


def _placed(face: Face, size: float, x: float, y: float, text: str) -> bytes:
    """A text at its place on the page."""
    return b"BT /%s %g Tf %.2f %.2f Td %s ET" % (face.name.encode(), size, x, y, face.shown(text))
