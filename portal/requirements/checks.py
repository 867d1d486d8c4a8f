"""What a machine can compare before a person accepts a document: warnings only, for identity data are unreliable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Reason
from portal.cases.model import Case
from portal.clock import WIB
from portal.documents.model import Document
from portal.i18n import _, day
from portal.people.model import Person

ALIKE = 80
"""From which likeness (0 to 100) two names are taken for one: word order, a missing name and small slips are normal."""
COMPLAINANT = frozenset({"KTP_COMPLAINANT"})
WORKER = frozenset(
    {
        "KTP_WORKER",
        "PASSPORT",
        "VISA",
        "WORK_CONTRACT",
        "PLACEMENT_AGREEMENT",
        "BIRTH_CERT",
        "BPJS_CARD",
        "KPA",
        "DEATH_CERT",
    }
)
NIK_HOLDERS = frozenset({"KTP_COMPLAINANT", "KTP_WORKER", "HEIR_ID"})
PASSPORTS = frozenset({"PASSPORT", "ESCORT_PASSPORT"})
PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,7}")
TITLES = re.compile(r"\b(bin|binti|alm|almarhum|almarhumah|hj|h|drs?|ir|se|sh|spd)\b\.?")


def warnings(session: Session, document: Document, now: Any) -> list[Reason]:
    """Every doubt about the document that a person has to answer before accepting it."""
    case = session.get(Case, document.dossier_id)
    person = _subject(session, case, document.document_type)
    today = now.astimezone(WIB).date()
    return [*_expiry(document, today), *_number(session, document, person), *_name(document, person)]


def _subject(session: Session, case: Case | None, document_type: str) -> Person | None:
    if case is None:
        return None
    person_id = case.complainant_id if document_type in COMPLAINANT else None
    person_id = case.worker_id if document_type in WORKER else person_id
    return session.get(Person, person_id) if person_id else None


def _expiry(document: Document, today: date) -> Iterable[Reason]:
    if document.expires_on and document.expires_on < today:
        known = {"day": day(document.expires_on, "id")}
        yield Reason(_("Masa berlaku dokumen habis pada ${day}.", mapping=known), field="expires_on")


def _number(session: Session, document: Document, person: Person | None) -> Iterable[Reason]:
    number = re.sub(r"[\s.-]", "", document.number.upper())
    if not number:
        return
    if document.document_type in NIK_HOLDERS:
        if fault := nik_fault(session, number):
            yield Reason(fault, field="number")
        if person and person.nik and re.sub(r"\D", "", person.nik) != number:
            yield Reason(_("NIK pada dokumen berbeda dengan NIK dalam data orang."), field="number")
    elif document.document_type in PASSPORTS:
        if not PASSPORT.fullmatch(number):
            yield Reason(_("Nomor paspor tidak berbentuk satu atau dua huruf dan 6–7 angka."), field="number")
        known = {re.sub(r"\s", "", passport.upper()) for passport in person.passports} if person else set()
        if known and number not in known:
            yield Reason(_("Nomor paspor tidak ada dalam data orang."), field="number")


def nik_fault(session: Session, number: str) -> Any:
    """What is odd about an identity number (PPKKCC-DDMMYY-SSSS, day + 40 for women), or None."""
    if not re.fullmatch(r"\d{16}", number):
        return _("NIK harus 16 angka.")
    if number[:2] not in vocabulary.terms(session, "province"):
        return _("Dua angka pertama NIK bukan kode provinsi.")
    born, month, year = int(number[6:8]) % 40, int(number[8:10]), int(number[10:12])
    try:
        date(2000 + year if year < 30 else 1900 + year, month, born)
    except ValueError:
        return _("Tanggal lahir di dalam NIK tidak ada.")
    return None


def _name(document: Document, person: Person | None) -> Iterable[Reason]:
    if not document.holder or person is None:
        return
    names = [person.title, *person.aliases]
    if max(likeness(document.holder, name) for name in names) < ALIKE:
        known = {"found": document.holder, "known": person.title}
        yield Reason(
            _("Nama pada dokumen (${found}) berbeda dengan nama dalam data (${known}).", mapping=known), field="holder"
        )


def likeness(one: str, other: str) -> float:
    """How alike two names are, whatever the order of their words and titles around them."""
    return fuzz.token_sort_ratio(_plain(one), _plain(other))


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.lower())
    letters = "".join(
        sign if sign.isalpha() or sign.isspace() else " " for sign in folded if not unicodedata.combining(sign)
    )
    return " ".join(TITLES.sub(" ", letters).split())
