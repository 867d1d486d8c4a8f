"""Invariants 5 and 7: whatever happens in whatever order, the list is what facts and events say, and nothing is stuck."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal import journal
from portal.acts import Refused
from portal.cases import verbs as cases
from portal.content.workflow import reasons_against
from portal.documents import verbs as documents
from portal.documents.model import Document
from portal.requirements import follow, gaps, replay, rules, verbs
from portal.requirements.workflow import SATISFIED, WORKFLOW

TYPES = ("CHRONOLOGY", "WORK_CONTRACT", "PASSPORT", "PAYSLIP", "DEATH_CERT", "POWER_OF_ATTORNEY")
MATTERS = (["UNPAID_WAGES"], ["DEATH_ABROAD"], ["UNPAID_WAGES", "DEATH_ABROAD"], ["LOST_CONTACT"])
HOSTILE = b"<html><script>alert(1)</script>"
VERBS = {
    "request": {},
    "check": {},
    "accept": {},
    "accept anyway": {"override": "Sudah dicocokkan"},
    "reject": {"reason": "illegible"},
    "ask_again": {},
    "waive": {"reason": "lost"},
    "end_waiver": {},
    "insist": {"why": "Perlu"},
    "relent": {},
}
_numbers = count()

steps = st.one_of(
    st.tuples(st.just("bring"), st.sampled_from(TYPES), st.sampled_from(["good", "hostile", "dated"])),
    st.tuples(st.just("act"), st.sampled_from(TYPES), st.sampled_from(sorted(VERBS))),
    st.tuples(st.just("waive a day"), st.sampled_from(TYPES), st.none()),
    st.tuples(st.just("substitute"), st.sampled_from(TYPES), st.integers(0, 5)),
    st.tuples(st.just("document"), st.sampled_from(["accept", "reject", "withdraw"]), st.integers(0, 5)),
    st.tuples(st.just("facts"), st.sampled_from(MATTERS), st.sampled_from(["FAMILY", "LAWYER"])),
    st.tuples(st.just("day"), st.none(), st.none()),
)


def take(desk, step) -> None:
    kind, what, how = step
    if kind == "day":
        desk.world.site.clock.move(days=1)
        follow.tick(desk.world.site, {})
        return
    if kind == "facts":
        with desk.act() as (act, case):
            cases.amend(act, case, categories=what, complainant_type=how)
    elif kind == "bring":
        bring(desk, what, how)
    elif kind == "document":
        on_document(desk, what, how)
    else:
        on_requirement(desk, kind, what, how)


def bring(desk, document_type: str, how: str) -> None:
    with desk.act() as (act, case):
        content = HOSTILE if how == "hostile" else f"Catatan {next(_numbers)}".encode()
        told = {"expires_on": act.at.date() + timedelta(days=1)} if how == "dated" else {}
        documents.add(
            act, case, document_type=document_type, content=content, filename="a.txt", provider="staff", **told
        )


def on_document(desk, verb: str, place: int) -> None:
    with desk.act() as (act, case):
        found = act.session.scalars(select(Document).where(Document.parent_id == case.id).order_by(Document.id)).all()
        if place < len(found):
            told = {"accept": {}}.get(verb, {"reason": "illegible"})
            documents.TRANSITIONS[verb](act, found[place], **told)


def on_requirement(desk, kind: str, document_type: str, how) -> None:
    with desk.act() as (act, case):
        requirement = next((r for r in gaps.requirements(act.session, case) if r.document_type == document_type), None)
        if requirement is None:
            return
        if kind == "waive a day":
            verbs.waive(act, requirement, reason="emergency", until=act.at.date())
        elif kind == "substitute":
            found = act.session.scalars(select(Document.id).where(Document.parent_id == case.id)).all()
            if how < len(found):
                verbs.substitute(act, requirement, document_id=found[how])
        else:
            verbs.TRANSITIONS[how.split()[0]](act, requirement, **VERBS[how])


def assert_holds(desk) -> None:
    with desk.act() as (act, case):
        assert list(replay.problems(act.session)) == []
        wanted = rules.wanted(act.session, case)
        found = {r.document_type: r for r in gaps.requirements(act.session, case)}
        assert set(wanted) <= set(found)
        missing = {g.id for g in gaps.gaps(act.session, case)}
        for document_type, requirement in found.items():
            applies = document_type in wanted or requirement.insisted
            assert (requirement.state == "not_applicable") is not applies
            assert (requirement.id in missing) is (requirement.state not in SATISFIED)
            if requirement.state == "accepted":
                assert act.session.get_one(Document, requirement.document_id).state == "accepted"
            if requirement.state == "substituted":
                assert act.session.get_one(Document, requirement.substitute_id).state == "accepted"
            if requirement.state in {"rejected", "expired", "withdrawn"}:
                assert requirement.due_at is not None
                assert reasons_against(act, requirement, WORKFLOW.transition("ask_again")) == []
        rejected = select(Document).where(Document.parent_id == case.id, Document.state == "rejected")
        assert all(document.reject_reason for document in act.session.scalars(rejected))
        before = {r.id: (r.state, r.version) for r in found.values()}
        assert {r.id: (r.state, r.version) for r in verbs.open_for(act, case)} == before


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(course=st.lists(steps, min_size=4, max_size=14))
def test_the_list_is_a_function_of_facts_and_events(course, desk_of):
    desk = desk_of()
    for step in course:
        with contextlib.suppress(Refused):
            take(desk, step)
        assert_holds(desk)
    with desk.world.site.sessions() as session:
        assert list(journal.problems(session)) == []
