"""The pages of numbers for paper: reserve some, print the sheet of numbers, fill one with its letter, or void it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal.accounts.views import asked_by, refuse
from portal.acts import Refused
from portal.content.assurance import step_up_address
from portal.correspondence import letters, paper, register_files
from portal.correspondence.forms import Why
from portal.correspondence.model import Letter
from portal.correspondence.numbermodel import ReservedNumber
from portal.correspondence.paper_forms import Entry, Reservation, reserved_asked
from portal.correspondence.place import Letters
from portal.correspondence.register_views import MAY, path_of, register_frame, year_asked, years
from portal.correspondence.registers import RESERVED
from portal.correspondence.workflow import LETTER
from portal.db import outside_transaction
from portal.edge.downloads import attachment
from portal.forms import Button, Form, ValidationFailure, form
from portal.i18n import _, day, translate
from portal.pages import Column, Empty, Fact
from portal.pdf.ruled import Heading, ruled
from portal.pdf.ruled import Line as Row

MAY_NUMBER = "letters:number"
LIST, ENTER, HERE = "correspondence/reserved.pt", "correspondence/enter.pt", "/letters/reserved"
ISSUE = next(t for t in LETTER.transitions if t.name == "issue")
"""To reserve or fill a number is to give one: it asks for the same assurance."""
COLUMNS = (
    Column("number", _("Nomor"), "link", below="unit"),
    Column("day", _("Untuk tanggal"), "day"),
    Column("reason", _("Alasan"), below="by"),
    Column("state", _("Status"), "state", below="note"),
)


@view_config(context=Letters, name="reserved", request_method="GET", permission=MAY, renderer=LIST)
def show(request: Request) -> dict[str, Any]:
    """The reserved numbers of a year; for who gives numbers, the form for more."""
    may_number = request.has_permission(MAY_NUMBER)
    return _list(request, asked_by(request, Reservation, _("Cadangkan")) if may_number else None)


def _list(request: Request, asked: Form | None) -> dict[str, Any]:
    found = paper.reserved_by_units(request.act, request.identity, year_asked(request))
    return register_frame(request, _("Nomor cadangan untuk surat kertas")) | {
        "columns": COLUMNS,
        "rows": [_row(request, one) for one in found],
        "caption": translate(_("Nomor cadangan"), request.locale_name),
        "empty": Empty(_("Tidak ada nomor yang dicadangkan pada tahun ini.")),
        "has_open": any(one.state == "open" for one in found),
        "years": years(request),
        "form": asked,
    }


def _row(request: Request, one: ReservedNumber) -> dict[str, Any]:
    letter = request.db.get(Letter, one.letter_id) if one.letter_id else None
    may_fill = one.state == "open" and request.has_permission(MAY_NUMBER)
    url = path_of(request, letter) if letter else f"/letters/enter/{one.id}" if may_fill else None
    return {
        "number": (letter.number if letter else None) or paper.written_number(one),
        "url": url or HERE,
        "unit": translate(register_files.book_name(one.series), request.locale_name),
        "day": one.day,
        "reason": one.reason,
        "by": one.reserved_by,
        "state": LETTER.state(letter.state) if letter else RESERVED[one.state],
        "note": one.void_reason,
    }


@view_config(context=Letters, name="reserved", request_method="POST", permission=MAY_NUMBER, renderer=LIST)
def reserve(request: Request) -> Any:
    """Set numbers aside."""
    if address := step_up_address(request, ISSUE):
        return HTTPSeeOther(address)
    asked = asked_by(request, Reservation, _("Cadangkan"))
    try:
        rows = paper.reserve(request.act, **asked.validate(request.POST.items()))
    except ValidationFailure:
        request.response.status_int = 422
        return _list(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons, status=refusal.status)
        return _list(request, asked)
    known = {"first": rows[0].sequence, "last": rows[-1].sequence}
    request.session.flash(_("Nomor ${first}–${last} dicadangkan. Cetak lembar nomornya.", mapping=known))
    return HTTPSeeOther(f"{HERE}?year={rows[0].day.year}")


@view_config(context=Letters, name="number-sheet", request_method="GET", permission=MAY_NUMBER)
def sheet(request: Request) -> Response:
    """The numbers that are open, with room to write beside each what became of it."""
    lang = request.locale_name
    found = paper.reserved_by_units(request.act, request.identity, year_asked(request))
    names = (_("Nomor"), _("Untuk tanggal"), _("Kepada"), _("Hal"), _("Penanda tangan"), _("Paraf"))
    heading = Heading(
        owner=letters.house().agency,
        title=translate(_("Lembar nomor cadangan"), lang),
        columns=list(zip((translate(name, lang) for name in names), (4, 2.2, 4, 5, 3, 1.5), strict=True)),
        page=translate(_("Halaman {page} dari {pages}"), lang),
        continued=translate(_("(lanjutan)"), lang),
    )
    rows = (
        Row(
            translate(register_files.book_name(one.series), lang),
            (f"{paper.written_number(one)}\n ", day(one.day, lang), "", "", "", ""),
        )
        for one in found
        if one.state == "open"
    )
    how = _(
        "Garis kosong diisi kode keamanan dan klasifikasi arsip. Nomor yang tidak terpakai dibatalkan, bukan dipakai ulang."
    )
    body = ruled(heading, rows, lambda: [translate(how, lang)], lang=lang, created=request.at)
    return attachment(body, filename="lembar-nomor.pdf", media_type="application/pdf")


@view_config(context=Letters, name="enter", request_method="GET", permission=MAY_NUMBER, renderer=ENTER)
def show_entry(request: Request) -> Any:
    """The form for the paper letter that bears a reserved number."""
    if not request.subpath:
        return HTTPSeeOther(HERE)
    if address := step_up_address(request, ISSUE):
        return HTTPSeeOther(address)
    return _entry_page(request, reserved_asked(request), _entry(request), _voiding(request))


def _entry(request: Request) -> Form:
    first = {"dated": reserved_asked(request).day} if request.method == "GET" else None
    return form(Entry(), request, buttons=(Button("enter", _("Catat surat")),), values=first)


def _voiding(request: Request) -> Form:
    return form(Why(), request, buttons=(Button("void", _("Batalkan nomor")),))


def _entry_page(request: Request, reserved: ReservedNumber, asked: Form, voiding: Form) -> dict[str, Any]:
    lang = request.locale_name
    return register_frame(request, _("Catat surat kertas")) | {
        "facts": [
            Fact(_("Nomor"), paper.written_number(reserved)),
            Fact(_("Buku"), register_files.book_name(reserved.series)),
            Fact(_("Untuk tanggal"), day(reserved.day, lang)),
            Fact(_("Alasan"), reserved.reason),
        ],
        "form": asked,
        "voiding": voiding,
        "is_voiding": "void" in request.POST,
    }


@view_config(context=Letters, name="enter", request_method="POST", permission=MAY_NUMBER, renderer=ENTER)
def enter(request: Request) -> Any:
    """Fill the number, or void it."""
    if not request.subpath:
        return HTTPSeeOther(HERE)
    if address := step_up_address(request, ISSUE):
        return HTTPSeeOther(address)
    reserved, is_voiding = reserved_asked(request), "void" in request.POST
    asked = _voiding(request) if is_voiding else _entry(request)
    try:
        values = asked.validate(request.POST.items())
        where = _void(request, reserved, values) if is_voiding else _fill(request, reserved, values)
    except ValidationFailure:
        request.response.status_int = 422
    except Refused as refusal:
        refuse(request, asked, refusal.reasons, status=refusal.status)
    else:
        return HTTPSeeOther(where)
    other = form(Entry() if is_voiding else Why(), request)
    return _entry_page(request, reserved_asked(request), *((other, asked) if is_voiding else (asked, other)))


def _void(request: Request, reserved: ReservedNumber, values: dict[str, Any]) -> str:
    paper.void_reserved(request.act, reserved, reason=values["reason"])
    request.session.flash(_("Nomor cadangan dibatalkan; barisnya tetap ada dalam register."))
    return f"{HERE}?year={reserved.day.year}"


def _fill(request: Request, reserved: ReservedNumber, values: dict[str, Any]) -> str:
    number, look = reserved.id, paper.prepare_entering(request.act)
    with outside_transaction(request):
        scanned = look(values["file"])
    fresh = request.db.get_one(ReservedNumber, number, with_for_update=True, populate_existing=True)
    told = paper.PaperLetter(
        **{name: values[name] or "" for name in ("type_code", "security", "subject", "summary", "records_class")},
        recipient=values["recipient"] or "",
        dated=values["dated"],
        signer_id=int(values["signer_id"]),
        to=[int(values["to"])] if values["to"] else [],
    )
    letter = paper.enter(request.act, fresh, told, case_number=values["case_number"], scanned=scanned)
    request.session.flash(_("Surat kertas dicatat dengan Nomor ${number}.", mapping={"number": letter.number}))
    return path_of(request, letter) + "/"
