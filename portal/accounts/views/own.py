"""What people see and change of their own account: who they are, their password, their sessions."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal import vocabulary
from portal.accounts import entry, passwords, second_factor, verbs
from portal.accounts.assurance import must_have_factor
from portal.accounts.devices import device_name
from portal.accounts.forms import ZONE_NAMES, ChangedPasswordSchema, ProfileSchema
from portal.accounts.model import Account
from portal.accounts.tokens import new_token
from portal.accounts.views import asked_by, own_account, refuse
from portal.acts import Act, Identity, Reason, Refused
from portal.content.item import Item
from portal.db import outside_transaction
from portal.forms import Form, ValidationFailure
from portal.i18n import LANGUAGES, _
from portal.limits import throttle
from portal.pages import Fact, LanguageChosen

TEMPLATE, FORM_TEMPLATE = "accounts/account.pt", "accounts/form.pt"
PROFILE = ("name", "email", "phone", "language", "zone")
WRONG = Reason(_("Kata sandi sekarang tidak cocok."), field="present")


@view_config(route_name="account", request_method="GET", permission="signed-in", renderer=TEMPLATE)
def show(request: Request) -> dict[str, Any]:
    """Profile, password, second factor and sessions at a glance."""
    account = own_account(request)
    return {
        "title": _("Akun saya"),
        "facts": [
            Fact(_("Nama lengkap"), account.name),
            Fact(_("Nama pengguna"), account.login),
            Fact(_("Surel"), account.email),
            Fact(_("Telepon"), account.phone or None),
            Fact(_("Jabatan"), account.office_title or None),
            Fact(_("Bahasa"), LANGUAGES[account.language]),
            Fact(_("Zona waktu"), dict(ZONE_NAMES)[account.zone]),
        ],
        "roles": roles_by_unit(request, request.identity),
        "account": account,
        "factor_due": must_have_factor(request.registry["site"], request.identity) and not account.totp_secret,
        "codes_left": second_factor.codes_left(request.act, account),
        "sessions": entry.sessions_of(request.act),
        "device": device_name,
    }


def roles_by_unit(request: Request, identity: Identity) -> list[tuple[int, str, list[str]]]:
    """Each unit's id and title with the names of the roles there."""
    units = select(Item.id, Item.title).where(Item.id.in_(identity.memberships))
    titles = dict(request.db.execute(units).all())
    known, lang = vocabulary.terms(request.db, "role"), request.locale_name
    return [(u, titles[u], sorted(known[r].name(lang) for r in roles)) for u, roles in identity.memberships.items()]


@view_config(route_name="account_profile", request_method="GET", permission="signed-in", renderer=FORM_TEMPLATE)
def show_profile(request: Request) -> dict[str, Any]:
    """The form of the profile."""
    account = own_account(request)
    return _profile_page(asked_by(request, ProfileSchema, _("Simpan"), {n: getattr(account, n) for n in PROFILE}))


def _profile_page(asked: Form) -> dict[str, Any]:
    return {"title": _("Ubah profil"), "form": asked, "up": "/account", "up_title": _("Akun saya")}


@view_config(route_name="account_profile", request_method="POST", permission="signed-in", renderer=FORM_TEMPLATE)
def change_profile(request: Request) -> Any:
    """Keep the profile."""
    asked = asked_by(request, ProfileSchema, _("Simpan"))
    try:
        verbs.amend(request.act, own_account(request), **asked.validate(request.POST.items()))
    except ValidationFailure:
        request.response.status_int = 422
        return _profile_page(asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _profile_page(asked)
    request.session.flash(_("Profil disimpan."))
    return HTTPSeeOther("/account")


@view_config(route_name="account_password", request_method="GET", permission="signed-in", renderer=FORM_TEMPLATE)
def show_password(request: Request) -> dict[str, Any]:
    """The form for another password."""
    return _password_page(asked_by(request, ChangedPasswordSchema, _("Ganti kata sandi")))


def _password_page(asked: Form) -> dict[str, Any]:
    intro = _("Sesudah kata sandi diganti, semua sesi lain berakhir.")
    title = _("Ganti kata sandi")
    return {"title": title, "form": asked, "intro": intro, "up": "/account", "up_title": _("Akun saya")}


@view_config(route_name="account_password", request_method="POST", permission="signed-in", renderer=FORM_TEMPLATE)
def change_password(request: Request) -> Any:
    """Change the password and go on in a new session; all others end."""
    asked = asked_by(request, ChangedPasswordSchema, _("Ganti kata sandi"))
    try:
        given = asked.validate(request.POST.items())
        kept = own_account(request).password_hash
        with outside_transaction(request):
            ready = _rehashed(request, kept, given["present"], given["password"])
        if ready is None:
            raise Refused([WRONG])
        verbs.set_password(request.act, own_account(request), given["password"], ready=ready)
    except ValidationFailure:
        request.response.status_int = 422
        return _password_page(asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons, status=refusal.status)
        return _password_page(asked)
    _go_on(request)
    request.session.flash(_("Kata sandi diganti."))
    return HTTPSeeOther("/account")


def _rehashed(request: Request, kept: str, present: str, wanted: str) -> str | None:
    site, who = request.registry["site"], request.identity.account_id
    with site.act() as act:
        throttle(act.session, f"password {who}", limit=entry.PER_PAIR, per=entry.WINDOW, now=act.at)
    return passwords.hashed(wanted) if passwords.fits(kept, present) else None


def _go_on(request: Request) -> None:
    token, me = new_token(), request.identity
    row = entry.start(
        request.act,
        me.account_id,
        entry.mark_of(own_account(request)),
        token=token,
        assured=False,
        device=request.user_agent or "",
        address=request.remote_addr or "",
    )
    request.session.begin(row, token)


@view_config(route_name="account_session_end", request_method="POST", permission="signed-in")
def end_session(request: Request) -> HTTPSeeOther:
    """End one of one's sessions."""
    if not entry.end_session(request.act, int(request.matchdict["id"])):
        raise HTTPNotFound
    request.session.flash(_("Sesi diakhiri."))
    return HTTPSeeOther("/account")


def keep_language(event: LanguageChosen) -> None:
    """A person's choice of language is kept with the account."""
    request = event.request
    if request.identity is not None:
        act: Act = request.act
        verbs.amend(act, act.session.get_one(Account, act.by.account_id), language=event.language)
