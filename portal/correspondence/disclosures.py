"""What a letter tells its readers, whether it may, and the register of what was really told: to whom, when, on which ground."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import journal, vocabulary
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.consents import coverage
from portal.consents.coverage import Basis, Told
from portal.consents.model import Consent
from portal.content import sharing
from portal.content.item import numbered
from portal.correspondence import letters
from portal.correspondence.model import Letter
from portal.db import Base, Id
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _

STATEMENT = "consent.statement"
"""What fills the field of a letter that tells its ground."""

journal.declare(disclosed=_("Data diungkapkan kepada ${organisation} atas dasar ${ground}: ${what}"))


class Disclosure(Base):
    """One line of the register: written when it goes out, by the sending itself, and never changed."""

    __tablename__ = "disclosure"
    __table_args__ = (
        Index("ix_disclosure_letter_id", "letter_id", "organisation_id"),
        Index("ix_disclosure_case_id", "case_id"),
        Index("ix_disclosure_organisation_id", "organisation_id", "at"),
        Index("ix_disclosure_consent_id", "consent_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime]
    ground: Mapped[str]
    consent_id: Mapped[int | None] = mapped_column(ForeignKey("consent.id"))
    data: Mapped[list[Any]] = mapped_column(default=list)
    documents: Mapped[list[Any]] = mapped_column(default=list)
    """{id, type, title, sha256} of each file."""
    beyond_reason: Mapped[str] = mapped_column(default="")
    """Why it was more than the profile of such a recipient."""


def told_by(session: Session, letter: Letter) -> Told:
    """What its readers learn: the personal data in its fields, the documents that go along."""
    kinds, said = coverage.data_of_sources(), letters.type_of(letter).fields
    data = {kinds[f.source] for f in said if f.source in kinds and letter.fields.get(f.id) not in (None, "", [])}
    enclosed = select(Document.document_type).where(Document.id.in_([e.document_id for e in letter.enclosures]))
    return Told(frozenset(data), frozenset(session.scalars(enclosed)))


def readers(session: Session, letter: Letter) -> list[Organisation]:
    """The organisations that get it, copies included."""
    ids = dict.fromkeys(r.organisation_id for r in letter.recipients if r.organisation_id)
    return [session.get_one(Organisation, i) for i in ids]


def beyond(session: Session, letter: Letter) -> Told:
    """What it tells that is more than the profile of one of its readers."""
    told, found = told_by(session, letter), Told()
    for organisation in readers(session, letter):
        if organisation.stakeholder_type != coverage.OFFICE:
            found |= told - coverage.allowed(session, organisation.stakeholder_type)
    return found


def may_be_told(act: Act, letter: Letter) -> Iterable[Reason]:
    """Guard: each reader has a ground now, and what exceeds a profile has its reason."""
    told = told_by(act.session, letter)
    for organisation in readers(act.session, letter):
        found = coverage.basis(act, letter.dossier_id or 0, organisation, told)
        if not isinstance(found, Basis):
            yield from found
    if not letter.beyond_reason and (more := beyond(act.session, letter)):
        known = {"what": more.words(act.session)}
        yield Reason(
            _("Melebihi profil penerima: ${what}. Keluarkan, atau tulis alasannya.", mapping=known),
            mend="@edit",
            field="beyond_reason",
        )


def note_sending(act: Act, letter: Letter) -> None:
    """Write down that the letter goes out: a line for each reader who learns something."""
    told = told_by(act.session, letter)
    files = [act.session.get_one(Document, e.document_id) for e in letter.enclosures]
    for organisation in readers(act.session, letter):
        note(act, letter, organisation, told, files)


def note(act: Act, letter: Letter, organisation: Organisation, told: Told, files: Sequence[Document]) -> None:
    """One line of the register; refused without a ground."""
    found = coverage.basis(act, letter.dossier_id or 0, organisation, told)
    if not isinstance(found, Basis):
        raise Refused(found)
    if not found.ground:
        return
    more = told - coverage.allowed(act.session, organisation.stakeholder_type)
    act.session.add(
        Disclosure(
            case_id=letter.dossier_id,
            letter_id=letter.id,
            organisation_id=organisation.id,
            at=act.at,
            ground=found.ground,
            consent_id=found.consent.id if found.consent else None,
            data=sorted(told.data),
            documents=[{"id": d.id, "type": d.document_type, "title": d.title, "sha256": d.copy_sha256} for d in files],
            beyond_reason=letter.beyond_reason if more else "",
        )
    )
    ground = vocabulary.name(act.session, "processing_ground", found.ground)
    known = {"organisation": organisation.title, "ground": ground, "code": found.ground}
    journal.record(act, "disclosed", letter, what=told.words(act.session), **known)


def of_letter(session: Session, letter_id: int, organisation_id: int) -> list[Disclosure]:
    """What that reader learned with that letter, and afterwards."""
    query = select(Disclosure).where(Disclosure.letter_id == letter_id, Disclosure.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(Disclosure.id)))


def stands(act: Act, letter_id: int, organisation_id: int) -> bool:
    """Whether that reader may still see it: no consent it went out on has ended, or another ground covers it now."""
    lines = of_letter(act.session, letter_id, organisation_id)
    rested = [act.session.get_one(Consent, line.consent_id) for line in lines if line.consent_id]
    if all(coverage.is_in_force(consent, act.at) for consent in rested):
        return True
    told = Told()
    for line in lines:
        told |= Told(frozenset(line.data), frozenset(d["type"] for d in line.documents))
    organisation = act.session.get_one(Organisation, organisation_id)
    return isinstance(coverage.basis(act, lines[0].case_id, organisation, told), Basis)


def register(act: Act, *, kind: str = "", case: str = "") -> Select[Any]:
    """The lines that the person may see, the newest first: by kind of recipient, by case."""
    query = select(Disclosure).where(sharing.may_read(act.by, act.at, Disclosure.letter_id))
    if kind:
        of_kind = select(Organisation.id).where(Organisation.stakeholder_type == kind)
        query = query.where(Disclosure.organisation_id.in_(of_kind))
    if case:
        query = query.where(Disclosure.case_id.in_(select(Case.id).where(numbered(Case, case))))
    return query.order_by(Disclosure.at.desc(), Disclosure.id.desc())


def line(session: Session, disclosure: Disclosure, lang: str) -> dict[str, Any]:
    """One line of the register: when, to whom, about which case, what, with which letter, on which ground."""
    letter = session.get_one(Letter, disclosure.letter_id)
    consent = session.get(Consent, disclosure.consent_id) if disclosure.consent_id else None
    ground = vocabulary.name(session, "processing_ground", disclosure.ground, lang)
    data = Told(frozenset(disclosure.data)).words(session, lang)
    return {
        "id": disclosure.id,
        "at": disclosure.at,
        "organisation": session.get_one(Organisation, disclosure.organisation_id).title,
        "case": session.get_one(Case, disclosure.case_id).name,
        "data": data,
        "documents": "; ".join(document["title"] for document in disclosure.documents),
        "number": letter.number,
        "letter": letter.name,
        "ground": f"{ground} ({consent.name})" if consent else ground,
        "consent": consent,
        "reason": disclosure.beyond_reason,
    }
