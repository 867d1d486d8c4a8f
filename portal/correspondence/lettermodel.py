"""What a letter type is: its fields, the questions it puts, whom it may go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.i18n import day, moment

PREFILLS = frozenset(
    """case.number case.received_on case.channel case.category case.summary case.chronology case.steps
    case.other_systems case.tracking_url case.missing_documents case.received_documents
    worker.status worker.name worker.aliases worker.birth worker.nik worker.passport worker.address worker.departed_on
    worker.insurance_number placement.country placement.city placement.employer placement.agency placement.p3mi
    complainant.name complainant.relationship officer.name officer.phone officer.email agency.contact
    letter.reply_by letter.enclosures previous.number previous.date previous.subject""".split()
)
"""The closed list of what a field may be filled from; `referrals` knows how to find each."""


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

    def text(self, value: Any, lang: str, zone: str) -> str:
        """The value as the letter writes it; a required field without a value stays empty."""
        if value is None or value in ("", []):
            return "" if self.required else "-"
        if isinstance(value, datetime):
            return moment(value, zone, lang)
        if isinstance(value, date):
            return day(value, lang)
        if isinstance(value, str):
            return value
        if isinstance(value, Iterable):
            return "\n".join(str(line) for line in value)
        return str(value)


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
    subject: str
    addressees: tuple[str, ...]
    speed: str
    security: str
    reply_days: int
    signatory: str
    records_class: str
    languages: tuple[str, ...]
    consent: bool
    fields: tuple[Field, ...]
    questions: tuple[Question, ...]
    enclosures: tuple[str, ...]
    wording: Mapping[str, str]

    def values(self, given: Mapping[str, Any], lang: str = "id", zone: str = "Asia/Jakarta") -> dict[str, str]:
        """Each field's text from values by field id: what `wording.fill` takes. An optional field without one is "-"."""
        return {field.id: field.text(given.get(field.id), lang, zone) for field in self.fields}

    def goes_to(self, stakeholder_type: str) -> bool:
        """Whether such an office may be addressed; `*` addresses all."""
        return "*" in self.addressees or stakeholder_type in self.addressees


def types_for(stakeholder_type: str, types: Iterable[LetterType]) -> list[LetterType]:
    """The letters that can be written to such an office, by name; those meant for it alone come first."""
    fitting = [letter for letter in types if letter.goes_to(stakeholder_type)]
    return sorted(fitting, key=lambda letter: ("*" in letter.addressees, letter.name))
