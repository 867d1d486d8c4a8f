"""What people type, turned into values and back: clean text, days, instants, amounts, uploads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import colander
from colander import Invalid, SchemaNode, null

from portal.i18n import _, in_zone

DAY_FORMATS = ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d")
MOMENT = re.compile(r"(?P<day>\S+?)(?:[T ]|\s+pukul\s+)(?P<hour>\d{1,2})[.:](?P<minute>\d{2})")
PLAIN_AMOUNT = re.compile(r"(?P<whole>\d{1,15})(?:[.,](?P<part>\d{1,2}))?")
INDONESIAN_AMOUNT = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3}){1,5})(?:,(?P<part>\d{1,2}))?")
ENGLISH_AMOUNT = re.compile(r"(?P<whole>\d{1,3}(?:,\d{3}){1,5})(?:\.(?P<part>\d{1,2}))?")
UNKNOWN_MOMENT = _("Waktu tidak dikenali. Tulis seperti 13-10-2025 09.30.")
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the reading direction: with them a name can be made to look like another."""


def is_showable(char: str) -> bool:
    """Whether a character may stand in a text: no control, surrogate, non-character or change of direction."""
    if char in "\n\t":
        return True
    return not (
        char in OVERRIDES or unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or ord(char) & 0xFFFE == 0xFFFE
    )


def showable(text: str) -> str:
    """The text without what may not stand in it, to show it to the person who sent it."""
    return "".join(char for char in text if is_showable(char))


def clean(node: SchemaNode, text: Any, *, lines: bool = True, strip: bool = True) -> str:
    """The text in NFC; raises Invalid for what is no text or holds characters that may not stand in one."""
    if not isinstance(text, str):
        raise Invalid(node, _("Isian ini harus berupa teks."))
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if strip:
        text = text.strip()
    if not all(map(is_showable, text)) or (not lines and "\n" in text):
        raise Invalid(node, _("Isian ini memuat karakter yang tidak terlihat; ketik ulang tanpa menyalin."))
    return text


class CleanText(colander.SchemaType):
    """Text as `clean` makes it; empty is null."""

    def __init__(self, *, lines: bool = False, strip: bool = True) -> None:
        """With `lines`, line breaks are allowed."""
        self.lines, self.strip = lines, strip

    def serialize(self, _node: SchemaNode, value: Any) -> Any:
        """As it is."""
        return null if value in (null, None) else str(value)

    def deserialize(self, node: SchemaNode, text: Any) -> Any:
        """Clean text."""
        return null if text in (null, None, "") else clean(node, text, lines=self.lines, strip=self.strip) or null


def day_from(text: str) -> date | None:
    """13-10-2025, 13/10/2025, 13.10.2025 or 2025-10-13; nothing else."""
    for known in DAY_FORMATS:
        try:
            return datetime.strptime(text, known).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    return None


class DayValue(CleanText):
    """A date, shown as 13-10-2025."""

    def serialize(self, _node: SchemaNode, value: Any) -> Any:
        """13-10-2025."""
        return null if value in (null, None) else f"{value:%d-%m-%Y}"

    def deserialize(self, node: SchemaNode, text: Any) -> Any:
        """A date between the node's `earliest` and `latest`."""
        typed = super().deserialize(node, text)
        if typed is null:
            return null
        found = day_from(typed)
        if found is None:
            raise Invalid(node, _("Tanggal tidak dikenali. Tulis seperti 13-10-2025."))
        if found < node.earliest:
            raise Invalid(node, _("Tanggal paling awal ${day}.", mapping={"day": f"{node.earliest:%d-%m-%Y}"}))
        if node.latest and found > node.latest:
            raise Invalid(node, _("Tanggal paling akhir ${day}.", mapping={"day": f"{node.latest:%d-%m-%Y}"}))
        return found


class MomentValue(CleanText):
    """An instant, shown and typed on the clocks of the node's zone."""

    def serialize(self, node: SchemaNode, value: Any) -> Any:
        """13-10-2025 09.30."""
        return null if value in (null, None) else f"{in_zone(value, node.zone):%d-%m-%Y %H.%M}"

    def deserialize(self, node: SchemaNode, text: Any) -> Any:
        """The instant in UTC."""
        typed = super().deserialize(node, text)
        if typed is null:
            return null
        parts = MOMENT.fullmatch(typed)
        day = day_from(parts["day"]) if parts else None
        if not parts or not day:
            raise Invalid(node, UNKNOWN_MOMENT)
        try:
            clock = time(int(parts["hour"]), int(parts["minute"]), tzinfo=node.zone)
            return datetime.combine(day, clock).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Invalid(node, UNKNOWN_MOMENT) from None


