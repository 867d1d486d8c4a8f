"""`@remarks` of a letter: writing one about a passage, and answering one."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal.accounts.views import refuse
from portal.acts import Refused
from portal.content.comments import INTERNAL, Comment
from portal.content.tree import Resource
from portal.correspondence import remarks
from portal.correspondence.model import Letter
from portal.correspondence.views import page, remark_form
from portal.forms import ValidationFailure
from portal.i18n import _

LETTER = "correspondence/letter.pt"


@view_config(
    context=Resource, kind="letter", name="@remarks", request_method="POST", permission="comment", renderer=LETTER
)
def write(request: Request) -> Any:
    """Add a remark; a faulty one comes back with what was typed."""
    letter: Letter = request.context.item
    if request.subpath:
        return _answer(request, letter)
    asked = remark_form(request)
    try:
        values = asked.validate(request.POST.items())
        remarks.remark(request.act, letter, text=values["text"], quote=values.get("quote") or "")
    except ValidationFailure:
        request.response.status_int = 422
        return page(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return page(request, asked)
    request.session.flash(_("Catatan ditambahkan."))
    return HTTPSeeOther(f"{request.resource_path(request.context)}#remarks")


def _answer(request: Request, letter: Letter) -> HTTPSeeOther:
    chosen = request.subpath[0] if len(request.subpath) == 1 else ""
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 16 else 0
    about = request.db.get(Comment, number)
    if about is None or about.item_id != letter.id or about.audience != INTERNAL or about.answers_id is not None:
        raise HTTPNotFound
    try:
        remarks.answer(request.act, letter, about, text=request.POST.get("text", "")[:5000])
    except Refused as refusal:
        for reason in refusal.reasons:
            request.session.flash(reason.message, "warning")
    return HTTPSeeOther(f"{request.resource_path(request.context)}#remark-{about.id}")
