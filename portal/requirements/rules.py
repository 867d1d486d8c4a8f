"""The office's table of needed documents, and what it says for one case: a pure function of rules and facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.requirements.model import RequirementRule

EVERY = "*"
NECESSITY = {"y": "mandatory", "n": "optional", "c": "conditional"}
STRENGTH = {"optional": 0, "conditional": 1, "mandatory": 2}
POWER = "POWER_OF_ATTORNEY"
COMPLAINANT_OWN = frozenset({"KTP_COMPLAINANT"})
"""Documents about the complainant: nobody can bring them when the complaint is anonymous."""


@dataclass(frozen=True)
class Want:
    """One document that the table asks for in a case."""

    document_type: str
    necessity: str
    why: str
    source: str


def load(session: Session) -> int:
    """The office's table begins as the reference has it."""
    reference = (
        RequirementRule(
            category_code=row["category_code"],
            document_type=row["document_code"],
            necessity=NECESSITY[row["mandatory"]],
            note=row["note"],
            source=row["source"],
            is_draft=row["row_status"] != "sourced",
        )
        for row in vocabulary.rows("document_requirements")
    )
    return vocabulary.fill(session, RequirementRule, reference)


def wanted(session: Session, case: Any) -> dict[str, Want]:
    """What the case needs as its facts stand: matters and kind of complainant."""
    codes = [EVERY, *(category.code for category in case.categories)]
    query = select(RequirementRule).where(RequirementRule.category_code.in_(codes)).order_by(RequirementRule.id)
    return merged(session.scalars(query), needs_power(session, case), is_anonymous=case.complainant_type == "ANONYMOUS")


def needs_power(session: Session, case: Any) -> bool:
    """Whether somebody complains for others by mandate: a lawyer or an organisation."""
    kind = vocabulary.terms(session, "complainant_type").get(case.complainant_type)
    return kind is not None and kind.extra.get("needs_power_of_attorney") == "y"


def merged(rules: Iterable[RequirementRule], by_mandate: bool, is_anonymous: bool) -> dict[str, Want]:
    """The rules as one list: per document the strongest necessity wins, with the notes of those that say so."""
    found: dict[str, list[RequirementRule]] = {}
    for rule in rules:
        if (rule.document_type == POWER and not by_mandate) or (is_anonymous and rule.document_type in COMPLAINANT_OWN):
            continue
        found.setdefault(rule.document_type, []).append(rule)
    return {document_type: _strongest(same, by_mandate) for document_type, same in found.items()}


def _strongest(rules: list[RequirementRule], by_mandate: bool) -> Want:
    necessity = max((rule.necessity for rule in rules), key=STRENGTH.__getitem__)
    telling = [rule for rule in rules if rule.necessity == necessity]
    document_type = rules[0].document_type
    return Want(
        document_type,
        "mandatory" if document_type == POWER and by_mandate else necessity,
        "; ".join(dict.fromkeys(rule.note for rule in telling if rule.note)),
        "; ".join(dict.fromkeys(rule.source for rule in telling if rule.source)),
    )
