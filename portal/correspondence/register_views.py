"""The registrar's pages: registers out and in, the proof that no number is missing, expedition, failed deliveries."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from portal.clock import WIB
from portal.content import sharing
from portal.content.item import Item
from portal.content.tree import path
from portal.correspondence import registers
from portal.correspondence.dispatching import CHANNELS, STATES, failures
from portal.correspondence.model import Incoming, Letter
from portal.correspondence.place import Letters
from portal.correspondence.workflow import INCOMING
from portal.edge.downloads import attachment
from portal.i18n import _, translate
from portal.pages import Batch, Chip, Column, Empty

PAGE = 100
REGISTER = "correspondence/register.pt"
MAY = "letters:registers"

OUT = (
    Column("number", _("Nomor"), "link"),
    Column("dated", _("Tanggal"), "day"),
    Column("to", _("Kepada")),
    Column("title", _("Hal")),
    Column("security", _("Keamanan")),
    Column("state", _("Status"), "state"),
    Column("way", _("Pengiriman")),
)
OUT_CSV = ("number", "dated", "unit", "to", "title", "security", "state", "way", "receipt", "note")
OUT_WORDS = {"unit": _("Unit"), "receipt": _("Tanda terima"), "note": _("Keterangan")}
IN = (
    Column("number", _("Nomor agenda"), "link"),
    Column("received", _("Diterima"), "moment"),
    Column("sender", _("Asal")),
    Column("sender_number", _("Nomor surat")),
    Column("sender_date", _("Tanggal surat"), "day"),
    Column("title", _("Hal")),
    Column("case", _("Kasus")),
    Column("state", _("Status"), "state"),
)
IN_CSV = ("number", "received", "sender", "sender_number", "sender_date", "title", "case", "state", "note")


@view_config(context=Letters, request_method="GET", permission=MAY, renderer=REGISTER)
def outgoing(request: Request) -> Any:
    """The outgoing register of a year: the newest on top; as a spreadsheet in the order of its numbers."""
    security = request.GET.get("security", "")
    query = registers.outgoing(request.act, _year(request), series=request.GET.get("series", ""), security=security)
    if request.GET.get("format") == "csv":
        return spreadsheet(request, query, registers.outgoing_line, OUT, OUT_CSV, "register-keluar")
    found, batch = part_of(request, query.order_by(None).order_by(Letter.issued_at.desc(), Letter.id.desc()))
    rows = [registers.outgoing_line(request.db, x, request.locale_name) | {"url": path_of(request, x)} for x in found]
    chips = [Chip(_("Semua"), link_to(request, security=""), not security)]
    chips += [Chip(code, link_to(request, security=code), security == code) for code in ("SR", "R", "T", "B")]
    empty = Empty(_("Belum ada surat bernomor pada tahun ini."))
    return _page(request, _("Register surat keluar"), OUT, rows, empty, chips, batch)


@view_config(context=Letters, name="incoming", request_method="GET", permission=MAY, renderer=REGISTER)
def agenda(request: Request) -> Any:
    """The agenda of a year, in the same orders."""
    state = request.GET.get("state", "")
    query = registers.agenda(request.act, _year(request), series=request.GET.get("series", ""), state=state)
    if request.GET.get("format") == "csv":
        return spreadsheet(
            request, query, lambda db, x, _lang: registers.agenda_line(db, x), IN, IN_CSV, "agenda-masuk"
        )
    found, batch = part_of(request, query.order_by(None).order_by(Incoming.received_at.desc(), Incoming.id.desc()))
    rows = [registers.agenda_line(request.db, x) | {"url": f"/incoming/{x.name}"} for x in found]
    chips = [Chip(_("Semua"), link_to(request, state=""), not state)]
    chips += [Chip(s.title, link_to(request, state=s.name), state == s.name) for s in INCOMING.states]
    empty = Empty(_("Belum ada surat masuk pada tahun ini."), _("Agendakan surat masuk"), "/letters/receive")
    return _page(request, _("Agenda surat masuk"), IN, rows, empty, chips, batch)


@view_config(context=Letters, name="gaps", request_method="GET", permission=MAY, renderer="correspondence/gaps.pt")
def gaps(request: Request) -> dict[str, Any]:
    """Every series of the person's units: the last number, the lines, and what is missing."""
    return register_frame(request, _("Kelengkapan nomor")) | {
        "books": registers.books(request.db, request.identity.memberships, _year(request))
    }


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
    ids = list(request.db.scalars(sharing.readable_ids(request.identity, request.at, ["letter"])))
    empty = _("Tidak ada pengiriman yang gagal.")
    return register_frame(request, _("Pengiriman gagal")) | _deliveries(
        request, failures(request.db, ids), empty, "send_again"
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


def _year(request: Request) -> int:
    typed = request.GET.get("year", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else request.at.astimezone(WIB).year


def link_to(request: Request, **changes: Any) -> str:
    """The same page, asked otherwise."""
    query = {k: v for k, v in {**request.GET, "start": 0, **changes}.items() if v not in {"", 0}}
    return f"{request.path}?{urlencode(query)}"


def part_of(request: Request, query: Any) -> tuple[list[Any], Batch | None]:
    """The lines of one page, and where the neighbours are."""
    typed = request.GET.get("start", "")
    start = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
    total = request.db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    found = list(request.db.scalars(query.limit(PAGE).offset(start)))
    if total <= PAGE:
        return found, None
    before = link_to(request, start=max(start - PAGE, 0)) if start else None
    after = link_to(request, start=start + PAGE) if start + PAGE < total else None
    return found, Batch(start + 1, start + len(found), total, before, after)


def spreadsheet(request: Request, query: Any, line: Any, columns: Any, keys: Any, name: str) -> Response:
    """All lines as CSV."""
    lang = request.locale_name
    words = {c.name: c.title for c in columns} | OUT_WORDS
    headings = [(key, translate(words[key], lang)) for key in keys]
    lines = (line(request.db, x, lang) for x in request.db.scalars(query))
    body = registers.table(lines, headings, lang)
    return attachment(body, filename=f"{name}-{_year(request)}.csv", media_type="text/csv")


def register_frame(request: Request, title: Any) -> dict[str, Any]:
    here = request.resource_path(request.context)
    names = (
        ("", _("Surat keluar")),
        ("incoming", _("Surat masuk")),
        ("approvals", _("Menunggu persetujuan")),
        ("signatures", _("Menunggu tanda tangan")),
        ("expedition", _("Ekspedisi")),
        ("failures", _("Gagal kirim")),
        ("gaps", _("Kelengkapan nomor")),
        ("disclosures", _("Pengungkapan data")),
    )
    places = [Chip(words, here + name, request.view_name == name) for name, words in names]
    return {"title": title, "places": places, "year": _year(request)}


def _page(
    request: Request, title: Any, columns: Any, rows: Any, empty: Empty, chips: list[Chip], batch: Batch | None
) -> dict[str, Any]:
    year = _year(request)
    now = request.at.astimezone(WIB).year
    years = [Chip(str(y), link_to(request, year=y), y == year) for y in range(min(year, now) - 2, max(year, now) + 1)]
    return register_frame(request, title) | {
        "columns": columns,
        "rows": rows,
        "caption": f"{translate(title, request.locale_name)} {year}",
        "empty": empty,
        "filters": chips,
        "batch": batch,
        "years": years,
        "csv": link_to(request, format="csv"),
    }
