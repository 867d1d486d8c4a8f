"""Who is asking and what may he or she do: the policy, closed by default."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.security import Allowed, Denied

from portal.acts import STAFF, Act, Identity

SITE_PERMISSIONS: dict[str, frozenset[str]] = {}
"""What concerns no single item ("case:register"): permission → roles that hold it in any of their units."""

ASSURANCE = timedelta(minutes=30)
"""How long a second factor given in a session lasts for acts that require it (approve, issue, export)."""


def allow(permission: str, *roles: str) -> None:
    """Give a site permission to these roles."""
    SITE_PERMISSIONS[permission] = SITE_PERMISSIONS.get(permission, frozenset()) | frozenset(roles)


class Policy:
    """Pyramid's security policy: identity from the port `identify`, rights from the context or the site table."""

    def identity(self, request: Request) -> Identity | None:
        """The signed-in person, found once per request."""
        if not hasattr(request, "_identity"):
            request._identity = request.registry["identify"](request)  # noqa: SLF001 - cached where it is used
        return request._identity  # noqa: SLF001

    def authenticated_userid(self, request: Request) -> str | None:
        """The account, for Pyramid's own uses."""
        identity = self.identity(request)
        return str(identity.account_id) if identity else None

    def permits(self, request: Request, context: Any, permission: str) -> Allowed | Denied:
        """Whether the person may do that here. An unknown permission is nobody's."""
        identity = self.identity(request)
        if identity is None:
            return Denied("not signed in")
        if permission == "signed-in":
            return Allowed("signed in")
        if permission in SITE_PERMISSIONS:
            granted = bool(identity.roles & SITE_PERMISSIONS[permission])
        else:
            permits: Callable[[Request, str], bool] | None = getattr(context, "permits", None)
            granted = bool(permits and permits(request, permission))
        return Allowed(permission) if granted else Denied(permission)

    def remember(self, request: Request, userid: str, **kw: Any) -> list[tuple[str, str]]:
        """Sessions live on the server; portal.accounts writes their cookie."""
        return []

    def forget(self, request: Request, **kw: Any) -> list[tuple[str, str]]:
        """As `remember`."""
        return []


def act_of(request: Request) -> Act:
    """The act that a request is: its person, its instant, its transaction."""
    site = request.registry["site"]
    identity = request.identity
    if identity is None:
        raise LookupError("an act needs a person; public pages name theirs")
    origin = "api" if request.content_type == "application/json" else "web"
    return Act(request.db, identity, request.at, site, origin=origin)


def includeme(config: Configurator) -> None:
    """Close every view that names no permission, and check the CSRF token of every unsafe request."""
    allow("office:work", *STAFF)
    config.registry.setdefault("identify", lambda _request: None)
    config.set_security_policy(Policy())
    config.set_default_permission("nobody")
    config.set_default_csrf_options(require_csrf=True, check_origin=False)  # portal.edge checks the origin, on http too
    config.add_request_method(lambda request: request.registry["site"].clock.now(), "at", reify=True)
    config.add_request_method(act_of, "act", reify=True)
