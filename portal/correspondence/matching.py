"""Ranked guesses which letter or case an incoming letter is about, each with its reasons; a person decides."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.acts import Act
from portal.cases.model import Case
from portal.content import sharing, stems
from portal.content.item import Item, numbered
from portal.correspondence.model import Incoming, Letter, Recipient
from portal.i18n import _
from portal.people.model import Person, PersonKey
from portal.people.verbs import comparable_passport

OUR_NUMBER = re.compile(r"[A-Z]{1,4}[.\-/ ]?\d+(?:/[A-Z0-9.\-]+){2,5}", re.IGNORECASE)
CASE_NUMBER = re.compile(r"PMI-\d{4}-\d{6}", re.IGNORECASE)
PASSPORT = re.compile(r"\b[A-Z]{1,2}\d{6,8}\b", re.IGNORECASE)
MOST = 5
RECENT = 200


@dataclass(frozen=True)
class Guess:
    """One letter or case it may be about."""

    reference: str
    """What `match` takes."""
    title: str
    path: str
    score: int
    reasons: tuple[Any, ...]


def guesses(act: Act, incoming: Incoming) -> list[Guess]:
    """The likeliest first; only what the person may see."""
    text = f"{incoming.title}\n{incoming.summary}\n{incoming.sender_number}"
    found: dict[int, list[tuple[int, Any]]] = defaultdict(list)

    numbers = {m.upper() for m in OUR_NUMBER.findall(text)}
    for letter_id in act.session.scalars(select(Letter.id).where(Letter.number.in_(numbers))):
        found[letter_id].append((100, _("menyebut nomor surat kita")))
    cases = {m.upper() for m in CASE_NUMBER.findall(text)}
    for case_id in act.session.scalars(select(Case.id).where(numbered(Case, *cases))):
        found[case_id].append((80, _("menyebut nomor kasus")))
    for letter_id in _open_letters_to(act, incoming):
        found[letter_id].append((30, _("lembaga ini penerima surat yang belum dijawab")))
    for case_id in _cases_by_passport(act, text):
        found[case_id].append((60, _("menyebut nomor paspor pekerja")))
    _weigh_names(act, text, found)

    items = act.session.scalars(select(Item).where(Item.id.in_(found), sharing.may_read(act.by, act.at, Item.id)))
    listed = [_guess(act, thing, found[thing.id]) for thing in items]
    return sorted(listed, key=lambda guess: -guess.score)[:MOST]


def _open_letters_to(act: Act, incoming: Incoming) -> list[int]:
    if incoming.organisation_id is None:
        return []
    query = select(Letter.id).join(Recipient, Recipient.letter_id == Letter.id)
    query = query.where(Recipient.organisation_id == incoming.organisation_id, Letter.state == "dispatched")
    return list(act.session.scalars(query.order_by(Letter.issued_at.desc()).limit(RECENT)))


def _cases_by_passport(act: Act, text: str) -> list[int]:
    passports = {comparable_passport(m) for m in PASSPORT.findall(text)}
    if not passports:
        return []
    people = select(PersonKey.person_id).where(PersonKey.kind == "passport", PersonKey.value.in_(passports))
    return list(act.session.scalars(select(Case.id).where(Case.worker_id.in_(people)).limit(RECENT)))


def _weigh_names(act: Act, text: str, found: dict[int, list[tuple[int, Any]]]) -> None:
    """Where the worker of a case already guessed is named in the letter, that guess gains."""
    words = set(stems.words(text))
    for item_id, dossier_id in act.session.execute(select(Item.id, Item.dossier_id).where(Item.id.in_(found))).all():
        case = act.session.get_one(Case, dossier_id)
        worker = act.session.get(Person, case.worker_id) if case.worker_id else None
        if worker is not None and set(stems.words(worker.title)) <= words:
            found[item_id].append((40, _("menyebut nama pekerja")))


def _guess(act: Act, thing: Any, reasons: list[tuple[int, Any]]) -> Guess:
    dossier = act.session.get_one(Item, thing.dossier_id)
    address = f"/cases/{dossier.name}" + (f"/{thing.name}" if thing.id != dossier.id else "")
    reference = (thing.number if isinstance(thing, Letter) else None) or thing.name
    score = sum(points for points, _why in reasons)
    return Guess(reference, thing.title, address, score, tuple(why for _points, why in reasons))
