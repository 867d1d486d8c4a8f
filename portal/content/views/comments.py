"""`@comments`: remarks on any item; people of the office see both audiences, an addressee only the shared one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal.acts import INSIDERS, Refused
from portal.content import comments
from portal.content.comments import INTERNAL, SHARED, Comment
from portal.content.tree import Resource
from portal.content.views.api import answer, body_of, number, wants_json
from portal.content.views.frame import frame
from portal.forms import Button, Choice, Schema, Text, ValidationFailure, form
from portal.i18n import _

TEMPLATE = "content/comments.pt"


def _audiences(request: Request) -> list[tuple[str, Any]]:
    inside = [(INTERNAL, _("Internal – hanya petugas"))] if is_inside(request) else []
    shared = [(SHARED, _("Pesan kepada pihak penerima"))] if _has_addressee(request) else []
    return inside + shared


def is_inside(request: Request) -> bool:
    """Whether the person reads this item as one of the office."""
    return bool(request.context.roles & (INSIDERS | {"COLLEAGUE", "COORDINATION"}))


def _has_addressee(request: Request) -> bool:
    workflow = request.context.kind.workflow
    return any("ADDRESSEE" in workflow.roles("comment", s.name) for s in workflow.states)


class CommentSchema(Schema):
    """A remark and who may read it."""

    audience = Choice(_audiences, title=_("Siapa yang membaca"), look="radios")
    text = Text(title=_("Komentar"), max=5000, rows=4)


@view_config(context=Resource, name="@comments", request_method="GET", permission="comment", renderer=TEMPLATE)
def show(request: Request) -> Any:
    """The threads, oldest first."""
    if wants_json(request):
        return answer(request, {"items": [_json(c) for c in _visible(request)]})
    return _page(request, _form(request))


@view_config(context=Resource, name="@comments", request_method="POST", permission="comment", renderer=TEMPLATE)
def write(request: Request) -> Any:
    """Add a remark, or settle one."""
    item = request.context.item
    if request.subpath:
        return _settle(request, number(request.subpath[0]))
    asked = _form(request)
    try:
        if wants_json(request):
            values = {"audience": "", "text": ""} | {k: str(v) for k, v in body_of(request).items()}
        else:
            values = asked.validate(request.POST.items())
        if values["audience"] not in {code for code, _label in _audiences(request)}:
            raise HTTPNotFound
        comments.add(request.act, item, values["text"], values["audience"])
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    except Refused:
        if wants_json(request):
            raise
        request.response.status_int = 422
        return _page(request, asked)
    if wants_json(request):
        return answer(request, {"items": [_json(c) for c in _visible(request)]}, 201)
    return HTTPSeeOther(request.resource_path(request.context, "@comments"))


def _settle(request: Request, chosen: int | None) -> HTTPSeeOther:
    comment = request.db.get(Comment, chosen) if chosen is not None else None
    if comment is None or comment.item_id != request.context.item.id or not is_inside(request):
        raise HTTPNotFound
    comments.settle(request.act, request.context.item, comment)
    return HTTPSeeOther(request.resource_path(request.context, "@comments"))


def _visible(request: Request) -> list[Comment]:
    audiences = {INTERNAL, SHARED} if is_inside(request) else {SHARED}
    return comments.listing(request.db, request.context.item, audiences)


def _json(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "audience": comment.audience,
        "text": comment.text,
        "quote": comment.quote,
        "at": comment.at,
        "by": comment.by_name,
        "settled_at": comment.settled_at,
    }


def _form(request: Request) -> Any:
    values = {"audience": _audiences(request)[0][0]} if request.method == "GET" and _audiences(request) else None
    return form(CommentSchema(), request, buttons=(Button("add", _("Tambahkan")),), values=values)


@dataclass(frozen=True)
class Shown:
    """A comment as the page shows it, with the answers to it."""

    id: int
    by: str
    at: datetime
    text: str
    shared: bool
    settled_at: datetime | None
    replies: list[Shown]
    quote: str = ""


def _threads(found: list[Comment]) -> list[Shown]:
    shown = {c.id: Shown(c.id, c.by_name, c.at, c.text, c.audience == SHARED, c.settled_at, [], c.quote) for c in found}
    for comment in found:
        if comment.answers_id in shown:
            shown[comment.answers_id].replies.append(shown[comment.id])
    return [shown[c.id] for c in found if c.answers_id not in shown]


def _page(request: Request, asked: Any) -> dict[str, Any]:
    threads = _threads(_visible(request))
    return frame(request, "@comments") | {"comments": threads, "form": asked, "inside": is_inside(request)}
