"""What the steps of letters ask for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal import vocabulary
from portal.correspondence.certificates import LARGEST_KEY
from portal.correspondence.dispatching import CHANNELS, FAILED, PROOFS, STATES, deliveries
from portal.correspondence.model import Recipient
from portal.correspondence.remarks import LONGEST_QUOTE
from portal.correspondence.signing import LARGEST
from portal.directory.model import Organisation
from portal.forms import Choice, File, Files, Line, Schema, Secret, Text, Tick
from portal.i18n import _, translate

SCANS = (".pdf", ".jpg", ".jpeg", ".png", ".docx", ".eml", ".txt")


def _deliveries(request: Any) -> list[tuple[str, str]]:
    found = deliveries(request.db, request.context.item)
    found.sort(key=lambda d: (d.state not in FAILED, d.id))
    offices = {d.id: request.db.get_one(Recipient, d.recipient_id).office for d in found}
    return [
        (str(d.id), f"{offices[d.id]} – {translate(CHANNELS[d.channel], request.locale_name)}: {d.address or '–'}")
        for d in found
    ]


class Note(Schema):
    note = Text(_("Catatan"), required=False, max=2000, rows=3)


class GiveBack(Schema):
    note = Text(_("Yang perlu diperbaiki"), max=2000, rows=4)


class RemarkSchema(Schema):
    """A remark on a draft, about a passage of it or all of it."""

    quote = Text(
        _("Kutipan dari surat"),
        required=False,
        max=LONGEST_QUOTE,
        rows=2,
        help=_("Salin bagian yang dimaksud; kosong: catatan tentang seluruh surat."),
    )
    text = Text(_("Catatan"), max=5000, rows=3)


class Why(Schema):
    reason = Text(_("Alasan"), max=1000, rows=3)


class Supplement(Schema):
    number = Line(_("Nomor surat terdahulu"), max=120, help=_("Lengkap seperti tertulis pada suratnya."))
    reason = Text(_("Alasan"), max=300, rows=2)


class Superseding(Schema):
    number = Line(_("Nomor surat pengganti"), max=120)
    reason = Text(_("Alasan"), max=300, rows=2)


class DeliverySchema(Schema):
    """A step that concerns one delivery."""

    delivery_id = Choice(_deliveries, _("Pengiriman"), look="radios")

    def arrange(self, values: dict[str, Any]) -> dict[str, Any]:
        """The verb takes the delivery's number."""
        return values | {"delivery_id": int(values["delivery_id"])}


class SendAgain(DeliverySchema):
    channel = Choice(
        [(c, CHANNELS[c]) for c in ("email", "post", "courier")],
        _("Lewat"),
        required=False,
        help=_("Kosong: sama seperti semula."),
    )
    address = Line(_("Alamat yang benar"), required=False, help=_("Kosong: sama seperti semula."))


class NoteDelivery(DeliverySchema):
    state = Choice([(s, STATES[s]) for s in PROOFS], _("Keadaan"))
    proof = Line(_("Nomor resi, penerima, atau alasan"), max=300)


class Passphrase(Schema):
    passphrase = Secret(
        _("Frasa sandi kunci Anda"), autocomplete="off", help=_("Dipakai sekali ini, tidak disimpan dan tidak dicatat.")
    )


class SignedFile(Schema):
    file = File(_("Berkas PDF yang sudah ditandatangani"), accept=(".pdf",), max_bytes=LARGEST)


class Scan(Schema):
    file = File(_("Pindaian surat yang ditandatangani"), accept=(".pdf",), max_bytes=LARGEST, capture="environment")
    is_sent = Tick(_("Kirim pindaian ini, bukan berkas cetaknya"))


class Certificate(Schema):
    key = File(_("Berkas kunci (.p12 atau .pfx)"), accept=(".p12", ".pfx"), max_bytes=LARGEST_KEY)
    passphrase = Secret(
        _("Frasa sandi kunci"), autocomplete="off", help=_("Hanya untuk memeriksa kunci; tidak disimpan.")
    )


LETTER_FORMS = {
    "sign": Passphrase,
    "attach": SignedFile,
    "scan": Scan,
    "initial": Note,
    "give_back": GiveBack,
    "approve": Note,
    "issue_supplement": Supplement,
    "supersede": Superseding,
    "void": Why,
    "withdraw": Why,
    "send_again": SendAgain,
    "note_delivery": NoteDelivery,
}


class Match(Schema):
    reference = Line(_("Nomor surat kita atau nomor kasus"), max=100)
    reason = Line(_("Dasar pencocokan"), max=300, help=_("Misalnya: menyebut nomor surat kita pada alinea pertama."))
    is_answer = Tick(_("Surat ini menjawab surat kita"))


class NoteIncoming(Schema):
    note = Text(_("Catatan tindak lanjut"), max=2000, rows=3)


class AnswerIncoming(Schema):
    number = Line(_("Nomor surat jawaban kita"), max=100)


class FileDocuments(Schema):
    document_type = Choice(
        lambda request: vocabulary.choices(request.db, "document_type", request.locale_name),
        _("Jenis dokumen"),
        look="select",
    )


INCOMING_FORMS = {
    "match": Match,
    "note": NoteIncoming,
    "answer": AnswerIncoming,
    "file_documents": FileDocuments,
    "discard": Why,
}


def offices(request: Any) -> list[tuple[str, str]]:
    """The directory, to choose from."""
    active = select(Organisation).where(Organisation.state == "active").order_by(Organisation.title)
    return [(str(o.id), f"{o.title} – {o.city}" if o.city else o.title) for o in request.db.scalars(active)]


class Scans(Schema):
    files = Files(_("Pindaian"), accept=SCANS, most=20)
