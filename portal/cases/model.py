"""The case: what came in, about whom, where, how urgent, and every contact with the complainant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, UniqueConstraint, null, type_coerce
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.content.item import Item
from portal.db import Base, Id, Json


class Case(Item):
    """A complaint that is worked on. Name: its number; title: the worker and the main matter."""

    __tablename__ = "cases"
    __mapper_args__ = {"polymorphic_identity": "case"}
    __table_args__ = (
        Index("ix_cases_worker_id", "worker_id"),
        Index("ix_cases_agency_id", "agency_id"),
        Index("ix_cases_country_code", "country_code"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    channel: Mapped[str]
    complainant_type: Mapped[str]
    complainant_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: anonymous."""
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    relationship_code: Mapped[str] = mapped_column(default="")
    """How the complainant is related to the worker."""
    narrative: Mapped[str]
    demand: Mapped[str] = mapped_column(default="")
    """What the complainant asks for."""
    happened_on: Mapped[date | None] = mapped_column(Date)
    departed_on: Mapped[date | None] = mapped_column(Date)
    country_code: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    whereabouts: Mapped[str] = mapped_column(default="")
    """Where the worker is now, as precisely as known."""
    employer: Mapped[str] = mapped_column(default="")
    employer_contact: Mapped[str] = mapped_column(default="")
    overseas_agency: Mapped[str] = mapped_column(default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The Indonesian placement agency (P3MI)."""
    is_procedural: Mapped[bool | None] = mapped_column(Boolean)
    """Placed by the rules; None: not known yet."""
    is_emergency: Mapped[bool] = mapped_column(Boolean, default=False)
    emergency_action: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime]
    last_contact_at: Mapped[datetime]
    told_unsolvable_at: Mapped[datetime | None]
    pin_hash: Mapped[str] = mapped_column(default="", info={"secret": True})
    outcome: Mapped[str] = mapped_column(default="")
    closure_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    is_monitored: Mapped[bool] = mapped_column(Boolean, default=False)
    """Handed over, but still watched (Perban 6/2024 art. 30(3))."""
    external_numbers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """System → number there (SIMPATI, Portal Peduli WNI, SP4N-LAPOR!)."""

    categories: Mapped[list[CaseCategory]] = relationship(
        order_by="CaseCategory.position", cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def main_category(self) -> str:
        """Code of the main matter."""
        return self.categories[0].code if self.categories else ""

    @hybrid_property
    def matters(self) -> list[str]:
        """Codes of all matters, the main one first; kept with the versions like a column."""
        return [category.code for category in self.categories]

    @matters.inplace.setter
    def _set_matters(self, codes: list[str]) -> None:
        known = {category.code: category for category in self.categories}
        self.categories = [known.get(code) or CaseCategory(code=code) for code in dict.fromkeys(codes)]
        for position, category in enumerate(self.categories):
            category.position = position

    @matters.inplace.expression
    @classmethod
    def _type_of_matters(cls) -> Any:
        # Versions ask a column for its type when they bring a value back.
        return type_coerce(null(), Json)


class CaseCategory(Base):
    """One matter of a case; position 0 is the main one."""

    __tablename__ = "case_category"
    __table_args__ = (UniqueConstraint("case_id", "code"), Index("ix_case_category_code", "code", "position"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    code: Mapped[str]
    position: Mapped[int]


class Contact(Base):
    """One contact, or attempt, with the complainant: what closing as unreachable has to prove."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_case_id", "case_id", "at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime]
    channel: Mapped[str]
    was_reached: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str]
    by_id: Mapped[int | None]
    by_name: Mapped[str]
