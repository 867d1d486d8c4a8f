"""The page of an item whose kind has none of its own, the history, and the search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.view import view_config

from portal import reads
from portal.content import catalog
from portal.content.item import KINDS
from portal.content.tree import Resource, Root
from portal.content.views.api import answer, brain, number, wants_json
from portal.content.views.frame import frame, lines
from portal.i18n import _
from portal.journal import declare
from portal.pages import Batch, Chip, Column, Empty

PAGE = 50

COLUMNS = (
    Column("title", _("Judul"), "link"),
    Column("name", _("Nomor"), "code"),
    Column("chip", _("Status"), "state"),
    Column("dossier_name", _("Kasus")),
    Column("modified_at", _("Diubah"), "moment"),
)

declare(history_read=_("${by} membuka riwayat"))


@view_config(context=Resource, request_method="GET", permission="view", renderer="content/item.pt")
def view(request: Request) -> dict[str, Any]:
    """Title, state, next steps and last events: enough for any kind."""
    return frame(request)


@view_config(
    context=Resource, name="@history", request_method="GET", permission="history", renderer="content/history.pt"
)
def history(request: Request) -> Any:
    """The journal as sentences, newest first; for a case the whole dossier's."""
    before = number(request.GET.get("before", ""))
    found = lines(request, request.context.item, PAGE + 1, before, reads=True)
    reads.note(request, request.context.item, "history_read")
    if wants_json(request):
        items = [{"at": line.at, "event": line.event, "by": line.by, "text": line.text} for line in found[:PAGE]]
        return answer(request, {"items": items})
    older = f"?before={found[PAGE - 1].seq}" if len(found) > PAGE else None
    return frame(request, "@history") | {"lines": found[:PAGE], "older": older}


@view_config(context=Root, name="@search", request_method="GET", permission="signed-in", renderer="content/search.pt")
def search(request: Request) -> Any:
    """Items by their words: number, name, passport, phone, text; only what the person may view."""
    query = request.GET.get("q", "").strip()[:200]
    kind = request.GET.get("kind", "")
    start = number(request.GET.get("start", "")) or 0
    kinds = [kind] if kind in KINDS else None
    found, more = catalog.search(
        request.db, request.identity, request.at, query, kinds=kinds, limit=PAGE, offset=min(start, 10_000)
    )
    if wants_json(request):
        return answer(request, {"items": [brain(request, row) for row in found], "more": more})

    chips = [Chip(_("Semua"), _link(request, kind="", start=0), not kinds)]
    chips += [Chip(k.title, _link(request, kind=k.name, start=0), kinds == [k.name]) for k in KINDS.values()]
    batch = Batch(
        start + 1 if found else 0,
        start + len(found),
        start + len(found) + int(more),
        _link(request, start=max(start - PAGE, 0)) if start else None,
        _link(request, start=start + PAGE) if more else None,
    )
    nothing = _("Tidak ada yang cocok. Coba nomor kasus, sebagian nama, nomor paspor, atau telepon.")
    return {
        "query": query,
        "rows": found,
        "columns": COLUMNS,
        "caption": _("Hasil pencarian"),
        "empty": Empty(nothing if query else _("Ketik nomor, nama, paspor, atau telepon.")),
        "filters": chips,
        "batch": batch if more or start else None,
    }


def _link(request: Request, **changes: Any) -> str:
    query = {k: v for k, v in {**request.GET, **changes}.items() if v not in {"", 0}}
    return f"{request.path}?{urlencode(query)}"
