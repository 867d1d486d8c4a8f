"""The number of a letter: which book it is counted in, how it is written, the next one, and supplements such as 12a."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import journal, registry, series
from portal.acts import Act, Reason, Refused
from portal.clock import WIB, Clock
from portal.correspondence import letters
from portal.correspondence.model import Letter
from portal.correspondence.numbermodel import NumberRule
from portal.correspondence.wording import roman
from portal.directory.model import Organisation
from portal.i18n import _

NUMBER_PATTERN = "letters.number_pattern"
SUPPLEMENTS = "letters.supplements"
PARTS: dict[str, str | int] = {
    "sec": "B",
    "seq": 17,
    "unit": "KWS1.DIT2",
    "class": "PP.01",
    "romanmonth": "X",
    "mm": "10",
    "year": 2025,
}
"""The parts a number may have, each with an example."""
NEEDED = ("sec", "seq", "unit", "year")
"""Without one of these two letters could bear the same number: books are kept per unit, year and secrecy."""
PART = re.compile(r"\{([a-z]+)\}")
PARTED = re.compile(r"\{[a-z]+\}")
LONGEST = 120
FEW = 3
"""So many units show what a pattern leads to."""

journal.declare(letter_supplemented=_("${by} memberi nomor sisipan ${number}: ${reason}"))


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


@dataclass(frozen=True)
class Way:
    """How letters of one office and secrecy are numbered."""

    book: str
    pattern: str


def way_of(session: Session, office_id: int | None, security: str) -> Way:
    """The office's own rule, else that of all offices; without either each secrecy has its own book."""
    found = select(NumberRule).where(
        NumberRule.security == security, (NumberRule.office_id == office_id) | NumberRule.office_id.is_(None)
    )
    rules = sorted(session.scalars(found), key=lambda rule: rule.office_id is None)
    pattern = next((rule.pattern for rule in rules if rule.pattern), "")
    usual = str(registry.value(session, NUMBER_PATTERN))
    return Way(rules[0].book if rules else security, pattern or usual)


def series_key(unit: str, year: int, book: str) -> str:
    """The name of a book: unit, year in WIB, and which of the unit's books it is."""
    return f"letter/{unit}/{year}/{book}"


def agenda_code(unit_code: str) -> str:
    """A unit's code as agenda numbers have it: nothing that an address could stumble over."""
    return re.sub(r"[^A-Za-z0-9]+", "-", unit_code).strip("-")


@dataclass(frozen=True)
class Key:
    """The parts of a series' name."""

    kind: str
    unit: str
    year: str
    book: str

    @classmethod
    def of(cls, key: str) -> Key:
        """Of "letter/UNIT/2026/R" or "incoming/UNIT/2026"."""
        kind, _slash, rest = key.partition("/")
        if kind == "letter":
            unit, year, book = rest.rsplit("/", 2)
            return cls(kind, unit, year, book)
        unit, _slash, year = rest.rpartition("/")
        return cls(kind, unit, year, "")


def number_text(pattern: str, **parts: str | int) -> str:
    """A number by a pattern, such as `{sec}.{seq}/{unit}/{class}/{romanmonth}/{year}`; what is not known yet is left to be written."""
    return PART.sub(lambda match: str(parts.get(match[1], "____")), pattern)


def dated_number(pattern: str, day: date, **parts: str | int) -> str:
    """A number of that day."""
    return number_text(pattern, romanmonth=roman(day.month), mm=f"{day.month:02d}", year=day.year, **parts)


def next_number(session: Session, office: Organisation, security: str, day: date, pattern: str = "") -> str:
    """The number that the office's next such letter would bear; `pattern` is one that is only being tried."""
    way = way_of(session, office.id, security)
    ordinal = series.following(session, series_key(office.unit_code, day.year, way.book))
    parts: dict[str, str | int] = {"sec": security, "seq": ordinal, "unit": office.unit_code}
    return dated_number(pattern or way.pattern, day, **parts, **{"class": PARTS["class"]})


def example(session: Session, pattern: str) -> str:
    """The next numbers of some units by that pattern; where there are none yet, one that is made up."""
    query = select(Organisation).where(Organisation.unit_code != "", Organisation.state == "active")
    day = Clock().now().astimezone(WIB).date()
    found = list(session.scalars(query.order_by(Organisation.id).limit(FEW)))
    if not found:
        return number_text(pattern, **PARTS)
    return "; ".join(f"{unit.title}: {next_number(session, unit, 'B', day, pattern)}" for unit in found)


def give(act: Act, letter: Letter, office: Organisation, day: date, base: Letter | None = None) -> None:
    """Give a letter the next number of its book, or the next supplement to the number of `base`. Take it last."""
    way = way_of(act.session, office.id, letter.security)
    letter.series = series_key(office.unit_code, day.year, way.book)
    if base is None:
        letter.sequence = series.take(act.session, letter.series)
    else:
        letter.suffix, letter.sequence = _next_suffix(act, letter, base), base.sequence
    letter.number = dated_number(
        way.pattern,
        day,
        sec=letter.security,
        seq=f"{letter.sequence}{letter.suffix}",
        unit=office.unit_code,
        **{"class": letter.records_class},
    )


def base_of(act: Act, letter: Letter, number: str) -> Letter:
    """The issued letter to whose number another is to be a supplement; both belong into one book."""
    wanted = " ".join(number.split())
    query = select(Letter).where(Letter.number == wanted, Letter.office_id == letter.office_id)
    base = act.session.scalar(query.with_for_update(of=Letter))
    if base is None or base.suffix:
        raise Refused([Reason(_("Tidak ada surat unit ini dengan nomor itu."), field="number")])
    if base.state == "voided":
        raise Refused([Reason(_("Nomor itu sudah dibatalkan; surat ini mendapat nomor berikutnya."), field="number")])
    return base


def _next_suffix(act: Act, letter: Letter, base: Letter) -> str:
    """The letter behind the number. The base's row is locked, so nobody takes the same meanwhile."""
    if base.series != letter.series:
        raise Refused([Reason(_("Nomor sisipan harus dari buku dan tahun yang sama."), field="number")])
    taken = select(Letter.suffix).where(Letter.series == base.series, Letter.sequence == base.sequence)
    used = len(set(act.session.scalars(taken)) - {""})
    most = min(int(registry.value(act.session, SUPPLEMENTS)), len(string.ascii_lowercase))
    if used >= most:
        known = {"most": most}
        raise Refused(
            [Reason(_("Paling banyak ${most} nomor sisipan untuk satu nomor.", mapping=known), field="number")]
        )
    return string.ascii_lowercase[used]


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
        key=SUPPLEMENTS,
        title=_("Nomor sisipan untuk satu nomor, paling banyak"),
        default=lambda: 3,
        kind="number",
        help=_("Sisipan seperti 12a selalu merujuk nomor yang sudah ada dan beralasan. 0: tidak dipakai."),
    )
)
