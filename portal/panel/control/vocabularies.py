"""The vocabularies as tables: their names, their further columns, and where their codes are used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Reason
from portal.cases.model import Case, CaseCategory
from portal.consents.model import Consent, DisclosureProfile
from portal.correspondence.model import Incoming, Letter
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.forms import Choice, Choices, Line, Number, Text, Tick
from portal.i18n import _
from portal.pages import Column
from portal.panel.control.tables import Fields, Table, Values, declare
from portal.people.model import Person
from portal.referrals.model import Referral
from portal.requirements.model import Requirement, RequirementRule
from portal.vocabulary import Term

TITLES = {
    "category": _("Masalah"),
    "document_type": _("Jenis dokumen"),
    "stakeholder_type": _("Jenis instansi"),
    "channel": _("Saluran pengaduan"),
    "complainant_type": _("Jenis pengadu"),
    "relationship": _("Hubungan dengan PMI"),
    "personal_data": _("Data pribadi"),
    "processing_ground": _("Dasar pemrosesan data"),
    "consent_language": _("Bahasa persetujuan"),
    "closure_reason": _("Alasan penutupan kasus"),
    "decline_reason": _("Alasan penolakan rujukan"),
    "requirement_reject_reason": _("Alasan penolakan dokumen"),
    "waive_reason": _("Alasan pembebasan dokumen"),
    "urgency": _("Tingkat kegawatan"),
    "speed": _("Sifat surat"),
    "security": _("Keamanan surat"),
    "legal_basis": _("Dasar hukum"),
    "role": _("Peran"),
    "country": _("Negara"),
    "province": _("Provinsi"),
    "district": _("Kabupaten dan kota"),
}
CLOSED = frozenset({"role", "urgency", "security", "speed", "closure_reason", "personal_data", "processing_ground"})
"""Codes that the program itself acts on: their words may change, but none comes or goes."""

CODES = {
    "country": (r"[A-Z]{2}", _("Dua huruf besar, misalnya MY.")),
    "province": (r"\d{2}", _("Dua angka, misalnya 32.")),
    "district": (r"\d{2}\.\d{2}", _("Misalnya 32.12.")),
    "legal_basis": (r"[A-Z0-9_/.-]{2,40}", _("Huruf besar, angka, garis miring, misalnya UU18/2017.")),
    "relationship": (r"[a-z0-9_]{2,40}", _("Huruf kecil, angka, garis bawah.")),
    "consent_language": (r"[a-z]{2,3}", _("Dua atau tiga huruf kecil, misalnya jv.")),
    "decline_reason": (r"[a-z0-9_]{2,40}", _("Huruf kecil, angka, garis bawah.")),
    "requirement_reject_reason": (r"[a-z0-9_]{2,40}", _("Huruf kecil, angka, garis bawah.")),
    "waive_reason": (r"[a-z0-9_]{2,40}", _("Huruf kecil, angka, garis bawah.")),
}
USUAL_CODE = (r"[A-Z0-9_]{2,40}", _("Huruf besar, angka, garis bawah."))

PHASES = (
    ("before", _("Sebelum bekerja")),
    ("during", _("Selama bekerja")),
    ("after", _("Setelah bekerja")),
    ("any", _("Semua tahap")),
)
PDP_CLASSES = (
    ("general", _("Umum")),
    ("specific_health", _("Spesifik: kesehatan")),
    ("specific_financial", _("Spesifik: keuangan")),
    ("specific_crime", _("Spesifik: catatan kejahatan")),
    ("may_be_specific", _("Mungkin spesifik")),
    ("may_be_biometric", _("Mungkin biometrik")),
)


def terms_of(name: str) -> Callable[[Any], list[tuple[str, str]]]:
    """The options of a field that names a term."""
    return lambda request: vocabulary.choices(request.db, name, request.locale_name)


def optional(title: Any, longest: int = 400) -> Callable[[], Line]:
    """A line that may stay empty."""
    return lambda: Line(title, max=longest, required=False, missing="")


EXTRAS: dict[str, Fields] = {
    "category": {
        "phase": lambda: Choice(PHASES, _("Tahap"), look="radios"),
        "urgency": lambda: Choice(terms_of("urgency"), _("Kegawatan awal"), look="radios"),
        "typical_stakeholders": lambda: Choices(terms_of("stakeholder_type"), _("Instansi terkait"), required=False),
        "aliases_id": optional(_("Sebutan lain, dipisah titik koma")),
    },
    "document_type": {
        "issuer": optional(_("Penerbit")),
        "pdp_class": lambda: Choice(PDP_CLASSES, _("Golongan data pribadi"), look="select"),
    },
    "stakeholder_type": {"note": optional(_("Catatan"))},
    "channel": {
        "still_used": lambda: Tick(_("Masih digunakan masyarakat")),
        "note": optional(_("Catatan")),
    },
    "complainant_type": {"needs_power_of_attorney": lambda: Tick(_("Perlu surat kuasa"))},
    "closure_reason": {"limit": optional(_("Jangka waktu"))},
    "speed": {"answer_within": optional(_("Dijawab dalam"))},
    "security": {"ink": optional(_("Warna cap")), "envelope": optional(_("Amplop"))},
    "processing_ground": {"article": optional(_("Pasal"))},
    "legal_basis": {
        "about": lambda: Text(_("Tentang"), max=1000, rows=3, required=False, missing=""),
        "state": optional(_("Keberlakuan")),
    },
    "role": {"does": lambda: Text(_("Tugas"), max=1000, rows=3, required=False, missing="")},
    "country": {"calling_code": optional(_("Kode telepon"), 20), "currency": optional(_("Mata uang"), 20)},
    "district": {"province_code": lambda: Choice(terms_of("province"), _("Provinsi"), look="search")},
}

COLUMNS = (
    Column("title", _("Nama"), "link"),
    Column("code", _("Kode"), "code"),
    Column("english", _("Nama Inggris")),
    Column("position", _("Urutan"), "number"),
    Column("state", _("Keadaan")),
)
IN_USE, OUT_OF_USE = ("active", _("Aktif")), ("inactive", _("Nonaktif"))


def _line(_session: Session, term: Term, lang: str) -> dict[str, Any]:
    return {
        "title": term.name(lang),
        "code": term.code,
        "english": term.name_en or None,
        "position": term.position,
        "state": _state(term)[1],
    }


def _state(term: Term) -> tuple[str, Any]:
    return IN_USE if term.active else OUT_OF_USE


def _objections(session: Session, table: Table, values: Values, term: Term | None) -> Iterator[Reason]:
    code = values.get("code", "")
    if term is None:
        pattern, says = CODES.get(table.name, USUAL_CODE)
        if not re.fullmatch(pattern, code, re.ASCII):
            yield Reason(says, field="code")
        elif session.scalar(select(Term.id).filter_by(**table.scope, code=code)):
            yield Reason(_("Kode ini sudah ada."), field="code")


def _table(name: str) -> Table:
    closed = name in CLOSED
    _pattern, says = CODES.get(name, USUAL_CODE)
    shared: Fields = {
        "name_id": lambda: Line(_("Nama"), max=300),
        "name_en": lambda: Line(_("Nama Inggris"), max=300, required=False, missing=""),
        "position": lambda: Number(_("Urutan"), most=100_000),
    }
    active: Fields = {} if closed else {"active": lambda: Tick(_("Dapat dipilih (aktif)"), default=True)}
    return Table(
        name=name,
        title=TITLES[name],
        about=_("Kode ini dipakai program: namanya dapat diubah, tetapi tidak ditambah atau dinonaktifkan.")
        if closed
        else _("Istilah yang pernah dipakai tidak dihapus; nonaktifkan agar tidak dapat dipilih lagi."),
        model=Term,
        fixed={"code": lambda: Line(_("Kode"), max=40, help=says)},
        fields={**shared, **active, **EXTRAS.get(name, {})},
        columns=COLUMNS,
        line=_line,
        group=_state,
        order=(Term.position, Term.id),
        scope={"vocabulary": name},
        can_add=not closed,
        check=_objections,
    )


declare(*map(_table, TITLES))

USES: dict[str, tuple[tuple[Any, Any], ...]] = {
    "category": (
        (_("${count} kasus"), CaseCategory.code),
        (_("${count} aturan dokumen"), RequirementRule.category_code),
    ),
    "document_type": (
        (_("${count} dokumen"), Document.document_type),
        (_("${count} persyaratan"), Requirement.document_type),
        (_("${count} aturan dokumen"), RequirementRule.document_type),
    ),
    "stakeholder_type": (
        (_("${count} instansi"), Organisation.stakeholder_type),
        (_("${count} profil penerima"), DisclosureProfile.stakeholder_type),
    ),
    "processing_ground": ((_("${count} persetujuan atau dasar"), Consent.ground),),
    "consent_language": ((_("${count} persetujuan atau dasar"), Consent.language),),
    "channel": ((_("${count} kasus"), Case.channel), (_("${count} surat masuk"), Incoming.channel)),
    "complainant_type": ((_("${count} kasus"), Case.complainant_type),),
    "relationship": ((_("${count} kasus"), Case.relationship_code),),
    "closure_reason": ((_("${count} kasus"), Case.closure_reason),),
    "decline_reason": ((_("${count} rujukan"), Referral.decline_code),),
    "requirement_reject_reason": ((_("${count} persyaratan"), Requirement.reject_reason),),
    "waive_reason": ((_("${count} persyaratan"), Requirement.waive_reason),),
    "speed": ((_("${count} surat"), Letter.speed),),
    "security": ((_("${count} surat"), Letter.security),),
    "country": ((_("${count} kasus"), Case.country_code), (_("${count} instansi"), Organisation.country_code)),
    "district": ((_("${count} orang"), Person.district_code), (_("${count} instansi"), Organisation.district_code)),
}
"""Vocabulary → what bears its codes, and in which column."""


def uses(session: Session, vocabulary_name: str, code: str) -> list[Any]:
    """What bears the code, and how many of each; only what there is."""
    counted = [
        (words, session.scalar(select(func.count()).where(column == code)) or 0)
        for words, column in USES.get(vocabulary_name, ())
    ]
    return [words % {"count": count} for words, count in counted if count]
