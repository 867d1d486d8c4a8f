"""Possible doubles while somebody types: the same passport, NIK or phone, or a name that sounds alike, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.acts import Identity
from portal.content.item import Item
from portal.content.sharing import may_read
from portal.i18n import _
from portal.people.model import Person, PersonKey, survivors
from portal.people.verbs import comparable_name, comparable_passport, comparable_phone, sound

ALIKE = 86
"""From this likeness (token sort ratio, 0–100) on a name is shown; it never decides alone (SUMIATI/SUPRIATI: 87)."""

CANDIDATES = 200
SHOWN = 8
WHY = {
    "passport": _("nomor paspor sama"),
    "nik": _("NIK sama"),
    "phone": _("nomor telepon sama"),
    "name": _("nama mirip"),
    "birth": _("tanggal lahir sama"),
}


@dataclass(frozen=True)
class Match:
    """A person who may be the same, how alike (0–100), and why."""

    person_id: int
    number: str
    name: str
    birth_date: date | None
    score: int
    why: tuple[Any, ...]
    is_strong: bool = False
    """The same document or telephone, or the same name and day of birth: worth stopping for."""

    @property
    def url(self) -> str:
        """The person's page."""
        return f"/people/{self.number}"


def recognise(
    session: Session,
    identity: Identity,
    now: datetime,
    *,
    name: str = "",
    passport: str = "",
    nik: str = "",
    phone: str = "",
    birth_date: date | None = None,
) -> list[Match]:
    """People the asker may see who may be the same, the likeliest first."""
    asked = {
        "passport": comparable_passport(passport),
        "nik": re.sub(r"\D", "", nik),
        "phone": comparable_phone(phone) if len(re.sub(r"\D", "", phone)) >= 7 else "",
    }
    alike = comparable_name(name) if len(comparable_name(name)) >= 3 else ""
    found = _candidates(session, identity, now, asked, alike, sound(name))
    matches = [m for p, kinds in found.items() if (m := _judge(p, kinds, alike, birth_date))]
    return sorted(matches, key=lambda m: (-m.score, m.name))[:SHOWN]


def _candidates(
    session: Session, identity: Identity, now: datetime, asked: dict[str, str], alike: str, sounds: str
) -> dict[Person, set[str]]:
    ways: list[Any] = [and_(PersonKey.kind == k, PersonKey.value == v) for k, v in asked.items() if v]
    if alike:
        first = alike.split(maxsplit=1)[0][:4]
        ways.append(and_(PersonKey.kind == "name", PersonKey.value.startswith(first, autoescape=True)))
        ways.append(and_(PersonKey.kind == "sound", PersonKey.value == sounds))
    if not ways:
        return {}
    query = (
        select(Person, PersonKey.kind)
        .join(PersonKey, PersonKey.person_id == Person.id)
        .where(or_(*ways), may_read(identity, now, Person.id))
        .limit(CANDIDATES)
    )
    # A merged record is not suggested any more; what it is known by leads to the record that stands for it.
    hits = session.execute(query).all()
    standing = survivors(session, {person for person, _kind in hits})
    ids = {person.id for person in standing.values()}
    visible = set(session.scalars(select(Item.id).where(Item.id.in_(ids), may_read(identity, now, Item.id))))
    found: dict[Person, set[str]] = {}
    for person, kind in hits:
        if standing[person.id].id in visible:
            found.setdefault(standing[person.id], set()).add(kind)
    return found


def _judge(person: Person, kinds: Iterable[str], alike: str, birth_date: date | None) -> Match | None:
    exact = [k for k in ("passport", "nik", "phone") if k in kinds]
    names = [comparable_name(n) for n in (person.title, *person.aliases)]
    likeness = max((fuzz.token_sort_ratio(alike, n) for n in names), default=0) if alike else 0
    if not exact and likeness < ALIKE and "sound" not in kinds:
        return None
    why = [WHY[k] for k in exact]
    if likeness >= ALIKE or "sound" in kinds:
        why.append(WHY["name"])
    same_birth = bool(birth_date) and person.birth_date == birth_date
    if same_birth:
        why.append(WHY["birth"])
    is_strong = bool(exact) or (same_birth and likeness >= ALIKE)
    score = min(99, int(max(likeness * 0.7, 90 if exact else 0)) + 5 * (len(why) - 1))
    return Match(person.id, person.name, person.title, person.birth_date, score, tuple(why), is_strong)
