"""What the office decides about its letters: how they are signed, and whom a complainant may call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cryptography import x509
from sqlalchemy.orm import Session

from portal import registry
from portal.acts import Reason
from portal.correspondence import letters
from portal.correspondence.model import Letter
from portal.i18n import _

CONTACT = "letters.contact"
SIGNATURE = "letters.signature"
ISSUER = "letters.certificate_issuer"
ANCHORS = "letters.trust_anchors"
TIME_STAMPS = "letters.time_stamps"
WAYS = {
    "ink": _("Pena dan cap di atas kertas"),
    "portal": _("Elektronik di portal, dengan sertifikat penanda tangan"),
    "external": _("Elektronik di luar portal, berkasnya diunggah kembali"),
}
ADDRESS = re.compile(r"https?://[\w.-]+(:\d{1,5})?(/[\w./~%+-]*)?")
MOST_ANCHORS = 50


def anchor_objections(text: str) -> Iterator[Reason]:
    """Whether a text holds certificates."""
    try:
        found = x509.load_pem_x509_certificates(text.encode()) if text.strip() else []
    except ValueError:
        yield Reason(_("Sertifikat tidak terbaca; tempelkan teks PEM, dari BEGIN CERTIFICATE sampai END CERTIFICATE."))
        return
    if len(found) > MOST_ANCHORS:
        yield Reason(_("Paling banyak ${most} sertifikat.", mapping={"most": MOST_ANCHORS}))


def named_anchors(_session: Session, text: str) -> str:
    """Whose certificates a text holds, and until when."""
    if list(anchor_objections(text)) or not text.strip():
        return ""
    found = x509.load_pem_x509_certificates(text.encode())
    return "; ".join(f"{each.subject.rfc4514_string()} → {each.not_valid_after_utc:%Y-%m-%d}" for each in found)


def address_objections(address: str) -> Iterator[Reason]:
    """Whether a text is the address of a service."""
    if address and not ADDRESS.fullmatch(address):
        yield Reason(_("Tulis alamat lengkap, misalnya http://tsa.contoh.go.id/tsa."))


def way_of_signing(session: Session, letter: Letter) -> str:
    """How such a letter is signed: as the office has decided, but with a pen where others sign the paper too."""
    is_shared = any(place.by != "signer" for place in letters.type_of(letter).signatures)
    return "ink" if is_shared else str(registry.value(session, SIGNATURE))


registry.declare(
    registry.Setting(
        key=CONTACT,
        title=_("Telepon atau WhatsApp untuk pengadu"),
        default=lambda: letters.house().contact,
        help=_("Tertulis dalam surat kepada pengadu bila petugas atau kantornya tidak mempunyai nomor sendiri."),
    )
)
registry.declare(
    registry.Setting(
        key=SIGNATURE,
        title=_("Cara penandatanganan surat"),
        default=lambda: "ink",
        kind="choice",
        choices=WAYS,
        help=_("Untuk surat yang terbit sesudahnya. Surat yang juga ditandatangani pihak lain tetap memakai pena."),
    )
)
registry.declare(
    registry.Setting(
        key=ISSUER,
        title=_("Penerbit sertifikat elektronik"),
        default=lambda: "Balai Sertifikasi Elektronik",
        may_be_empty=True,
        help=_("Tercetak pada surat yang ditandatangani di luar portal; di portal tercetak penerbit sertifikatnya."),
    )
)
registry.declare(
    registry.Setting(
        key=ANCHORS,
        title=_("Sertifikat induk yang dipercaya"),
        default=lambda: "",
        kind="text",
        may_be_empty=True,
        check=anchor_objections,
        example=named_anchors,
        help=_(
            "Teks PEM. Tanpa ini rantai sertifikat ditampilkan sebagai tidak dikenal dan pencabutan tidak diperiksa."
        ),
    )
)
registry.declare(
    registry.Setting(
        key=TIME_STAMPS,
        title=_("Alamat penanda waktu (TSA)"),
        default=lambda: "",
        may_be_empty=True,
        check=address_objections,
        help=_("Kosong: tanda tangan tanpa penanda waktu tepercaya."),
    )
)
