"""The machine of a case: every path that chance finds, and the closing rules of Perban 6/2024 with the clock moved."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal import journal
from portal.acts import Refused
from portal.cases import verbs, workflow
from portal.cases.model import Case
from portal.clock import WIB

OPEN = {"registered", "triaged", "verifying", "clarifying", "in_process", "resolved", "reopened"}
WAYS = {
    "triage": ({"registered"}, "triaged"),
    "open_requirements": ({"triaged", "reopened"}, "verifying"),
    "complete": ({"verifying"}, "clarifying"),
    "begin": ({"clarifying", "triaged", "reopened"}, "in_process"),
    "resolve": ({"in_process"}, "resolved"),
    "close": ({"resolved"}, "closed"),
    "lapse": ({"verifying"}, "closed"),
    "close_unreachable": (OPEN, "closed"),
    "hand_over": (OPEN, "closed"),
    "close_unsolvable": (OPEN, "closed"),
    "close_otherwise": (OPEN, "closed"),
    "reopen": ({"closed"}, "reopened"),
}
"""The table of state-machines.md, written down a second time."""
ASKED = {
    "resolve": {"outcome": "Gaji dibayar."},
    "hand_over": {"note": "Diterima KBRI."},
    "close_otherwise": {"reason": "WITHDRAWN", "note": "Dicabut pengadu."},
    "reopen": {"reason": "Gaji belum dibayar."},
}
REASONS = {
    "close": "DEMAND_MET",
    "lapse": "DOCS_INCOMPLETE",
    "close_unreachable": "COMPLAINANT_UNREACHABLE",
    "hand_over": "HANDED_OVER",
    "close_unsolvable": "UNRESOLVABLE_NO_RESPONSE",
    "close_otherwise": "WITHDRAWN",
}


@pytest.fixture
def alone(monkeypatch):
    """The machine without what the features above add to it."""
    monkeypatch.setattr(workflow, "CHECKS", defaultdict(list))


def end_of(day):
    return datetime.combine(day, time(23, 59, 59), WIB)


def months_after(instant, months):
    day = instant.astimezone(WIB).date()
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = next(d for d in (day.day, 30, 29, 28) if _exists(year, month + 1, min(day.day, d)))
    return end_of(day.replace(year=year, month=month + 1, day=min(day.day, last)))


def _exists(year, month, day):
    try:
        datetime(year, month, day, tzinfo=WIB)
    except ValueError:
        return False
    return True


class Course(RuleBasedStateMachine):
    """What may happen to one case, beside a model that knows the rules from the regulation, not from our code."""

    def __init__(self, world):
        super().__init__()
        self.world, self.clock = world, world.site.clock
        self.number = world.case(by="maya", is_emergency=False)
        self.state, self.told, self.tried = "registered", None, set()
        self.received = self.spoken = self.clock.now()

    def case(self, act):
        return act.session.scalar(select(Case).where(Case.name == self.number))

    def may(self, name):
        now = self.clock.now()
        if self.state not in WAYS[name][0]:
            return False
        if name == "lapse":
            return now >= end_of(self.received.astimezone(WIB).date() + timedelta(days=30))
        if name == "close_unreachable":
            late = now >= end_of(self.spoken.astimezone(WIB).date() + timedelta(days=60))
            return late and len(self.tried) >= 2
        if name == "close_unsolvable":
            return self.told is not None and now >= months_after(self.told, 6)
        return True

    def refusal(self, name):
        try:
            with self.world.act("maya") as act:
                verbs.TRANSITIONS[name](act, self.case(act), **ASKED.get(name, {}))
        except Refused as refusal:
            return [reason.text("id") for reason in refusal.reasons] or ["no reason given"]
        return []

    @rule(name=st.sampled_from(sorted(WAYS)))
    def step(self, name):
        possible = self.may(name)
        reasons = self.refusal(name)
        assert (reasons == []) == possible, f"{name} in {self.state}: {reasons or 'allowed'}"
        if not possible:
            return
        self.state = WAYS[name][1]
        with self.world.act("maya") as act:
            case = self.case(act)
            assert case.closure_reason == REASONS.get(name, "")
            assert (case.closed_at is not None) == (self.state == "closed")
            assert case.is_monitored == (name == "hand_over" and self.state == "closed")

    @rule(days=st.integers(1, 70))
    def wait(self, days):
        self.clock.move(days=days)

    @rule(channel=st.sampled_from(["PHONE", "WHATSAPP", "LETTER"]), reached=st.booleans())
    def contact(self, channel, reached):
        self.clock.move(minutes=1)
        with self.world.act("maya") as act:
            verbs.note_contact(act, self.case(act), channel=channel, was_reached=reached, note="–")
        if reached:
            self.spoken, self.tried = self.clock.now(), set()
        else:
            self.tried.add(channel)

    @rule()
    def tell_unsolvable(self):
        with self.world.act("maya") as act:
            verbs.amend(act, self.case(act), told_unsolvable_at=self.clock.now())
        self.told = self.clock.now()

    @invariant()
    def the_case_stands_where_the_model_stands(self):
        with self.world.act("maya") as act:
            assert self.case(act).state == self.state

    def teardown(self):
        with self.world.site.sessions() as session:
            assert list(journal.problems(session)) == []


@pytest.mark.slow
def test_a_case_moves_as_the_regulation_says_whatever_is_tried(world, alone):
    chance = settings(
        max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(lambda: Course(world), settings=chance)


def course(world, number, *steps):
    for name in steps:
        with world.act("maya") as act:
            case = act.session.scalar(select(Case).where(Case.name == number))
            verbs.TRANSITIONS[name](act, case, **ASKED.get(name, {}))


def refused(world, number, name):
    with pytest.raises(Refused) as refusal:
        course(world, number, name)
    return " ".join(reason.text("id") for reason in refusal.value.reasons)


def test_the_whole_way_from_the_ring_to_the_end_and_back(world, alone):
    number = world.case()
    course(world, number, "triage", "open_requirements", "complete", "begin", "resolve", "close", "reopen", "begin")


@pytest.mark.parametrize(("days", "is_over"), [(29, False), (30, False), (31, True)])
def test_a_case_without_its_documents_lapses_when_the_thirtieth_day_is_over(site, world, alone, days, is_over):
    number = world.case()
    course(world, number, "triage", "open_requirements")
    site.clock.move(days=days)
    if is_over:
        course(world, number, "lapse")
    else:
        assert "30 hari" in refused(world, number, "lapse")


def test_unreachable_means_sixty_days_in_a_row_and_attempts_on_two_channels(site, world, alone):
    number = world.case()

    def try_by(channel, reached=False):
        with world.act("maya") as act:
            case = act.session.scalar(select(Case).where(Case.name == number))
            verbs.note_contact(act, case, channel=channel, was_reached=reached, note="–")

    try_by("PHONE")
    try_by("WHATSAPP")
    site.clock.move(days=40)
    try_by("PHONE", reached=True)
    site.clock.move(days=61)
    assert refused(world, number, "close_unreachable") == "Upaya menghubungi harus tercatat lewat sedikitnya dua kanal."
    try_by("PHONE")
    try_by("PHONE")
    assert "dua kanal" in refused(world, number, "close_unreachable")
    try_by("LETTER")
    course(world, number, "close_unreachable")


def test_unsolvable_means_told_and_six_months_of_silence(site, world, alone):
    number = world.case()
    assert "diberi tahu" in refused(world, number, "close_unsolvable")
    with world.act("maya") as act:
        case = act.session.scalar(select(Case).where(Case.name == number))
        verbs.amend(act, case, told_unsolvable_at=act.at)
    site.clock.move(days=180)
    assert "enam bulan" in refused(world, number, "close_unsolvable")
    site.clock.move(days=6)
    course(world, number, "close_unsolvable")


def test_an_emergency_is_not_sorted_before_what_was_done_is_written_down(world, alone):
    number = world.case(is_emergency=True)
    assert "tindakan segera" in refused(world, number, "triage")
    with world.act("maya") as act:
        case = act.session.scalar(select(Case).where(Case.name == number))
        verbs.triage(act, case, emergency_action="Polisi setempat dihubungi.")
        assert (case.state, case.urgency) == ("triaged", 1)


def test_all_reasons_are_given_at_once(world, alone):
    number = world.case(is_emergency=True, categories=[])
    words = refused(world, number, "triage")
    assert "Jenis masalah" in words
    assert "tindakan segera" in words
