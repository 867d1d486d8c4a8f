"""Whether something may be told to somebody now: what the office's profile allows, and what a consent covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Act, Reason
from portal.cases.model import Case
from portal.clock import WIB
from portal.consents.model import CONSENT, Consent, DisclosureProfile
from portal.content.tree import path
from portal.directory.model import Organisation
from portal.i18n import _, day, translate

OFFICE = "OFFICE"
"""The agency's own units: what they are told stays in the house."""


@dataclass(frozen=True)
class Told:
    """What somebody learns: kinds of personal data and types of documents."""

    data: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether it is anything."""
        return bool(self.data or self.documents)

    def __sub__(self, other: Told) -> Told:
        """What the other one does not hold."""
        return Told(self.data - other.data, self.documents - other.documents)

    def __or__(self, other: Told) -> Told:
        """Both."""
        return Told(self.data | other.data, self.documents | other.documents)

    def words(self, session: Session, lang: str = "id") -> str:
        """For people, in the order of the vocabularies."""
        return ", ".join(name for _code, name in self.named(session, lang))

    def named(self, session: Session, lang: str) -> list[tuple[str, str]]:
        """(code, name) of each; a document's code begins with `document/`."""
        data = vocabulary.choices(session, "personal_data", lang)
        documents = vocabulary.choices(session, "document_type", lang)
        found = [(code, name) for code, name in data if code in self.data]
        return found + [(f"document/{code}", name) for code, name in documents if code in self.documents]


@dataclass(frozen=True)
class Basis:
    """The ground that something may be told on: a code of `processing_ground`, and the consent or override if it is one."""

    ground: str
    consent: Consent | None = None


NOTHING_TOLD = Basis("")


def load(session: Session) -> int:
    """The office's table begins as the reference has it."""
    reference = (
        DisclosureProfile(
            stakeholder_type=row["stakeholder_type"],
            ground=row["ground"],
            data=vocabulary.codes(row["data"]),
            documents=vocabulary.codes(row["documents"]),
            note=row["note"],
        )
        for row in vocabulary.rows("disclosure_profiles")
    )
    return vocabulary.fill(session, DisclosureProfile, reference)


@cache
def data_of_sources() -> dict[str, str]:
    """What fills a letter's field → the kind of personal data that it is."""
    return {
        source: row["code"] for row in vocabulary.rows("personal_data") for source in vocabulary.codes(row["sources"])
    }


def profile(session: Session, stakeholder_type: str) -> DisclosureProfile | None:
    """What such a recipient may see; None: the office has decided nothing, so nothing."""
    return session.scalar(select(DisclosureProfile).where(DisclosureProfile.stakeholder_type == stakeholder_type))


def allowed(session: Session, stakeholder_type: str) -> Told:
    """What such a recipient may see without a further reason."""
    found = profile(session, stakeholder_type)
    return Told(frozenset(found.data), frozenset(found.documents)) if found else Told()


def needs_consent(session: Session, stakeholder_type: str) -> bool:
    """Whether such a recipient may be told anything only with the person's consent or an override."""
    found = profile(session, stakeholder_type)
    return stakeholder_type != OFFICE and (found is None or found.ground == CONSENT)


def is_in_force(consent: Consent, at: datetime) -> bool:
    """Whether it holds at that moment, whatever the daily work has done."""
    return consent.state == "in_force" and (
        consent.valid_until is None or at.astimezone(WIB).date() <= consent.valid_until
    )


def reaches(consent: Consent, organisation: Organisation) -> bool:
    """Whether it names that recipient, or its kind."""
    return organisation.id == consent.organisation_id or organisation.stakeholder_type in consent.recipient_types


def scope(consent: Consent) -> Told:
    """What it covers."""
    return Told(frozenset(consent.data), frozenset(consent.documents))


def consents_of(session: Session, case_id: int) -> list[Consent]:
    """All of the case, the newest first."""
    return list(session.scalars(select(Consent).where(Consent.parent_id == case_id).order_by(Consent.id.desc())))


