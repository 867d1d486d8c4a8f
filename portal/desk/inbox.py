"""What lies on a partner's desk: the referrals sent to his or her organisations, and nothing else of their cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.content import sharing
from portal.content.item import Item
from portal.content.views.api import answer, wants_json
from portal.content.workflow import State
from portal.correspondence.model import Letter
from portal.desk.place import Desk, code
from portal.i18n import _
from portal.pages import Batch, Chip
from portal.referrals.grounds import FELL
from portal.referrals.model import Referral
from portal.referrals.workflow import ASKED, TAKEN, THEIRS, WORKFLOW

PAGE = 50
FILTERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "waiting": (_("Perlu jawaban Anda"), ASKED),
    "running": (_("Sedang ditangani"), (*TAKEN, "info_wanted", "service_given")),
    "ended": (_("Berakhir"), ("confirmed", "closed", "declined", "redirected", "recalled", "lapsed")),
}


@dataclass(frozen=True)
class Row:
    """One referral in the list: which letter, from whom, what, until when."""

    code: str
    title: str
    ask: str
    sender: str
    number: str
    sent_at: datetime
    due_at: datetime | None
    state: State
    is_unseen: bool

    @property
    def url(self) -> str:
        """Its page."""
        return f"/desk/{self.code}"


def mine(request: Request) -> Select[Any]:
    """The referrals that the person's organisations were sent, as far as they may be read now."""
    units = list(request.identity.memberships)
    readable = sharing.may_read(request.identity, request.at, Referral.id)
    case, office = aliased(Item, name="of_case"), aliased(Item, name="of_office")
    letter = Letter.__table__.c  # its own table only: the spine's row of the letter is not asked for
    return (
        select(Referral, case.name, office.title, letter.number)
        .join(case, case.id == Referral.parent_id)
        .join(Letter.__table__, letter.id == Referral.letter_id)
        .outerjoin(office, office.id == Referral.office_id)
        .where(Referral.organisation_id.in_(units), Referral.sent_at.is_not(None), readable)
    )


def row(referral: Referral, case_name: str, sender: str | None, number: str | None) -> Row:
    """A line of the list; one that was recalled, or has lost its ground, says no more than that. Due is only what is theirs to do."""
    is_closed = referral.state == "recalled" or referral.next_action == FELL
    return Row(
        code(referral, case_name),
        referral.title,
        "" if is_closed else referral.ask,
        sender or "",
        number or "",
        referral.sent_at or referral.created_at,
        referral.due_at if referral.state in THEIRS else None,
        WORKFLOW.state(referral.state),
        referral.is_unseen,
    )


@view_config(context=Desk, request_method="GET", permission="desk:use", renderer="desk/inbox.pt")
def inbox(request: Request) -> Any:
    """What waits for an answer first, the nearest date on top."""
    chosen = request.GET.get("show", "waiting")
    chosen = chosen if chosen in FILTERS else "waiting"
    start = int(request.GET["start"]) if request.GET.get("start", "").isdigit() else 0
    start = min(start, 10_000)
    query = mine(request).where(Referral.state.in_(FILTERS[chosen][1]))
    late_first = query.order_by(Referral.due_at.is_(None), Referral.due_at, Referral.id.desc())
    found = [row(*r) for r in request.db.execute(late_first.offset(start).limit(PAGE + 1))]
    rows, more = found[:PAGE], len(found) > PAGE
    if wants_json(request):
        return answer(request, {"@id": "/desk", "items": [_json(r) for r in rows], "more": more})
    counts = _counts(request)
    link = f"/desk?show={chosen}&start="
    before = f"{link}{max(start - PAGE, 0)}" if start else None
    batch = Batch(
        start + 1, start + len(rows), start + len(rows) + more, before, f"{link}{start + PAGE}" if more else None
    )
    return {
        "title": _("Rujukan untuk ${name}", mapping={"name": ", ".join(_units(request))}),
        "rows": rows,
        "filters": [
            Chip(t, f"/desk?show={name}", name == chosen, sum(counts.get(s, 0) for s in states))
            for name, (t, states) in FILTERS.items()
        ],
        "batch": batch if start or more else None,
    }


def _counts(request: Request) -> dict[str, int]:
    of_each = mine(request).with_only_columns(Referral.state, func.count()).group_by(Referral.state)
    return dict(request.db.execute(of_each).all())


def _units(request: Request) -> list[str]:
    query = select(Item.title).where(Item.id.in_(list(request.identity.memberships))).order_by(Item.title)
    return list(request.db.scalars(query))


def _json(line: Row) -> dict[str, Any]:
    return {
        "@id": line.url,
        "title": line.title,
        "ask": line.ask,
        "from": line.sender,
        "letter": line.number,
        "sent_at": line.sent_at,
        "due_at": line.due_at,
        "state": line.state.name,
        "unread": line.is_unseen,
    }
