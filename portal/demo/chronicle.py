"""The dated events of one demo case, written forward in time as its people would have done them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from portal.demo.proportions import office_time

COMPLAINANT = "complainant"

STAGE_AFTER = {
    "register": "registered",
    "triage": "triaged",
    "open_requirements": "verifying",
    "complete": "clarifying",
    "draft_letter": "in_process",
    "resolve": "resolved",
    "close": "closed",
    "reopen": "reopened",
}
"""Verbs that move the case, and the stage they lead to."""

REFERRAL_AFTER = {
    "draft_letter": "drafted",
    "sign": "approved",
    "send": "sent",
    "acknowledge": "received",
    "need_info": "info_wanted",
    "supply": "received",
    "accept": "accepted",
    "progress": "in_progress",
    "provide": "service_given",
    "confirm": "confirmed",
    "decline": "declined",
    "redirect": "redirected",
    "lapse": "lapsed",
    "recall": "recalled",
}
"""Verbs that move a referral, and the state they lead to."""

OPEN_REFERRAL = {"drafted", "approved", "sent", "received", "info_wanted", "accepted", "in_progress", "service_given"}

OTHER_VERBS = {
    "alert": "an emergency was told to the coordinator and to somebody abroad",
    "clarify": "what the parties say; handling begins with the first letter",
    "assign": "the case was given to an officer; facts: to, office",
    "receive_document": "facts: document",
    "accept_document": "facts: document",
    "reject_document": "facts: document, reason (requirement_reject_reasons.csv)",
    "waive_document": "facts: document, reason (waive_reasons.csv)",
    "request_completion": "a letter asked the complainant for the missing documents",
    "request_explanation": "the complainant was asked for more data",
    "tell_unresolvable": "the complainant was told that nothing more can be done",
    "note_contact": "facts: whom (complainant or respondent), reached (yes or no)",
    "submit": "a letter went to the reviewer",
    "return": "the reviewer gave it back",
    "initial": "the reviewer put the initials",
    "remind": "a reminder was sent for an overdue answer",
    "merge": "facts: into (number of the earlier case)",
}
"""All further verbs. `close` has facts: reason (closure_reasons.csv); `decline`: reason (decline_reasons.csv);
`redirect`: to (code of a partner); `provide`: extent (full or partial); `draft_letter`: stakeholder, partner, letter; `register` and `triage`: none."""


@dataclass(frozen=True)
class Event:
    """Who did what when. `referral`: its number in the case, for all that is done to a letter or its answer."""

    at: datetime
    verb: str
    by: str
    """A sign-in name or COMPLAINANT."""
    text: str = ""
    referral: int | None = None
    facts: dict[str, str] = field(default_factory=dict)


class Line:
    """A run of events one after the other. What lies after the end of all time is not written."""

    def __init__(self, rng: Random, at: datetime, end: datetime, *, is_urgent: bool = False) -> None:
        """Begin at that moment. Urgent lines don't wait for office hours, and run ten times as fast."""
        self.rng, self.at, self.end, self.is_urgent = rng, at, end, is_urgent
        self.events: list[Event] = []
        self.referral: int | None = None

    def wait(self, low: float, high: float) -> None:
        """Let between so many hours pass, then on to the next office hour."""
        self.at += timedelta(hours=self.rng.uniform(low, high) / (10 if self.is_urgent else 1))
        if not self.is_urgent:
            self.at = office_time(self.at, self.rng)
        self.at = self.at.replace(microsecond=0)

    def wait_days(self, low: float, high: float) -> None:
        """Let between so many days pass, urgent or not."""
        self.at = office_time(self.at + timedelta(days=self.rng.uniform(low, high)), self.rng).replace(microsecond=0)

    def do(self, verb: str, by: str, text: str = "", **facts: str) -> None:
        """Write down one event at this moment."""
        if self.at <= self.end:
            self.events.append(Event(self.at, verb, by, text, self.referral, facts))

    def branch(self, referral: int) -> Line:
        """A line that runs beside this one, about one referral."""
        line = Line(self.rng, self.at, self.end, is_urgent=self.is_urgent)
        line.referral = referral
        return line


def last(events: Iterable[Event], after: dict[str, str], start: str) -> str:
    """Where the last of the events that move something has led."""
    state = start
    for event in events:
        state = after.get(event.verb, state)
    return state
