"""The steps of the demo that are done with papers: they come in, are taken, refused, or done without."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from portal.demo.casework import BY_THEMSELVES
from portal.demo.facts import Facts
from portal.demo.names import chance
from portal.demo.proportions import share
from portal.demo.replay_scene import Scene
from portal.demo.requirement_course import WAIVERS
from portal.demo.scans import OF_COMPLAINANT, PASSPORTS
from portal.documents import verbs as documents
from portal.requirements import gaps
from portal.requirements import verbs as requirements
from portal.requirements.checks import NIK_HOLDERS
from portal.requirements.model import Requirement
from portal.requirements.workflow import MISSING, UNDECIDED

EXPIRES = date(2029, 1, 1)
"""Of the passports, as the lines at their foot say."""


def receive_document(scene: Scene) -> None:
    """A paper comes in: by itself over the web, else through the officer's hands."""
    facts, kind = scene.trail.planned.facts, scene.event.facts["document"]
    filename, paper = scene.agency.papers.take(facts, kind)
    _keep(scene, facts, kind, filename, paper)


def receive_sample(scene: Scene) -> None:
    """A paper of a case among very many: all of a type look the same."""
    kind = scene.event.facts["document"]
    filename, paper = scene.agency.papers.sample(kind)
    _keep(scene, scene.trail.planned.facts, kind, filename, paper)


def late_document(scene: Scene) -> None:
    """A paper comes in that nobody waits for any more."""
    found = next((r for r in gaps.requirements(scene.session, scene.case) if r.state in MISSING), None)
    if found is not None:
        facts = scene.trail.planned.facts
        filename, paper = scene.agency.papers.take(facts, found.document_type)
        _keep(scene, facts, found.document_type, filename, paper)


def _keep(scene: Scene, facts: Facts, kind: str, filename: str, paper: documents.Examined) -> None:
    person = facts.complainant if kind in OF_COMPLAINANT and facts.complainant else facts.worker
    known: dict[str, Any] = {"holder": person.name}
    if kind in NIK_HOLDERS:
        known["number"] = person.nik
    if kind in PASSPORTS and person is facts.worker:
        known |= {"number": facts.placement.passport, "expires_on": EXPIRES}
    by = None if facts.channel in BY_THEMSELVES else scene.agency.people[scene.trail.planned.done.officer]
    documents.add(
        scene.act(by),
        scene.case,
        document_type=kind,
        content=paper,
        filename=filename,
        provider="complainant",
        provider_name=(facts.complainant or facts.worker).name,
        **known,
    )


def _requirement(scene: Scene) -> Requirement | None:
    query = select(Requirement).where(Requirement.parent_id == scene.trail.case_id)
    return scene.session.scalar(query.where(Requirement.document_type == scene.event.facts["document"]))


def accept_document(scene: Scene) -> None:
    """The paper is good."""
    found = _requirement(scene)
    if found is not None and found.state in UNDECIDED:
        requirements.accept(scene.act(), found, override="Dicocokkan dengan aslinya oleh petugas.")


def reject_document(scene: Scene) -> None:
    """The paper is not good."""
    found = _requirement(scene)
    if found is not None and found.state in UNDECIDED:
        requirements.reject(scene.act(), found, reason=scene.event.facts["reason"], note=scene.event.text)


def waive_document(scene: Scene) -> None:
    """The case goes on without that paper."""
    found = _requirement(scene)
    if found is not None and found.state in (*MISSING, *UNDECIDED):
        requirements.waive(scene.act(), found, reason=scene.event.facts["reason"], note=scene.event.text)


def waive_missing(scene: Scene, missing: list[Requirement]) -> None:
    """Let the case, or a letter, go on without these."""
    facts = scene.trail.planned.facts
    for requirement in missing:
        rng = chance(scene.agency.seed, "waive", facts.number, requirement.document_type)
        reason = "emergency" if facts.is_emergency else share(WAIVERS, rng.random())
        requirements.waive(scene.act(), requirement, reason=reason, note="Disetujui tanpa dokumen ini.")


STEPS = {
    "receive_document": receive_document,
    "late_document": late_document,
    "accept_document": accept_document,
    "reject_document": reject_document,
    "waive_document": waive_document,
}
