"""The folders of who initials, approves and signs: letters that wait for this person, in his own or another's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.content import sharing
from portal.content.tree import roles_on
from portal.content.workflow import Transition, reasons_against
from portal.correspondence import letters
from portal.correspondence.chain import SIGNING, Part, part_of
from portal.correspondence.model import Letter
from portal.correspondence.register_views import path_of
from portal.correspondence.workflow import LETTER

MOST = 100
STEPS = {t.name: t for t in LETTER.transitions}


def _open(request: Request, step: Transition, *further: Any) -> list[Letter]:
    """Letters before this step that the person may read, the most urgent first."""
    query = select(Letter).where(
        Letter.state.in_(step.sources),
        sharing.may_read(request.identity, request.at, Letter.id),
        *further,
    )
    return list(request.db.scalars(query.options(selectinload(Letter.decisions)).order_by(Letter.urgency, Letter.id)))


def before_decision(request: Request) -> list[Letter]:
    """Every letter in review that the person may read."""
    return _open(request, STEPS["initial"])


def in_hand(request: Request) -> list[tuple[Letter, Part]]:
    """Letters in review whose next paraf or approval is this person's, with the part he or she has in each."""
    found: list[tuple[Letter, Part]] = []
    for letter in before_decision(request):
        part = part_of(request.act, letter)
        if part is not None and roles_on(request, letter) & step_of(part).roles:
            found.append((letter, part))
            if len(found) == MOST:
                break
    return found


def step_of(part: Part) -> Transition:
    """The transition by which the person does his or her part."""
    return STEPS["approve" if part.step == SIGNING else "initial"]


def to_sign(request: Request) -> list[Letter]:
    """Letters that wait for this person's electronic signature in the portal."""
    hand = func.coalesce(Letter.acting_id, Letter.signer_id) == request.identity.account_id
    found = _open(request, STEPS["sign"], hand, Letter.signature == "portal")[:MOST]
    return [letter for letter in found if roles_on(request, letter) & STEPS["sign"].roles]


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
