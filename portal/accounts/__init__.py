"""Accounts: who signs in, with which roles in which units."""

from __future__ import annotations

from pyramid.config import Configurator

from portal import security
from portal.accounts.assurance import needs_step_up
from portal.accounts.sessions import WebSession, identify
from portal.accounts.staff import principals
from portal.accounts.views.own import keep_language
from portal.pages import LanguageChosen

ROUTES = {
    "login": "/login",
    "login_factor": "/login/code",
    "logout": "/logout",
    "reset": "/reset",
    "reset_link": r"/reset/{token:[A-Za-z0-9_-]{43}}",
    "invitation_link": r"/invitation/{token:[A-Za-z0-9_-]{43}}",
    "account": "/account",
    "account_profile": "/account/profile",
    "account_password": "/account/password",
    "account_confirm": "/account/confirm",
    "account_factor": "/account/second-factor",
    "account_factor_begin": "/account/second-factor/begin",
    "account_factor_codes": "/account/second-factor/codes",
    "account_factor_remove": "/account/second-factor/remove",
    "account_session_end": r"/account/sessions/{id:\d{1,15}}/end",
    "accounts": "/accounts",
    "accounts_add": "/accounts/add",
    "accounts_one": r"/accounts/{id:\d{1,15}}",
    "accounts_roles": r"/accounts/{id:\d{1,15}}/roles",
    "accounts_leave": r"/accounts/{id:\d{1,15}}/leave",
    "accounts_do": r"/accounts/{id:\d{1,15}}/{verb:disable|enable|end-sessions|reset-factor|invite}",
}


def includeme(config: Configurator) -> None:
    """The addresses, the session of each browser, and the ports that lower layers ask through."""
    security.allow("accounts:administer", "ADMIN")
    for name, pattern in ROUTES.items():
        config.add_route(name, pattern)
    config.set_session_factory(WebSession)
    config.registry["identify"] = identify
    config.registry["needs_step_up"] = needs_step_up
    config.registry["principals"] = principals
    config.add_subscriber(keep_language, LanguageChosen)
