"""The course of one demo case: triage, documents, clarification, referrals, and the end it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from portal.demo import proportions, requirement_course, stories
from portal.demo.cast import Cast
from portal.demo.chronicle import COMPLAINANT, OPEN_REFERRAL, STAGE_AFTER, Event, Line, last
from portal.demo.facts import Facts
from portal.demo.referral_course import OUTCOMES, Course, Desk, ReferralPlan, Running, has_letter
from portal.demo.requirement_course import RequirementPlan

STAGES = ("registered", "triaged", "verifying", "clarifying", "in_process", "resolved", "closed", "reopened")
BEFORE_REFERRALS = {
    "registered",
    "triaged",
    "verifying",
    "clarifying",
    "INVALID",
    "DOCS_INCOMPLETE",
    "NO_CLARITY",
    "DUPLICATE",
}
"""Endings that come before anything is referred."""

SOLVED = {"resolved", "DEMAND_MET", "reopened"}
STOPS = ("sent", "acknowledged", "accepted", "progress")
FORGOTTEN_SHARE = 0.25
BY_AGE = ((6, "sent"), (14, "acknowledged"), (28, "accepted"))
"""Days since a referral was begun → how far it has come meanwhile, where nobody is late."""

BY_THEMSELVES = {"WEB", "MOBILE_APP"}
AT_THE_PHONE = {"PHONE", "SMS", "WHATSAPP", "SOCIAL_MEDIA"}

ALSO = {
    "SEXUAL_ABUSE": "KOMNAS_PEREMPUAN",
    "EMPLOYER_VIOLENCE": "KOMNAS_PEREMPUAN",
    "UNDOCUMENTED": "CIVIL_REGISTRY",
    "OVERCHARGING": "BANK",
    "AGENCY_NEGLECT": "OVERSEAS_AGENCY",
    "UNPAID_WAGES": "HOST_OFFICE",
    "FAILED_DEPARTURE": "LABOUR_OFFICE_PROV",
    "DEPORTED": "NGO",
    "OTHER": "LEGAL_AID",
}
"""Who is asked now and then besides the typical stakeholders of a category."""

ELSE = ("LABOUR_OFFICE_DISTRICT", "LABOUR_OFFICE_PROV", "MOFA")
"""Who is asked when a category names nobody that a letter may go to; the last one serves every place."""

AT_SEA = ("TRANSPORT_MINISTRY", "FISHERIES_MINISTRY")


@dataclass(frozen=True)
class Worked:
    """What was done in a case until now, and how far that has brought it."""

    stage: str
    closure_reason: str
    office: str
    officer: str
    events: tuple[Event, ...]
    requirements: tuple[RequirementPlan, ...]
    referrals: tuple[ReferralPlan, ...]


def work(rng: Random, case: Facts, ending: str, cast: Cast, until: datetime, merged_into: int | None) -> Worked:
    """Write what was done in the case until it reached that ending, or as much of it as there was time for."""
    line = Line(rng, case.at, until, is_urgent=case.is_emergency)
    office, officer, desk = _desk(rng, case, cast)
    _receive(line, case, cast)
    requirements: tuple[RequirementPlan, ...] = ()
    running: list[Running] = []
    if ending != "registered":
        _triage(line, case, cast, office, officer)
    if ending not in {"registered", "triaged", "DUPLICATE"}:
        requirements = requirement_course.verify(line, case, ending, officer)
    if ending not in {"registered", "triaged", "verifying", "DOCS_INCOMPLETE", "INVALID", "DUPLICATE"}:
        line.wait(2, 40)
        line.do("complete", officer)
        _keep_in_touch(line, case, officer)
    if ending not in BEFORE_REFERRALS:
        line.wait(6, 90)
        line.do("clarify", officer, stories.remark(rng, "clarify", case.slots))
        place = (case.worker.home.province_code, case.placement.country, case.placement.city)
        course = Course(rng, cast, desk, case.slots, place, case.is_emergency)
        running = _refer(line, course, case, ending)
    _end(line, case, ending, officer, running, merged_into)
    events = sorted(
        [*line.events, *(event for one in running for event in one.line.events)], key=lambda event: event.at
    )
    stage = last(events, STAGE_AFTER, "registered")
    reason = next((event.facts["reason"] for event in reversed(events) if event.verb == "close"), "")
    referrals = tuple(one.finished() for one in running if one.line.events)
    kept = tuple(plan.as_done(events) for plan in requirements)
    return Worked(stage, reason if stage == "closed" else "", office, officer, tuple(events), kept, referrals)


def _desk(rng: Random, case: Facts, cast: Cast) -> tuple[str, str, Desk]:
    regional = cast.office_for(case.worker.home.province_code)
    office = regional if rng.random() < 0.4 and not case.is_emergency else "HQ"
    officer = rng.choice(cast.logins("CASE_OFFICER", office))
    signers = cast.logins("SIGNER", office)
    reviewer = rng.choice(cast.logins("REVIEWER", office))
    signer = signers[-1] if rng.random() < 0.15 else signers[0]
    return office, officer, Desk(officer, reviewer, signer, cast.logins("REGISTRAR", office)[0])


def _receive(line: Line, case: Facts, cast: Cast) -> None:
    if case.channel in BY_THEMSELVES:
        line.do("register", COMPLAINANT)
    else:
        by_shift = case.channel in AT_THE_PHONE or not proportions.is_open(case.at)
        line.do("register", line.rng.choice(cast.logins("OPERATOR" if by_shift else "FRONT_OFFICER")), case.words.note)
    if case.is_emergency:
        line.wait(0.5, 6)
        coordinator = cast.logins("COORDINATOR")[0]
        line.do("alert", coordinator, stories.remark(line.rng, "emergency", case.slots))


def _triage(line: Line, case: Facts, cast: Cast, office: str, officer: str) -> None:
    line.wait(1, 20)
    line.do("triage", line.rng.choice(cast.logins("FRONT_OFFICER")), stories.remark(line.rng, "triage", case.slots))
    line.wait(1, 16)
    line.do("assign", cast.logins("COORDINATOR")[0], to=officer, office=office)


def _keep_in_touch(line: Line, case: Facts, officer: str) -> None:
    if line.rng.random() < 0.6:
        line.do(
            "note_contact", officer, stories.remark(line.rng, "contact", case.slots), whom="complainant", reached="yes"
        )


def stakeholders(rng: Random, case: Facts) -> list[str]:
    """The types of partner that the case may be referred to, the most fitting first."""
    typical = proportions.categories()[case.category]["typical_stakeholders"].split(";")
    found = [kind for kind in typical if kind and kind != "BP3MI"]  # our own offices get a memo, no referral
    if case.placement.job == "ship":
        found = [rng.choice(AT_SEA), *found]
    if case.category in ALSO and rng.random() < 0.4:
        found.insert(1, ALSO[case.category])
    return found


def _refer(line: Line, course: Course, case: Facts, ending: str) -> list[Running]:
    rng = line.rng
    kinds = [kind for kind in stakeholders(rng, case) if has_letter(kind)]
    wanted = [partners[0] for kind in kinds if (partners := course.partners(kind, case.placement.agency))]
    found = wanted or [partners[0] for kind in ELSE if (partners := course.partners(kind, ""))][:1]
    first = found[: max(1, min(2, len(found)))]
    rest = [partner for partner in found[2:] if rng.random() < 0.3]
    running: list[Running] = []
    for partner in (*first, *rest)[: rng.choice([1, 2, 2, 3, 4])]:
        if partner.code in course.asked:
            continue
        outcome, stop = proportions.share(OUTCOMES, rng.random()), ""
        if not running and ending == "HANDED_OVER":
            outcome = "served"
        elif ending not in SOLVED and (not running or rng.random() < 0.4):
            stop = _stop(rng, ending, line.end - line.at)
            if stop == "ongoing" and outcome == "unanswered":
                outcome = "served"
        running += course.refer(line, len(running), partner, outcome, stop)
    return running


def _stop(rng: Random, ending: str, age: timedelta) -> str:
    """The last thing that has happened to a referral: what still runs after weeks is mostly told of now and then."""
    waits_too_long = rng.random() < FORGOTTEN_SHARE
    if ending != "in_process" or waits_too_long:
        return rng.choice(STOPS)
    return next((stop for days, stop in BY_AGE if age < timedelta(days=days)), "ongoing")


def _end(line: Line, case: Facts, ending: str, officer: str, running: list[Running], merged_into: int | None) -> None:
    rng, slots = line.rng, case.slots
    line.is_urgent = False
    line.at = max([line.at, *(one.line.at for one in running)])
    if ending in SOLVED:
        line.wait(8, 120)
        line.do("resolve", officer, stories.remark(rng, "resolve", slots))
        if ending != "resolved":
            _keep_in_touch(line, case, officer)
            line.wait_days(1, 12)
            _close(line, "DEMAND_MET", officer, case, running)
        if ending == "reopened":
            line.wait_days(10, 50)
            line.do("reopen", officer, stories.remark(rng, "reopen", slots))
        return
    if ending in STAGES:
        return
    if ending == "DUPLICATE":
        line.wait(2, 60)
        line.do("merge", officer, into=str(merged_into))
    elif ending == "NO_CLARITY":
        line.do("request_explanation", officer, stories.remark(rng, "request_explanation", slots))
        line.wait_days(24, 40)  # 15 working days and the longest run of holidays
    elif ending == "UNRESOLVABLE_NO_RESPONSE":
        line.wait_days(3, 20)
        line.do("tell_unresolvable", officer, stories.remark(rng, "told_unresolvable", slots))
        line.wait_days(186, 200)
    elif ending == "COMPLAINANT_UNREACHABLE":
        _seek(line, case, officer, "complainant", 62)
    elif ending == "REPORTED_PARTY_UNREACHABLE":
        _seek(line, case, officer, "respondent", 124)
    elif ending == "DOCS_INCOMPLETE":
        line.at = max(line.at, case.at + timedelta(days=30))
        line.wait_days(1, 8)
    else:
        line.wait_days(1, 10)
    _close(line, ending, officer, case, running)


def _seek(line: Line, case: Facts, officer: str, whom: str, days: int) -> None:
    start = line.at
    for before, after in pairwise((0, 10, 30, days - 2)):
        line.at = start + timedelta(days=before)
        line.wait_days(1, after - before)
        line.do("note_contact", officer, stories.remark(line.rng, "attempt", case.slots), whom=whom, reached="no")
    line.at = start + timedelta(days=days)
    line.wait_days(0, 4)


def _close(line: Line, reason: str, officer: str, case: Facts, running: list[Running]) -> None:
    recalled = stories.remark(line.rng, "recall", case.slots)
    for one in running:
        if one.state in OPEN_REFERRAL and line.at <= line.end:
            one.line.events.append(Event(line.at, "recall", officer, recalled, one.line.referral))
    line.at += timedelta(minutes=line.rng.randint(1, 9))
    line.do("close", officer, stories.remark(line.rng, "close", case.slots, reason), reason=reason)
