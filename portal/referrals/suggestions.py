"""Whom a case could be referred to: the stakeholders usual for its matter, the nearest office first, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.cases.model import Case
from portal.directory.model import Organisation
from portal.i18n import _
from portal.people.model import Person

MOST_PER_TYPE = 3
MOST_FOUND = 40


@dataclass(frozen=True)
class Office:
    """One organisation of the directory, and why it stands here."""

    name: str
    title: str
    city: str
    why: Any
    rank: int


@dataclass(frozen=True)
class Group:
    """The offices of one type of stakeholder."""

    type: str
    title: str
    offices: list[Office]


def suggested(session: Session, case: Case, lang: str) -> list[Group]:
    """The stakeholders usual for the main matter, each with its nearest offices; types without an office are left out."""
    matter = vocabulary.terms(session, "category").get(case.main_category)
    wanted = [t for t in (matter.extra.get("typical_stakeholders", "") if matter else "").split(";") if t]
    groups = []
    for kind in dict.fromkeys(wanted):
        query = select(Organisation).where(Organisation.stakeholder_type == kind, Organisation.state == "active")
        offices = sorted((_office(session, case, o, lang) for o in session.scalars(query)), key=_order)
        if offices:
            title = vocabulary.name(session, "stakeholder_type", kind, lang)
            groups.append(Group(kind, title, offices[:MOST_PER_TYPE]))
    return groups


def found(session: Session, case: Case, words: str, kind: str, lang: str) -> list[Office]:
    """Offices of the directory by name or place and type, nearest first."""
    query = select(Organisation).where(Organisation.state == "active", Organisation.stakeholder_type != "OFFICE")
    if kind:
        query = query.where(Organisation.stakeholder_type == kind)
    for word in words.lower().split()[:6]:
        columns = (Organisation.title, Organisation.city, Organisation.addressee)
        query = query.where(or_(*(func.lower(c).contains(word, autoescape=True) for c in columns)))
    offices = session.scalars(query.order_by(Organisation.title).limit(MOST_FOUND * 5))
    return sorted((_office(session, case, o, lang) for o in offices), key=_order)[:MOST_FOUND]


def _order(office: Office) -> tuple[int, str]:
    return (-office.rank, office.title)


def _office(session: Session, case: Case, organisation: Organisation, lang: str) -> Office:
    rank, why = max(_nearness(session, case, organisation, lang), default=(0, None), key=lambda pair: pair[0])
    return Office(organisation.name, organisation.title, organisation.city, why, rank)


def _nearness(session: Session, case: Case, office: Organisation, lang: str) -> Iterator[tuple[int, Any]]:
    if case.agency_id == office.id:
        yield 5, _("P3MI yang menempatkan pekerja")
    person = session.get(Person, case.worker_id) if case.worker_id else None
    home = person.district_code if person else ""
    if home and office.district_code:
        place = {"place": vocabulary.name(session, "district", home, lang)}
        if office.district_code == home:
            yield 4, _("di daerah asal pekerja: ${place}", mapping=place)
        elif office.district_code[:2] == home[:2]:
            yield 2, _("di provinsi asal pekerja")
    if case.city and office.city and case.city.casefold() == office.city.casefold():
        yield 4, _("di kota tempat kerja: ${place}", mapping={"place": office.city})
    if case.country_code and case.country_code != "ID" and office.country_code == case.country_code:
        place = {"place": vocabulary.name(session, "country", case.country_code, lang)}
        yield 3, _("untuk negara penempatan: ${place}", mapping=place)
