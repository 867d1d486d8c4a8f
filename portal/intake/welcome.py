"""The front page for whoever has not signed in: complain, follow a complaint, check a letter, sign in."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from portal.content.tree import Root
from portal.i18n import _
from portal.intake.public import receiving_office


@view_config(
    context=Root,
    name="welcome",
    request_method="GET",
    permission=NO_PERMISSION_REQUIRED,
    renderer="intake/welcome.pt",
)
def welcome(request: Request) -> dict[str, Any]:
    """The doors of the portal; a demonstration says who can sign in."""
    return {
        "title": _("Layanan pengaduan pekerja migran"),
        "office": receiving_office(request.db),
        "sign_ins": request.registry.get("demo_sign_ins", list)(),
    }
