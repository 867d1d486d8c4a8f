"""Which letters are initialled by whom before they are signed: the office's table, and the chain it gives a letter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import vocabulary
from portal.correspondence.model import Letter
from portal.db import Base, Id
from portal.directory.model import Organisation
from portal.i18n import _

KINDS = {"hierarchy": _("Paraf hierarki"), "coordination": _("Paraf koordinasi")}
LISTS = ("letter_types", "securities", "stakeholder_types")
"""What a rule is limited to; an empty list limits nothing."""


class ApprovalRule(Base):
    """One line of the table: such letters need that paraf. Lower stages come first, equal ones side by side."""

    __tablename__ = "approval_rule"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    stage: Mapped[int]
    kind: Mapped[str]
    """hierarchy · coordination"""
    letter_types: Mapped[list[Any]]
    securities: Mapped[list[Any]]
    stakeholder_types: Mapped[list[Any]]
    """Of the addressees."""
    unit_code: Mapped[str] = mapped_column(default="")
    """Whose reviewers give it; "": the letter's own office."""
    office_title: Mapped[str] = mapped_column(default="")
    """The office (jabatan) that it is for; "": any reviewer of the unit."""
    note: Mapped[str] = mapped_column(default="")

    def fits(self, letter: Letter, addressees: Iterable[str]) -> bool:
        """Whether it is about such a letter."""
        return (
            (not self.letter_types or letter.type_code in self.letter_types)
            and (not self.securities or letter.security in self.securities)
            and (not self.stakeholder_types or bool(set(addressees) & set(self.stakeholder_types)))
        )


def load(session: Session) -> int:
    """The office's table begins as the reference has it."""
    reference = (
        ApprovalRule(
            stage=int(row["stage"]),
            kind=row["kind"],
            **{name: vocabulary.codes(row[name]) for name in LISTS},
            **{name: row[name] for name in ("unit_code", "office_title", "note")},
        )
        for row in vocabulary.rows("approval_rules")
    )
    return vocabulary.fill(session, ApprovalRule, reference)


def chain_of(session: Session, letter: Letter) -> list[dict[str, Any]]:
    """The steps that the table asks for now, in their order, as a letter keeps them from its submission on."""
    addressees = session.scalars(
        select(Organisation.stakeholder_type).where(
            Organisation.id.in_([r.organisation_id for r in letter.recipients if r.role == "to"])
        )
    ).all()
    every = session.scalars(select(ApprovalRule).order_by(ApprovalRule.stage, ApprovalRule.id))
    asked: dict[tuple[int | None, str], dict[str, Any]] = {}
    for rule in every:
        if rule.fits(letter, addressees):
            step = _step(session, rule, letter)
            # Two rules may ask for the same paraf; it is given once, at the first stage that wants it.
            asked.setdefault((step["unit_id"], step["office_title"]), step)
    return list(asked.values())


def _step(session: Session, rule: ApprovalRule, letter: Letter) -> dict[str, Any]:
    unit = select(Organisation.id).where(
        Organisation.unit_code == rule.unit_code, Organisation.stakeholder_type == "OFFICE"
    )
    unit_id = session.scalar(unit.order_by(Organisation.id).limit(1)) if rule.unit_code else letter.office_id
    return {"stage": rule.stage, "kind": rule.kind, "unit_id": unit_id, "office_title": rule.office_title}
