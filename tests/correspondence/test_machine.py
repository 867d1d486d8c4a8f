"""Invariants 1, 2 and 5 of the machines hold after any sequence of acts."""

import contextlib

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from portal import jobs, journal
from portal.acts import Refused
from portal.correspondence import completeness, dispatching, letters
from portal.correspondence.model import Delivery, Letter

WHO = st.sampled_from(["agus", "dewi", "rina", "rudi", "tono"])
STEPS = {
    "submit": {},
    "discard": {},
    "initial": {},
    "give_back": {"note": "perbaiki"},
    "revise": {},
    "approve": {},
    "issue": {},
    "void": {"reason": "salah"},
    "dispatch": {},
    "answer": {},
    "close": {},
    "withdraw": {"reason": "keliru"},
}
NUMBERED = {"issued", "dispatched", "answered", "closed", "withdrawn"}


def machine_of(office):
    case = office.case()

    class Machine(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.letters = []

        @rule()
        def draft(self):
            self.letters.append(office.draft(case))

        @precondition(lambda self: self.letters)
        @rule(step=st.sampled_from(sorted(STEPS)), who=WHO, data=st.data())
        def step(self, step, who, data):
            self.attempt(who, step, data.draw(st.sampled_from(self.letters)), **STEPS[step])

        @precondition(lambda self: self.letters)
        @rule(data=st.data())
        def go_on(self, data):
            """The usual next step, so that letters do arrive somewhere."""
            letter = data.draw(st.sampled_from(self.letters))
            state = office.letter(letter).state
            usual = {"draft": ("agus", "submit"), "in_review": ("rina", "approve"), "approved": ("tono", "issue")}
            if state == "in_review":
                self.attempt("rudi", "initial", letter)
            if state in usual | {"issued": 0}:
                who, step = usual.get(state, ("dewi", "dispatch"))
                self.attempt(who, step, letter)

        @precondition(lambda self: self.letters)
        @rule(data=st.data(), text=st.text(alphabet="abc ", max_size=5))
        def amend(self, data, text):
            self.attempt("agus", "amend", data.draw(st.sampled_from(self.letters)), fields={"requests": [f"x{text}"]})

        @rule()
        def work(self):
            jobs.run_all(office.site)

        def attempt(self, who, step, letter, **answers):
            with contextlib.suppress(Refused):
                office.do(who, step, letter, **answers)

        @invariant()
        def numbers_are_whole(self):
            with office.site.sessions() as session:
                for letter in session.scalars(select(Letter)):
                    assert (letter.number is not None) == (letter.snapshot is not None)
                    assert letter.number is not None or letter.state not in NUMBERED
                    assert letter.snapshot is None or letters.sha256(letter.snapshot) == letter.snapshot_hash
                books = completeness.books(session, [office.world.office])
                assert all(not b.missing and b.last == b.lines for b in books)
                dated = session.execute(
                    select(Letter.series, Letter.sequence, Letter.issued_at).where(Letter.number.is_not(None))
                ).all()
                in_order = sorted(dated)
                assert [row[2] for row in in_order] == [
                    row[2] for row in sorted(dated, key=lambda row: (row[0], row[2]))
                ]

        @invariant()
        def only_the_issued_file_went_out(self):
            with office.site.sessions() as session:
                rows = session.execute(
                    select(Delivery.sha256, Letter.pdf_sha256, Letter.state).join(
                        Letter, Letter.id == Delivery.letter_id
                    )
                )
                assert all(sent == issued and sent and state in NUMBERED for sent, issued, state in rows)

        @invariant()
        def approval_is_of_this_content(self):
            with office.site.sessions() as session:
                for letter in session.scalars(select(Letter).where(Letter.state.in_(["approved", *NUMBERED]))):
                    approval = letters.last_decision(letter, "approved")
                    assert approval is not None
                    assert approval.by_id != letter.created_by
                    assert approval.content_hash == letters.content_hash(letter)

        @invariant()
        def every_failed_delivery_is_on_the_list_of_those_to_be_mended(self):
            with office.site.sessions() as session:
                bad = set(session.scalars(select(Delivery.id).where(Delivery.state.in_(dispatching.FAILED))))
                ids = session.scalars(select(Letter.id)).all()
                assert bad == {delivery.id for delivery, _l, _r in dispatching.failures(session, Letter.id.in_(ids))}

        def teardown(self):
            with office.site.sessions() as session:
                assert not list(journal.problems(session))

    return Machine


@pytest.mark.slow
def test_no_sequence_of_acts_breaks_the_invariants(office):
    run_state_machine_as_test(
        machine_of(office),
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
