"""What the office decides about its letters: the pattern of their numbers, and whom a complainant may call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal import registry
from portal.acts import Reason
from portal.correspondence import letters
from portal.i18n import _

NUMBER_PATTERN = "letters.number_pattern"
CONTACT = "letters.contact"
PARTS = {"sec": "B", "seq": 17, "unit": "KWS1.DIT2", "class": "PP.01", "romanmonth": "X", "mm": "10", "year": 2025}
"""The parts a number may have, each with an example."""
NEEDED = ("sec", "seq", "unit", "year")
"""Without one of these two letters could bear the same number: books are kept per unit, year and secrecy."""
PART = re.compile(r"\{([a-z]+)\}")
PARTED = re.compile(r"\{[a-z]+\}")
LONGEST = 120


def objections(pattern: str) -> Iterator[Reason]:
    """What is wrong with a pattern of numbers."""
    found = PART.findall(pattern)
    if unknown := [name for name in found if name not in PARTS]:
        yield Reason(_("Bagian tidak dikenal: ${names}.", mapping={"names": ", ".join(f"{{{n}}}" for n in unknown)}))
    if missing := [name for name in NEEDED if name not in found]:
        names = ", ".join(f"{{{name}}}" for name in missing)
        yield Reason(_("Nomor dapat kembar tanpa ${names}.", mapping={"names": names}))
    if not all(re.search(r"\W", between) for between in PARTED.split(pattern)[1:-1]):
        yield Reason(_("Pisahkan setiap bagian dengan tanda baca, misalnya garis miring."))
    if any(sign in PART.sub("", pattern) for sign in "{}"):
        yield Reason(_("Kurung kurawal tidak berpasangan atau isinya bukan huruf kecil."))
    if len(pattern) > LONGEST or len(pattern.splitlines()) != 1:
        yield Reason(_("Tulis satu baris, paling panjang ${most} karakter.", mapping={"most": LONGEST}))


def example(pattern: str) -> str:
    """A number as the pattern makes it."""
    return PART.sub(lambda match: str(PARTS.get(match[1], match[0])), pattern)


registry.declare(
    registry.Setting(
        key=NUMBER_PATTERN,
        title=_("Pola nomor surat"),
        default=lambda: letters.house().number_pattern,
        help=_(
            "Bagian: {sec} keamanan, {seq} nomor urut, {unit} unit, {class} klasifikasi arsip, "
            "{romanmonth} bulan romawi, {mm} bulan dua angka, {year} tahun. Hanya untuk surat yang terbit sesudahnya."
        ),
        check=objections,
        example=example,
    )
)
registry.declare(
    registry.Setting(
        key=CONTACT,
        title=_("Telepon atau WhatsApp untuk pengadu"),
        default=lambda: letters.house().contact,
        help=_("Tertulis dalam surat kepada pengadu bila petugas atau kantornya tidak mempunyai nomor sendiri."),
    )
)
