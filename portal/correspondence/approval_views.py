"""The head's folder: letters that wait for this person's approval, read one by one, approved together."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal.content.assurance import step_up_address
from portal.correspondence import letters
from portal.correspondence.issuing import approve_many
from portal.correspondence.place import Letters
from portal.correspondence.register_views import MAY, register_frame
from portal.correspondence.signers_folder import line, ticked, waiting
from portal.correspondence.views import sheet
from portal.correspondence.workflow import LETTER
from portal.i18n import _

PAGE = "correspondence/approvals.pt"
APPROVE = next(t for t in LETTER.transitions if t.name == "approve")


@view_config(context=Letters, name="approvals", request_method="GET", permission=MAY, renderer=PAGE)
def show(request: Request) -> dict[str, Any]:
    """Each letter as it reads, with what stands against approving it."""
    return _page(request, {})


@view_config(context=Letters, name="approvals", request_method="POST", permission=MAY, renderer=PAGE)
def approve(request: Request) -> Any:
    """Approve those that were ticked; each says what became of it."""
    if address := step_up_address(request, APPROVE):
        return HTTPSeeOther(address)
    chosen = ticked(request, waiting(request, APPROVE))
    results = approve_many(request.act, chosen)
    done = [(letter, results[letter.id]) for letter in chosen]
    return _page(request, {letter.id: (letter, reasons) for letter, reasons in done})


def _page(request: Request, results: dict[int, Any]) -> dict[str, Any]:
    rows = [
        line(request, letter, APPROVE)
        | {
            "initials": [d.by_name for d in letters.decisions(request.db, letter) if d.decision == "initialled"],
            "sheet": sheet(request, letter),
        }
        for letter in waiting(request, APPROVE)
    ]
    return register_frame(request, _("Menunggu persetujuan Anda")) | {"rows": rows, "results": list(results.values())}
