"""What goes to whom: the data and documents that a letter would tell one organisation, by the office's profile."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.consents import coverage
from portal.consents.coverage import Basis, Told
from portal.correspondence import disclosures, drafting, letters
from portal.correspondence.lettermodel import LetterType
from portal.correspondence.model import Letter
from portal.correspondence.prefill import prefill
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _
from portal.referrals.model import Referral


def withheld(session: Session, letter_type: str, organisation: Organisation, more: Collection[str]) -> dict[str, Any]:
    """Nothing, for each field of the letter that such an organisation does not get and nobody has added."""
    type_ = letters.letter_types().get(letter_type)
    kinds = coverage.data_of_sources()
    open_ = coverage.allowed(session, organisation.stakeholder_type).data | set(more)
    return {f.id: "" for f in (type_.fields if type_ else ()) if kinds.get(f.source, "") not in {"", *open_}}


def write(
    act: Act,
    case: Case,
    organisation: Organisation,
    letter_type: str,
    fields: Mapping[str, Any],
    enclosures: Mapping[int, str] | Sequence[int],
    more: Collection[str],
    beyond_reason: str,
    against: Sequence[Reason],
) -> Letter:
    """The draft of the letter, with what the profile allows and what was added; what is `against` it is told as well."""
    told, to = withheld(act.session, letter_type, organisation, more) | dict(fields), [organisation.id]
    try:
        letter = drafting.draft(act, case, type_code=letter_type, to=to, fields=told, enclosures=enclosures)
        give_reason(act, letter, beyond_reason)
    except Refused as refusal:
        raise Refused([*against, *refusal.reasons]) from refusal
    if against:
        raise Refused(against)
    return letter


def give_reason(act: Act, letter: Letter, reason: str) -> None:
    """Keep why the letter tells more than the profile; without a reason it does not."""
    more = disclosures.beyond(act.session, letter)
    if not more:
        return
    if not reason.strip():
        known = {"what": more.words(act.session)}
        words = _("Melebihi profil penerima: ${what}. Keluarkan, atau tulis alasannya.", mapping=known)
        raise Refused([Reason(words, field="beyond_reason")])
    drafting.amend(act, letter, beyond_reason=reason.strip())


def add(act: Act, referral: Referral, given: Sequence[Document]) -> None:
    """Documents that go after the letter: a disclosure like the first one, with the same questions before it."""
    if not given:
        return
    letter = act.session.get_one(Letter, referral.letter_id)
    organisation = act.session.get_one(Organisation, referral.organisation_id)
    told = Told(documents=frozenset(d.document_type for d in given))
    if not letter.beyond_reason and (more := told - coverage.allowed(act.session, organisation.stakeholder_type)):
        known = {"what": more.words(act.session)}
        raise Refused([Reason(_("Melebihi profil penerima: ${what}.", mapping=known), field="documents")])
    disclosures.note(act, letter, organisation, told, given)


@dataclass(frozen=True)
class Package:
    """One letter to one organisation before it is written: what it will show, what it could, on which ground."""

    type: LetterType
    lines: list[tuple[str, str]]
    """Label and text of what the profile lets out."""
    held: Told
    """Data that the letter has a place for and the profile keeps back."""
    ground: Basis | list[Reason]


def package(act: Act, case: Case, organisation: Organisation, type_: LetterType, lang: str) -> Package:
    """What such a letter would tell that organisation now."""
    kinds, known = coverage.data_of_sources(), prefill(act, case, type_, lang)
    closed = withheld(act.session, type_.code, organisation, ())
    held = {kinds[f.source] for f in type_.fields if f.id in closed and f.id in known}
    told = {kinds[f.source] for f in type_.fields if f.source in kinds and f.id in known and f.id not in closed}
    shown = letters.texts(type_, {k: v for k, v in known.items() if k not in closed}, lang)
    labels = {f.id: f.label_en if lang == "en" else f.label for f in type_.fields}
    lines = [(labels[name], text) for name, text in shown.items() if text.strip() and text != "-"]
    ground = coverage.basis(act, case.id, organisation, Told(frozenset(told)))
    return Package(type_, lines, Told(frozenset(held)), ground)


def documents(session: Session, case: Case) -> list[Document]:
    """The documents of the case that may go out."""
    query = select(Document).where(Document.parent_id == case.id, Document.state == "accepted")
    return list(session.scalars(query.order_by(Document.id)))
