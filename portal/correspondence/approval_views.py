"""The head's folder: letters that wait for this person's approval, read one by one, approved together."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal.content import sharing
from portal.content.assurance import step_up_address
from portal.content.tree import roles_on
from portal.content.workflow import reasons_against
from portal.correspondence import letters
from portal.correspondence.issuing import approve_many
from portal.correspondence.model import Letter
from portal.correspondence.place import Letters
from portal.correspondence.register_views import MAY, path_of, register_frame
from portal.correspondence.views import sheet
from portal.correspondence.workflow import LETTER
from portal.i18n import _

PAGE = "correspondence/approvals.pt"
MOST = 100
APPROVE = next(t for t in LETTER.transitions if t.name == "approve")


def waiting(request: Request) -> list[Letter]:
    """Letters in review that name this person as signer and that he or she may see, the most urgent first."""
    query = select(Letter).where(
        Letter.state == "in_review",
        Letter.signer_id == request.identity.account_id,
        Letter.id.in_(sharing.readable_ids(request.identity, request.at, ["letter"])),
    )
    found = request.db.scalars(query.order_by(Letter.urgency, Letter.id).limit(MOST))
    return [letter for letter in found if roles_on(request, letter) & APPROVE.roles]


@view_config(context=Letters, name="approvals", request_method="GET", permission=MAY, renderer=PAGE)
def show(request: Request) -> dict[str, Any]:
    """Each letter as it reads, with what stands against approving it."""
    return _page(request, {})


@view_config(context=Letters, name="approvals", request_method="POST", permission=MAY, renderer=PAGE)
def approve(request: Request) -> Any:
    """Approve those that were ticked; each says what became of it."""
    if address := step_up_address(request, APPROVE):
        return HTTPSeeOther(address)
    wanted = {int(i) for i in request.POST.getall("item") if i.isascii() and i.isdigit() and len(i) < 19}
    chosen = [letter for letter in waiting(request) if letter.id in wanted]
    results = approve_many(request.act, chosen)
    done = [(letter, results[letter.id]) for letter in chosen]
    return _page(request, {letter.id: (letter, reasons) for letter, reasons in done})


def _page(request: Request, results: dict[int, Any]) -> dict[str, Any]:
    rows = [
        {
            "letter": letter,
            "url": path_of(request, letter),
            "type": letters.type_of(letter).name,
            "to": "; ".join(r.office for r in letter.recipients if r.role == "to"),
            "reasons": reasons_against(request.act, letter, APPROVE),
            "initials": [d.by_name for d in letters.decisions(request.db, letter) if d.decision == "initialled"],
            "sheet": sheet(request, letter),
        }
        for letter in waiting(request)
    ]
    return register_frame(request, _("Menunggu persetujuan Anda")) | {"rows": rows, "results": list(results.values())}
