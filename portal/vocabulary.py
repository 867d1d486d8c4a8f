"""Reference data that the office edits: codes with Indonesian and English names, per vocabulary."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Base, Id

REFERENCE = Path(__file__).with_name("reference")


def in_language(lang: str, indonesian: str, english: str) -> str:
    """The name in that language, Indonesian where there is no other."""
    return english if lang == "en" and english else indonesian


class Term(Base):
    """One code of a vocabulary. `extra` holds the further columns of its reference file."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("vocabulary", "code"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    vocabulary: Mapped[str]
    code: Mapped[str]
    name_id: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    extra: Mapped[dict[str, Any]]

    def name(self, lang: str) -> str:
        """The name in that language, Indonesian where there is no other."""
        return in_language(lang, self.name_id, self.name_en)


VOCABULARIES = {
    "category": ("case_categories", "code"),
    "channel": ("channels", "code"),
    "complainant_type": ("complainant_types", "code"),
    "closure_reason": ("closure_reasons", "code"),
    "document_type": ("document_types", "code"),
    "stakeholder_type": ("stakeholders", "type"),
    "speed": ("letter_speed", "code"),
    "security": ("letter_security", "code"),
    "country": ("countries", "alpha2"),
    "province": ("provinces", "code"),
    "district": ("districts", "code"),
    "legal_basis": ("legal_bases", "code"),
    "role": ("roles", "code"),
    "decline_reason": ("decline_reasons", "code"),
    "urgency": ("urgency", "code"),
    "requirement_reject_reason": ("requirement_reject_reasons", "code"),
    "waive_reason": ("waive_reasons", "code"),
    "relationship": ("relationships", "code"),
    "personal_data": ("personal_data", "code"),
    "processing_ground": ("processing_grounds", "code"),
    "consent_language": ("consent_languages", "code"),
}
"""Vocabulary → its reference file in portal/reference and the column of its codes."""


def rows(file: str) -> Iterator[dict[str, str]]:
    """The rows of one reference file."""
    with (REFERENCE / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def codes(cell: str) -> list[str]:
    """The codes of a cell; semicolons part them."""
    return [code for code in cell.split(";") if code]


def fill(session: Session, model: type[Base], reference: Iterable[Base]) -> int:
    """Fill an empty table, and say with how many rows; once it has some they are the office's own.

    What the office removed does not come back.
    """
    if session.scalar(select(model).limit(1)) is not None:
        return 0
    found = list(reference)
    session.add_all(found)
    session.flush()
    return len(found)


def load(session: Session) -> int:
    """Add the reference terms that are not there yet; what the office changed stays as it is."""
    known = {tuple(pair) for pair in session.execute(select(Term.vocabulary, Term.code))}
    added = 0
    for vocabulary, (file, code) in VOCABULARIES.items():
        for position, row in enumerate(rows(file)):
            if (vocabulary, row[code]) in known:
                continue
            name_id = row.get("name_id") or row.get("name_full_id") or row.get("title_id") or row[code]
            name_id = row.get("name_full_id") or name_id
            extra = {
                k: v for k, v in row.items() if k not in {code, "name_id", "name_en", "source", "row_status"} and v
            }
            session.add(
                Term(
                    vocabulary=vocabulary,
                    code=row[code],
                    name_id=name_id,
                    name_en=row.get("name_en") or "",
                    position=position,
                    active=True,
                    extra=extra,
                )
            )
            added += 1
    session.flush()
    return added


def terms(session: Session, vocabulary: str) -> dict[str, Term]:
    """The terms in use, by code, in their order; read once per session."""
    cache: dict[str, dict[str, Term]] = session.info.setdefault("terms", {})
    if vocabulary not in cache:
        query = select(Term).where(Term.vocabulary == vocabulary, Term.active).order_by(Term.position)
        cache[vocabulary] = {term.code: term for term in session.scalars(query)}
    return cache[vocabulary]


def name(session: Session, vocabulary: str, code: str | None, lang: str = "id") -> str:
    """The name of a code, also of one that is no longer chosen; the code itself when nobody knows it, "" for none."""
    if not code:
        return ""
    names: dict[tuple[str, str], Any] = session.info.setdefault("term_names", {})
    if (vocabulary, code) not in names:
        query = select(Term.name_id, Term.name_en).where(Term.vocabulary == vocabulary, Term.code == code)
        names[vocabulary, code] = session.execute(query).first() or (code, "")
    return in_language(lang, *names[vocabulary, code])


def choices(session: Session, vocabulary: str, lang: str = "id") -> list[tuple[str, str]]:
    """Pairs of code and name of the terms in use, in their order, for a form's field."""
    query = select(Term.code, Term.name_id, Term.name_en).where(Term.vocabulary == vocabulary, Term.active)
    rows = session.execute(query.order_by(Term.position))
    return [(code, in_language(lang, *names)) for code, *names in rows]
