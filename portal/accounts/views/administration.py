"""The accounts of others: opening, roles, ending. Changes wait for the administrator's second factor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, or_, select

from portal.accounts import links, verbs
from portal.accounts.assurance import lacks_assurance
from portal.accounts.forms import NewAccountSchema, RolesSchema
from portal.accounts.identities import identity_of
from portal.accounts.model import Account
from portal.accounts.views import asked_by, named_account, refuse
from portal.accounts.views.own import roles_by_unit
from portal.acts import Act, Refused
from portal.forms import Button, Form, ValidationFailure, form
from portal.i18n import _, translate
from portal.pages import Batch, Column, Empty, Fact

LIST, ONE, FORM = "accounts/list.pt", "accounts/one.pt", "accounts/form.pt"
PERMISSION = "accounts:administer"
PAGE = 50
COLUMNS = (
    Column("name", _("Nama"), "link"),
    Column("login", _("Nama pengguna")),
    Column("email", _("Surel")),
    Column("state", _("Keadaan")),
)


@dataclass(frozen=True)
class Line:
    """One account in the list."""

    id: int
    name: str
    login: str
    email: str
    state: Any

    @property
    def url(self) -> str:
        """Where it is."""
        return f"/accounts/{self.id}"


def _state(account: Account) -> Any:
    if not account.is_active:
        return _("Nonaktif")
    return _("Aktif") if account.password_hash else _("Diundang")


@view_config(route_name="accounts", request_method="GET", permission=PERMISSION, renderer=LIST)
def show_all(request: Request) -> dict[str, Any]:
    """All accounts by name, fifty on a page; `q` looks for a part of a name, login or address."""
    q, start = request.GET.get("q", "").strip(), request.GET.get("start", "")
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 8 else 0
    fits = or_(
        *(func.lower(c).contains(q.casefold(), autoescape=True) for c in (Account.name, Account.login, Account.email))
    )
    total = request.db.scalar(select(func.count()).select_from(Account).where(fits)) or 0
    found = request.db.scalars(select(Account).where(fits).order_by(Account.name, Account.id).offset(first).limit(PAGE))
    rows = [Line(a.id, a.name, a.login, a.email, translate(_state(a), request.locale_name)) for a in found]
    here = f"/accounts?q={quote(q)}&start="
    return {
        "title": _("Akun"),
        "q": q,
        "columns": COLUMNS,
        "rows": rows,
        "empty": Empty(_("Tidak ada akun yang cocok."), _("Tambah akun"), "/accounts/add"),
        "caption": _("Akun"),
        "batch": Batch(
            first + 1,
            first + len(rows),
            total,
            f"{here}{max(0, first - PAGE)}" if first else None,
            f"{here}{first + PAGE}" if first + PAGE < total else None,
        ),
    }


@view_config(route_name="accounts_add", request_method="GET", permission=PERMISSION, renderer=FORM)
def show_add(request: Request) -> Any:
    """The form for a new account."""
    return _step_up(request) or _add_page(asked_by(request, NewAccountSchema, _("Buka akun dan kirim undangan")))


def _add_page(asked: Form) -> dict[str, Any]:
    return {"title": _("Tambah akun"), "form": asked, "up": "/accounts", "up_title": _("Akun")}


def _step_up(request: Request, back: str | None = None) -> HTTPSeeOther | None:
    if not lacks_assurance(request):
        return None
    return HTTPSeeOther(f"/account/confirm?came_from={quote(back or request.path)}")


@view_config(route_name="accounts_add", request_method="POST", permission=PERMISSION, renderer=FORM)
def add(request: Request) -> Any:
    """Open the account, give the roles, send the invitation."""
    if asks := _step_up(request):
        return asks
    asked = asked_by(request, NewAccountSchema, _("Buka akun dan kirim undangan"))
    try:
        given = asked.validate(request.POST.items())
        unit, roles = int(given.pop("unit")), given.pop("roles")
        account = verbs.create_account(request.act, **given)
        verbs.join(request.act, account, unit, roles)
        links.invite(request.act, account)
    except ValidationFailure:
        request.response.status_int = 422
        return _add_page(asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _add_page(asked)
    request.session.flash(_("Undangan dikirim kepada ${name}.", mapping={"name": account.name}))
    return HTTPSeeOther(f"/accounts/{account.id}")


@view_config(route_name="accounts_one", request_method="GET", permission=PERMISSION, renderer=ONE)
def show_one(request: Request) -> dict[str, Any]:
    """One account with its roles and what can be done with it."""
    return _one_page(request, named_account(request), _roles_form(request))


def _roles_form(request: Request) -> Form:
    action = f"/accounts/{request.matchdict['id']}/roles"
    return form(RolesSchema(), request, buttons=(Button("do", _("Simpan peran")),), action=action)


def _one_page(request: Request, account: Account, asked: Form) -> dict[str, Any]:
    identity = identity_of(request.db, account.id)
    return {
        "title": account.name,
        "account": account,
        "facts": [
            Fact(_("Keadaan"), translate(_state(account), request.locale_name)),
            Fact(_("Nama pengguna"), account.login),
            Fact(_("Surel"), account.email),
            Fact(_("Telepon"), account.phone or None),
            Fact(_("Jabatan"), account.office_title or None),
            Fact(_("NIP atau NRP"), account.staff_number or None),
        ],
        "roles": roles_by_unit(request, identity),
        "form": asked,
    }


@view_config(route_name="accounts_roles", request_method="POST", permission=PERMISSION, renderer=ONE)
def change_roles(request: Request) -> Any:
    """Give exactly these roles in a unit."""
    account = named_account(request)
    if asks := _step_up(request, f"/accounts/{account.id}"):
        return asks
    asked = _roles_form(request)
    try:
        given = asked.validate(request.POST.items())
        verbs.join(request.act, account, int(given["unit"]), given["roles"])
    except ValidationFailure:
        request.response.status_int = 422
        return _one_page(request, account, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _one_page(request, account, asked)
    request.session.flash(_("Peran disimpan. Sesi ${name} berakhir.", mapping={"name": account.name}))
    return HTTPSeeOther(f"/accounts/{account.id}")


@view_config(route_name="accounts_leave", request_method="POST", permission=PERMISSION)
def take_out(request: Request) -> HTTPSeeOther:
    """Take all roles in a unit away."""
    unit = request.POST.get("unit", "")
    if not (unit.isascii() and unit.isdigit() and len(unit) < 16):
        raise HTTPNotFound
    return _done(request, lambda act, account: verbs.leave(act, account, int(unit)))


VERBS: dict[str, Callable[[Act, Account], None]] = {
    "disable": verbs.disable,
    "enable": verbs.enable,
    "end-sessions": verbs.end_sessions,
    "reset-factor": verbs.reset_second_factor,
    "invite": links.invite,
}


@view_config(route_name="accounts_do", request_method="POST", permission=PERMISSION)
def do(request: Request) -> HTTPSeeOther:
    """Disable, enable, end sessions, forget the second factor, or invite again."""
    return _done(request, VERBS[request.matchdict["verb"]])


def _done(request: Request, verb: Callable[[Act, Account], None]) -> HTTPSeeOther:
    account = named_account(request)
    here = f"/accounts/{account.id}"
    if asks := _step_up(request, here):
        return asks
    try:
        verb(request.act, account)
    except Refused as refusal:
        for reason in refusal.reasons:
            request.session.flash(reason.message, "warning")
        return HTTPSeeOther(here)
    request.session.flash(_("Perubahan disimpan."))
    return HTTPSeeOther(here)
