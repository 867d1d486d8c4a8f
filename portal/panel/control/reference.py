"""The pages of reference data: every table, its rows, one row with its earlier values."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from portal.accounts.views import refuse
from portal.acts import Conflict, Refused
from portal.forms import Form, ValidationFailure
from portal.i18n import _, translate
from portal.journal import SITE_CHAIN, Entry
from portal.pages import Batch, Chip, Column, Empty, Fact
from portal.panel.control import foresight, forms, tables, verbs
from portal.panel.control.changes import overtaken, told
from portal.panel.control.places import Control, Reference, RowPlace, TablePlace, parts, trail
from portal.panel.control.vocabularies import uses
from portal.registry import fingerprint

PAGE = 50
HERE = "/control/reference"
PERMISSION = "control:reference"
INDEX, LIST, TABLE = "panel/control/index.pt", "panel/control/reference.pt", "panel/control/table.pt"
ADD, ROW = "panel/control/add.pt", "panel/control/row.pt"


@view_config(context=Control, request_method="GET", permission="control:open", renderer=INDEX)
def index(request: Request) -> dict[str, Any]:
    """The parts that the person may open."""
    return {"title": _("Kendali"), "parts": parts(request)}


@view_config(context=Reference, request_method="GET", permission=PERMISSION, renderer=LIST)
def show_tables(request: Request) -> dict[str, Any]:
    """Every table, with how many rows it has."""
    rows = []
    for table in tables.TABLES.values():
        count = request.db.scalar(select(func.count()).select_from(table.model).filter_by(**table.scope))
        rows.append({"title": table.title, "url": f"{HERE}/{table.name}", "count": count})
    columns = (Column("title", _("Daftar"), "link"), Column("count", _("Jumlah"), "number"))
    return {"title": _("Data acuan"), "trail": trail(), "columns": columns, "rows": rows, "empty": None}


def _trail(*more: tuple[Any, str]) -> list[tuple[Any, str]]:
    return trail((_("Data acuan"), HERE), *more)


@view_config(context=TablePlace, request_method="GET", permission=PERMISSION, renderer=TABLE)
def show_table(request: Request) -> dict[str, Any]:
    """The rows of a table, fifty on a page; `q` looks for a part of any word, `group` is the filter."""
    table = request.context.table
    q, group, start = request.GET.get("q", "").strip(), request.GET.get("group", ""), request.GET.get("start", "")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0
    every = tables.rows(request.db, table)
    chosen = [row for row in every if not group or table.group(row)[0] == group]
    lines = [line for line in (_line(request, table, row) for row in chosen) if _fits(line, q)]
    return {
        "title": table.title,
        "trail": _trail(),
        "table": table,
        "here": f"{HERE}/{table.name}",
        "q": q,
        "group": group,
        "filters": _chips(request, table, every, group),
        "columns": table.columns,
        "rows": lines[first : first + PAGE],
        "batch": _batch(request, first, len(lines)),
        "empty": Empty(_("Tidak ada baris yang cocok.")),
        "gone": told(request, _gone(request, table, every), _nodes(request, table)) if table.can_remove else [],
    }


def _line(request: Request, table: tables.Table, row: Any) -> dict[str, Any]:
    lang = request.locale_name
    said = {name: _word(value, lang) for name, value in table.line(request.db, row, lang).items()}
    return said | {"url": f"{HERE}/{table.name}/{tables.key(row)}"}


def _word(value: Any, lang: str) -> Any:
    return translate(value, lang) if isinstance(value, str) else value


def _fits(line: dict[str, Any], q: str) -> bool:
    return not q or any(q.casefold() in str(value).casefold() for name, value in line.items() if name != "url")


def _chips(request: Request, table: tables.Table, every: list[Any], group: str) -> list[Chip]:
    counted: dict[str, tuple[Any, int]] = {}
    for row in every:
        code, title = table.group(row)
        counted[code] = (title, counted.get(code, (title, 0))[1] + 1)
    chips = [Chip(_("Semua"), _link(request, group="", start=""), not group, len(every))]
    return chips + [
        Chip(title, _link(request, group=code, start=""), code == group, count)
        for code, (title, count) in counted.items()
    ]


def _link(request: Request, **changes: Any) -> str:
    asked = {name: value for name, value in {**request.GET, **changes}.items() if value not in {"", 0}}
    return f"{request.path}?{urlencode(asked)}"


def _batch(request: Request, first: int, total: int) -> Batch | None:
    if total <= PAGE:
        return None
    before = _link(request, start=max(first - PAGE, 0)) if first else None
    after = _link(request, start=first + PAGE) if first + PAGE < total else None
    return Batch(first + 1, min(first + PAGE, total), total, before, after)


def _gone(request: Request, table: tables.Table, every: list[Any]) -> list[Entry]:
    present = [tables.values(table, row) for row in every]
    return [line for line in verbs.removed(request.db, table) if line.data["old"] not in present]


def _nodes(request: Request, table: tables.Table) -> list[Any]:
    return forms.adding(request, table).schema.children


@view_config(context=TablePlace, name="add", request_method="GET", permission=PERMISSION, renderer=ADD)
def show_add(request: Request) -> dict[str, Any]:
    """The form for a new row."""
    if not request.context.table.can_add:
        raise HTTPNotFound
    return _add_page(request, forms.adding(request, request.context.table))


def _add_page(request: Request, asked: Form, tried: tables.Values | None = None) -> dict[str, Any]:
    table = request.context.table
    crumbs = _trail((table.title, f"{HERE}/{table.name}"))
    page = {"title": _("Tambah baris"), "trail": crumbs, "form": asked, "intro": table.about}
    return page | {"example": _example(request, tried)}


def _example(request: Request, tried: tables.Values | None) -> str | None:
    table = request.context.table
    return table.example(request.db, tried, request.locale_name) if table.example and tried else None


@view_config(context=TablePlace, name="add", request_method="POST", permission=PERMISSION, renderer=ADD)
def add(request: Request) -> Any:
    """Add a row."""
    table = request.context.table
    if not table.can_add:
        raise HTTPNotFound
    asked = forms.adding(request, table)
    try:
        new = tables.plain(table, asked.validate(request.POST.items()))
        if "try" in request.POST:
            return _add_page(request, asked, new)
        if moves := foresight.page(request, None, new):
            return moves
        row = verbs.add(request.act, table, new)
    except ValidationFailure:
        request.response.status_int = 422
        return _add_page(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _add_page(request, asked)
    request.session.flash(_("Baris ditambahkan."))
    return HTTPSeeOther(f"{HERE}/{table.name}/{tables.key(row)}")


@view_config(context=RowPlace, request_method="GET", permission=PERMISSION, renderer=ROW)
def show_row(request: Request) -> dict[str, Any]:
    """One row: its form, where it is used, its earlier values."""
    return _row_page(request, forms.changing(request, request.context.table, request.context.row))


def _row_page(request: Request, asked: Form, tried: tables.Values | None = None) -> dict[str, Any]:
    place = request.context
    table, row = place.table, place.row
    now, nodes = tables.values(table, row), _nodes(request, table)
    named = told(request, _lines(request), nodes)
    return {
        "title": table.line(request.db, row, request.locale_name)["title"],
        "trail": _trail((table.title, f"{HERE}/{table.name}")),
        "about": table.about,
        "facts": [Fact(node.title, now[node.name]) for node in nodes if node.name in table.fixed and "code" in now],
        "uses": uses(request.db, table.name, now["code"]) if "code" in now else [],
        "form": asked,
        "example": _example(request, now | (tried or {})),
        "here": f"{HERE}/{table.name}/{place.__name__}",
        "can_remove": table.can_remove,
        "seen": fingerprint(now),
        "earlier": named,
    }


def _lines(request: Request) -> list[Entry]:
    return verbs.earlier(request.db, verbs.subject(request.context.table, request.context.row))


@view_config(context=RowPlace, request_method="POST", permission=PERMISSION, renderer=ROW)
def change(request: Request) -> Any:
    """Give a row what the form says."""
    place = request.context
    asked = forms.changing(request, place.table, place.row)
    new: tables.Values = {}
    try:
        given = asked.validate(request.POST.items())
        new = tables.plain(place.table, given)
        if "try" in request.POST:
            return _row_page(request, asked, new)
        if moves := foresight.page(request, tables.values(place.table, place.row), new):
            return moves
        is_different = verbs.change(request.act, place.table, place.row, new, seen=given["seen"])
    except ValidationFailure:
        request.response.status_int = 422
        return _row_page(request, asked)
    except Conflict:
        return _overtaken(request, new)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _row_page(request, asked)
    return _done(request, _("Perubahan disimpan.") if is_different else _("Tidak ada yang berubah."))


def _done(request: Request, words: Any) -> HTTPSeeOther:
    request.session.flash(words)
    return HTTPSeeOther(f"{HERE}/{request.context.table.name}/{request.context.__name__}")


def _overtaken(request: Request, mine: tables.Values) -> Any:
    back = f"{HERE}/{request.context.table.name}/{request.context.__name__}"
    return overtaken(request, _lines(request), _nodes(request, request.context.table), mine, back)


@view_config(context=RowPlace, name="bring-back", request_method="POST", permission=PERMISSION, renderer=foresight.PAGE)
def bring_back(request: Request) -> Any:
    """Give a row the values it had before a change."""
    place = request.context
    wanted = request.POST.get("line", "")
    line = next((line for line in _lines(request) if str(line.seq) == wanted and "old" in line.data), None)
    if line is None:
        raise HTTPNotFound
    if moves := foresight.page(request, tables.values(place.table, place.row), line.data["old"]):
        return moves
    try:
        verbs.bring_back(request.act, place.table, place.row, line, seen=request.POST.get("seen", ""))
    except Conflict:
        return _overtaken(request, line.data["old"])
    except Refused as refusal:
        return _warned(request, refusal, f"{HERE}/{place.table.name}/{place.__name__}")
    return _done(request, _("Nilai sebelumnya dikembalikan."))


def _warned(request: Request, refusal: Refused, back: str) -> HTTPSeeOther:
    for reason in refusal.reasons:
        request.session.flash(reason.message, "warning")
    return HTTPSeeOther(back)


@view_config(context=RowPlace, name="remove", request_method="POST", permission=PERMISSION, renderer=foresight.PAGE)
def remove(request: Request) -> Any:
    """Remove a row."""
    place = request.context
    if not place.table.can_remove:
        raise HTTPNotFound
    if moves := foresight.page(request, tables.values(place.table, place.row), None):
        return moves
    try:
        verbs.remove(request.act, place.table, place.row, seen=request.POST.get("seen", ""))
    except Conflict:
        return _overtaken(request, {})
    request.session.flash(_("Baris dihapus. Baris itu dapat dikembalikan dari daftar."))
    return HTTPSeeOther(f"{HERE}/{place.table.name}")


@view_config(
    context=TablePlace, name="bring-back", request_method="POST", permission=PERMISSION, renderer=foresight.PAGE
)
def bring_back_removed(request: Request) -> Any:
    """Add a removed row again."""
    table, wanted = request.context.table, request.POST.get("line", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 16):
        raise HTTPNotFound
    line = request.db.scalar(select(Entry).where(Entry.dossier_id == SITE_CHAIN, Entry.seq == int(wanted)))
    if line is None or line.event != "reference_removed" or line.data["of"] != table.name:
        raise HTTPNotFound
    if moves := foresight.page(request, None, line.data["old"]):
        return moves
    try:
        row = verbs.bring_back(request.act, table, None, line)
    except Refused as refusal:
        return _warned(request, refusal, f"{HERE}/{table.name}")
    request.session.flash(_("Baris dikembalikan."))
    return HTTPSeeOther(f"{HERE}/{table.name}/{tables.key(row)}")
