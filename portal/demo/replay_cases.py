"""The steps of the demo that are done with a case and its documents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.cases import verbs as cases
from portal.content import sharing
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.demo.casework import BY_THEMSELVES
from portal.demo.facts import Facts
from portal.demo.names import Person
from portal.demo.replay_documents import waive_missing
from portal.demo.replay_scene import Scene
from portal.people import verbs as people
from portal.people.model import PersonKey
from portal.requirements import gaps

CHANNELS = ("PHONE", "WHATSAPP", "EMAIL")
"""Over which a complainant is tried, one after the other."""


def register(scene: Scene) -> None:
    """A complaint comes in."""
    trail, agency = scene.trail, scene.agency
    facts = trail.planned.facts
    office = agency.units[trail.home]
    worker = _person(scene, facts.worker, office, facts.placement.passport)
    complainant = _person(scene, facts.complainant, office) if facts.complainant else None
    act = scene.act()
    case, _pin = cases.receive(
        act,
        office_id=office,
        channel=facts.channel,
        complainant_type=facts.complainant_type,
        categories=(facts.category, *facts.others),
        narrative=facts.words.story,
        demand=facts.words.wish,
        relationship_code=facts.relationship,
        worker_id=worker,
        complainant_id=complainant,
        is_emergency=facts.is_emergency,
        pin=agency.pin,
        **_placement(scene, facts),
    )
    trail.case_id = case.id
    agency.numbers[facts.number] = case.name
    if trail.home != "HQ":  # the coordinator of the headquarters assigns all cases
        headquarters = f"unit:{agency.units['HQ']}"
        sharing.give(act, case, headquarters, sharing.OFFICE, cause="sharing", reference=case.name)
    if facts.channel not in BY_THEMSELVES:
        scene.remark()


def _placement(scene: Scene, facts: Facts) -> dict[str, Any]:
    placement = facts.placement
    return {
        "country_code": placement.country,
        "city": placement.city,
        "whereabouts": f"{facts.slots['tempat']}, {placement.city}" if placement.departed else "",
        "employer": placement.employer,
        "overseas_agency": placement.overseas_agency,
        "agency_id": scene.agency.units[placement.agency] if placement.agency else None,
        "is_procedural": bool(placement.agency),
        "departed_on": placement.departed,
    }


def _person(scene: Scene, person: Person, office: int, passport: str = "") -> int:
    """The person's record; somebody who is known by the NIK already is not recorded again."""
    by_nik = select(PersonKey.person_id).where(PersonKey.kind == "nik", PersonKey.value == person.nik)
    known = scene.session.scalar(by_nik.limit(1))
    if known is not None:
        return known
    return people.record(scene.act(), office_id=office, **columns_of(person, passport)).id


def columns_of(person: Person, passport: str = "") -> dict[str, Any]:
    """What the portal keeps of a person."""
    return {
        "name": person.name,
        "aliases": [person.passport_name] if person.passport_name.casefold() != person.name.casefold() else [],
        "sex": person.sex,
        "birth_date": person.born,
        "birth_place": person.home.name.partition(" ")[2],
        "nik": person.nik,
        "passports": [passport] if passport else [],
        "phones": [person.phone],
        "email": person.email,
        "address": person.address,
        "district_code": person.home.code,
    }


def alert(scene: Scene) -> None:
    """What was done at once in an emergency."""
    cases.amend(scene.act(), scene.case, emergency_action=scene.event.text)


def triage(scene: Scene) -> None:
    """Sort the case."""
    cases.triage(scene.act(), scene.case)
    scene.remark()


def assign(scene: Scene) -> None:
    """Give it to an officer, of another office if need be."""
    act, case, facts = scene.act(), scene.case, scene.event.facts
    officer = scene.agency.people[facts["to"]]
    if facts["office"] != scene.trail.home:
        unit = f"unit:{scene.agency.units[facts['office']]}"
        sharing.give(act, case, unit, sharing.OFFICE, cause="transfer", reference=case.name)
    cases.assign(act, case, account_id=officer.account_id or 0, name=officer.name)


