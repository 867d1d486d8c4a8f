"""No letter is ever issued without every paraf its rules demand: over its bytes, by none of its authors, in their days."""

import contextlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from portal.accounts import delegations
from portal.accounts import verbs as accounts
from portal.accounts.delegations import ABSENCES, Delegation
from portal.accounts.model import Account, Membership
from portal.acts import Refused
from portal.clock import WIB
from portal.correspondence import letters
from portal.correspondence.approval_rules import LISTS, ApprovalRule
from portal.correspondence.model import Approval, Letter
from tests.conftest import NOW

PEOPLE = ["agus", "dewi", "maya", "rina", "rudi", "tono"]
GIVERS = ["maya", "rina", "rudi"]


def standing(session, letter):
    """The decisions after the last submission, read anew from their rows and not by the code under test."""
    rows = session.scalars(select(Approval).where(Approval.letter_id == letter.id).order_by(Approval.id)).all()
    start = max(number for number, row in enumerate(rows) if row.decision == "submitted")
    assert not {row.decision for row in rows[start:]} & {"returned", "voided_by_change"}
    return rows[start:]


def held_that_day(session, row):
    """Whether the delegation under which somebody acted gave that power on that day."""
    held = session.get_one(Delegation, row.delegation_id)
    day = row.at.astimezone(WIB).date()
    in_time = held.from_day <= day <= held.until_day and (held.ended_at is None or held.ended_at >= row.at)
    return in_time and held.deputy_id == row.by_id and (row.step is None or held.kind in ABSENCES)


def machine_of(office):
    case = office.case()
    with office.world.act("admin") as act:
        maya = act.session.get_one(Account, office.world.accounts["maya"])
        accounts.join(act, maya, office.world.office, {"COORDINATOR", "REVIEWER"})
        for rule_ in act.session.scalars(select(ApprovalRule)):
            act.session.delete(rule_)
        limits = {name: [] for name in LISTS}
        act.session.add(ApprovalRule(stage=1, kind="hierarchy", office_title="Koordinator Crisis Center", **limits))
        act.session.add(ApprovalRule(stage=2, kind="hierarchy", office_title="Kepala Subdirektorat", **limits))

    class Machine(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            office.site.clock.at = NOW  # or the days to answer by would soon have passed
            self.letters = [office.draft(case)]
            office.do("agus", "submit", self.letters[0])

        def attempt(self, who, step, letter, **answers):
            with contextlib.suppress(Refused):
                office.do(who, step, letter, **answers)

        @precondition(lambda self: len(self.letters) < 3)
        @rule()
        def draft(self):
            self.letters.append(office.draft(case))

        @rule(who=st.sampled_from(PEOPLE), data=st.data())
        def decide(self, who, data):
            letter = data.draw(st.sampled_from(self.letters))
            step = data.draw(st.sampled_from(["submit", "initial", "approve", "issue", "revise", "amend", "give_back"]))
            more = {"amend": {"fields": {"requests": [data.draw(st.sampled_from("abc"))]}}, "give_back": {"note": "x"}}
            self.attempt(who, step, letter, **more.get(step, {}))

        @rule(data=st.data(), order=st.permutations(PEOPLE))
        def go_on(self, data, order):
            """All the usual steps, each by the first of those present who can do it: letters do arrive somewhere."""
            letter = data.draw(st.sampled_from(self.letters))
            with office.site.act() as act:
                away = {held.giver_id for held in act.session.scalars(delegations.running(act.at))}
            for step in ("submit", "initial", "initial", "approve", "issue"):
                for who in order:
                    if office.world.accounts[who] not in away:
                        self.attempt(who, step, letter)

        @rule(deputy=st.sampled_from(["dewi", "maya", "rudi", "tono"]), kind=st.sampled_from(["an", "plh", "plt"]))
        def the_head_goes_away_today(self, deputy, kind):
            self.go_away("rina", deputy, kind, 0, 2)

        @rule(
            giver=st.sampled_from(GIVERS),
            deputy=st.sampled_from(PEOPLE),
            kind=st.sampled_from(sorted(delegations.KINDS)),
            starts=st.integers(0, 2),
            days=st.integers(1, 3),
        )
        def somebody_goes_away(self, giver, deputy, kind, starts, days):
            self.go_away(giver, deputy, kind, starts, days)

        def go_away(self, giver, deputy, kind, starts, days):
            first = delegations.today(office.site.clock.now()) + timedelta(days=starts)
            known = {"unit_id": office.world.office, "kind": kind, "basis": "SPRIN-1", "from_day": first}
            known |= {"giver_id": office.world.accounts[giver], "deputy_id": office.world.accounts[deputy]}
            with contextlib.suppress(Refused), office.world.act(giver) as act:
                delegations.delegate(act, until_day=first + timedelta(days=days - 1), **known)

        @rule()
        def a_day_passes(self):
            office.site.clock.move(days=1)

        @rule()
        def somebody_comes_back(self):
            with office.world.act("admin") as act:
                held = act.session.scalars(delegations.running(act.at)).first()
                if held is not None:
                    delegations.end(act, held)

        def teardown(self):
            with office.world.act("admin") as act:
                for held in act.session.scalars(select(Delegation).where(Delegation.ended_at.is_(None))):
                    delegations.end(act, held)

        @invariant()
        def what_is_issued_has_every_paraf(self):
            with office.site.sessions() as session:
                for letter in session.scalars(select(Letter).where(Letter.number.is_not(None))):
                    rows, writers = standing(session, letter), {letter.created_by}
                    writers.add(rows[0].by_id)
                    parafs = [row for row in rows if row.decision == "initialled"]
                    assert sorted(row.step for row in parafs) == [0, 1]
                    assert [row.step for row in sorted(parafs, key=lambda row: row.id)] == [0, 1]
                    assert len({row.for_id or row.by_id for row in parafs}) == 2
                    [approval] = [row for row in rows if row.decision == "approved"]
                    for row in (*parafs, approval):
                        assert not {row.by_id, row.for_id} & writers
                        assert row.delegation_id is None or held_that_day(session, row)
                    assert {row.content_hash for row in parafs} == {letter.snapshot["content_hash"]}
                    assert approval.content_hash == letters.approved_hash(letter)
                    assert (approval.for_id or approval.by_id) == letter.signer_id
                    hand = session.get_one(Account, approval.by_id)
                    assert letter.snapshot["page"]["signer"]["name"] == hand.name
                    assert bool(letter.snapshot["page"]["signer"]["prefix_lines"]) == bool(approval.delegation_id)
                    if approval.delegation_id:
                        held = session.get_one(Delegation, approval.delegation_id)
                        assert held.from_day <= letter.dated <= held.until_day

        @invariant()
        def who_initials_holds_the_office_that_the_step_names(self):
            with office.site.sessions() as session:
                for row in session.scalars(select(Approval).where(Approval.decision == "initialled")):
                    letter = session.get_one(Letter, row.letter_id)
                    power = row.for_id or row.by_id
                    held = session.get_one(Membership, (power, office.world.office))
                    assert "REVIEWER" in held.roles
                    assert letter.chain[row.step]["office_title"] == session.get_one(Account, power).office_title

    return Machine


@pytest.mark.slow
def test_no_letter_is_issued_without_every_paraf_that_its_rules_demand(office):
    run_state_machine_as_test(
        machine_of(office),
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
    with office.site.sessions() as session:
        issued = session.scalars(select(Letter).where(Letter.number.is_not(None))).all()
        assert {bool(letter.acting) for letter in issued} == {True, False}, "the run has reached no deputy's letter"
