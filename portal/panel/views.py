"""The first screen of every role, its worklists, the lists of whole containers, and the demo's mailbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal import mailbox
from portal.content import catalog, sharing
from portal.content.tree import Container, Root
from portal.i18n import _
from portal.pages import Batch, Chip, Column, Empty
from portal.panel import worklists

PAGE = 50
COLUMNS = (
    Column("title", _("Judul"), "link"),
    Column("name", _("Nomor"), "code"),
    Column("chip", _("Status"), "state"),
    Column("due_at", _("Tenggat"), "due"),
    Column("modified_at", _("Diubah"), "moment"),
)
PART_COLUMNS = (COLUMNS[0], Column("dossier_title", _("Kasus")), *COLUMNS[2:])


@dataclass(frozen=True)
class Counted:
    """A worklist with its count, for the side of the page."""

    title: Any
    url: str
    count: str | int
    name: str


def lists_of(request: Request) -> list[Counted]:
    """The person's worklists with counts; one statement per page."""
    if request.identity is None:
        return []
    found = worklists.counts(request.db, request.identity, request.at)
    return [
        Counted(w.title, f"/@worklist/{w.name}", _shown(found.get(w.name, 0)), w.name)
        for w in worklists.for_person(request.identity)
    ]


def _shown(count: int) -> str | int:
    return f"{worklists.COUNTED}+" if count > worklists.COUNTED else count


@view_config(context=Root, request_method="GET", permission="signed-in", renderer="panel/home.pt")
def home(request: Request) -> Any:
    """What waits for me: my lists, and the first lines of those that hold something."""
    if request.identity.is_partner and not request.worklists:
        return HTTPSeeOther("/desk")
    now, identity = request.at, request.identity
    shown: list[tuple[Any, ...]] = []
    for counted in request.worklists:
        worklist = worklists.named(identity, counted.name)
        if counted.count and worklist and len(shown) < 4:
            shown.append((counted, worklists.rows(request.db, identity, now, worklist, limit=6), _columns(worklist)))
    return {"lists": request.worklists, "shown": shown}


@view_config(context=Root, name="@worklist", request_method="GET", permission="signed-in", renderer="panel/worklist.pt")
def worklist(request: Request) -> dict[str, Any]:
    """One worklist, due first."""
    name = request.subpath[0] if len(request.subpath) == 1 else ""
    chosen = worklists.named(request.identity, name)
    if chosen is None:
        raise HTTPNotFound
    start = _start(request)
    found = worklists.rows(request.db, request.identity, request.at, chosen, limit=PAGE + 1, offset=start)
    return {
        "title": chosen.title,
        "rows": found[:PAGE],
        "columns": _columns(chosen),
        "caption": chosen.title,
        "empty": Empty(_("Tidak ada yang menunggu di sini.")),
        "batch": _batch(request, start, found),
    }


def _columns(worklist: worklists.Worklist) -> tuple[Column, ...]:
    return COLUMNS if worklist.kind in {"case", "incoming"} else PART_COLUMNS


def _start(request: Request) -> int:
    value = request.GET.get("start", "")
    return min(int(value), 100_000) if value.isascii() and value.isdigit() else 0


def _batch(request: Request, start: int, found: Any) -> Batch | None:
    more = len(found) > PAGE
    if not start and not more:
        return None

    def link(to: int) -> str:
        return f"{request.path}?{urlencode({**request.GET, 'start': to})}"

    end = start + min(len(found), PAGE)
    return Batch(
        start + 1,
        end,
        end + int(more),
        link(max(start - PAGE, 0)) if start else None,
        link(start + PAGE) if more else None,
    )


@view_config(context=Container, request_method="GET", permission="signed-in", renderer="panel/worklist.pt")
def container(request: Request) -> dict[str, Any]:
    """All items of a kind that the person may view, last changed first, by state."""
    kind = request.context.kind
    state = request.GET.get("state", "")
    states = [state] if state in {s.name for s in kind.workflow.states} else None
    start = _start(request)
    ids = sharing.newest(
        request.db, request.identity, request.at, kind=kind.name, states=states, limit=PAGE + 1, offset=start
    )
    found = catalog.rows(request.db, ids)
    chips = [Chip(_("Semua"), request.path, states is None)]
    chips += [Chip(s.title, f"{request.path}?state={s.name}", states == [s.name]) for s in kind.workflow.states]
    return {
        "title": kind.title,
        "rows": found[:PAGE],
        "columns": COLUMNS,
        "caption": kind.title,
        "empty": Empty(_("Belum ada yang dapat Anda lihat di sini.")),
        "filters": chips,
        "batch": _batch(request, start, found),
    }


@view_config(context=Root, name="@mailbox", request_method="GET", permission="signed-in", renderer="panel/mailbox.pt")
def demo_mailbox(request: Request) -> dict[str, Any]:
    """The demo's mails as their receivers would see them; outside the demo there is no such page."""
    site = request.registry["site"]
    if not site.settings.demo:
        raise HTTPNotFound
    return {"messages": mailbox.messages(site.settings.data)}
