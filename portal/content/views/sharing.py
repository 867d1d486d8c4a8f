"""`@sharing`: who has access to an item and why, and giving or ending it with a reason."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import colander
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal.clock import WIB
from portal.content import sharing
from portal.content.item import Item
from portal.content.sharing import OFFICE, Grant
from portal.content.tree import Resource
from portal.content.views.api import answer, number, wants_json
from portal.content.views.frame import frame
from portal.forms import Button, Choice, Day, Line, Schema, ValidationFailure, form
from portal.i18n import _

TEMPLATE = "content/sharing.pt"
CAUSES = {
    "intake": _("penerimaan pengaduan"),
    "transfer": _("pelimpahan"),
    "referral": _("rujukan"),
    "mandate": _("kuasa atau penugasan"),
    "sharing": _("dibagikan"),
    "directory": _("direktori"),
}
GIVEN_HERE = {"mandate": "ADVOCATE", "transfer": OFFICE}
"""Cause of a grant given on this page → the role it carries; the other causes come from acts of their own."""
HOLDERS = {"mandate": "account:", "transfer": "unit:"}


def principals(request: Request) -> list[tuple[str, str]]:
    """Whom access can be given to: (principal, label), from the port that portal.accounts fills."""
    return request.registry["principals"](request.db)


class SharingSchema(Schema):
    """Whom, why, on what ground, and until when."""

    principal = Choice(principals, title=_("Kepada"), look="search")
    cause = Choice([(c, CAUSES[c]) for c in GIVEN_HERE], title=_("Dasar akses"))
    reference = Line(title=_("Nomor surat kuasa, surat tugas, atau nota dinas"), max=120)
    until = Day(title=_("Berlaku sampai"), required=False)

    def validator(self, _node: Any, values: dict[str, Any]) -> None:
        """A mandate is one person's, a transfer goes to an office: neither opens a case to a whole organisation."""
        if not values["principal"].startswith(HOLDERS[values["cause"]]):
            error = colander.Invalid(self)
            error["principal"] = _("Kuasa diberikan kepada orang, pelimpahan kepada kantor.")
            raise error


@view_config(context=Resource, name="@sharing", request_method="GET", permission="share", renderer=TEMPLATE)
def show(request: Request) -> Any:
    """Every grant that reaches the item, with its cause."""
    if wants_json(request):
        return answer(request, {"grants": [_json(g) for g in _reaching(request)]})
    return _page(request, _form(request))


@view_config(context=Resource, name="@sharing", request_method="POST", permission="share", renderer=TEMPLATE)
def change(request: Request) -> Any:
    """Give access, or end what this page gave."""
    if request.subpath:
        return _end(request, number(request.subpath[0]))
    asked = _form(request)
    try:
        values = asked.validate(request.POST.items())
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    until = values["until"]
    sharing.give(
        request.act,
        request.context.item,
        values["principal"],
        GIVEN_HERE[values["cause"]],
        cause=values["cause"],
        reference=values["reference"],
        expires_at=datetime.combine(until, time.max, WIB) if until else None,
    )
    request.session.flash(_("Akses diberikan."))
    return HTTPSeeOther(request.resource_path(request.context, "@sharing"))


def _end(request: Request, chosen: int | None) -> HTTPSeeOther:
    grant = request.db.get(Grant, chosen) if chosen is not None else None
    item = request.context.item
    if grant is None or grant.item_id != item.id or grant.cause not in GIVEN_HERE:
        raise HTTPNotFound
    sharing.end(request.act, item, cause=grant.cause, reference=grant.reference, principal=grant.principal)
    request.session.flash(_("Akses diakhiri."))
    return HTTPSeeOther(request.resource_path(request.context, "@sharing"))


def _reaching(request: Request) -> list[Grant]:
    line = sharing.line(request.context.item)
    return list(request.db.scalars(select(Grant).where(Grant.item_id.in_(line)).order_by(Grant.id)))


def _json(grant: Grant) -> dict[str, Any]:
    return {
        "principal": grant.principal,
        "role": grant.role,
        "cause": grant.cause,
        "reference": grant.reference,
        "given_at": grant.given_at,
        "expires_at": grant.expires_at,
    }


def _form(request: Request) -> Any:
    return form(SharingSchema(), request, buttons=(Button("give", _("Beri akses")),))


def _page(request: Request, asked: Any) -> dict[str, Any]:
    labels = dict(principals(request))
    units = {f"unit:{i}": title for i, title in _titles(request)}
    return frame(request, "@sharing") | {
        "grants": _reaching(request),
        "label": lambda p: labels.get(p) or units.get(p) or (_("Semua petugas") if p == "staff" else p),
        "cause": lambda c: CAUSES.get(c, c),
        "can_end": lambda g: g.cause in GIVEN_HERE and g.item_id == request.context.item.id,
        "form": asked,
    }


def _titles(request: Request) -> list[tuple[int, str]]:
    units = [int(g.principal.removeprefix("unit:")) for g in _reaching(request) if g.principal.startswith("unit:")]
    return [tuple(r) for r in request.db.execute(select(Item.id, Item.title).where(Item.id.in_(units)))]
