"""Signing in with password and second factor, and signing out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from portal.accounts import entry, second_factor
from portal.accounts.forms import CodeSchema, SignInSchema
from portal.accounts.identities import VISITOR
from portal.accounts.tokens import new_token
from portal.accounts.views import asked_by, refuse
from portal.acts import Act, Identity, Reason
from portal.db import outside_transaction
from portal.edge.origin import came_from
from portal.forms import Form, ValidationFailure
from portal.i18n import _
from portal.limits import TooMany

TEMPLATE, FACTOR_TEMPLATE = "accounts/login.pt", "accounts/code.pt"
WAITING, PATIENCE = "waiting", timedelta(minutes=10)
"""Who gave the right password has so long to give the second factor."""

WRONG = Reason(_("Nama pengguna atau kata sandi tidak cocok."))
WRONG_CODE = Reason(_("Kode tidak cocok, atau sudah dipakai."), field="code")
LATE = _("Masuk tidak selesai. Silakan ulangi.")


def visitor_act(request: Request, by: Identity = VISITOR) -> Act:
    """An act of somebody who has not signed in, in the request's transaction."""
    return Act(request.db, by, request.at, request.registry["site"], origin="web")


@view_config(route_name="login", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=TEMPLATE)
def show(request: Request) -> Any:
    """The form; who is signed in already goes on."""
    back = came_from(request.GET.get("came_from"))
    if request.identity is not None:
        return HTTPSeeOther(back)
    return _page(asked_by(request, SignInSchema, _("Masuk")))


def _page(asked: Form) -> dict[str, Any]:
    return {"title": _("Masuk"), "form": asked}


@view_config(route_name="login", request_method="POST", permission=NO_PERMISSION_REQUIRED, renderer=TEMPLATE)
def sign_in(request: Request) -> Any:
    """Check the password; then sign in, or ask for the second factor."""
    asked = asked_by(request, SignInSchema, _("Masuk"))
    try:
        given = asked.validate(request.POST.items())
    except ValidationFailure:
        request.response.status_int = 422
        return _page(asked)
    site, address = request.registry["site"], request.remote_addr or ""
    try:
        with outside_transaction(request):
            known = entry.verify(site, given["login"], given["password"], address)
    except TooMany as many:
        refuse(request, asked, many.reasons, status=429)
        return _page(asked)
    if known is None:
        refuse(request, asked, [WRONG])
        return _page(asked)
    back = came_from(request.GET.get("came_from"))
    if known.has_factor:
        request.session.invalidate()
        until = (request.at + PATIENCE).isoformat()
        request.session[WAITING] = {"id": known.account_id, "mark": known.mark, "until": until, "came_from": back}
        return HTTPSeeOther("/login/code")
    return _start(request, known.account_id, known.mark, back, assured=False)


def _start(request: Request, account_id: int, mark: str, back: str, *, assured: bool) -> HTTPSeeOther:
    token = new_token()  # never the one from before: somebody else may have planted it
    device, address = request.user_agent or "", request.remote_addr or ""
    act = visitor_act(request)
    row = entry.start(act, account_id, mark, token=token, assured=assured, device=device, address=address)
    if row is None:
        request.session.invalidate()
        request.session.flash(LATE, "warning")
        return HTTPSeeOther("/login")
    request.session.begin(row, token)
    return HTTPSeeOther(back)


def _waiting(request: Request) -> dict[str, Any] | None:
    kept = request.session.get(WAITING)
    return kept if kept and datetime.fromisoformat(kept["until"]) > request.at else None


@view_config(
    route_name="login_factor", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=FACTOR_TEMPLATE
)
def ask_code(request: Request) -> Any:
    """Ask for the second factor of who gave a right password."""
    if _waiting(request) is None:
        return HTTPSeeOther("/login")
    return _code_page(asked_by(request, CodeSchema, _("Lanjutkan")))


def _code_page(asked: Form) -> dict[str, Any]:
    return {"title": _("Verifikasi langkah kedua"), "form": asked}


@view_config(
    route_name="login_factor", request_method="POST", permission=NO_PERMISSION_REQUIRED, renderer=FACTOR_TEMPLATE
)
def check_code(request: Request) -> Any:
    """Check the second factor and sign in."""
    waiting = _waiting(request)
    if waiting is None:
        request.session.flash(LATE, "warning")
        return HTTPSeeOther("/login")
    asked = asked_by(request, CodeSchema, _("Lanjutkan"))
    if not code_is_right(request, asked, waiting["id"], VISITOR):
        return _code_page(asked)
    return _start(request, waiting["id"], waiting["mark"], came_from(waiting["came_from"]), assured=True)


def code_is_right(request: Request, asked: Form, account_id: int, by: Identity) -> bool:
    """Check the code of a form; a wrong one is counted and written down for good, and shown on the form."""
    try:
        given = asked.validate(request.POST.items())
        with outside_transaction(request), request.registry["site"].act(by) as act:
            right = second_factor.accepts(replace(act, origin="web"), account_id, given["code"])
    except ValidationFailure:
        request.response.status_int = 422
        return False
    except TooMany as many:
        refuse(request, asked, many.reasons, status=429)
        return False
    if not right:
        refuse(request, asked, [WRONG_CODE])
    return right


@view_config(route_name="logout", request_method="POST", permission="signed-in")
def sign_out(request: Request) -> HTTPSeeOther:
    """End this session."""
    entry.sign_out(request.act)
    request.session.invalidate()
    request.session.flash(_("Anda sudah keluar."))
    return HTTPSeeOther("/login")
