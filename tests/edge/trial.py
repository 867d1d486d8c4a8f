"""A small application behind the edge, with one view for each thing the edge must bear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyramid.config import Configurator
from pyramid.csrf import CookieCSRFStoragePolicy, get_csrf_token
from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid_retry import RetryableException

from portal.acts import open_site
from portal.edge import attachment, bears_token, came_from, guard
from portal.limits import TooMany
from portal.settings import Settings

PERSON = "Siti Aminah 0812-3456-7890"
"""Stands for personal data that no answer and no log line may show."""

PUBLIC = "https://rujukan.example"


class Root(dict):
    """Traversal: `/cases/C-1` is there, everything else is not."""


class Signed:
    """Whoever sends the cookie `who` is signed in; Budi may look at things, and nobody may do anything else."""

    def identity(self, request: Request) -> str | None:
        return request.cookies.get("who")

    def authenticated_userid(self, request: Request) -> str | None:
        return self.identity(request)

    def permits(self, request: Request, _context: object, permission: str) -> bool:
        return permission == "view" and self.identity(request) == "budi"


@dataclass
class Tries:
    """How often the busy view ran."""

    count: int = 0


def echo(request: Request) -> dict[str, Any]:
    return {name: getattr(value, "filename", value) for name, value in request.params.items()}


def form(request: Request) -> Response:
    return Response(get_csrf_token(request))


def boom(_request: Request) -> Response:
    raise ValueError(PERSON)


def absent(_request: Request) -> Response:
    raise HTTPNotFound(PERSON)


def go(request: Request) -> Response:
    return HTTPFound(location=came_from(request.GET.get("came_from")))


def broken_header(_request: Request) -> Response:
    return HTTPFound(location="a\r\nSet-Cookie: who=x")


def throttled(_request: Request) -> Response:
    raise TooMany(90)


def busy(request: Request) -> Response:
    tries = request.registry["tries"]
    tries.count += 1
    if tries.count < request.registry["patience"]:
        raise RetryableException(PERSON)
    return Response("done")


def cached(_request: Request) -> Response:
    return Response("kept", headers={"Cache-Control": "public, max-age=60"})


def download(request: Request) -> Response:
    return attachment(b"%PDF-1.7", filename="Surat.pdf", media_type="application/pdf", inline="show" in request.GET)


def stored(request: Request) -> Response:
    return attachment(request.registry["file"], filename="../../etc/passwd\r\nX: y", media_type="text/html")


def application(
    data: Path, *, guarded: bool = True, patience: int = 2, file: Path | None = None, theme: Path | None = None
) -> Callable[..., Any]:
    """The application; without its guard it is the control that the fuzz test must see failing."""
    settings = {"tm.manager_hook": "pyramid_tm.explicit_manager", "retry.attempts": 3}
    config = Configurator(settings=settings, root_factory=lambda _request: Root(cases=Root({"C-1": Root()})))
    config.registry["site"] = open_site(Settings(data=data, templates=str(theme or ""), public_url=PUBLIC))
    config.registry.update({"tries": Tries(), "patience": patience, "file": file})
    for part in ("pyramid_retry", "pyramid_tm", "portal.i18n", "portal.edge", "portal.pages"):
        config.include(part)
    config.set_security_policy(Signed())
    config.set_default_permission("nobody")
    config.set_csrf_storage_policy(CookieCSRFStoragePolicy())
    config.set_default_csrf_options(
        require_csrf=True, check_origin=False, callback=lambda request: not bears_token(request)
    )
    for view in (form, boom, absent, go, broken_header, throttled, busy, cached, download, stored):
        config.add_route(view.__name__, "/" + view.__name__)
        config.add_view(view, route_name=view.__name__, request_method="GET", permission=NO_PERMISSION_REQUIRED)
    config.add_route("api", "/api")
    config.add_view(
        lambda request: request.json_body,
        route_name="api",
        request_method="POST",
        renderer="json",
        permission=NO_PERMISSION_REQUIRED,
    )
    methods = ("GET", "POST")
    config.add_view(echo, request_method=methods, renderer="json", permission=NO_PERMISSION_REQUIRED)
    config.add_view(echo, name="edit", request_method=methods, renderer="json")  # nobody may
    app = config.make_wsgi_app()
    return guard(app, max_body=100_000) if guarded else app
