"""The daily round: which late referrals are reminded today and which not, shown before it is done, done in batches."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import jobs
from portal.acts import SYSTEM, Act, Site
from portal.content.item import Item, locked
from portal.deadlines import day_of
from portal.directory.model import Organisation
from portal.i18n import _
from portal.referrals import ladder
from portal.referrals.chasemodel import ChaseStep, Reminder
from portal.referrals.chasing import chase
from portal.referrals.ladder import Decision
from portal.referrals.model import Referral
from portal.referrals.workflow import THEIRS

log = logging.getLogger(__name__)

TICK = "referral.tick"
BATCH, TOGETHER = 200, 25
"""Referrals that are looked at, and reminded, at once."""


@dataclass(frozen=True)
class Line:
    """One late referral in the dry run: what today's run does about it, and why, or why nothing."""

    referral: Referral
    case_number: str
    office: Organisation
    decision: Decision
    to: Any

    @property
    def is_to_act(self) -> bool:
        """Whether the run does something about it."""
        return self.decision.rung is not None or (self.decision.is_exhausted and self.referral.next_action != "lapse")


def late(now: datetime, after: int = 0) -> Any:
    """Referrals whose partner is late, in the order of their numbers."""
    query = select(Referral).where(Referral.state.in_(THEIRS), Referral.due_at <= now, Referral.id > after)
    return query.order_by(Referral.id)


def plan(session: Session, now: datetime, found: Iterable[Referral]) -> Iterator[Line]:
    """What a run now would do about each of these; nothing is written."""
    for referral in found:
        decision = ladder.decide(session, referral, now)
        office = session.get_one(Organisation, referral.organisation_id)
        case_number = session.scalar(select(Item.name).where(Item.id == referral.dossier_id)) or ""
        yield Line(referral, case_number, office, decision, _to_whom(session, office, decision.rung))


def plan_of_all(session: Session, now: datetime) -> Iterator[Line]:
    """The same for everything that is late, batch by batch."""
    after = 0
    while found := session.scalars(late(now, after).limit(BATCH)).all():
        yield from plan(session, now, found)
        after = found[-1].id
        session.expunge_all()


def climbed_since(session: Session, moment: datetime) -> int:
    """How many rungs have been climbed from then on."""
    return session.scalar(select(func.count(Reminder.id)).where(Reminder.at >= moment)) or 0


def _to_whom(session: Session, office: Organisation, rung: ChaseStep | None) -> Any:
    if rung is None:
        return ""
    if rung.way == "head":
        return _("pimpinan kita")
    if rung.level == "superior":
        above = session.get(Organisation, office.superior_id) if office.superior_id else None
        return above.title if above else _("atasan belum dicatat di direktori")
    if rung.way == "mail":
        return office.email or _("pos-el belum dicatat di direktori")
    return office.title


def tick(site: Site, payload: dict[str, Any]) -> None:
    """The daily run, a batch at a time; the next batch is the next job."""
    after = payload.get("after_id", 0)
    last = run_batch(site, after)
    with site.act() as act:
        if last:
            jobs.enqueue(act, TICK, dedup=f"{TICK}/{day_of(act.at)}/{last}", after_id=last)
        if not after:
            schedule(act, after=timedelta(days=1))


def run(site: Site) -> None:
    """All of today's run at once."""
    last = run_batch(site, 0)
    while last:
        last = run_batch(site, last)


def run_batch(site: Site, after: int) -> int:
    """Chase the next late referrals; gives the last one's number, 0 when there was none.

    Who is to be reminded is asked without a lock; those that are get acts of their own, some together.
    """
    with site.sessions(bind=site.readers) as session:
        now = site.clock.now()
        found = session.scalars(late(now, after).limit(BATCH)).all()
        chosen = [line.referral.id for line in plan(session, now, found) if line.is_to_act]
        last = found[-1].id if found else 0
    for start in range(0, len(chosen), TOGETHER):
        _chase_all(site, chosen[start : start + TOGETHER])
    return last


def _chase_all(site: Site, chosen: Sequence[int]) -> None:
    """These in one act; where it fails each by itself, so that one that can't be chased stops no other."""
    try:
        with site.act(SYSTEM) as act:
            for referral_id in chosen:
                chase(replace(act, origin="job"), locked(act.session, Referral, referral_id))
    except Exception as error:  # noqa: BLE001 - it may fail in any way; the others are chased, and it is tried tomorrow
        if len(chosen) == 1:
            reason = type(error).__name__  # its text may hold what is personal
            log.warning("a referral could not be chased", extra={"referral": chosen[0], "reason": reason})
        else:
            for referral_id in chosen:
                _chase_all(site, [referral_id])


def schedule(act: Act, after: timedelta = timedelta(0)) -> None:
    """Queue the run of a day, once, while anything is out."""
    if act.session.scalar(select(Referral.id).where(Referral.state.in_(THEIRS)).limit(1)) is not None:
        jobs.daily(act, TICK, after)


jobs.work(TICK, tick)
