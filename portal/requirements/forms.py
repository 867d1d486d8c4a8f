"""What the acts on a requirement ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from portal import vocabulary
from portal.documents import media
from portal.documents.forms import names_of
from portal.documents.model import Document
from portal.forms import Choice, Day, Files, Line, Schema, Text, Tick
from portal.i18n import _
from portal.requirements.gaps import deliverer
from portal.requirements.verbs import USABLE


def documents_here(request: Any) -> Iterable[tuple[str, str]]:
    """The usable documents of the case, newest first."""
    if request is None:
        return []
    query = select(Document).where(Document.dossier_id == request.context.item.dossier_id, Document.state.in_(USABLE))
    found = request.db.scalars(query.order_by(Document.id.desc()))
    names = vocabulary.terms(request.db, "document_type")
    lang = request.locale_name
    return [
        (str(d.id), f"{names[d.document_type].name(lang) if d.document_type in names else d.title} · {d.name}")
        for d in found
    ]


def as_number(value: Any) -> Any:
    """Codes of a list are texts; ids are numbers."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


class Ask(Schema):
    """Whom the document was asked of, and how."""

    requested_from = Line(_("Diminta kepada"), required=False, missing="")
    channel = Choice(names_of("channel"), _("Melalui"), required=False, missing="")

    def after_bind(self, _node: Any, known: dict[str, Any]) -> None:
        """Offer the usual deliverer."""
        request = known.get("request")
        if request is not None:
            item = request.context.item
            self["requested_from"].default = item.requested_from or deliverer(request.db, item.document_type)


class Take(Schema):
    """Which document of the case it is."""

    document_id = Choice(documents_here, _("Dokumen dalam kasus ini"), look="radios", preparer=as_number)


class Accept(Schema):
    """Why doubts do not count."""

    override = Text(_("Alasan menerima meski ada peringatan"), max=1000, rows=3, required=False, missing="")


class Reject(Schema):
    """Why the document is not good."""

    reason = Choice(names_of("requirement_reject_reason"), _("Alasan"), look="radios")
    note = Text(_("Penjelasan untuk pengadu"), max=1000, rows=3, required=False, missing="")


class Waive(Schema):
    """Why the case can do without, and until when."""

    reason = Choice(names_of("waive_reason"), _("Alasan"), look="radios")
    note = Text(_("Penjelasan"), max=1000, rows=3, required=False, missing="")
    until = Day(
        _("Dikecualikan sampai"),
        required=False,
        help=_("Bila dokumen masih akan menyusul. Setelah tanggal ini dokumen kembali diperlukan. Contoh: 13-10-2025"),
    )


class Insist(Schema):
    """Why it is needed in this case."""

    why = Text(_("Mengapa diperlukan dalam kasus ini"), max=500, rows=2)


class Need(Schema):
    """One more document for the case."""

    document_type = Choice(names_of("document_type"), _("Jenis dokumen"))
    why = Text(_("Mengapa diperlukan dalam kasus ini"), max=500, rows=2)


class Receive(Schema):
    """Files for one requirement."""

    files = Files(
        _("Berkas"),
        max_bytes=media.LARGEST,
        help=_(
            "Foto, PDF, video, rekaman suara, atau dokumen. Boleh beberapa berkas sekaligus, atau langsung dari kamera."
        ),
    )
    provider_name = Line(_("Diterima dari"), required=False, missing="", help=_("Kosongkan bila dari Anda sendiri."))
    is_original = Tick(_("Dokumen asli sudah dilihat petugas"))


class Check(Schema):
    """What stands on the document, and the decision."""

    holder = Line(_("Nama pada dokumen"), required=False, missing="")
    number = Line(_("Nomor pada dokumen"), max=60, required=False, missing="")
    dated = Day(_("Tanggal dokumen"), required=False)
    expires_on = Day(_("Berlaku sampai"), required=False)
    reason = Choice(
        names_of("requirement_reject_reason"), _("Bila ditolak: alasannya"), look="select", required=False, missing=""
    )
    note = Text(_("Penjelasan untuk pengadu"), max=1000, rows=2, required=False, missing="")
    override = Line(_("Bila diterima meski ada peringatan: alasannya"), max=500, required=False, missing="")
