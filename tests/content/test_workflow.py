from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest

from portal.acts import Reason, Refused
from portal.content.item import KINDS
from portal.content.workflow import WORKFLOWS, State, Transition, Workflow, advance, reasons_against, require

NOBODY: frozenset[str] = frozenset()


def workflow(*transitions: Transition, states=(State("open", "Terbuka"), State("closed", "Tertutup", final=True))):
    return Workflow("trial", "open", {}, tuple(states), transitions)


def step(name="close", sources=("open",), target="closed", **more) -> Transition:
    return Transition(name, "Tutup", sources, target, NOBODY, **more)


def test_a_sound_workflow_passes():
    workflow(step()).check({"close"})


@pytest.mark.parametrize(
    ("made", "verbs", "fault"),
    [
        (workflow(step(target="lost")), {"close"}, "unknown state lost"),
        (workflow(step(), step("x", sources=("elsewhere",))), {"close", "x"}, "unknown state elsewhere"),
        (workflow(step(), step("x", target=None, targets=("nowhere",))), {"close", "x"}, "unknown state nowhere"),
        (workflow(), set(), "state closed can't be reached"),
        (workflow(step(), states=(State("open", "T"), State("closed", "C"))), {"close"}, "state closed is a dead end"),
        (workflow(step(target=None)), {"close"}, "state open is a dead end"),
        (workflow(step()), set(), "transition close has no verb"),
        (workflow(step()), {"close", "burn"}, "verb burn has no transition"),
    ],
)
def test_each_kind_of_fault_stops_the_start_and_is_named(made, verbs, fault):
    with pytest.raises(ValueError, match=fault):
        made.check(verbs)


def test_all_faults_are_told_at_once():
    with pytest.raises(ValueError, match=r"unknown state lost.*closed can't be reached.*no verb"):
        workflow(step(target="lost")).check(set())


def test_a_state_that_a_verb_may_choose_counts_as_reachable():
    workflow(step(target=None, targets=("closed",))).check({"close"})


def test_a_state_has_the_rights_of_the_workflow_unless_it_says_otherwise():
    closed = State("closed", "Tertutup", permissions={"edit": frozenset({"ADMIN"})}, final=True)
    made = Workflow("trial", "open", {"edit": frozenset({"OPERATOR"})}, (State("open", "T"), closed), (step(),))
    assert made.roles("edit", "open") == {"OPERATOR"}
    assert made.roles("edit", "closed") == {"ADMIN"}
    assert made.roles("burn", "open") == NOBODY


@pytest.fixture
def thing(monkeypatch):
    """A thing whose closing has three guards; two of them have objections."""

    def objects(*texts):
        return lambda _act, _item: [Reason(text) for text in texts]

    guards = (objects("a", "b"), objects(), objects("c"))
    monkeypatch.setitem(
        WORKFLOWS, "trial", workflow(step(guards=guards), step("burn", target=None, targets=("closed",)))
    )
    return SimpleNamespace(kind="trial", state="open", modified_at=None)


ACT = SimpleNamespace(at=datetime(2026, 3, 2, 3, 0))  # noqa: DTZ001 - only carried through


def test_a_refusal_carries_every_reason_of_every_guard(thing):
    with pytest.raises(Refused) as refusal:
        require(ACT, thing, "close")
    assert [reason.message for reason in refusal.value.reasons] == ["a", "b", "c"]


def test_in_the_wrong_state_the_state_is_the_reason_and_no_guard_is_asked(thing):
    thing.state = "closed"
    (reason,) = reasons_against(ACT, thing, WORKFLOWS["trial"].transition("close"))
    assert "“Tutup” tidak dapat dilakukan ketika statusnya “Tertutup”" in reason.text("id")


def test_a_refused_thing_stays_as_it_was(thing):
    with pytest.raises(Refused):
        advance(ACT, thing, "close")
    assert (thing.state, thing.modified_at) == ("open", None)


def test_a_verb_chooses_among_the_named_targets_only(thing):
    with pytest.raises(ValueError, match="does not lead to open"):
        advance(ACT, thing, "burn", target="open")
    assert advance(ACT, thing, "burn", target="closed") == "open"
    assert (thing.state, thing.modified_at) == ("closed", ACT.at)


def test_an_unknown_transition_is_a_fault_of_the_program(thing):
    with pytest.raises(LookupError):
        advance(ACT, thing, "fly")


def test_every_workflow_of_the_portal_is_sound(site):
    for kind in KINDS.values():
        kind.workflow.check(set(kind.verbs))
        for name, form in kind.forms.items():
            assert kind.workflow.transition(name), f"{form} of {kind.name} belongs to no transition"
    assert {"case", "letter", "referral", "document", "requirement", "incoming"} <= set(KINDS)
