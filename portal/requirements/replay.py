"""The state of a requirement, told from its journal lines alone: what the row says must be what happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.journal import Entry
from portal.requirements.model import Requirement

LEADS_TO = {
    "requirement_opened": "needed",
    "requirement_requested": "requested",
    "requirement_received": "received",
    "requirement_checking": "checking",
    "requirement_accepted": "accepted",
    "requirement_rejected": "rejected",
    "requirement_asked_again": "requested",
    "requirement_waived": "waived",
    "requirement_waiver_ended": "needed",
    "requirement_substituted": "substituted",
    "requirement_expired": "expired",
    "requirement_withdrawn": "withdrawn",
}


def state_after(events: Iterable[str]) -> str:
    """Where these events lead: while the facts do not ask for the document, what it was is kept."""
    state, applies = "needed", True
    for event in events:
        state = LEADS_TO.get(event, state)
        if event in {"requirement_not_applicable", "requirement_applies_again"}:
            applies = event == "requirement_applies_again"
    return state if applies else "not_applicable"


def problems(session: Session) -> Iterator[str]:
    """Every requirement whose state is not what its journal tells."""
    events: dict[int, list[str]] = {}
    query = (
        select(Entry.item_id, Entry.event)
        .join(Requirement, Requirement.id == Entry.item_id)
        .order_by(Entry.dossier_id, Entry.seq)
    )
    for item_id, event in session.execute(query):
        events.setdefault(item_id or 0, []).append(event)
    for requirement in session.scalars(select(Requirement).execution_options(yield_per=1000)):
        told = state_after(events.get(requirement.id, ()))
        if told != requirement.state:
            yield f"requirement {requirement.id}: is {requirement.state}, its journal tells {told}"
