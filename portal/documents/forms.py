"""What the document's acts ask."""

from __future__ import annotations

from typing import Any

from portal import vocabulary
from portal.documents import media
from portal.forms import Choice, Day, Files, Line, Schema, Text, Tick
from portal.i18n import _


def names_of(name: str) -> Any:
    """The terms of a vocabulary, in the language of the request."""
    return lambda request: vocabulary.choices(request.db, name, request.locale_name) if request else ()


class Reject(Schema):
    """Why a document is not good."""

    reason = Choice(names_of("requirement_reject_reason"), _("Alasan"), look="radios")
    note = Text(_("Penjelasan"), max=1000, rows=3, required=False, missing="")


class Withdraw(Schema):
    """Why a document is taken back."""

    reason = Line(_("Alasan penarikan"))


class Description(Schema):
    """What the document is and what stands on it."""

    document_type = Choice(names_of("document_type"), _("Jenis dokumen"))
    holder = Line(_("Nama pada dokumen"), required=False, missing="")
    number = Line(_("Nomor pada dokumen"), max=60, required=False, missing="")
    dated = Day(_("Tanggal dokumen"), required=False)
    expires_on = Day(_("Berlaku sampai"), required=False)
    is_original = Tick(_("Dokumen asli sudah dilihat petugas"))
    note = Text(_("Catatan"), max=1000, rows=2, required=False, missing="")


class Upload(Schema):
    """Files for a case, several at once or straight from the camera.

    Nothing is asked of the names: a list of endings would hide the camera on telephones, and what is odd is kept too.
    """

    document_type = Choice(names_of("document_type"), _("Jenis dokumen"))
    files = Files(
        _("Berkas"),
        max_bytes=media.LARGEST,
        help=_(
            "Foto, PDF, video, rekaman suara, atau dokumen. Boleh beberapa berkas sekaligus, atau langsung dari kamera."
        ),
    )
    provider_name = Line(_("Diterima dari"), required=False, missing="", help=_("Kosongkan bila dari Anda sendiri."))
    is_original = Tick(_("Dokumen asli sudah dilihat petugas"))
    note = Text(_("Catatan"), max=1000, rows=2, required=False, missing="")
