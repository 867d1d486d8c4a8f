"""What the office decides about its letters: their numbers, how they are signed, and whom a complainant may call."""

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

NUMBER_PATTERN = "letters.number_pattern"
SUPPLEMENTS = "letters.supplements"
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
PARTS = {"sec": "B", "seq": 17, "unit": "KWS1.DIT2", "class": "PP.01", "romanmonth": "X", "mm": "10", "year": 2025}
"""The parts a number may have, each with an example."""
NEEDED = ("sec", "seq", "unit", "year")
"""Without one of these two letters could bear the same number: books are kept per unit, year and secrecy."""
PART = re.compile(r"\{([a-z]+)\}")
PARTED = re.compile(r"\{[a-z]+\}")
LONGEST = 120
ADDRESS = re.compile(r"https?://[\w.-]+(:\d{1,5})?(/[\w./~%+-]*)?")
MOST_ANCHORS = 50


def objections(pattern: str) -> Iterator[Reason]:
    """What is wrong with a pattern of numbers."""
    found = PART.findall(pattern)
    if unknown := [name for name in found if name not in PARTS]:
        yield Reason(_("Bagian tidak dikenal: ${names}.", mapping={"names": ", ".join(f"{{{n}}}" for n in unknown)}))
    if missing := [name for name in NEEDED if name not in found]:
        names = ", ".join(f"{{{name}}}" for name in missing)
        yield Reason(_("Nomor dapat kembar tanpa ${names}.", mapping={"names": names}))
    if not all(re.search(r"\W", between) for between in PARTED.split(pattern)[1:-1]):
        yield Reason(_("Pisahkan setiap bagian dengan tanda baca, misalnya garis miring."))
    if any(sign in PART.sub("", pattern) for sign in "{}"):
        yield Reason(_("Kurung kurawal tidak berpasangan atau isinya bukan huruf kecil."))
    if len(pattern) > LONGEST or len(pattern.splitlines()) != 1:
        yield Reason(_("Tulis satu baris, paling panjang ${most} karakter.", mapping={"most": LONGEST}))


def anchor_objections(text: str) -> Iterator[Reason]:
    """Whether a text holds certificates."""
    try:
        found = x509.load_pem_x509_certificates(text.encode()) if text.strip() else []
    except ValueError:
        yield Reason(_("Sertifikat tidak terbaca; tempelkan teks PEM, dari BEGIN CERTIFICATE sampai END CERTIFICATE."))
        return
    if len(found) > MOST_ANCHORS:
        yield Reason(_("Paling banyak ${most} sertifikat.", mapping={"most": MOST_ANCHORS}))


def named_anchors(text: str) -> str:
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


def example(pattern: str) -> str:
    """A number as the pattern makes it."""
    return PART.sub(lambda match: str(PARTS.get(match[1], match[0])), pattern)


registry.declare(
    registry.Setting(
        key=NUMBER_PATTERN,
        title=_("Pola nomor surat"),
        default=lambda: letters.house().number_pattern,
        help=_(
            "Bagian: {sec} keamanan, {seq} nomor urut, {unit} unit, {class} klasifikasi arsip, "
            "{romanmonth} bulan romawi, {mm} bulan dua angka, {year} tahun. Hanya untuk surat yang terbit sesudahnya."
        ),
        check=objections,
        example=example,
    )
)
registry.declare(
    registry.Setting(
        key=SUPPLEMENTS,
        title=_("Nomor sisipan untuk satu nomor, paling banyak"),
        default=lambda: 3,
        kind="number",
        help=_("Sisipan seperti 12a selalu merujuk nomor yang sudah ada dan beralasan. 0: tidak dipakai."),
    )
)
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
