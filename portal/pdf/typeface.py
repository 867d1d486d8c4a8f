"""A font as long tables use it: glyphs and widths for setting, then a cut of it for the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import pydyf
import uharfbuzz

from portal.pdf.order import RenderFailed


@dataclass
class Face:
    """A font as text needs it: glyphs, their widths, and which were used."""

    name: str
    content: bytes
    size: float
    """In points; what `width` and `wrapped` reckon with."""
    used: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        face = uharfbuzz.Face(self.content)
        self.font, self.scale = uharfbuzz.Font(face), 1000 / face.upem
        self.glyph, self.width = lru_cache(4096)(self._glyph), lru_cache(4096)(self._width)

    def _glyph(self, sign: str) -> tuple[int, float]:
        number = self.font.get_nominal_glyph(ord(sign)) or 0
        return number, self.font.get_glyph_h_advance(number) * self.scale

    def _width(self, text: str) -> float:
        return sum(self.glyph(sign)[1] for sign in text) * self.size / 1000

    def shown(self, text: str) -> bytes:
        """A text as the page's stream has it."""
        numbers = [(self.glyph(sign)[0], sign) for sign in text]
        self.used.update(numbers)
        return b"<" + b"".join(b"%04x" % number for number, _sign in numbers) + b"> Tj"

    def wrapped(self, text: str, room: float) -> Iterator[str]:
        """The lines of a text that are not wider than the room; words that are, are cut."""
        space = self.width(" ")
        for paragraph in text.splitlines():
            words: list[str] = []
            taken = -space
            for word in paragraph.split():
                for part in self._cut(word, room) if self.width(word) > room else (word,):
                    taken += space + self.width(part)
                    if words and taken > room:
                        yield " ".join(words)
                        words, taken = [], self.width(part)
                    words.append(part)
            yield " ".join(words)

    def _cut(self, word: str, room: float) -> Iterator[str]:
        part = ""
        for sign in word:
            if part and self.width(part + sign) > room:
                yield part
                part = ""
            part += sign
        yield part


def embedded(made: pydyf.PDF, face: Face) -> bytes:
    """The font in the file: cut to the glyphs that were used, with their widths, and what each stands for."""
    wish = uharfbuzz.SubsetInput()
    wish.glyph_set.update(face.used)
    wish.flags = uharfbuzz.SubsetFlags.RETAIN_GIDS
    cut = uharfbuzz.subset(uharfbuzz.Face(face.content), wish)
    if cut is None:
        raise RenderFailed("failed", "font")
    name = f"/LiberationSans-{face.name}"
    program = pydyf.Stream([bytes(cut.blob.data)], {"Length1": len(cut.blob.data)}, compress=True)
    meaning = pydyf.Stream([_meanings(face.used)], compress=True)
    about = pydyf.Dictionary({"Type": "/FontDescriptor", "FontName": name, "Flags": 4, "ItalicAngle": 0})
    about |= {"FontBBox": pydyf.Array([-544, -303, 1302, 980]), "Ascent": 905, "Descent": -212}
    about |= {"CapHeight": 729, "StemV": 80}
    made.add_object(program)
    made.add_object(meaning)
    about["FontFile2"] = program.reference
    made.add_object(about)
    widths = pydyf.Array()
    for number, sign in sorted(face.used.items()):
        widths += [number, pydyf.Array([round(face.glyph(sign)[1], 2)])]
    system = pydyf.Dictionary(
        {"Registry": pydyf.String("Adobe"), "Ordering": pydyf.String("Identity"), "Supplement": 0}
    )
    inner = pydyf.Dictionary({"Type": "/Font", "Subtype": "/CIDFontType2", "BaseFont": name, "W": widths})
    inner |= {"CIDSystemInfo": system, "FontDescriptor": about.reference, "CIDToGIDMap": "/Identity"}
    made.add_object(inner)
    outer = pydyf.Dictionary({"Type": "/Font", "Subtype": "/Type0", "BaseFont": name, "Encoding": "/Identity-H"})
    outer |= {"DescendantFonts": pydyf.Array([inner.reference]), "ToUnicode": meaning.reference}
    made.add_object(outer)
    return bytes(outer.reference)


def _meanings(used: dict[int, str]) -> bytes:
    """The table that lets a reader search and copy the text."""
    pairs = [
        b"<%04x> <%s>" % (number, sign.encode("utf-16-be").hex().encode()) for number, sign in sorted(used.items())
    ]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    return b"\n".join(
        [
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Used def /CMapType 2 def",
            b"1 begincodespacerange <0000> <ffff> endcodespacerange",
            *(b"%d beginbfchar\n%s\nendbfchar" % (len(block), b"\n".join(block)) for block in blocks),
            b"endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )
