"""The port to the second factor: `portal.accounts` says when a person has to show it before an act."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pyramid.request import Request

STEP_UP = "/account/confirm"


def step_up_address(request: Request, transition: Any) -> str | None:
    """Where to send a person who must give the second factor first; None when the act may go on."""
    needs = request.registry.get("needs_step_up")
    if needs is None or not needs(request, transition):
        return None
    return f"{STEP_UP}?came_from={quote(request.path)}"
