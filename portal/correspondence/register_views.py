"""The registrar's pages: registers out and in, the proof that no number is missing, expedition, failed deliveries."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import Select, func, select

from portal.clock import WIB
from portal.content import sharing
from portal.content.item import Item
from portal.content.tree import path
from portal.content.workflow import State
from portal.correspondence import completeness, paper, register_files, registers
from portal.correspondence.dispatching import CHANNELS, STATES, failures
from portal.correspondence.model import Letter
from portal.correspondence.place import Letters
from portal.correspondence.register_files import AGENDA, MEDIA_TYPES, OUTGOING, Lines, Register
from portal.correspondence.workflow import INCOMING
from portal.edge.downloads import attachment
from portal.i18n import _, day, moment, translate
from portal.pages import Batch, Chip, Column, Empty

PAGE = 100
REGISTER = "correspondence/register.pt"
MAY = "letters:registers"

OUT = (
    Column("number", _("Nomor"), "link", below="dated_below"),
    Column("title", _("Hal"), below="to"),
    Column("security", _("Keamanan")),
    Column("state", _("Status"), "state", below="way_below"),
)
IN = (
    Column("number", _("Nomor agenda"), "link", below="received_below"),
    Column("title", _("Hal"), below="sender_below"),
    Column("case", _("Kasus")),
    Column("state", _("Status"), "state", below="note"),
)


@view_config(context=Letters, request_method="GET", permission=MAY, renderer=REGISTER)
def outgoing(request: Request) -> Any:
    """The outgoing register of a year: the newest on top; as a file in the order of its numbers."""
    security = request.GET.get("security", "")
    query = registers.outgoing(
        request.act, year_asked(request), series=request.GET.get("series", ""), security=security
    )
    if answer := _file(request, OUTGOING, registers.outgoing_lines(request.db, query, request.locale_name)):
        return answer
    part, batch = _part(request, query, "at")
    rows = [_out_row(request, line) for line in registers.outgoing_lines(request.db, part, request.locale_name)]
    chips = [Chip(_("Semua"), link_to(request, security=""), not security)]
    chips += [Chip(code, link_to(request, security=code), security == code) for code in ("SR", "R", "T", "B")]
    empty = Empty(_("Belum ada surat bernomor pada tahun ini."))
    return _page(request, OUTGOING.title, OUT, rows, empty, chips, batch)


def _out_row(request: Request, line: dict[str, Any]) -> dict[str, Any]:
    more = filter(None, (line["way"], line["receipt"], line["note"]))
    return line | {"dated_below": day(line["dated"], request.locale_name), "way_below": " · ".join(more)}


@view_config(context=Letters, name="incoming", request_method="GET", permission=MAY, renderer=REGISTER)
def agenda(request: Request) -> Any:
    """The agenda of a year, in the same orders."""
    state = request.GET.get("state", "")
    query = registers.agenda(request.act, year_asked(request), series=request.GET.get("series", ""), state=state)
    if answer := _file(request, AGENDA, registers.agenda_lines(request.db, query, request.locale_name)):
        return answer
    part, batch = _part(request, query, "received_at")
    rows = [_in_row(request, line) for line in registers.agenda_lines(request.db, part, request.locale_name)]
    chips = [Chip(_("Semua"), link_to(request, state=""), not state)]
    chips += [Chip(s.title, link_to(request, state=s.name), state == s.name) for s in INCOMING.states]
    empty = Empty(_("Belum ada surat masuk pada tahun ini."), _("Agendakan surat masuk"), "/letters/receive")
    return _page(request, AGENDA.title, IN, rows, empty, chips, batch)


def _in_row(request: Request, line: dict[str, Any]) -> dict[str, Any]:
    lang = request.locale_name
    dated = day(line["sender_date"], lang) if line["sender_date"] else None
    theirs = filter(None, (line["sender"], line["sender_number"], dated))
    return line | {"received_below": moment(line["received"], WIB, lang), "sender_below": " · ".join(theirs)}


@view_config(context=Letters, name="gaps", request_method="GET", permission=MAY, renderer="correspondence/gaps.pt")
def gaps(request: Request) -> dict[str, Any]:
    """Every book of the person's units: from one to the last number, and what became of each that is not a letter."""
    found = completeness.books(request.db, request.identity.memberships, year_asked(request))
    rows = [(register_files.book_name(b.key), _wholeness(b), _of_book(b), register_files.statement(b)) for b in found]
    return register_frame(request, _("Kelengkapan nomor")) | {"books": rows, "years": years(request)}


def _wholeness(book: completeness.Book) -> State:
    if not book.is_whole:
        return State("broken", _("Ada nomor hilang atau ganda"), "stopped")
    return (
        State("open", _("Ada yang belum terisi"), "waiting") if book.unfilled else State("whole", _("Lengkap"), "done")
    )


def _of_book(book: completeness.Book) -> str:
    """Its lines in the register."""
    page = "" if book.named.kind == "letter" else "incoming"
    return f"/letters/{page}?{urlencode({'series': book.key, 'year': book.named.year})}"


