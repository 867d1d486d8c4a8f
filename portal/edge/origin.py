"""From where a request comes and where a redirect may lead: our own pages only."""

from __future__ import annotations

import re
from collections.abc import Callable

from pyramid.exceptions import BadCSRFOrigin
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

SAFE = frozenset({"GET", "HEAD"})
OWN_PATH = re.compile(r"/(?![/\\])[!-~]*")
MAX_PATH = 2_000


def came_from(value: object) -> str:
    """The path to return to after signing in; whatever is no plain path of ours becomes the front page."""
    is_own = isinstance(value, str) and len(value) <= MAX_PATH and OWN_PATH.fullmatch(value)
    return str(value) if is_own else "/"


def bears_token(request: Request) -> bool:
    """Whether a program speaks with its own key. No page of another site can make a browser send one."""
    return request.headers.get("Authorization", "").lower().startswith("bearer ")


def is_own_origin(request: Request) -> bool:
    """Whether a changing request comes from our own page, or from something that is no browser at all.

    Without either header the CSRF token alone decides.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or origin in {request.host_url, request.registry["site"].settings.public_url}


def origin_tween_factory(handler: Callable[[Request], Response], _registry: Registry) -> Callable[[Request], Response]:
    """Refuse changes that another site's page asks for, before any view and besides the CSRF token."""

    def origin_tween(request: Request) -> Response:
        if request.method not in SAFE and not bears_token(request) and not is_own_origin(request):
            raise BadCSRFOrigin
        return handler(request)

    return origin_tween
