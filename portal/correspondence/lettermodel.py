"""What a letter type is: its fields, the questions it puts, whom it may go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.correspondence.wording import NOTHING, amount_in_words, day_in_words, rupiah
from portal.i18n import day, moment

PREFILLS = frozenset(
    """case.number case.received_on case.channel case.category case.summary case.chronology case.steps
    case.happened_on case.whereabouts case.other_systems case.tracking_url case.missing_documents
    case.received_documents worker.status worker.name worker.aliases worker.birth worker.nik worker.passport
    worker.address worker.departed_on worker.insurance_number placement.country placement.city placement.employer
    placement.agency placement.p3mi complainant.name complainant.relationship complainant.nik complainant.address
    officer.name officer.phone officer.email officer.line agency.contact letter.reply_by letter.enclosures
    previous.number previous.date previous.subject incoming.agenda incoming.received_on incoming.sender
    incoming.number incoming.date incoming.subject consent.statement""".split()
)
"""The closed list of what a field may be filled from; `prefill` knows how to find each."""

UNNAMED = frozenset({"signer", "hand"})
"""Who signs without being named by a field."""

DAYS = frozenset({"date", "day_in_words"})
"""Field types whose value is a day."""

IN_WORDS = "_terbilang"
"""What a field's name ends in where the wording wants an amount or a day in words alone."""


@dataclass(frozen=True)
class Field:
    """One thing a letter says that differs from case to case."""

    id: str
    type: str
    label: str
    label_en: str
    required: bool = True
    source: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()
    choices_en: tuple[str, ...] = ()

    def text(self, value: Any, lang: str, zone: str) -> str:
        """The value as the letter writes it; a required field without a value stays empty."""
        if value is None or value in ("", []):
            return "" if self.required else NOTHING
        if isinstance(value, datetime):
            return moment(value, zone, lang)
        if isinstance(value, date):
            return day_in_words(value) if self.type == "day_in_words" and lang == "id" else day(value, lang)
        if isinstance(value, Decimal):
            return rupiah(value) if lang == "id" else f"IDR {value:,.2f}"
        if isinstance(value, str):
            return dict(self.options(lang)).get(value, value)
        return "\n".join(str(line) for line in value) if isinstance(value, Iterable) else str(value)

    @property
    def has_words(self) -> bool:
        """Whether it can be written in words alone."""
        return self.type == "money" or self.type in DAYS

    def words(self, value: Any, lang: str, zone: str) -> str:
        """An amount or a day in words: "satu juta rupiah", "tanggal tiga belas bulan Oktober tahun …"."""
        if lang != "id" or not isinstance(value, (Decimal, date)):
            return self.text(value, lang, zone)
        return amount_in_words(value) if isinstance(value, Decimal) else day_in_words(value)

    def options(self, lang: str) -> list[tuple[str, str]]:
        """The choices with their words in that language; what is kept is the Indonesian one."""
        return list(zip(self.choices, (lang == "en" and self.choices_en) or self.choices, strict=True))


@dataclass(frozen=True)
class Signature:
    """A place to sign."""

    role: Mapping[str, str]
    """What stands above it, by language: "Pihak Kedua"."""
    by: str
    """"signer": whoever signs the letter; "hand": somebody who writes the name too; else the field that names them."""
    stamp: bool = False
    """Whether a duty stamp (meterai) belongs there."""


@dataclass(frozen=True)
class Question:
    """What the addressee is asked, so that the answer can be counted and not only read."""

    id: str
    text: str
    type: str
    text_en: str = ""


@dataclass(frozen=True)
class LetterType:
    """One kind of letter the office writes."""

    code: str
    name: str
    name_en: str
    naskah_type: str
    layout: str
    subjects: Mapping[str, str]
    addressees: tuple[str, ...]
    speed: str
    security: str
    reply_days: int
    signatory: str
    records_class: str
    languages: tuple[str, ...]
    fields: tuple[Field, ...]
    questions: tuple[Question, ...]
    enclosures: tuple[str, ...]
    signatures: tuple[Signature, ...]
    """None: the signer alone."""
    wording: Mapping[str, str]

    @property
    def names(self) -> frozenset[str]:
        """Every name that its wording may use: its fields, and those again that can be written in words."""
        return frozenset(f.id for f in self.fields) | {f.id + IN_WORDS for f in self.fields if f.has_words}

    def values(self, given: Mapping[str, Any], lang: str = "id", zone: str = "Asia/Jakarta") -> dict[str, str]:
        """Each field's text from values by field id: what `wording.fill` takes. An optional field without one is "-"."""
        return {field.id: field.text(given.get(field.id), lang, zone) for field in self.fields}

    def signed_by(self, values: Mapping[str, str], lang: str = "id") -> list[dict[str, Any]]:
        """Everybody who signs, as the page wants it: a line of a field is a name, and behind bars what stands below."""
        found: list[dict[str, Any]] = []
        for place in self.signatures:
            value = "" if place.by in UNNAMED else values[place.by]
            lines = [] if value == NOTHING else value.splitlines() or [""]
            for number, line in enumerate(lines, 1):
                role = f"{place.role[lang]} {number}" if len(lines) > 1 else place.role[lang]
                name, *about = (part.strip() for part in line.split("|"))
                kind = place.by if place.by in UNNAMED else "named"
                found.append({"role": role, "kind": kind, "name": name, "about": about, "stamp": place.stamp})
        return found

    def goes_to(self, stakeholder_type: str) -> bool:
        """Whether such an office may be addressed; `*` addresses all."""
        return "*" in self.addressees or stakeholder_type in self.addressees


def types_for(stakeholder_type: str, types: Iterable[LetterType]) -> list[LetterType]:
    """The letters that can be written to such an office, by name; those meant for it alone come first."""
    fitting = [letter for letter in types if letter.goes_to(stakeholder_type)]
    return sorted(fitting, key=lambda letter: ("*" in letter.addressees, letter.name))
