"""A forgotten password, and an invitation: asking for a link, and following it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from portal.accounts import links, passwords
from portal.accounts.forms import ChosenPasswordSchema, ResetSchema
from portal.accounts.sessions import reading
from portal.accounts.views import asked_by, refuse
from portal.accounts.views.entry import visitor_act
from portal.acts import Refused
from portal.db import outside_transaction
from portal.forms import Form, ValidationFailure
from portal.i18n import _
from portal.limits import TooMany, throttle

TEMPLATE, DONE, GONE = "accounts/open_form.pt", "accounts/reset_asked.pt", "accounts/link_gone.pt"
PER_LOGIN, PER_ADDRESS, WINDOW = 3, 20, timedelta(hours=1)


@view_config(route_name="reset", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=TEMPLATE)
def show(request: Request) -> dict[str, Any]:
    """Ask for whom."""
    return _page(asked_by(request, ResetSchema, _("Kirim tautan")))


def _page(asked: Form) -> dict[str, Any]:
    intro = _("Kami kirimkan tautan untuk memilih kata sandi baru ke surel yang terdaftar.")
    return {"title": _("Lupa kata sandi"), "form": asked, "intro": intro}


@view_config(route_name="reset", request_method="POST", permission=NO_PERMISSION_REQUIRED, renderer=DONE)
def ask(request: Request) -> Any:
    """Queue the mail; the answer is the same whether the person is known or not."""
    asked = asked_by(request, ResetSchema, _("Kirim tautan"))
    try:
        login = asked.validate(request.POST.items())["login"]
        address, now = request.remote_addr or "", request.at
        throttle(request.db, f"reset {address}", limit=PER_ADDRESS, per=WINDOW, now=now)
        throttle(request.db, f"reset {login.casefold()} {address}", limit=PER_LOGIN, per=WINDOW, now=now)
    except ValidationFailure:
        request.response.status_int = 422
    except TooMany as many:
        refuse(request, asked, many.reasons, status=many.status)
    else:
        links.ask_reset(visitor_act(request), login)
        return {"title": _("Periksa surel Anda")}
    request.override_renderer = TEMPLATE
    return _page(asked)


@view_config(route_name="reset_link", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=TEMPLATE)
@view_config(route_name="invitation_link", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=TEMPLATE)
def open_link(request: Request) -> Any:
    """Show the form of a good link; looking at it does not use it up."""
    account = links.owner(request.db, request.matchdict["token"], _purpose(request), request.at)
    if account is None:
        return _gone(request)
    return _link_page(asked_by(request, ChosenPasswordSchema, _("Simpan kata sandi")), account.login)


def _purpose(request: Request) -> str:
    return str(request.matched_route.name.removesuffix("_link"))


def _gone(request: Request) -> dict[str, Any]:
    request.override_renderer = GONE
    request.response.status_int = 404
    return {"title": _("Tautan tidak berlaku lagi")}


def _link_page(asked: Form, login: str) -> dict[str, Any]:
    intro = _("Untuk nama pengguna “${login}”.", mapping={"login": login})
    return {"title": _("Pilih kata sandi"), "form": asked, "intro": intro}


@view_config(route_name="reset_link", request_method="POST", permission=NO_PERMISSION_REQUIRED, renderer=TEMPLATE)
@view_config(route_name="invitation_link", request_method="POST", permission=NO_PERMISSION_REQUIRED, renderer=TEMPLATE)
def follow_link(request: Request) -> Any:
    """Use the link up and set the password; signing in comes afterwards, with the second factor if there is one."""
    token, purpose = request.matchdict["token"], _purpose(request)
    with reading(request) as session:
        account = links.owner(session, token, purpose, request.at)
    if account is None:
        return _gone(request)
    asked, login = asked_by(request, ChosenPasswordSchema, _("Simpan kata sandi")), account.login
    try:
        password = asked.validate(request.POST.items())["password"]
        with outside_transaction(request):
            ready = passwords.hashed(password)
        links.follow(visitor_act(request), token, purpose, password, ready=ready)
    except ValidationFailure:
        request.response.status_int = 422
        return _link_page(asked, login)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _link_page(asked, login)
    request.session.invalidate()
    request.session.flash(_("Kata sandi disimpan. Silakan masuk."))
    return HTTPSeeOther("/login")
