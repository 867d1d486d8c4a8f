"""What the steps of a referral ask for, of the partner and of us."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal import vocabulary
from portal.content.dueform import Extend
from portal.documents.model import Document
from portal.forms import Choice, Choices, Day, Files, Line, Schema, Text
from portal.i18n import _
from portal.referrals.answers import EXTENTS
from portal.referrals.links import Bearer
from portal.referrals.questions import Questioned

ACCEPTED = (".pdf", ".jpg", ".jpeg", ".png", ".heic", ".docx", ".xlsx")
MOST = 10


def _terms(name: str) -> Any:
    def values(request: Any) -> list[tuple[str, str]]:
        return vocabulary.choices(request.db, name, request.locale_name)

    return values


def accepted_documents(request: Any) -> list[tuple[str, str]]:
    """The documents of the case that may go out."""
    dossier = request.context.item.dossier_id
    query = select(Document).where(Document.dossier_id == dossier, Document.state == "accepted").order_by(Document.id)
    lang = request.locale_name
    name = vocabulary.name
    return [
        (str(d.id), f"{name(request.db, 'document_type', d.document_type, lang)} · {d.name}")
        for d in request.db.scalars(query)
    ]


class Accept(Questioned):
    """Who is responsible, under which number, until when."""

    officer = Line(_("Petugas yang menangani"), max=200, help=_("Nama, jabatan, dan telepon."))
    partner_number = Line(
        _("Nomor berkas di instansi Anda"),
        max=120,
        required=False,
        missing="",
        help=_("Misalnya nomor Laporan Polisi atau nomor klaim. Boleh menyusul."),
    )
    promised_on = Day(_("Kabar berikutnya paling lambat"), help=_("Perkiraan selesai, atau tanggal laporan kemajuan."))

    def after_bind(self, node: Any, known: dict[str, Any]) -> None:
        """Who came by the link has said his or her name already."""
        super().after_bind(node, known)
        if isinstance(known["request"].identity, Bearer):
            self["officer"].default = known["request"].identity.person


class NeedInfo(Schema):
    """What is missing."""

    info = Text(_("Keterangan atau dokumen yang diperlukan"), max=4000, rows=4, help=_("Satu permintaan per baris."))


class Decline(Schema):
    """Why not."""

    code = Choice(_terms("decline_reason"), _("Alasan"), look="radios")
    note = Text(_("Penjelasan"), max=4000, rows=3, required=False, missing="")


class Redirect(Schema):
    """Who instead."""

    to = Line(_("Instansi yang berwenang"), max=200, help=_("Nama lengkap, misalnya: Polres Cirebon Kota."))
    note = Text(_("Penjelasan"), max=4000, rows=3, required=False, missing="")


class WithFiles(Schema):
    """Files and what they are; without that the office files them itself."""

    files = Files(
        _("Berkas"),
        most=MOST,
        accept=ACCEPTED,
        required=False,
        help=_("PDF, foto, atau dokumen Office; paling besar 25 MB per berkas."),
    )
    document_type = Choice(
        _terms("document_type"),
        _("Jenis berkas"),
        look="search",
        required=False,
        help=_("Boleh kosong; petugas kami yang menentukan."),
    )


class Progress(WithFiles):
    """How far it is."""

    note = Text(_("Perkembangan"), max=4000, rows=4, insert_before="files")
    promised_on = Day(_("Kabar berikutnya paling lambat"), required=False, insert_before="files")


class Provide(WithFiles, Questioned):
    """What was done, and what the letter asked."""

    kinds = Questioned.kinds | {"file"}

    extent = Choice(list(EXTENTS.items()), _("Yang sudah dilakukan"), look="radios", insert_before="files")
    note = Text(_("Hasil"), max=4000, rows=4, insert_before="files", help=_("Apa yang dilakukan dan apa hasilnya."))
    served_on = Day(_("Tanggal pelaksanaan"), required=False, insert_before="files")


class Late(WithFiles):
    """What came after the end."""

    note = Text(_("Isi jawaban"), max=4000, rows=4, insert_before="files")


class Supply(Schema):
    """What the partner asked back."""

    note = Text(_("Keterangan untuk instansi"), max=4000, rows=4)
    documents = Choices(
        accepted_documents,
        _("Dokumen tambahan yang diberikan"),
        required=False,
        help=_("Hanya yang diperlukan untuk permintaan ini; instansi langsung dapat membukanya."),
    )


class Confirm(Schema):
    """Who says that it arrived."""

    confirmed_by = Line(_("Dipastikan oleh"), max=200, help=_("Pengadu, keluarga, atau dokumen yang membuktikannya."))
    outcome = Text(_("Keterangan"), max=2000, rows=2, required=False, missing="")


class Dispute(Schema):
    """What is missing."""

    note = Text(_("Apa yang belum sampai"), max=2000, rows=3, help=_("Instansi membaca kalimat ini."))


class Close(Schema):
    """What came of it."""

    outcome = Text(_("Hasil rujukan ini"), max=2000, rows=3)


class Recall(Schema):
    """Why."""

    reason = Text(_("Alasan penarikan"), max=1000, rows=2, help=_("Hanya petugas yang membaca alasan ini."))


TRANSITIONS = {
    "accept": Accept,
    "need_info": NeedInfo,
    "decline": Decline,
    "redirect": Redirect,
    "progress": Progress,
    "provide": Provide,
    "send_late": Late,
    "supply": Supply,
    "confirm": Confirm,
    "dispute": Dispute,
    "close": Close,
    "recall": Recall,
    "extend": Extend,
}
WITH_FILES = tuple(name for name, asked in TRANSITIONS.items() if issubclass(asked, WithFiles))
