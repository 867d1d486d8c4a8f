"""What a letter's fields are filled from: facts of the case, the worker, the placement and earlier letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import deadlines, registry, vocabulary
from portal.accounts.model import Account
from portal.acts import Act
from portal.cases.model import Case
from portal.clock import WIB
from portal.consents import coverage
from portal.content.item import Item
from portal.correspondence import letters
from portal.correspondence.lettermodel import PREFILLS, LetterType
from portal.correspondence.model import Incoming, Letter
from portal.correspondence.settings import CONTACT
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _, day, translate
from portal.people.model import Person
from portal.requirements import gaps


class Facts:
    """One case as a letter in one language tells it; each source is looked up when a field asks for it."""

    def __init__(self, act: Act, case: Case, lang: str, type_: LetterType) -> None:
        """`act` says who writes and when."""
        self.act, self.case, self.lang = act, case, lang
        self.reply_days, self.addressees = type_.reply_days, type_.addressees
        self.session: Session = act.session

    def person(self, person_id: int | None) -> Person | None:
        """A person of the case."""
        return self.session.get(Person, person_id) if person_id else None

    @property
    def worker(self) -> Person | None:
        """The worker."""
        return self.person(self.case.worker_id)

    @property
    def complainant(self) -> Person | None:
        """Who complained, else the worker."""
        return self.person(self.case.complainant_id or self.case.worker_id)

    @property
    def officer(self) -> Account | None:
        """Who is to be called: the case's officer, else the writer."""
        account = self.case.assignee_id or self.act.by.account_id
        return self.session.get(Account, account) if account else None

    def name(self, kind: str, code: str | None) -> str:
        """The word for a code."""
        return vocabulary.name(self.session, kind, code, self.lang)

    def previous(self) -> Letter | None:
        """The letter that was sent last."""
        sent = select(Letter).where(Letter.dossier_id == self.case.id, Letter.state == "dispatched")
        return self.session.scalar(sent.order_by(Letter.issued_at.desc()).limit(1))

    def incoming(self) -> Incoming:
        """The letter that came in last; an empty one if none did."""
        came = select(Incoming).where(Incoming.dossier_id == self.case.id, Incoming.state != "junk")
        return self.session.scalar(came.order_by(Incoming.received_at.desc()).limit(1)) or Incoming()

    def steps(self) -> list[str]:
        """The letters issued in this case."""
        issued = select(Letter).where(Letter.dossier_id == self.case.id, Letter.number.is_not(None))
        told = _("${day}: ${subject} dengan surat Nomor ${number}")
        return [
            translate(told % {"day": day(x.dated, self.lang), "subject": x.title, "number": x.number or ""}, self.lang)
            for x in self.session.scalars(issued.where(Letter.state != "voided").order_by(Letter.issued_at))
            if x.dated
        ]

    def documents(self) -> list[str]:
        """The accepted documents."""
        accepted = select(Document).where(Document.parent_id == self.case.id, Document.state == "accepted")
        return [
            self.name("document_type", d.document_type) for d in self.session.scalars(accepted.order_by(Document.id))
        ]

    def gaps(self) -> list[str]:
        """What is still missing, with the reason why it is needed."""
        return [gap.title for gap in gaps.gaps(self.session, self.case) if gap.necessity != "optional"]


def _birth(person: Person | None) -> tuple[str, Any]:
    return (person.birth_place, person.birth_date) if person else ("", None)


def _birth_text(facts: Facts) -> str:
    place, born = _birth(facts.worker)
    return ", ".join(part for part in (place, day(born, facts.lang) if born else "") if part)


def _status(facts: Facts) -> str:
    departed = facts.case.departed_on
    return "PMI" if departed and departed <= facts.act.at.date() else "CPMI" if departed else "PMI"


def _summary(facts: Facts) -> str:
    matters = ", ".join(facts.name("category", c.code) for c in facts.case.categories)
    return f"{matters}. {facts.case.demand}".strip() if facts.case.demand else matters


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _title(session: Session, item_id: int | None) -> str:
    item = session.get(Item, item_id) if item_id else None
    return item.title if item else ""


def _home(facts: Facts, person: Person | None) -> str:
    return (person.address or facts.name("district", person.district_code)) if person else ""


def _officer_line(facts: Facts) -> str:
    officer = facts.officer
    return " | ".join((officer.name, officer.staff_number or "-", "-", officer.office_title)) if officer else ""


