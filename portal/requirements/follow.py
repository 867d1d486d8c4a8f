"""What requirements do by themselves: they follow the case's facts, their documents, and the calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from portal import jobs, journal
from portal.acts import SYSTEM, Act, Site
from portal.clock import WIB
from portal.content.item import locked
from portal.documents import verbs as documents
from portal.documents.model import Document
from portal.requirements import verbs
from portal.requirements.model import Requirement
from portal.requirements.workflow import MISSING

TICK = "requirement.tick"


def opened(act: Act, case: Any, _entry: Any) -> None:
    """The case begins to gather documents."""
    verbs.open_for(act, case)


def facts_changed(act: Act, case: Any, _entry: Any) -> None:
    """Matters or complainant may have changed: new documents are needed, others no longer apply."""
    listed = select(Requirement.id).where(
        Requirement.parent_id == case.id, or_(Requirement.by_rule, Requirement.state == "not_applicable")
    )
    if case.state != "closed" and act.session.scalar(listed.limit(1)) is not None:
        verbs.open_for(act, case)


def document_came(act: Act, document: Any, _entry: Any) -> None:
    """A document of a kind that is still missing: it is what was asked for, whichever way it came."""
    waiting = select(Requirement).where(
        Requirement.parent_id == document.parent_id,
        Requirement.document_type == document.document_type,
        Requirement.state.in_((*MISSING, "waived")),
    )
    for requirement in act.session.scalars(waiting).all():
        verbs.receive(act, requirement, document_id=document.id)


def document_changed(act: Act, document: Any, _entry: Any) -> None:
    """A document was decided on, or its time is over: the requirements that rely on it follow."""
    relying = or_(Requirement.document_id == document.id, Requirement.substitute_id == document.id)
    for requirement in act.session.scalars(select(Requirement).where(relying).order_by(Requirement.id)).all():
        verbs.follow_document(act, requirement, document)


def subscribe() -> None:
    """Listen to the features below."""
    journal.subscribe("case_requirements_opened", opened)
    for event in ("case_amended", "case_triaged"):
        journal.subscribe(event, facts_changed)
    journal.subscribe("document_added", document_came)
    for event in ("accepted", "rejected", "quarantined", "expired", "withdrawn"):
        journal.subscribe(f"document_{event}", document_changed)


def tick(site: Site, _payload: dict[str, Any]) -> None:
    """The daily job: waivers end, documents expire. Each in an act of its own, and tomorrow's tick is queued first."""
    with site.act() as act:
        schedule(act, after=timedelta(days=1))
        today = act.at.astimezone(WIB).date()
        ended = select(Requirement.id).where(Requirement.state == "waived", Requirement.waived_until < today)
        waivers = list(act.session.scalars(ended.order_by(Requirement.id)))
        outdated = documents.overdue(act)
    for requirement_id in waivers:
        with site.act(SYSTEM) as act:
            _end_waiver(act, requirement_id)
    for document_id in outdated:
        with site.act(SYSTEM) as act:
            _expire(act, document_id)


def schedule(act: Act, after: timedelta = timedelta(0)) -> None:
    """Queue the tick of a day; the same day's is queued once."""
    jobs.daily(act, TICK, after)


def _end_waiver(act: Act, requirement_id: int) -> None:
    requirement = locked(act.session, Requirement, requirement_id)
    if requirement.state == "waived" and requirement.waived_until < act.at.astimezone(WIB).date():
        verbs.end_waiver(act, requirement)


def _expire(act: Act, document_id: int) -> None:
    document = locked(act.session, Document, document_id)
    if document.state == "accepted" and document.expires_on and document.expires_on < act.at.astimezone(WIB).date():
        documents.expire(act, document)
