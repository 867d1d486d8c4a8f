"""The language switch: a POST that sets the cookie and returns to the page it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED

from portal.i18n import COOKIE, LANGUAGES

if TYPE_CHECKING:
    from pyramid.config import Configurator
    from pyramid.request import Request

OWN_PATH = re.compile(r"/(?![/\\])[!-~]*")
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class LanguageChosen:
    """Event: a person chose a language; accounts may keep it."""

    request: Request
    language: str


def choose(request: Request) -> Response:
    """Remember the language and go back; an address that is not ours leads to the front page."""
    language = request.POST.get("lang")
    if language not in LANGUAGES:
        raise HTTPBadRequest
    request.registry.notify(LanguageChosen(request, language))
    back = request.POST.get("back", "")
    response = HTTPSeeOther(location=back if isinstance(back, str) and OWN_PATH.fullmatch(back) else "/")
    response.set_cookie(
        COOKIE, language, max_age=YEAR, path="/", secure=request.scheme == "https", httponly=True, samesite="Lax"
    )
    return response


def includeme(config: Configurator) -> None:
    """Anyone may choose a language."""
    config.add_route("language", "/@language")
    config.add_view(choose, route_name="language", request_method="POST", permission=NO_PERMISSION_REQUIRED)