def _arrived(facts: Facts) -> Any:
    at = facts.incoming().received_at
    return at.astimezone(WIB).date() if at else None


def _reply_by(facts: Facts) -> Any:
    if not facts.reply_days:
        return None
    due: datetime = deadlines.due(facts.session, facts.act.at, facts.reply_days, "workday")
    return due.astimezone(WIB).date()


def _agency(facts: Facts) -> str:
    office = facts.session.get(Organisation, facts.case.office_id) if facts.case.office_id else None
    return (office.phone if office else "") or _contact(facts)


def _contact(facts: Facts) -> str:
    return str(registry.value(facts.session, CONTACT))


SOURCES: dict[str, Callable[[Facts], Any]] = {
    "case.number": lambda f: f.case.name,
    "case.received_on": lambda f: f.case.received_at.astimezone(WIB).date(),
    "case.channel": lambda f: f.name("channel", f.case.channel),
    "case.category": lambda f: f.name("category", f.case.main_category),
    "case.summary": _summary,
    "case.chronology": lambda f: _lines(f.case.narrative),
    "case.happened_on": lambda f: f.case.happened_on,
    "case.whereabouts": lambda f: f.case.whereabouts,
    "case.steps": Facts.steps,
    "case.other_systems": lambda f: ", ".join(f"{k} {v}" for k, v in sorted(f.case.external_numbers.items())),
    "case.tracking_url": lambda f: f"{f.act.site.settings.public_url}/track",
    "case.missing_documents": Facts.gaps,
    "case.received_documents": Facts.documents,
    "worker.status": _status,
    "worker.name": lambda f: f.worker.title if f.worker else "",
    "worker.aliases": lambda f: ", ".join(f.worker.aliases) if f.worker else "",
    "worker.birth": _birth_text,
    "worker.nik": lambda f: f.worker.nik if f.worker else "",
    "worker.passport": lambda f: f.worker.passports[0] if f.worker and f.worker.passports else "",
    "worker.address": lambda f: _home(f, f.worker),
    "worker.departed_on": lambda f: f.case.departed_on,
    "worker.insurance_number": lambda f: f.case.external_numbers.get("BPJS", ""),
    "placement.country": lambda f: f.name("country", f.case.country_code),
    "placement.city": lambda f: f.case.city,
    "placement.employer": lambda f: ", ".join(p for p in (f.case.employer, f.case.employer_contact) if p),
    "placement.agency": lambda f: f.case.overseas_agency,
    "placement.p3mi": lambda f: _title(f.session, f.case.agency_id),
    "complainant.name": lambda f: f.complainant.title if f.complainant else "",
    "complainant.relationship": lambda f: f.name("relationship", f.case.relationship_code),
    "complainant.nik": lambda f: f.complainant.nik if f.complainant else "",
    "complainant.address": lambda f: _home(f, f.complainant),
    "officer.name": lambda f: f.officer.name if f.officer else "",
    "officer.phone": lambda f: (f.officer.phone if f.officer else "") or _contact(f),
    "officer.email": lambda f: f.officer.email if f.officer else "",
    "officer.line": _officer_line,
    "agency.contact": _agency,
    "letter.reply_by": _reply_by,
    "letter.enclosures": Facts.documents,
    "previous.number": lambda f: (f.previous() or Letter()).number or "",
    "previous.date": lambda f: (f.previous() or Letter()).dated,
    "previous.subject": lambda f: (f.previous() or Letter()).title or "",
    "incoming.agenda": lambda f: f.incoming().name or "",
    "incoming.received_on": _arrived,
    "incoming.sender": lambda f: f.incoming().sender or "",
    "incoming.number": lambda f: f.incoming().sender_number or "",
    "incoming.date": lambda f: f.incoming().sender_date,
    "incoming.subject": lambda f: f.incoming().title or "",
    "consent.statement": lambda f: coverage.statement(f.act, f.case.id, f.addressees, f.lang),
}

if SOURCES.keys() != PREFILLS:
    raise ImportError(f"no source for {PREFILLS ^ SOURCES.keys()}")


def prefill(act: Act, case: Case, type_: LetterType, lang: str) -> dict[str, Any]:
    """A value for each field of that letter type which the case knows."""
    facts = Facts(act, case, lang, type_)
    found = {field.id: letters.plain(SOURCES[field.source](facts)) for field in type_.fields if field.source}
    return {name: value for name, value in found.items() if value not in (None, "", [])}
