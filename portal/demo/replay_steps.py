"""From the plan of a case to the steps of the portal: each planned event as the verbs that real people would use."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from portal.demo import stories
from portal.demo.casework import AT_THE_PHONE, BY_THEMSELVES
from portal.demo.cast import Cast
from portal.demo.chronicle import Event
from portal.demo.names import chance
from portal.demo.proportions import office_time
from portal.demo.replay_desks import desk_steps, newest_open, strays
from portal.demo.replay_scene import Trail
from portal.demo.world import PlannedCase, World

Step = tuple[Trail, Event]

DESK = {"initial": "REVIEWER", "return": "REVIEWER", "sign": "SIGNER", "send": "REGISTRAR"}
OWN_LETTERS = {
    "request_completion": "request_completion",
    "request_explanation": "notice_complainant",
    "tell_unresolvable": "notice_complainant",
    "remind": "reminder",
}
"""Verbs of the plan that write a letter beside the referrals → its type."""

WITHOUT_LETTERS = {"COMPLAINANT_UNREACHABLE", "WITHDRAWN", "INVALID", "NO_CLARITY", "REPORTED_PARTY_UNREACHABLE"}
"""Endings that a case can come to without one letter."""


def home_of(planned: PlannedCase) -> str:
    """The office that takes the complaint: the hotline and the web form are of the headquarters."""
    far = planned.facts.channel in AT_THE_PHONE | BY_THEMSELVES
    return "HQ" if far else planned.done.office


def steps(planned: PlannedCase, world: World, desks: Mapping[int, int]) -> list[Event]:
    """Everything that is done in one case, in order of time; `desks`: number of a case → its place on today's desks."""
    rng = chance(world.seed, "steps", planned.number)
    home, cast = home_of(planned), world.cast
    found: list[Event] = []
    for event in _with_completion(planned):
        own = _by_the_right_one(event, planned, home, cast)
        if event.verb == "draft_letter":
            own = replace(own, facts=_letter_facts(planned, event, home, cast))
        if event.verb == "send":
            found.append(_issue(found, own, rng))
        found.append(own)
        if event.verb in OWN_LETTERS:
            found += _own_letter(own, rng, len(found), planned.done.officer, cast.logins("REGISTRAR", home)[0])
        if event.verb == "send":
            found.append(replace(own, at=own.at + timedelta(minutes=25), verb="look_at_mail"))
    found += _numbered_at_last(found, rng, home, cast)
    found += strays(planned, world)
    if planned.number in desks:
        found += desk_steps(world, planned, home, desks[planned.number])
    return sorted((event for event in found if event.at <= world.until), key=lambda event: event.at)


def bulk_steps(planned: PlannedCase, world: World) -> list[Event]:
    """The same case as far as it gets without a letter, for a demo of very many."""
    home, cast = home_of(planned), world.cast
    found = []
    for event in planned.done.events:
        if event.referral is not None or event.verb in {"clarify", "resolve", "reopen", *OWN_LETTERS}:
            continue
        own = _by_the_right_one(event, planned, home, cast)
        if event.verb == "close" and event.facts["reason"] not in WITHOUT_LETTERS | {"DUPLICATE"}:
            words = stories.remark(chance(planned.number), "close", planned.facts.slots, "WITHDRAWN")
            own = replace(own, text=words, facts={"reason": "WITHDRAWN"})
        found.append(own)
    return found


def _with_completion(planned: PlannedCase) -> Iterable[Event]:
    """The plan's events; nothing lapses for want of documents that nobody has asked for in writing."""
    events = planned.done.events
    if planned.ending != "DOCS_INCOMPLETE" or any(event.verb == "request_completion" for event in events):
        return events
    opened = next((event for event in events if event.verb == "open_requirements"), None)
    if opened is None:
        return events
    asked = replace(opened, at=opened.at + timedelta(minutes=40), verb="request_completion")
    return sorted([*events, asked], key=lambda event: event.at)