@view_config(
    context=Letters, name="expedition", request_method="GET", permission=MAY, renderer="correspondence/deliveries.pt"
)
def expedition(request: Request) -> dict[str, Any]:
    """What is to be carried to the post or by a courier: printed as the expedition book."""
    empty = _("Tidak ada surat yang menunggu diantar.")
    return register_frame(request, _("Buku ekspedisi")) | _deliveries(
        request, registers.expedition(request.act), empty, "note_delivery"
    )


@view_config(
    context=Letters, name="failures", request_method="GET", permission=MAY, renderer="correspondence/deliveries.pt"
)
def failed(request: Request) -> dict[str, Any]:
    """Deliveries that failed or may have: mend the address and send again from here."""
    readable = sharing.may_read(request.identity, request.at, Letter.id)
    empty = _("Tidak ada pengiriman yang gagal.")
    return register_frame(request, _("Pengiriman gagal")) | _deliveries(
        request, failures(request.db, readable), empty, "send_again"
    )


def _deliveries(request: Request, found: list[Any], empty: Any, step: str) -> dict[str, Any]:
    lang = request.locale_name
    return {
        "empty": empty,
        "rows": [
            {
                "number": letter.number,
                "url": path_of(request, letter),
                "act": f"{path_of(request, letter)}/@workflow/{step}",
                "office": recipient.office,
                "channel": translate(CHANNELS[delivery.channel], lang),
                "address": delivery.address,
                "state": translate(STATES[delivery.state], lang),
                "response": delivery.response,
                "at": delivery.at,
            }
            for delivery, letter, recipient in found
        ],
        "step": _("Catat") if step == "note_delivery" else _("Kirim ulang"),
    }


def path_of(request: Request, letter: Letter) -> str:
    """The letter's address."""
    names = request.environ.setdefault("portal.dossier_names", {})
    if letter.dossier_id not in names:
        names[letter.dossier_id] = request.db.get_one(Item, letter.dossier_id).name
    return path(letter, names[letter.dossier_id])


def year_asked(request: Request) -> int:
    """The year that the page is about: this one unless another is asked for."""
    typed = request.GET.get("year", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else request.at.astimezone(WIB).year


def link_to(request: Request, **changes: Any) -> str:
    """The same page, asked otherwise."""
    query = {k: v for k, v in {**request.GET, "start": 0, **changes}.items() if v not in {"", 0}}
    return f"{request.path}?{urlencode(query)}"


def _part(request: Request, query: Select[Any], newest: str) -> tuple[Select[Any], Batch | None]:
    """A page of a register, the newest on top."""
    known = query.selected_columns
    order = (known[newest].desc(), known["series"], known["sequence"].desc())
    return page_of(request, query.order_by(None).order_by(*order))


def page_of(request: Request, query: Select[Any]) -> tuple[Select[Any], Batch | None]:
    """The part of a list that is asked for, and where the neighbours are."""
    typed = request.GET.get("start", "")
    start = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
    total = request.db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    part = query.limit(PAGE).offset(start)
    if total <= PAGE:
        return part, None
    before = link_to(request, start=max(start - PAGE, 0)) if start else None
    after = link_to(request, start=start + PAGE) if start + PAGE < total else None
    return part, Batch(start + 1, min(start + PAGE, total), total, before, after)


def _file(request: Request, register: Register, lines: Lines) -> Response | None:
    """The whole register as a file, if one is asked for."""
    ending = request.GET.get("format", "")
    if ending not in MEDIA_TYPES:
        return None
    year = year_asked(request)
    body = register_files.file_of(request.act, register, year, lines, ending, request.locale_name)
    return attachment(body, filename=f"{register.name}-{year}.{ending}", media_type=MEDIA_TYPES[ending])


def register_frame(request: Request, title: Any) -> dict[str, Any]:
    here = request.resource_path(request.context)
    names = (
        ("", _("Surat keluar")),
        ("incoming", _("Surat masuk")),
        ("approvals", _("Menunggu keputusan saya")),
        ("review", _("Sedang diperiksa")),
        ("signatures", _("Menunggu tanda tangan")),
        ("expedition", _("Ekspedisi")),
        ("failures", _("Gagal kirim")),
        ("reserved", _("Nomor cadangan")),
        ("gaps", _("Kelengkapan nomor")),
        ("disclosures", _("Pengungkapan data")),
    )
    counts = {"reserved": paper.overdue(request.act)}
    places = [Chip(words, here + name, request.view_name == name, counts.get(name) or None) for name, words in names]
    return {"title": title, "places": places, "year": year_asked(request)}


def _page(
    request: Request, title: Any, columns: Any, rows: Any, empty: Empty, chips: list[Chip], batch: Batch | None
) -> dict[str, Any]:
    return register_frame(request, title) | {
        "columns": columns,
        "rows": rows,
        "caption": f"{translate(title, request.locale_name)} {year_asked(request)}",
        "empty": empty,
        "filters": chips,
        "batch": batch,
        "years": years(request),
        "files": [(ending.upper(), link_to(request, format=ending)) for ending in ("pdf", "ods", "csv")],
    }


def years(request: Request) -> list[Chip]:
    """The years to choose from."""
    year, now = year_asked(request), request.at.astimezone(WIB).year
    return [Chip(str(y), link_to(request, year=y), y == year) for y in range(min(year, now) - 2, max(year, now) + 1)]
