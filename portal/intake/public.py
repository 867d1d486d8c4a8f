"""Visitors who complain and follow their case: in whose name they act, which office receives, what the session keeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pyramid.request import Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.acts import Act, Identity
from portal.cases.model import Case
from portal.content.item import Item
from portal.directory.model import Organisation

COMPLAINANT = Identity(None, "Pengadu (web)")
TRACKED = "tracked"
KEPT_FOR = timedelta(minutes=30)
"""How long a visitor's session remembers the case, and the PIN that was just given out."""


def act_of(request: Request) -> Act:
    """An act of the complainant in the request's transaction."""
    return Act(request.db, COMPLAINANT, request.at, request.registry["site"], origin="web")


def receiving_office(session: Session) -> Organisation | None:
    """The first of our own offices: complaints from the web begin there."""
    own = select(Organisation).where(Organisation.stakeholder_type == "OFFICE", Item.state == "active")
    return session.scalar(own.order_by(Organisation.id).limit(1))


def remember(request: Request, key: str, **values: Any) -> None:
    """Keep something in the visitor's session for half an hour."""
    request.session[key] = values | {"until": (request.at + KEPT_FOR).isoformat()}


def recall(request: Request, key: str) -> dict[str, Any] | None:
    """What was kept, unless its half hour is over."""
    kept = request.session.get(key)
    if not kept:
        return None
    if datetime.fromisoformat(kept["until"]) <= request.at:
        del request.session[key]
        return None
    return kept


def tracked_case(request: Request, *, to_change: bool = False) -> Case | None:
    """The case that number and PIN have opened in this session."""
    kept = recall(request, TRACKED)
    if kept is None:
        return None
    query = select(Case).where(Case.id == kept["id"])
    return request.db.scalar(query.with_for_update(of=Item) if to_change else query)