def basis(act: Act, case_id: int, organisation: Organisation, told: Told) -> Basis | list[Reason]:
    """On which ground that may be told to that organisation now; else every reason why it may not."""
    if not told or organisation.stakeholder_type == OFFICE:
        return NOTHING_TOLD
    if not needs_consent(act.session, organisation.stakeholder_type):
        found = profile(act.session, organisation.stakeholder_type)
        return Basis(found.ground if found else "")
    reaching = [c for c in consents_of(act.session, case_id) if reaches(c, organisation)]
    holding = [c for c in reaching if is_in_force(c, act.at)]
    for consent in holding:
        if not told - scope(consent):
            return Basis(consent.ground, consent)
    return list(_reasons(act, case_id, organisation, told, reaching, holding))


def _reasons(
    act: Act, case_id: int, organisation: Organisation, told: Told, reaching: list[Consent], holding: list[Consent]
) -> Iterable[Reason]:
    case = act.session.get_one(Case, case_id)
    office = {"office": organisation.title}
    for consent in holding:
        known = {"name": consent.name, "what": (told - scope(consent)).words(act.session)} | office
        yield Reason(
            _("${name} untuk ${office} tidak mencakup: ${what}.", mapping=known), mend=path(consent, case.name)
        )
    if holding:
        return
    place = f"{path(case)}/@consents?to={organisation.stakeholder_type}"
    yield Reason(_("Belum ada persetujuan atau dasar lain yang berlaku untuk ${office}.", mapping=office), mend=place)
    for consent in reaching:
        if words := why_not(consent, act.at):
            yield Reason(words, mend=path(consent, case.name))


def why_not(consent: Consent, at: datetime) -> Any:
    """Why it does not hold; nothing if it does."""
    if consent.withdrawn_at is not None:
        known = {"name": consent.name, "day": day(consent.withdrawn_at.astimezone(WIB).date(), "id")}
        return _("${name} dicabut pada ${day}.", mapping=known)
    if consent.state == "proposed":
        return _("${name} masih menunggu orang kedua.", mapping={"name": consent.name})
    if consent.state == "refused":
        return _("${name} tidak disetujui.", mapping={"name": consent.name})
    if consent.valid_until is not None and not is_in_force(consent, at):
        known = {"name": consent.name, "day": day(consent.valid_until, "id")}
        return _("${name} hanya berlaku sampai ${day}.", mapping=known)
    return ""


GIVEN = {
    "person": _("Yang bersangkutan telah menyatakan persetujuannya atas penyampaian data ini pada tanggal ${day}."),
    "guardian": _(
        "Wali yang bersangkutan telah menyatakan persetujuannya atas penyampaian data ini pada tanggal ${day}."
    ),
    "mandate": _(
        "Wakil yang bersangkutan, dengan surat kuasa, telah menyatakan persetujuannya atas penyampaian data ini "
        "pada tanggal ${day}."
    ),
}
OTHERWISE = _("Data ini disampaikan atas dasar ${ground} (${article}).")


def statement(act: Act, case_id: int, stakeholder_types: Iterable[str], lang: str) -> str:
    """What a letter to such recipients says of its ground: never a consent that was not given."""
    kinds = set(stakeholder_types)
    for consent in consents_of(act.session, case_id):
        organisation = act.session.get(Organisation, consent.organisation_id) if consent.organisation_id else None
        named = {organisation.stakeholder_type} if organisation else set()
        if kinds & (named | set(consent.recipient_types)) and is_in_force(consent, act.at):
            return translate(_sentence(act.session, consent, lang), lang)
    return ""


def _sentence(session: Session, consent: Consent, lang: str) -> Any:
    if not consent.is_override:
        return GIVEN[consent.given_by] % {"day": day(consent.given_on, lang) if consent.given_on else ""}
    term = vocabulary.terms(session, "processing_ground").get(consent.ground)
    name = vocabulary.name(session, "processing_ground", consent.ground, lang)
    return OTHERWISE % {"ground": name[:1].lower() + name[1:], "article": term.extra.get("article", "") if term else ""}
