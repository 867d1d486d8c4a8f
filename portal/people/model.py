"""Workers, complainants, families: who they are, and the keys by which doubles are recognised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.content.item import Item
from portal.db import Base, Id


class Person(Item):
    """A natural person; the title is the full name, never split (many people have one name)."""

    __tablename__ = "person"
    __mapper_args__ = {"polymorphic_identity": "person"}

    id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    sex: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date | None] = mapped_column(Date)
    birth_place: Mapped[str] = mapped_column(default="")
    nik: Mapped[str] = mapped_column(default="")
    passports: Mapped[list[Any]] = mapped_column(default=list)
    """Passport numbers, the newest first; double passports occur."""
    phones: Mapped[list[Any]] = mapped_column(default=list)
    """Phone numbers as given; their comparable form is among the keys."""
    email: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    district_code: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PersonKey(Base):
    """A normalised passport number, NIK, phone or name of a person."""

    __tablename__ = "person_key"
    __table_args__ = (Index("ix_person_key_kind_value", "kind", "value"), Index("ix_person_key_person_id", "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    value: Mapped[str]


def survivors(session: Session, people: Iterable[Person]) -> dict[int, Person]:
    """For each person's id the record that stands for him or her: the end of its chain of merges."""
    found = {}
    for person in people:
        standing = person
        while standing.merged_into_id is not None:
            standing = session.get_one(Person, standing.merged_into_id)
        found[person.id] = standing
    return found


def merged_ids(session: Session, person: Person) -> list[int]:
    """The ids of the record and of all that were merged into it, at any depth."""
    found, level = [person.id], [person.id]
    while level:
        level = list(session.scalars(select(Person.id).where(Person.merged_into_id.in_(level))))
        found += level
    return found