def open_requirements(scene: Scene) -> None:
    """Ask what the case needs."""
    cases.open_requirements(scene.act(), scene.case)


def complete(scene: Scene) -> None:
    """All is there, or waived."""
    session, case = scene.session, scene.case
    blocking = {gap.id for gap in gaps.gaps(session, case) if gap.is_mandatory}
    waive_missing(scene, [r for r in gaps.requirements(session, case) if r.id in blocking])
    cases.complete(scene.act(), case)


def note_contact(scene: Scene) -> None:
    """Somebody was called, or tried to be."""
    facts, trail = scene.event.facts, scene.trail
    if facts["whom"] != "complainant":
        scene.remark(f"Upaya menghubungi terlapor: {scene.event.text}")
        return
    channel, was_reached = CHANNELS[trail.attempts % len(CHANNELS)], facts["reached"] == "yes"
    trail.attempts += not was_reached
    cases.note_contact(scene.act(), scene.case, channel=channel, was_reached=was_reached, note=scene.event.text)


def remark(scene: Scene) -> None:
    """Words beside the case."""
    scene.remark()


def merge(scene: Scene) -> None:
    """Say which case it doubles."""
    scene.remark(f"Pengaduan yang sama dengan {scene.agency.numbers[int(scene.event.facts['into'])]}.")


def tell_unresolvable(scene: Scene) -> None:
    """The complainant is told that nothing more can be done; the letter follows."""
    cases.amend(scene.act(), scene.case, told_unsolvable_at=scene.event.at)


def resolve(scene: Scene) -> None:
    """The matter is solved."""
    cases.resolve(scene.act(), scene.case, outcome=scene.event.text)


def close(scene: Scene) -> None:
    """Close for the planned reason; what is still being written is given up first."""
    clear_letters(scene)
    act, case, reason, note = scene.act(), scene.case, scene.event.facts["reason"], scene.event.text
    if reason == "DEMAND_MET":
        cases.close(act, case)
    elif reason == "DOCS_INCOMPLETE":
        cases.lapse(act, case)
    elif reason == "COMPLAINANT_UNREACHABLE":
        cases.close_unreachable(act, case)
    elif reason == "UNRESOLVABLE_NO_RESPONSE":
        cases.close_unsolvable(act, case)
    elif reason == "HANDED_OVER":
        cases.hand_over(act, case, note=note)
    else:
        cases.close_otherwise(act, case, reason=reason, note=note)


def clear_letters(scene: Scene) -> None:
    """Give up what has not gone out: drafts are discarded, numbers voided."""
    query = select(Letter).where(Letter.parent_id == scene.trail.case_id)
    query = query.where(Letter.state.in_(("draft", "in_review", "approved", "issued")))
    for letter in scene.session.scalars(query).all():
        give_up(scene, letter)


def give_up(scene: Scene, letter: Letter) -> None:
    """End a letter that has not gone out, in the way its state asks for."""
    officer = scene.agency.people[scene.trail.planned.done.officer]
    if letter.state == "issued":
        correspondence.void(scene.act_as("REGISTRAR"), letter, reason="Kasus ditutup sebelum surat dikirim.")
        return
    if letter.state != "draft":
        correspondence.revise(scene.act(officer), letter)
    correspondence.discard(scene.act(officer), letter)


def reopen(scene: Scene) -> None:
    """Take it up again."""
    cases.reopen(scene.act(), scene.case, reason=scene.event.text)


STEPS = {
    "register": register,
    "alert": alert,
    "triage": triage,
    "assign": assign,
    "open_requirements": open_requirements,
    "complete": complete,
    "clarify": remark,
    "request_completion": remark,
    "request_explanation": remark,
    "remind": remark,
    "tell_unresolvable": tell_unresolvable,
    "note_contact": note_contact,
    "merge": merge,
    "resolve": resolve,
    "close": close,
    "reopen": reopen,
}
