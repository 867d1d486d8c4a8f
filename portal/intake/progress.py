"""A case as its complainant may see it: where it stands, what is missing, what was done; no names of officers or partners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.cases.model import Case
from portal.directory.model import Organisation
from portal.i18n import _
from portal.journal import Entry
from portal.referrals.model import Referral
from portal.requirements.gaps import Gap, gaps
from portal.requirements.model import Requirement
from portal.requirements.workflow import MISSING

STANDS = {
    "registered": (_("Pengaduan diterima"), _("Petugas akan membaca pengaduan Saudara/i dan menghubungi bila perlu.")),
    "triaged": (_("Pengaduan sudah dipelajari"), _("Petugas menentukan langkah dan dokumen yang diperlukan.")),
    "verifying": (_("Menunggu dan memeriksa dokumen"), _("Lengkapi dokumen di bawah agar penanganan dapat berjalan.")),
    "clarifying": (_("Dokumen lengkap"), _("Petugas mencocokkan keterangan semua pihak.")),
    "in_process": (_("Sedang ditangani"), _("Kami dan instansi yang berwenang sedang menangani masalah ini.")),
    "resolved": (_("Sudah ada hasil"), _("Petugas akan menyampaikan hasilnya sebelum kasus ditutup.")),
    "reopened": (_("Dibuka kembali"), _("Petugas melanjutkan penanganan.")),
    "closed": (_("Ditutup"), _("Saudara/i tetap dapat menghubungi kami bila masalah belum selesai.")),
}
"""State of a case → what it is called here, and what that means."""

HAPPENED = {
    "case_registered": _("Kami menerima pengaduan Saudara/i."),
    "case_triaged": _("Petugas mempelajari pengaduan ini."),
    "case_requirements_opened": _("Kami menyusun daftar dokumen yang diperlukan."),
    "requirement_requested": _("Kami meminta dokumen: ${document}."),
    "requirement_asked_again": _("Kami meminta lagi dokumen: ${document}."),
    "requirement_received": _("Dokumen kami terima: ${document}."),
    "requirement_accepted": _("Dokumen dinyatakan sah: ${document}."),
    "requirement_rejected": _("Dokumen belum dapat dipakai: ${document}."),
    "case_documents_complete": _("Dokumen lengkap."),
    "case_handling_began": _("Penanganan dimulai."),
    "referral_sent": _("Kami meneruskan masalah ini kepada: ${body}."),
    "referral_confirmed": _("Layanan dari ${body} sudah dipastikan sampai."),
    "case_contact": _("Kami berbicara dengan Saudara/i."),
    "case_contact_failed": _("Kami mencoba menghubungi Saudara/i, tetapi tidak tersambung."),
    "case_resolved": _("Masalah dinyatakan selesai."),
    "case_closed": _("Kasus ditutup: ${reason}."),
    "case_reopened": _("Kasus dibuka kembali."),
}
"""Event of the journal → the sentence for the complainant; other events are not shown."""

HELP = {
    "sent": _("sudah kami kirimi surat"),
    "received": _("sudah menerima surat kami"),
    "info_wanted": _("meminta keterangan tambahan dari kami"),
    "accepted": _("menyanggupi"),
    "in_progress": _("sedang mengerjakan"),
    "service_given": _("melaporkan layanan sudah diberikan"),
    "confirmed": _("sudah membantu"),
    "closed": _("sudah selesai"),
    "declined": _("tidak dapat membantu; kami mencari jalan lain"),
    "redirected": _("menunjuk instansi lain"),
    "lapsed": _("tidak menjawab; kami mencari jalan lain"),
}
"""State of a referral → what the body does; referrals that are not out, or were taken back, are not shown."""


@dataclass(frozen=True)
class Step:
    """Something that happened, in plain words."""

    at: datetime
    text: Any


@dataclass(frozen=True)
class Wanted:
    """A document that the complainant can send, or one that was sent and is being looked at."""

    gap: Gap
    can_send: bool
    reason: str
    """Why an earlier one could not be used."""


def steps(session: Session, case: Case, lang: str) -> Iterator[Step]:
    """What has happened, newest first."""
    names = _documents(session, case, lang)
    bodies = {referral.id: body for referral, body in _referrals(session, case, lang)}
    query = select(Entry).where(Entry.dossier_id == case.id, Entry.event.in_(HAPPENED)).order_by(Entry.seq.desc())
    for entry in session.scalars(query.limit(100)):
        known = {"document": names.get(entry.item_id or 0, ""), "body": bodies.get(entry.item_id or 0, "")}
        known["reason"] = vocabulary.name(session, "closure_reason", entry.data.get("code"), lang)
        text = HAPPENED[entry.event]
        yield Step(entry.at, text % known if "$" in text else text)


def _documents(session: Session, case: Case, lang: str) -> dict[int, str]:
    query = select(Requirement.id, Requirement.document_type).where(Requirement.parent_id == case.id)
    return {id_: vocabulary.name(session, "document_type", kind, lang) for id_, kind in session.execute(query)}


def _referrals(session: Session, case: Case, lang: str) -> list[tuple[Referral, str]]:
    organisation = Organisation.__table__.c
    query = (
        select(Referral, organisation.stakeholder_type)
        .join(Organisation.__table__, organisation.id == Referral.organisation_id)
        .where(Referral.parent_id == case.id)
        .order_by(Referral.id)
    )
    found = session.execute(query)
    return [(referral, vocabulary.name(session, "stakeholder_type", kind, lang)) for referral, kind in found]


def helpers(session: Session, case: Case, lang: str) -> list[tuple[str, Any]]:
    """Which kinds of bodies help, and what each does."""
    return [
        (body, HELP[referral.state]) for referral, body in _referrals(session, case, lang) if referral.state in HELP
    ]


def wanted(session: Session, case: Case, lang: str) -> list[Wanted]:
    """The documents that are missing, mandatory ones first."""
    found = []
    for gap in gaps(session, case, lang=lang):
        requirement = session.get_one(Requirement, gap.id)
        can_send = gap.state in MISSING and case.state != "closed"
        reason = vocabulary.name(session, "requirement_reject_reason", requirement.reject_reason, lang)
        words = ". ".join(w for w in (reason, requirement.reject_note) if w) if gap.state == "rejected" else ""
        found.append(Wanted(gap, can_send, words))
    return found
