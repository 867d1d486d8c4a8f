"""The folder of who initials and approves: read one by one, decided together; and whose turn each letter is."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal.accounts.delegations import SHORT
from portal.acts import Reason
from portal.content import sharing
from portal.content.assurance import step_up_address
from portal.content.item import Item
from portal.correspondence import letters
from portal.correspondence.chain import SIGNING, Part, standing
from portal.correspondence.issuing import decide_many
from portal.correspondence.looks import last_reads
from portal.correspondence.model import Letter
from portal.correspondence.place import Letters
from portal.correspondence.register_views import MAY, path_of, register_frame
from portal.correspondence.signers_folder import STEPS, before_decision, in_hand, line, step_of, ticked
from portal.correspondence.views import turns
from portal.i18n import _, translate
from portal.pages import Column, Empty

PAGE, REVIEW = "correspondence/approvals.pt", "correspondence/review.pt"
TURNS = (
    Column("letter", _("Surat"), "link"),
    Column("case", _("Kasus"), "code"),
    Column("title", _("Menunggu")),
    Column("people", _("Giliran"), below="deputies"),
    Column("since", _("Sejak"), "ago"),
)
UNREAD = Reason(_("Belum Anda baca sejak diajukan; buka dulu suratnya."))


@view_config(context=Letters, name="approvals", request_method="GET", permission=MAY, renderer=PAGE)
def show(request: Request) -> dict[str, Any]:
    """Each letter that waits for this person, with what stands against deciding it."""
    return _page(request, [])


@view_config(context=Letters, name="approvals", request_method="POST", permission=MAY, renderer=PAGE)
def decide(request: Request) -> Any:
    """Initial or approve those that were ticked and have been read; each says what became of it."""
    parts = dict(in_hand(request))
    chosen = ticked(request, before_decision(request))
    is_assured = any(part.step == SIGNING for letter, part in parts.items() if letter in chosen)
    if is_assured and (address := step_up_address(request, STEPS["approve"])):
        return HTTPSeeOther(address)
    unread = _unread(request, chosen)
    results = decide_many(request.act, [letter for letter in chosen if letter.id not in unread])
    told = [(letter, results.get(letter.id, (UNREAD,)), _is_approval(parts.get(letter))) for letter in chosen]
    return _page(request, told)


def _is_approval(part: Part | None) -> bool:
    return part is None or part.step == SIGNING


def _unread(request: Request, found: list[Letter]) -> set[int]:
    """Those that the person has not opened since they were submitted as they are."""
    read = last_reads(request.db, request.identity.account_id, [letter.id for letter in found])
    fresh = set()
    for letter in found:
        submitted = letters.last_decision(letter, "submitted")
        if letter.id not in read or (submitted is not None and read[letter.id] < submitted.at):
            fresh.add(letter.id)
    return fresh


def _page(request: Request, results: list[tuple[Letter, Any, bool]]) -> dict[str, Any]:
    found = in_hand(request)
    unread = _unread(request, [letter for letter, _part in found])
    rows = [_row(request, letter, part, is_unread=letter.id in unread) for letter, part in found]
    return register_frame(request, _("Menunggu keputusan Anda")) | {"rows": rows, "results": results}


def _row(request: Request, letter: Letter, part: Part, *, is_unread: bool) -> dict[str, Any]:
    known = line(request, letter, step_of(part))
    kind = SHORT[part.delegation.kind] if part.delegation else ""
    return known | {
        "reasons": [UNREAD, *known["reasons"]] if is_unread else known["reasons"],
        "asked": part.title,
        "for": f"{part.giver.name} ({kind})" if part.giver else "",
        "since": part.since,
        "initials": [
            f"{row.by_name} ({row.for_name})" if row.for_name else row.by_name for row in standing(letter).values()
        ],
    }


@view_config(context=Letters, name="review", request_method="GET", permission=MAY, renderer=REVIEW)
def review(request: Request) -> dict[str, Any]:
    """All letters in review that the person may read: whose turn it is, and since when, the longest wait first."""
    readable = sharing.may_read(request.identity, request.at, Letter.id)
    query = select(Letter).where(Letter.state == "in_review", readable)
    rows = []
    for letter in request.db.scalars(query.order_by(Letter.modified_at, Letter.id).limit(200)):
        dossier = request.db.get_one(Item, letter.dossier_id)
        for turn in turns(request, letter):
            told = {"letter": letter.title, "url": f"{path_of(request, letter)}/", "case": dossier.name}
            rows.append(turn | told | _who(request, turn))
    rows.sort(key=lambda row: row["since"])
    nothing = _("Tidak ada surat yang sedang diperiksa. Surat tampil di sini sesudah konsepnya diajukan.")
    return register_frame(request, _("Surat dalam pemeriksaan")) | {
        "rows": rows,
        "columns": TURNS,
        "caption": _("Giliran siapa, dan sejak kapan"),
        "empty": Empty(nothing),
    }


def _who(request: Request, turn: dict[str, Any]) -> dict[str, Any]:
    deputies = ", ".join(turn["deputies"])
    below = f"{translate(_('pengganti:'), request.locale_name)} {deputies}" if deputies else ""
    return {"people": ", ".join(turn["people"]) or None, "deputies": below}
