"""JSON at the page's own address: items, their kinds, their transitions; chosen by `Accept`, as plone.restapi does."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import exception_view_config, view_config
from sqlalchemy import inspect

from portal import edge, reads
from portal.acts import Refused
from portal.content import catalog, sharing
from portal.content.item import KINDS, Item
from portal.content.tree import JSON, Container, Resource, Root
from portal.content.tree import wants_json as wants_json
from portal.content.workflow import Offer
from portal.i18n import _, translate
from portal.journal import declare

HIDDEN = frozenset({"id", "parent_id", "dossier_id", "kind", "name", "title", "state", "version"})

declare(item_read=_("${by} membaca data melalui API"))


def number(text: str) -> int | None:
    """A number that somebody wrote into an address; None for what is none, or larger than any of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent; nothing sent is an empty one."""
    body = request.json_body if request.body else {}
    if not isinstance(body, dict):
        raise HTTPBadRequest
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return str(value)


def answer(_request: Request, body: Any, status: int = 200) -> Response:
    """A JSON response, never kept by anybody on the way."""
    text = json.dumps(body, default=_plain, ensure_ascii=False)
    return Response(text, status=status, content_type=JSON, charset="utf-8")


def brain(_request: Request, row: catalog.Row) -> dict[str, Any]:
    """One line of a list."""
    return {
        "@id": row.path,
        "@type": row.kind,
        "name": row.name,
        "title": row.title,
        "state": row.state,
        "urgency": row.urgency,
        "due_at": row.due_at,
        "modified_at": row.modified_at,
    }


def full(request: Request, resource: Resource) -> dict[str, Any]:
    """An item with its own columns (never the secret ones) and the addresses of its components."""
    item = resource.item
    here = request.resource_path(resource).rstrip("/")
    columns = {
        column.key: getattr(item, attribute.key)
        for attribute in inspect(type(item)).column_attrs
        for column in attribute.columns[:1]
        if not column.info.get("secret") and attribute.key not in HIDDEN
    }
    components = ("workflow", "history", "comments", "versions", "sharing")
    return {
        "@id": here,
        "@type": item.kind,
        "name": item.name,
        "title": item.title,
        "state": item.state,
        "version": item.version,
        "@components": {name: f"{here}/@{name}" for name in components},
        **columns,
        "items": parts(request, resource),
    }


def parts(request: Request, resource: Resource) -> list[dict[str, Any]]:
    """The parts of the item that the person may view."""
    if not resource.kind.parts:
        return []
    readable = sharing.may_read(request.identity, request.at, Item.id)
    query = catalog.spine().where(Item.parent_id == resource.item.id, readable).order_by(Item.id)
    return [brain(request, catalog.row(r)) for r in request.db.execute(query)]


def offer_json(request: Request, offer: Offer) -> dict[str, Any]:
    """A transition with the reasons against it."""
    here = request.resource_path(request.context).rstrip("/")
    lang = request.locale_name
    return {
        "@id": f"{here}/@workflow/{offer.transition.name}",
        "name": offer.transition.name,
        "title": translate(offer.transition.title, lang),
        "possible": offer.is_open,
        "reasons": [r.text(lang) for r in offer.reasons],
    }


@view_config(context=Resource, json=True, request_method="GET", permission="view")
def item_json(request: Request) -> Response:
    """An item; whoever reads it by a program is noted as at its page."""
    reads.note(request, request.context.item, "item_read")
    return answer(request, full(request, request.context))


@view_config(context=Container, json=True, request_method="GET", permission="signed-in")
def container_json(request: Request) -> Response:
    """The newest items of a kind that the person may view, fifty at a time."""
    start = number(request.GET.get("start", "")) or 0
    ids = sharing.newest(
        request.db, request.identity, request.at, kind=request.context.kind.name, limit=50, offset=start
    )
    lines = [brain(request, row) for row in catalog.rows(request.db, ids)]
    batch = {"next": f"{request.path}?start={start + 50}"} if len(ids) == 50 else {}
    return answer(request, {"@id": request.path, "items": lines, "batching": batch})


@view_config(context=Root, name="@types", request_method="GET", permission="signed-in")
def types_json(request: Request) -> Response:
    """The kinds of items, with their states and transitions."""
    lang = request.locale_name
    found = [
        {
            "name": kind.name,
            "title": translate(kind.title, lang),
            "container": kind.container,
            "parts": kind.parts,
            "states": [{"name": s.name, "title": translate(s.title, lang)} for s in kind.workflow.states],
            "transitions": [{"name": t.name, "title": translate(t.title, lang)} for t in kind.workflow.transitions],
        }
        for kind in KINDS.values()
    ]
    return answer(request, found)


@exception_view_config(Refused)
def refused(refusal: Refused, request: Request) -> Response:
    """A refusal that no form caught: a page with every reason, or problem+json."""
    if wants_json(request):
        return refused_json(refusal, request)
    return edge.answer(request, refusal.status, reasons=refusal.reasons)


def refused_json(refusal: Refused, request: Request) -> Response:
    """All reasons of a refusal, as problem+json."""
    lang = request.locale_name
    reasons = [{"text": r.text(lang), "field": r.field, "mend": r.mend} for r in refusal.reasons]
    body = {"type": "about:blank", "status": refusal.status, "title": "refused", "reasons": reasons}
    response = answer(request, body, refusal.status)
    response.content_type = "application/problem+json"
    return response
