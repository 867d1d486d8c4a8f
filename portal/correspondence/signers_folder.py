"""The signer's folder: letters that wait for one step by the person whom they name as signer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from portal.content import sharing
from portal.content.tree import roles_on
from portal.content.workflow import Transition, reasons_against
from portal.correspondence import letters
from portal.correspondence.model import Letter
from portal.correspondence.register_views import path_of

MOST = 100


def waiting(request: Request, step: Transition, *further: Any) -> list[Letter]:
    """Letters that wait for this step by the signer, who is this person and may take it; the most urgent first."""
    query = select(Letter).where(
        Letter.state.in_(step.sources),
        Letter.signer_id == request.identity.account_id,
        sharing.may_read(request.identity, request.at, Letter.id),
        *further,
    )
    found = request.db.scalars(query.order_by(Letter.urgency, Letter.id).limit(MOST))
    return [letter for letter in found if roles_on(request, letter) & step.roles]


def ticked(request: Request, letters_there: Iterable[Letter]) -> list[Letter]:
    """Those of the letters that were marked on the page."""
    wanted = {int(i) for i in request.POST.getall("item") if i.isascii() and i.isdigit() and len(i) < 19}
    return [letter for letter in letters_there if letter.id in wanted]


def line(request: Request, letter: Letter, step: Transition) -> dict[str, Any]:
    """What a folder shows of a letter, with what stands against the step."""
    return {
        "letter": letter,
        "url": path_of(request, letter),
        "type": letters.type_of(letter).name,
        "to": "; ".join(r.office for r in letter.recipients if r.role == "to"),
        "reasons": reasons_against(request.act, letter, step),
    }
