"""What consents do by themselves: once a day those whose last day has passed expire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal import jobs
from portal.acts import SYSTEM, Act, Site
from portal.consents import verbs
from portal.consents.coverage import is_in_force
from portal.consents.model import Consent
from portal.content.item import locked

TICK = "consent.tick"


def tick(site: Site, _payload: dict[str, Any]) -> None:
    """Each in an act of its own, and tomorrow's tick is queued first."""
    with site.act() as act:
        schedule(act, after=timedelta(days=1))
        ended = verbs.overdue(act)
    for consent_id in ended:
        with site.act(SYSTEM) as act:
            _expire(act, consent_id)


def schedule(act: Act, after: timedelta = timedelta(0)) -> None:
    """Queue the tick of a day; the same day's is queued once."""
    jobs.daily(act, TICK, after)


def _expire(act: Act, consent_id: int) -> None:
    consent = locked(act.session, Consent, consent_id)
    if consent.state == "in_force" and not is_in_force(consent, act.at):
        verbs.expire(act, consent)
