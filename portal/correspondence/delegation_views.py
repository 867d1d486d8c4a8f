"""`/delegations`: who stands in for whom and who may sign for whom, told to the whole unit, recorded by who gives it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import or_, select

from portal.accounts import delegations
from portal.accounts.delegations import KINDS, SHORT, Delegation
from portal.accounts.model import Account, Membership
from portal.accounts.views import asked_by, refuse
from portal.acts import STAFF, Refused
from portal.correspondence import letters
from portal.directory.model import Organisation
from portal.forms import Choice, Choices, Day, Form, Line, Schema, ValidationFailure
from portal.i18n import _, day

PAGE = "correspondence/delegations.pt"
MAY = "delegations:keep"
SHOWN = 100


def _staff(request: Request) -> list[tuple[str, str]]:
    """Staff with an office of the person's own units; of every unit for an administrator."""
    query = (
        select(Account.id, Account.name, Account.office_title, Membership.roles)
        .join(Membership, Membership.account_id == Account.id)
        .where(Account.is_active)
        .order_by(Account.name)
    )
    if not _is_admin(request):
        query = query.where(Membership.unit_id.in_(request.identity.memberships))
    return [
        (str(row.id), f"{row.name} – {row.office_title}" if row.office_title else row.name)
        for row in request.db.execute(query)
        if STAFF & set(row.roles)
    ]


def _is_admin(request: Request) -> bool:
    return "ADMIN" in request.identity.roles


def _givers(request: Request) -> list[tuple[str, str]]:
    own = str(request.identity.account_id)
    return _staff(request) if _is_admin(request) else [(own, request.identity.name)]


def _types(request: Request) -> list[tuple[str, str]]:
    english = request.locale_name == "en"
    found = [(t.code, t.name_en if english else t.name) for t in letters.letter_types().values()]
    return sorted(found, key=lambda pair: pair[1])


class DelegationSchema(Schema):
    """Who, to whom, how, when, by which order, for which letters."""

    giver_id = Choice(_givers, _("Yang digantikan atau memberi mandat"), look="select")
    deputy_id = Choice(_staff, _("Pengganti atau penerima mandat"), look="search")
    kind = Choice(KINDS.items(), _("Bentuk"), look="radios")
    from_day = Day(_("Mulai tanggal"), latest=date(2200, 1, 1))
    until_day = Day(_("Sampai dengan tanggal"), latest=date(2200, 1, 1))
    basis = Line(_("Dasar: nomor dan tanggal surat perintah atau keputusan"), max=200)
    reason = Line(_("Sebab, misalnya cuti atau dinas luar"), required=False, missing="", max=200)
    letter_types = Choices(_types, _("Hanya untuk jenis surat"), required=False, help=_("Kosong: semua."))


@view_config(route_name="delegations", request_method="GET", permission=MAY, renderer=PAGE)
def show(request: Request) -> dict[str, Any]:
    """What holds, what is coming and what has been, with the form for one more."""
    own = {"giver_id": str(request.identity.account_id)}
    return _page(request, asked_by(request, DelegationSchema, _("Catat pelimpahan"), own))


@view_config(route_name="delegations", request_method="POST", permission=MAY, renderer=PAGE)
def record(request: Request) -> Any:
    """Record one; the whole unit sees it from now on."""
    asked = asked_by(request, DelegationSchema, _("Catat pelimpahan"))
    try:
        given = dict(asked.validate(request.POST.items()))
        giver, deputy = int(given.pop("giver_id")), int(given.pop("deputy_id"))
        delegations.delegate(
            request.act, giver_id=giver, deputy_id=deputy, unit_id=_unit_of(request, giver, deputy), **given
        )
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _page(request, asked)
    request.session.flash(_("Pelimpahan dicatat."))
    return HTTPSeeOther("/delegations")


def _unit_of(request: Request, giver: int, deputy: int) -> int:
    """The unit that both belong to; the giver's own where there is none, so that the refusal says who is missing."""
    held = select(Membership.unit_id).order_by(Membership.unit_id)
    units = request.db.scalars(held.where(Membership.account_id == giver)).all()
    shared = set(request.db.scalars(held.where(Membership.account_id == deputy)))
    return next((unit for unit in units if unit in shared), units[0])


@view_config(route_name="delegations_end", request_method="POST", permission=MAY)
def end(request: Request) -> HTTPSeeOther:
    """End one before its last day: by who gave it, or an administrator."""
    found = request.db.get(Delegation, int(request.matchdict["id"]), with_for_update=True)
    if found is None or not _may_end(request, found):
        raise HTTPNotFound
    try:
        delegations.end(request.act, found)
        request.session.flash(_("Pelimpahan diakhiri."))
    except Refused as refusal:
        request.session.flash(refusal.reasons[0].message, "warning")
    return HTTPSeeOther("/delegations")


def _may_end(request: Request, found: Delegation) -> bool:
    return _is_admin(request) or found.giver_id == request.identity.account_id


def _page(request: Request, asked: Form) -> dict[str, Any]:
    query = select(Delegation).order_by(Delegation.until_day.desc(), Delegation.id.desc()).limit(SHOWN)
    if not _is_admin(request):
        me, units = request.identity.account_id, request.identity.memberships
        mine = or_(Delegation.giver_id == me, Delegation.deputy_id == me, Delegation.unit_id.in_(units))
        query = query.where(mine)
    rows = [_row(request, found) for found in request.db.scalars(query)]
    return {"title": _("Pelimpahan wewenang"), "form": asked, "rows": rows}


def _row(request: Request, found: Delegation) -> dict[str, Any]:
    lang, now, types = request.locale_name, delegations.today(request.at), letters.letter_types()
    is_over = found.ended_at is not None or found.until_day < now
    return {
        "id": found.id,
        "kind": SHORT[found.kind],
        "giver": request.db.get_one(Account, found.giver_id).name,
        "deputy": request.db.get_one(Account, found.deputy_id).name,
        "unit": request.db.get_one(Organisation, found.unit_id).title,
        "period": f"{day(found.from_day, lang)} – {day(found.until_day, lang)}",
        "basis": found.basis,
        "reason": found.reason,
        "types": ", ".join(types[code].name if code in types else code for code in found.letter_types),
        "state": _("Berakhir") if is_over else _("Akan datang") if found.from_day > now else _("Berlaku"),
        "may_end": not is_over and _may_end(request, found),
    }