def _by_the_right_one(event: Event, planned: PlannedCase, home: str, cast: Cast) -> Event:
    if event.verb in DESK:
        at_home = cast.logins(DESK[event.verb], home)
        return event if event.by in at_home else replace(event, by=at_home[0])
    if event.verb in {"register", "triage"} and home != "HQ":
        return replace(event, by=planned.done.officer)
    if event.verb == "close" and event.facts["reason"] != "DEMAND_MET":
        return replace(event, by=cast.logins("COORDINATOR")[0])
    return event


def _letter_facts(planned: PlannedCase, event: Event, home: str, cast: Cast) -> dict[str, str]:
    """Of a referral's letter: who is to sign it, and when it is to go out."""
    later = [e for e in planned.done.events if e.referral == event.referral and e.at >= event.at]
    signed = next((e for e in later if e.verb == "sign"), None)
    sent = next((e.at for e in later if e.verb == "send"), event.at + timedelta(days=7))
    signers = cast.logins("SIGNER", home)
    signer = signed.by if signed and signed.by in signers else signers[0]
    return event.facts | {"signer": signer, "out": sent.isoformat()}


def _issue(before: list[Event], sent: Event, rng: Random) -> Event:
    signed = next(e for e in reversed(before) if e.verb == "sign" and e.referral == sent.referral)
    at = max(signed.at + (sent.at - signed.at) / 2, sent.at - timedelta(minutes=rng.randint(20, 90)))
    return replace(sent, at=at.replace(microsecond=0), verb="issue")


def _numbered_at_last(found: list[Event], rng: Random, home: str, cast: Cast) -> list[Event]:
    """Of the letters signed but not sent yet, some have their number already."""
    sent = {event.referral for event in found if event.verb == "send"}
    return [
        replace(event, at=event.at + timedelta(minutes=50), verb="issue", by=cast.logins("REGISTRAR", home)[0], text="")
        for event in found
        if event.verb == "sign" and event.referral not in sent and rng.random() < 0.5
    ]


def _own_letter(event: Event, rng: Random, serial: int, officer: str, registrar: str) -> list[Event]:
    """Draft, submit, sign, number, send and prove: a letter to the complainant, or a reminder."""
    facts = event.facts | {"letter_name": f"{event.verb}-{serial}", "letter": OWN_LETTERS[event.verb]}
    if event.verb == "remind":
        facts["out"] = (event.at + timedelta(days=2)).isoformat()
    line = (
        ("own_draft", officer, 0.0),
        ("own_submit", officer, 0.3),
        ("own_sign", officer, rng.uniform(1, 4)),
        ("own_issue", registrar, 0.5),
        ("own_send", registrar, rng.uniform(0.6, 2)),
        ("own_proof", registrar, rng.uniform(20, 40)),
    )
    found, at = [], event.at
    for verb, by, hours in line:
        at = office_time(at + timedelta(hours=hours), rng).replace(microsecond=0) if hours else at
        found.append(replace(event, at=at, verb=verb, by=by, facts=facts))
    return found


def merged(world: World, start: int) -> Iterator[Step]:
    """The steps of all cases from that number on, by time; a case is thought out only when its complaint comes in."""
    desks = {case.number: place for place, case in enumerate(newest_open(world))}
    serials = count()
    lines: list[tuple[datetime, int, Trail, list[Event]]] = []

    def add(trail: Trail, events: list[Event]) -> None:
        if events:
            heapq.heappush(lines, (events[-1].at, next(serials), trail, events))

    def until(moment: datetime) -> Iterator[Step]:
        while lines and lines[0][0] < moment:
            _at, _serial, trail, events = heapq.heappop(lines)
            event = events.pop()
            add(trail, events)
            yield trail, event

    for number in range(start, world.count):
        planned = world.case(number)
        yield from until(planned.facts.at)
        add(Trail(planned, home_of(planned)), steps(planned, world, desks)[::-1])
    yield from until(world.until + timedelta(seconds=1))
