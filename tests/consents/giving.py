"""Siti says on the telephone what may be told to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.cases.model import Case
from portal.consents import coverage, verbs
from portal.consents.model import Consent
from tests.world import World


def case_of(act: Any, number: str) -> Case:
    return act.session.scalars(select(Case).where(Case.name == number)).one()


def scope(act: Any, kind: str = "LEGAL_AID", **more: Any) -> dict[str, Any]:
    """All that the profile of such a recipient allows."""
    allowed = coverage.allowed(act.session, kind)
    known = {"recipient_types": [kind], "purpose": "Pendampingan hukum."}
    return known | {"data": sorted(allowed.data), "documents": sorted(allowed.documents)} | more


def word(act: Any, **more: Any) -> dict[str, Any]:
    """Her word, given in a recorded call an hour ago."""
    known = {"given_by": "person", "giver": "Siti Rahayu", "manner": "spoken", "language": "jv"}
    call = {"call_at": act.at - timedelta(hours=1), "call_note": "Ditanya dan dijawab setuju; rekaman 17."}
    return known | call | {"given_on": act.at.date()} | more


def agreed(world: World, number: str, kind: str = "LEGAL_AID", **more: Any) -> int:
    """Dewi writes down a consent; gives its id. `more` changes what it covers."""
    with world.act("dewi") as act:
        return verbs.record(act, case_of(act, number), **(scope(act, kind, **more) | word(act))).id


def proposed(world: World, number: str, kind: str = "LEGAL_AID", by: str = "dewi", **more: Any) -> int:
    """Somebody asks to go without a consent; gives the id."""
    with world.act(by) as act:
        known = {"ground": "vital_interest", "reason": "Terancam; tidak dapat dihubungi."} | scope(act, kind, **more)
        return verbs.propose(act, case_of(act, number), **known).id


def do(world: World, who: str, verb: Any, consent_id: int, **answers: Any) -> str:
    """One step of a consent; gives its state."""
    with world.act(who) as act:
        consent = act.session.get_one(Consent, consent_id)
        verb(act, consent, **answers)
        return consent.state


def withdrawn(world: World, consent_id: int) -> str:
    """Siti takes it back by telephone."""
    return do(world, "budi", verbs.withdraw, consent_id, withdrawn_by="Siti Rahayu", withdrawn_how="PHONE")
