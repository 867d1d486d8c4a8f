"""What recording, proposing, deciding on and withdrawing a consent ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal import vocabulary
from portal.consents import coverage
from portal.consents.model import CONSENT
from portal.consents.verbs import EVIDENCE
from portal.consents.workflow import GIVERS, MANNERS
from portal.directory.model import Organisation
from portal.documents.forms import names_of
from portal.documents.model import Document
from portal.forms import Choice, Choices, Day, Line, Moment, Schema, Text
from portal.i18n import _


def organisations(request: Any) -> list[tuple[str, str]]:
    """Everybody in the directory who is not of the house."""
    query = select(Organisation.id, Organisation.title).where(Organisation.state == "active")
    query = query.where(Organisation.stakeholder_type != "OFFICE").order_by(Organisation.title)
    return [(str(id_), title) for id_, title in request.db.execute(query)]


def evidence(request: Any) -> list[tuple[str, str]]:
    """Documents of the case that may prove something."""
    case = request.context.item
    query = select(Document).where(Document.parent_id == case.id, Document.state.in_(EVIDENCE)).order_by(Document.id)
    name = vocabulary.name
    lang = request.locale_name
    return [
        (str(d.id), f"{name(request.db, 'document_type', d.document_type, lang)} · {d.name}")
        for d in request.db.scalars(query)
    ]


def kinds(request: Any) -> list[tuple[str, str]]:
    """The kinds of recipient that are told nothing without consent."""
    found = vocabulary.choices(request.db, "stakeholder_type", request.locale_name)
    return [(code, name) for code, name in found if coverage.needs_consent(request.db, code)]


def papers(request: Any) -> list[tuple[str, str]]:
    """The types of documents that the case has, or that the kind asked about (`?to=`) usually sees."""
    case = request.context.item
    known = set(request.db.scalars(select(Document.document_type).where(Document.parent_id == case.id)))
    known |= coverage.allowed(request.db, request.GET.get("to", "")).documents
    names = vocabulary.choices(request.db, "document_type", request.locale_name)
    return [(code, name) for code, name in names if code in known]


def legal_grounds(request: Any) -> list[tuple[str, str]]:
    """All grounds but the person's own word, with the article."""
    found = vocabulary.terms(request.db, "processing_ground").values()
    return [
        (t.code, f"{t.name(request.locale_name)} – {t.extra.get('article', '')}") for t in found if t.code != CONSENT
    ]


class Scope(Schema):
    """What may go to whom, and for what."""

    recipient_types = Choices(
        kinds,
        _("Jenis penerima"),
        required=False,
        help=_("Semua lembaga jenis itu; atau pilih satu lembaga saja di bawah."),
    )
    organisation_id = Choice(organisations, _("Satu lembaga"), look="search", required=False)
    purpose = Text(_("Untuk apa"), max=1000, rows=2, help=_("Misalnya: pendampingan hukum perkara upah."))
    data = Choices(names_of("personal_data"), _("Data yang boleh diberikan"), required=False)
    documents = Choices(papers, _("Dokumen yang boleh diberikan"), required=False)
    valid_until = Day(_("Berlaku sampai"), required=False, help=_("Kosong: sampai dicabut. Contoh: 13-10-2026"))

    @staticmethod
    def arrange(values: dict[str, Any]) -> dict[str, Any]:
        """Numbers as numbers."""
        numbers = {
            k: int(values[k]) if values.get(k) else None for k in ("organisation_id", "document_id") if k in values
        }
        texts = {k: values[k] or "" for k in ("call_note",) if k in values}
        return values | numbers | texts


class Record(Scope):
    """Who said so, how, in which language, and what proves it."""

    given_by = Choice(list(GIVERS.items()), _("Diberikan oleh"), look="radios")
    giver = Line(_("Nama yang memberi persetujuan"))
    manner = Choice(list(MANNERS.items()), _("Cara"), look="radios")
    language = Choice(names_of("consent_language"), _("Bahasa yang dipakai"), look="select")
    given_on = Day(_("Tanggal persetujuan"))
    document_id = Choice(
        evidence,
        _("Dokumen bukti"),
        look="select",
        required=False,
        help=_("Surat persetujuan, surat kuasa, atau rekaman yang sudah diunggah ke kasus ini."),
    )
    call_at = Moment(_("Waktu percakapan"), required=False)
    call_note = Text(
        _("Catatan percakapan"),
        max=2000,
        rows=3,
        required=False,
        missing="",
        help=_("Bila belum ada dokumen: apa yang ditanyakan dan dijawab, dan di mana rekamannya."),
    )


class Propose(Scope):
    """On which ground of the law, and why without the person's consent."""

    ground = Choice(legal_grounds, _("Dasar hukum"), look="radios")
    reason = Text(
        _("Mengapa tanpa persetujuan"),
        max=2000,
        rows=3,
        help=_("Orang kedua membaca ini sebelum memutuskan."),
    )


class Confirm(Schema):
    """What the second person remarks."""

    note = Text(_("Catatan"), max=1000, rows=2, required=False, missing="")


class Refuse(Schema):
    """Why not."""

    note = Text(_("Alasan"), max=1000, rows=2)


class Withdraw(Schema):
    """Who takes it back, and how he or she said so."""

    withdrawn_by = Line(_("Dicabut oleh"), help=_("Nama yang bersangkutan, wali, atau wakilnya."))
    withdrawn_how = Choice(names_of("channel"), _("Disampaikan lewat"), look="select")
    note = Text(_("Catatan"), max=1000, rows=2, required=False, missing="")


TRANSITIONS = {"confirm": Confirm, "refuse": Refuse, "withdraw": Withdraw}