class AmountValue(CleanText):
    """An amount of money; 1.500.000 and 1,500,000 are both a million and a half."""

    def serialize(self, _node: SchemaNode, value: Any) -> Any:
        """1.500.000 or 1.500.000,50."""
        if value in (null, None):
            return null
        whole, part = f"{Decimal(value):,.2f}".split(".")
        return whole.replace(",", ".") + (f",{part}" if int(part) else "")

    def deserialize(self, node: SchemaNode, text: Any) -> Any:
        """A finite decimal that is not negative."""
        typed = super().deserialize(node, text)
        if typed is null:
            return null
        figure = re.sub(r"^(Rp\.?|IDR)\s*", "", typed, flags=re.IGNORECASE).replace(" ", "")
        for known in (INDONESIAN_AMOUNT, ENGLISH_AMOUNT, PLAIN_AMOUNT):
            if figure.isascii() and (parts := known.fullmatch(figure)):
                return Decimal(re.sub(r"\D", "", parts["whole"]) + "." + (parts["part"] or "0"))
        raise Invalid(node, _("Jumlah tidak dikenali. Tulis angka seperti 1.500.000."))


class WholeNumber(CleanText):
    """A number without a fraction."""

    def deserialize(self, node: SchemaNode, text: Any) -> Any:
        """Between the node's `least` and `most`."""
        typed = super().deserialize(node, str(text) if isinstance(text, int) else text)
        if typed is null:
            return null
        if not re.fullmatch(r"-?[0-9]{1,15}", typed):
            raise Invalid(node, _("Tulis angka bulat."))
        if not node.least <= int(typed) <= node.most:
            limits = {"least": node.least, "most": node.most}
            raise Invalid(node, _("Tulis angka dari ${least} sampai ${most}.", mapping=limits))
        return int(typed)


class YesNo(colander.SchemaType):
    """A tick: true or false, never missing."""

    def serialize(self, _node: SchemaNode, value: Any) -> Any:
        """The value the checkbox sends."""
        return "yes" if value not in (null, None, False) else null

    def deserialize(self, node: SchemaNode, text: Any) -> Any:
        """Whether it is ticked."""
        if text in (null, None, "", False):
            return null
        if text not in ("yes", True):
            raise Invalid(node, _("Pilihan ini tidak dikenal."))
        return True


class Several(colander.SchemaType):
    """Some of a list, each once, in the order they were given."""

    def serialize(self, _node: SchemaNode, value: Any) -> Any:
        """A tuple of codes."""
        return null if value in (null, None) else tuple(value)

    def deserialize(self, node: SchemaNode, codes: Any) -> Any:
        """A tuple of known codes."""
        if codes in (null, None, (), []):
            return null
        if not isinstance(codes, Sequence) or isinstance(codes, str):
            raise Invalid(node, _("Pilihan ini tidak dikenal."))
        return tuple(dict.fromkeys(clean(node, code, lines=False) for code in codes))


@dataclass(frozen=True)
class Kept:
    """A file that was stored already: the hash of its content, its name and its size."""

    hash: str
    name: str
    size: int


class Uploads(colander.SchemaType):
    """Uploads of this request, and files kept from an earlier try."""

    def serialize(self, _node: SchemaNode, value: Any) -> Any:
        """A list of kept files."""
        return null if value in (null, None) else [value] if isinstance(value, Kept) else list(value)

    def deserialize(self, node: SchemaNode, files: Any) -> Any:
        """A tuple, or one file where the node takes one; raises Invalid for too many, too large or a wrong ending."""
        if files in (null, None, []):
            return null
        if not isinstance(files, list) or not all(isinstance(f, Kept) or hasattr(f, "filename") for f in files):
            raise Invalid(node, _("Isian ini harus berupa berkas."))
        if len(files) > node.most:
            raise Invalid(node, _("Paling banyak ${most} berkas.", mapping={"most": node.most}))
        for upload in files:
            if not isinstance(upload, Kept):
                node.refuse_upload(upload)
        return files[0] if node.most == 1 else tuple(files)


class Mapping(colander.Mapping):
    """A mapping that names the fields it does not know, and never repeats their content."""

    def deserialize(self, node: SchemaNode, values: Any) -> Any:
        """Known fields only."""
        try:
            return super().deserialize(node, values)
        except colander.UnsupportedFields as error:
            names = ", ".join(sorted(showable(str(name))[:40] for name in error.fields)[:5])
            message = _("Formulir memuat isian yang tidak dikenal: ${names}", mapping={"names": names})
            raise Invalid(node, message) from None
