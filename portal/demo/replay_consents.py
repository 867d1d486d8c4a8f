"""The consents of the demo: asked before a partner who needs one is written to; in an emergency two persons decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.acts import Identity
from portal.clock import WIB
from portal.consents import coverage
from portal.consents import verbs as consents
from portal.demo.names import chance
from portal.demo.replay_scene import Scene
from portal.directory.model import Organisation
from portal.documents.model import Document

ASKED = timedelta(hours=2)
"""So long before the letter the person was called."""
CALLED = "Ditanya lewat telepon data apa boleh diberikan kepada siapa dan untuk apa; dijawab setuju. Rekaman di pusat panggilan."
DANGER = "Yang bersangkutan terancam dan belum dapat dihubungi; menunggu persetujuannya membahayakan."


def ask(scene: Scene, partner: Organisation) -> None:
    """See that there is a ground before the letter is written."""
    act, case, kind = scene.act(), scene.case, partner.stakeholder_type
    if not coverage.needs_consent(scene.session, kind):
        return
    known = coverage.consents_of(scene.session, case.id)
    if any(coverage.is_in_force(c, act.at) and coverage.reaches(c, partner) for c in known):
        return
    allowed = coverage.allowed(scene.session, kind)
    scope = {
        "recipient_types": [kind],
        "purpose": "Penanganan pengaduan ini oleh instansi yang berwenang.",
        "data": sorted(allowed.data),
        "documents": sorted(allowed.documents),
    }
    if scene.trail.planned.facts.is_emergency:
        proposed = consents.propose(act, case, ground="vital_interest", reason=DANGER, **scope)
        consents.confirm(scene.act(_second(scene, act.by)), proposed, note="Disetujui, keselamatan didahulukan.")
    else:
        consents.record(act, case, **scope, **_giving(scene))


def _second(scene: Scene, first: Identity) -> Identity:
    """Somebody else who may decide."""
    logins = scene.agency.cast.logins("COORDINATOR") + scene.agency.cast.logins("SIGNER")
    return next(p for p in map(scene.agency.people.__getitem__, logins) if p.account_id != first.account_id)


def _giving(scene: Scene) -> dict[str, Any]:
    facts, at = scene.trail.planned.facts, scene.event.at
    spoken = {"manner": "spoken", "call_at": at - ASKED, "call_note": CALLED}
    known = {"given_on": (at - ASKED).astimezone(WIB).date(), "given_by": "person", "giver": facts.worker.name}
    known["language"] = chance("tongue", facts.number).choice(("id", "id", "jv", "su", "mad", "sas"))
    power = select(Document.id).where(Document.parent_id == scene.trail.case_id, Document.state == "accepted")
    power = power.where(Document.document_type == "POWER_OF_ATTORNEY")
    paper = scene.session.scalar(power.limit(1))
    if paper is not None and facts.complainant is not None:
        proof = {"manner": "written", "document_id": paper}
        return known | proof | {"given_by": "mandate", "giver": facts.complainant.name}
    return known | spoken
