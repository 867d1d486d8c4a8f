"""Offices and stakeholders: where letters go, how, and in which words they are addressed."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.content.item import Item


class Organisation(Item):
    """An own office, or an outside body (stakeholders.csv); the title is its name."""

    __tablename__ = "organisation"
    __mapper_args__ = {"polymorphic_identity": "organisation"}

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    stakeholder_type: Mapped[str] = mapped_column(index=True)
    """Code of the vocabulary stakeholder_type; "OFFICE" for the agency's own units."""
    addressee: Mapped[str]
    """The office a letter is addressed to, not the person: "Kepala Kepolisian Resor Indramayu"."""
    attention: Mapped[str] = mapped_column(default="")
    """u.p. line."""
    address: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    country_code: Mapped[str] = mapped_column(default="ID")
    district_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="id")
    """Language of letters to it."""
    by_portal: Mapped[bool] = mapped_column(default=False)
    by_email: Mapped[bool] = mapped_column(default=False)
    superior_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The office above it, to which reminders go in the end."""
    unit_code: Mapped[str] = mapped_column(default="")
    """For own offices: the unit in letter numbers, such as "KWS1.DIT2"."""
