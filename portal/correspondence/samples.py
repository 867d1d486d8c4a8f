"""A letter type filled with made-up values: what a text looks like in print before any case needs it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from portal.clock import WIB
from portal.correspondence import letters, wording
from portal.correspondence.lettermodel import Field, LetterType
from portal.correspondence.lettertexts import Text
from portal.correspondence.textmodel import LetterText

DAY, AT = date(2026, 3, 2), datetime(2026, 3, 9, 2, 30, tzinfo=UTC)
NAMES = {"worker.name": "Siti Contoh", "complainant.name": "Ahmad Contoh", "officer.name": "Petugas Contoh"}
"""Nobody's: samples show no person."""


def values(type_: LetterType, language: str) -> dict[str, str]:
    """A value for every field, after its kind."""
    return type_.values({field.id: _value(field, language) for field in type_.fields}, language, str(WIB))


def _value(field: Field, language: str) -> Any:
    label = field.label_en if language == "en" else field.label
    usual = NAMES.get(field.source) or f"({label})"
    made: dict[str, Any] = {
        "date": DAY,
        "day_in_words": DAY,
        "moment": AT,
        "money": Decimal(12_500_000),
        "list": [f"{label} 1", f"{label} 2"],
        "choice": next(iter(field.choices), ""),
    }
    return made.get(field.type, usual)


def page(type_: LetterType, language: str, text: Text | LetterText, *, unit: str, speed: str) -> dict[str, Any]:
    """The letter as data for the house's page, marked as a draft."""
    known = values(type_, language)
    words = letters.house().texts[language]
    return {
        "type": type_.code,
        "layout": type_.layout,
        "lang": language,
        "security": type_.security,
        "speed_title": speed,
        "subject": wording.fill_line(text.subject, known),
        "place": "Jakarta",
        "number": None,
        "date": DAY.isoformat(),
        "letterhead": {"kind": "agency", "unit": unit.upper()},
        "recipients": [{"office": "…", "attention": None, "place": words["at"].format(place="…")}],
        "body_html": wording.fill(text.wording, known, missing="mark").html,
        "enclosures": [],
        "cc": [],
        "signatures": type_.signed_by(known, language),
        "signer": {"prefix_lines": [], "office": "…", "name": "…", "nip": None},
        "check": None,
        "draft": True,
    }
