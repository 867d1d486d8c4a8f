"""What is asked when numbers are reserved for paper, and when a paper letter is entered under one."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from portal import vocabulary
from portal.correspondence import letters, paper
from portal.correspondence.forms import offices
from portal.correspondence.numbermodel import ReservedNumber
from portal.correspondence.signing import LARGEST
from portal.forms import Choice, Day, File, Line, Number, Schema, Text
from portal.i18n import _


def _securities(request: Any) -> list[tuple[str, str]]:
    return vocabulary.choices(request.db, "security", request.locale_name)


class Reservation(Schema):
    """How many numbers of which book, for which day, and why."""

    security = Choice(_securities, _("Keamanan surat"), look="select", default="B")
    day = Day(_("Untuk tanggal"))
    count = Number(_("Banyaknya nomor"), least=1, most=paper.MOST)
    reason = Line(_("Alasan"), max=200, help=_("Misalnya: pemadaman listrik gedung."))


def _types(request: Any) -> list[tuple[str, str]]:
    english = request.locale_name == "en"
    return sorted(
        ((code, t.name_en if english else t.name) for code, t in letters.letter_types().items()), key=lambda p: p[1]
    )


def _signers(request: Any) -> list[tuple[str, str]]:
    found = paper.signers(request.db, reserved_asked(request).office_id)
    return [(str(account.id), f"{account.name} – {account.office_title}") for account in found]


def _of_book(request: Any) -> list[tuple[str, str]]:
    fitting = paper.securities_of(request.act, reserved_asked(request))
    return [(code, name) for code, name in _securities(request) if code in fitting]


class Entry(Schema):
    """What the paper says; its scan is the letter."""

    case_number = Line(_("Nomor kasus"), max=40)
    type_code = Choice(_types, _("Jenis surat"), look="search")
    subject = Line(_("Hal"), max=300)
    to = Choice(offices, _("Penerima di direktori"), look="search", required=False)
    recipient = Line(_("Penerima lain"), max=200, required=False, help=_("Bila tidak ada di direktori."))
    dated = Day(_("Tanggal surat"))
    security = Choice(_of_book, _("Keamanan surat"), look="select")
    records_class = Line(_("Klasifikasi arsip"), max=40, required=False, help=_("Seperti tertulis dalam nomornya."))
    signer_id = Choice(_signers, _("Penanda tangan"), look="select")
    summary = Text(_("Isi ringkas"), max=5000, rows=4)
    file = File(_("Pindaian surat"), accept=(".pdf",), max_bytes=LARGEST, capture="environment")


def reserved_asked(request: Request) -> ReservedNumber:
    """The number that the address names, of the person's own units."""
    number = request.subpath[0] if len(request.subpath) == 1 else ""
    is_number = number.isascii() and number.isdigit() and len(number) < 16
    found = request.db.get(ReservedNumber, int(number)) if is_number else None
    if found is None or found.office_id not in request.identity.memberships:
        raise HTTPNotFound
    return found
