"""Setting up the second factor, showing it again before acts that need it, and doing without it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal.accounts import second_factor
from portal.accounts.assurance import is_assured, must_have_factor
from portal.accounts.forms import CodeSchema, SetUpSchema
from portal.accounts.views import asked_by, own_account, refuse
from portal.accounts.views.entry import code_is_right
from portal.acts import Refused
from portal.edge.origin import came_from
from portal.forms import Form, ValidationFailure
from portal.i18n import _

CONFIRM, SET_UP, CODES = "accounts/form.pt", "accounts/second_factor.pt", "accounts/codes.pt"
PENDING = "authenticator"
"""The secret of an authenticator that has not shown a right code yet."""
ADDRESS = "/account/second-factor"


@view_config(route_name="account_confirm", request_method="GET", permission="signed-in", renderer=CONFIRM)
def ask(request: Request) -> Any:
    """Ask for the second factor again; who has none is sent to set it up."""
    back = came_from(request.GET.get("came_from"))
    if not own_account(request).totp_secret:
        return HTTPSeeOther(f"{ADDRESS}?came_from={quote(back)}")
    return _confirm_page(asked_by(request, CodeSchema, _("Lanjutkan")))


def _confirm_page(asked: Form) -> dict[str, Any]:
    intro = _("Tindakan berikut hanya dapat dilakukan sesudah Anda menunjukkan langkah kedua.")
    return {"title": _("Pastikan ini Anda"), "form": asked, "intro": intro, "up": None}


@view_config(route_name="account_confirm", request_method="POST", permission="signed-in", renderer=CONFIRM)
def confirm(request: Request) -> Any:
    """Check the code; acts that need it are possible for half an hour."""
    asked = asked_by(request, CodeSchema, _("Lanjutkan"))
    if not code_is_right(request, asked, request.identity.account_id, request.identity):
        return _confirm_page(asked)
    second_factor.assure(request.act)
    return HTTPSeeOther(came_from(request.GET.get("came_from")))


@view_config(route_name="account_factor", request_method="GET", permission="signed-in", renderer=SET_UP)
def show(request: Request) -> dict[str, Any]:
    """What there is, or the QR code of what is being set up."""
    return _page(request, asked_by(request, SetUpSchema, _("Pasang")))


def _page(request: Request, asked: Form) -> dict[str, Any]:
    account, secret = own_account(request), request.session.get(PENDING)
    return {
        "title": _("Verifikasi dua langkah"),
        "form": asked,
        "account": account,
        "obliged": must_have_factor(request.registry["site"], request.identity),
        "codes_left": second_factor.codes_left(request.act, account),
        "secret": " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)) if secret else None,
        "picture": second_factor.picture(account, secret) if secret else None,
        "begin": f"{ADDRESS}/begin?came_from={quote(came_from(request.GET.get('came_from')))}",
    }


@view_config(route_name="account_factor_begin", request_method="POST", permission="signed-in")
def begin(request: Request) -> HTTPSeeOther:
    """Make a secret for a new authenticator. Who has one already shows it first."""
    back = quote(came_from(request.GET.get("came_from")))
    if own_account(request).totp_secret and not is_assured(request.identity, request.at):
        return HTTPSeeOther(f"/account/confirm?came_from={quote(ADDRESS)}")
    request.session[PENDING] = second_factor.new_secret()
    return HTTPSeeOther(f"{ADDRESS}?came_from={back}")


@view_config(route_name="account_factor", request_method="POST", permission="signed-in", renderer=SET_UP)
def set_up(request: Request) -> Any:
    """Keep the authenticator that shows a right code, and show the recovery codes this once."""
    secret = request.session.get(PENDING)
    if secret is None:
        return HTTPSeeOther(ADDRESS)
    asked = asked_by(request, SetUpSchema, _("Pasang"))
    try:
        given = asked.validate(request.POST.items())
        codes = second_factor.set_up(request.act, own_account(request), secret, given["code"])
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _page(request, asked)
    del request.session[PENDING]
    return _codes_page(request, codes, came_from(request.GET.get("came_from")))


def _codes_page(request: Request, codes: list[str], back: str) -> Any:
    request.override_renderer = CODES
    return {"title": _("Kode pemulihan"), "codes": codes, "back": "/account" if back == "/" else back}


@view_config(route_name="account_factor_codes", request_method="POST", permission="signed-in", renderer=CODES)
def renew_codes(request: Request) -> Any:
    """New recovery codes, shown this once."""
    account = own_account(request)
    if not account.totp_secret or not is_assured(request.identity, request.at):
        return HTTPSeeOther(f"/account/confirm?came_from={quote(ADDRESS)}")
    return _codes_page(request, second_factor.renew_codes(request.act, account), "/account")


@view_config(route_name="account_factor_remove", request_method="POST", permission="signed-in")
def remove(request: Request) -> HTTPSeeOther:
    """Go back to the password alone; who has just shown the second factor may."""
    if not is_assured(request.identity, request.at):
        return HTTPSeeOther(f"/account/confirm?came_from={quote(ADDRESS)}")
    second_factor.remove(request.act, own_account(request))
    request.session.flash(_("Verifikasi dua langkah dimatikan."))
    return HTTPSeeOther("/account")
