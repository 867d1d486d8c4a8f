"""What is done with a person's record. Only these functions write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import phonenumbers
from sqlalchemy import delete, select

from portal import journal, series
from portal.acts import Act, Reason, Refused
from portal.content import catalog, item, sharing, versions
from portal.content.workflow import advance
from portal.i18n import _
from portal.people.model import Person, PersonKey

EDITABLE = frozenset("aliases sex birth_date birth_place nik passports phones email address district_code".split())

UNKNOWN = "Tidak diketahui"
"""The name of somebody of whom we know something, but not the name; no two of them are alike."""

journal.declare(
    person_recorded=_("${by} mencatat data orang"),
    person_amended=_("${by} mengubah data orang: ${fields}"),
    person_merged=_("${by} menggabungkan catatan ini ke ${into}"),
    person_unmerged=_("${by} memisahkan kembali catatan ini"),
    person_read=_("${by} membuka data orang"),
)


def record(act: Act, *, name: str, office_id: int | None = None, **columns: Any) -> Person:
    """Keep a person; odd numbers are kept as given, for identity data are unreliable (reference.md §0.10)."""
    if unknown := set(columns) - EDITABLE:
        raise TypeError(f"not of a person: {', '.join(sorted(unknown))}")
    number = next_number(act)
    office = office_id or act.by.unit_id
    person = item.create(act, Person, parent=None, name=number, title=name.strip(), office_id=office, **columns)
    act.session.flush()
    _write_keys(act, person)
    versions.keep(act, person)
    journal.record(act, "person_recorded", person)
    if office:
        sharing.give(act, person, f"unit:{office}", sharing.OFFICE, cause="intake", reference=number, quietly=True)
    catalog.index(act.session, person)
    return person


def next_number(act: Act) -> str:
    """The next number of a person's record."""
    return f"O-{series.take(act.session, 'person'):07d}"


def amend(act: Act, person: Person, *, name: str | None = None, **columns: Any) -> list[str]:
    """Change what is known of a person; gives the names of what did change."""
    if unknown := set(columns) - EDITABLE:
        raise TypeError(f"not of a person: {', '.join(sorted(unknown))}")
    changed = [key for key, value in columns.items() if getattr(person, key) != value]
    for key in changed:
        setattr(person, key, columns[key])
    if name is not None and name.strip() != person.title:
        person.aliases = [*person.aliases, person.title]
        person.title = name.strip()
        changed.append("title")
    if changed:
        item.touch(act, person)
        _write_keys(act, person)
        versions.keep(act, person)
        journal.record(act, "person_amended", person, fields=", ".join(sorted(changed)))
        catalog.index(act.session, person)
    return changed


def learn(act: Act, person: Person, *, name: str = "", **columns: Any) -> list[str]:
    """Add what a new complaint tells: lists grow, empty fields are filled, and nothing known is overwritten."""
    told: dict[str, Any] = {}
    for column, value in columns.items():
        known = getattr(person, column)
        if isinstance(value, list):
            told[column] = [*known, *(each for each in value if each not in known)]
        elif value and not known:
            told[column] = value
    if name and comparable_name(name) not in map(comparable_name, [person.title, *person.aliases]):
        told["aliases"] = [*person.aliases, name.strip()]
    return amend(act, person, **told)


def merge(act: Act, person: Person, *, into_id: int) -> None:
    """Say that this record and another are the same person; nothing is moved, so it can be undone."""
    # Both rows are locked: of two people who merge crosswise only one succeeds.
    pair = select(Person).where(Person.id.in_((person.id, into_id))).order_by(Person.id).with_for_update(of=item.Item)
    found = {p.id: p for p in act.session.scalars(pair.execution_options(populate_existing=True))}
    into = found.get(into_id)
    if into is None or into.id == person.id or into.state != "known":
        raise Refused([Reason(_("Catatan tujuan tidak ada atau sudah digabung."), field="into_id")])
    advance(act, person, "merge")
    person.merged_into_id = into.id
    journal.record(act, "person_merged", person, into=into.name)
    catalog.index(act.session, person)


def unmerge(act: Act, person: Person) -> None:
    """Undo a merge: the record stands for itself again."""
    advance(act, person, "unmerge")
    person.merged_into_id = None
    journal.record(act, "person_unmerged", person)
    catalog.index(act.session, person)


def comparable_name(name: str) -> str:
    """A name as it is compared: folded, without bin/binti and titles' dots, words in order."""
    folded = unicodedata.normalize("NFKD", name.lower())
    letters = re.sub(r"[^a-z ]", " ", "".join(c for c in folded if not unicodedata.combining(c)))
    return " ".join(w for w in letters.split() if w not in {"bin", "binti", "bt", "b"})


def sound(name: str) -> str:
    """The consonants of a comparable name: SUMIATI and SUMIYATI, MUHAMMAD and MOHAMAD sound alike."""
    skeletons = (re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyhw]", "", word)) for word in comparable_name(name).split())
    return " ".join(sorted(s for s in skeletons if s))


def comparable_phone(raw: str) -> str:
    """A phone number in international form; the bare digits when it can't be understood."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(raw, "ID"), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", raw)


def comparable_passport(raw: str) -> str:
    """A passport number without spaces, in capitals."""
    return re.sub(r"[^A-Z0-9]", "", raw.upper())


def keys_of(person: Person) -> list[tuple[str, str]]:
    """Kind and value of all by which the same person is recognised elsewhere."""
    names = [n for n in [person.title, *person.aliases] if n != UNKNOWN]
    keys = {("name", comparable_name(n)) for n in names}
    keys |= {("sound", sound(n)) for n in names}
    keys |= {("passport", comparable_passport(p)) for p in person.passports}
    keys |= {("phone", comparable_phone(p)) for p in person.phones}
    keys.add(("nik", re.sub(r"\D", "", person.nik)))
    return [(kind, value) for kind, value in sorted(keys) if value]


def _write_keys(act: Act, person: Person) -> None:
    unseen = delete(PersonKey).execution_options(synchronize_session=False)
    act.session.execute(unseen.where(PersonKey.person_id == person.id))
    act.session.add_all(PersonKey(person_id=person.id, kind=kind, value=value) for kind, value in keys_of(person))


TRANSITIONS: dict[str, Callable[..., Any]] = {"merge": merge, "unmerge": unmerge}
