"""Whatever anybody does in whatever order: the table decides, and the invariants hold."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from portal import jobs, journal
from portal.acts import Act, Refused
from portal.cases.workflow import CHECKS
from portal.content import sharing
from portal.content.workflow import reasons_against
from portal.correspondence import verbs as letters
from portal.correspondence.model import Incoming, Letter
from portal.referrals import verbs
from portal.referrals.chasemodel import ChaseStep
from portal.referrals.model import Referral
from portal.referrals.workflow import ADDRESSEE, ENDED, OPEN, PARTNER_ACTS, THEIRS, WORKFLOW
from tests.referrals import course

NEXT_LETTER_STEP = {
    "draft": ("dewi", letters.submit),
    "in_review": ("rina", letters.approve),
    "approved": ("tono", letters.issue),
    "issued": ("tono", letters.dispatch),
}
ENDS = {"issued": letters.void, "dispatched": letters.withdraw, "answered": letters.withdraw}
PEOPLE = ("dewi", "tono", "polres", "bpjs", "joko", "obh")
ANSWERS: dict[str, dict[str, Any]] = {
    "accept": {"officer": "Ipda Rahmat", "promised_on": date(2026, 3, 20)},
    "need_info": {"info": "Mohon salinan paspor."},
    "decline": {"code": "out_of_area"},
    "redirect": {"to": "Kantor Imigrasi Cirebon"},
    "progress": {"note": "Saksi diperiksa.", "promised_on": date(2026, 4, 1)},
    "provide": {"extent": "partial", "note": "Laporan dibuat.", "served_on": date(2026, 3, 2)},
    "send_late": {"note": "Menyusul."},
    "supply": {"note": "Paspor terlampir."},
    "confirm": {"confirmed_by": "Keluarga"},
    "dispute": {"note": "Belum diterima."},
    "close": {"outcome": "Selesai."},
    "recall": {"reason": "Persetujuan dicabut."},
    "extend": {"reason": "Saksi belum pulang."},
}
FOLLOWING = {"approve", "return_to_draft", "send"}
STEPS = sorted(set(verbs.TRANSITIONS) - FOLLOWING)


class Course(RuleBasedStateMachine):
    """One referral to the police, and everybody who may come across it."""

    world: Any

    @initialize(is_sent=st.booleans())
    def begin(self, is_sent: bool) -> None:
        self.number = self.world.case()
        self.id = (course.sent if is_sent else course.drafted)(self.world, self.number)
        self.answers = 0
        self.people = {name: self.world.who(name) for name in PEOPLE}

    def act(self, who: str) -> Any:
        return self.world.act(who)

    def roles(self, act: Act, who: str, referral: Referral) -> frozenset[str]:
        grants = sharing.grants_on(act.session, [referral.id, referral.parent_id])
        return sharing.local_roles(self.people[who], grants, act.at)

    @rule()
    def the_letter_goes_on(self) -> None:
        with self.world.site.act() as act:
            letter = act.session.get_one(Letter, act.session.get_one(Referral, self.id).letter_id)
            step, state = NEXT_LETTER_STEP.get(letter.state), letter.state
        if step is None:
            return
        if state == "issued":
            course.step(self.world, "tono", self.id, course.lay_in)
        try:
            if state == "in_review":
                course.step(self.world, "rudi", self.id, letters.initial)
            course.step(self.world, step[0], self.id, step[1])
        except Refused:
            assert self.state() in ENDED

    @rule()
    def the_letter_is_changed(self) -> None:
        with self.act("dewi") as act:
            letter = act.session.get_one(Letter, act.session.get_one(Referral, self.id).letter_id)
            if letter.state in {"in_review", "approved"}:
                letters.revise(act, letter)

    @rule(really=st.sampled_from([False] * 9 + [True]))
    @precondition(lambda self: self.state() in OPEN)
    def the_letter_ends(self, really: bool) -> None:
        if not really:  # seldom, or no referral would ever grow old
            return
        with self.act("rina") as act:
            letter = act.session.get_one(Letter, act.session.get_one(Referral, self.id).letter_id)
            if letter.state in ENDS:
                ENDS[letter.state](act, letter, reason="Salah alamat.")
                assert act.session.get_one(Referral, self.id).state == "recalled"

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(STEPS))
    def somebody_tries(self, who: str, name: str) -> None:
        transition = WORKFLOW.transition(name)
        before = self.state()
        try:
            with self.act(who) as act:
                referral = act.session.get_one(Referral, self.id, with_for_update=True)
                if not self.roles(act, who, referral) & transition.roles:
                    return
                possible = not reasons_against(act, referral, transition)
                verbs.TRANSITIONS[name](act, referral, **ANSWERS.get(name, {}))
        except Refused:
            assert self.state() == before
            assert not possible
            return
        assert possible
        self.answers += name in PARTNER_ACTS
        assert self.state() == (transition.target or before)

    @rule(data=st.data())
    def the_usual_is_done(self, data: st.DataObject) -> None:
        moves = [t.name for t in WORKFLOW.leaving(self.state()) if t.target and t.name not in FOLLOWING | {"recall"}]
        if moves:
            name = data.draw(st.sampled_from(moves))
            self.somebody_tries("polres" if name in PARTNER_ACTS else "dewi", name)

    def state(self) -> str:
        with self.world.site.sessions() as session:
            return session.scalar(select(Referral.state).where(Referral.id == self.id)) or ""

    @invariant()
    def all_holds(self) -> None:
        if not hasattr(self, "id"):
            return
        with self.world.site.act() as act:
            referral = act.session.get_one(Referral, self.id)
            for broken in self.broken(act, referral):
                raise AssertionError(broken)

    def broken(self, act: Act, referral: Referral) -> Iterable[str]:
        letter = act.session.get_one(Letter, referral.letter_id)
        if referral.sent_at and not (letter.number and letter.pdf_sha256 and letter.snapshot_hash):
            yield "2: sent without an issued letter"
        refusals = [r for guard in CHECKS["close"] for r in guard(act, course.case_of(act, self.number))]
        if not refusals and (referral.state not in ENDED or letter.state in {"approved", "issued"}):
            yield "3: the case could close over it"
        if referral.state in {"declined", "redirected"} and not (referral.next_action and referral.due_at):
            yield "5: a refusal without a next step"
        if referral.state in THEIRS and not referral.due_at:
            yield "nobody knows until when"
        sees = set(act.session.scalars(sharing.readable_ids(self.people["polres"], act.at)))
        if sees & self.family(act, referral) != ({referral.id} if referral.sent_at else set()):
            yield "8: the addressee reads something else"
        if self.roles(act, "polres", referral) != (frozenset({ADDRESSEE}) if referral.sent_at else frozenset()):
            yield "8: the addressee's role"
        for stranger in ("bpjs", "joko", "obh"):
            strange = set(act.session.scalars(sharing.readable_ids(self.people[stranger], act.at)))
            if strange & self.family(act, referral) or self.roles(act, stranger, referral):
                yield f"8: {stranger} reads it"
        if referral.state == "recalled" and ADDRESSEE in WORKFLOW.roles("content", referral.state):
            yield "4: a recalled referral still opens its letter"
        found = select(func.count()).where(Incoming.letter_id == referral.letter_id)
        if act.session.scalar(found) != self.answers:
            yield "an answer without an agenda number"

    def family(self, act: Act, referral: Referral) -> set[int]:
        from_case = select(Referral.dossier_id).where(Referral.id == referral.id).scalar_subquery()
        table = Referral.__table__.metadata.tables["item"]
        return set(act.session.scalars(select(table.c.id).where(table.c.dossier_id == from_case)))

    def teardown(self) -> None:
        with self.world.site.sessions() as session:
            assert list(journal.problems(session)) == []
            sequences = list(session.scalars(select(Incoming.sequence).order_by(Incoming.sequence)))
            assert sequences == list(range(1, len(sequences) + 1))


def test_no_order_of_acts_breaks_the_machine(world):
    Course.world = world
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    how = {"max_examples": 25, "stateful_step_count": 25, "deadline": None, "derandomize": True}
    run_state_machine_as_test(Course, settings=settings(suppress_health_check=checks, **how))


WAYS = {
    "sent": (),
    "received": ("acknowledge",),
    "info_wanted": ("need_info",),
    "accepted": ("accept",),
    "in_progress": ("accept", "progress"),
    "service_given": ("accept", "provide"),
    "confirmed": ("accept", "provide", "confirm"),
    "declined": ("decline",),
    "redirected": ("redirect",),
    "closed": ("decline", "close"),
}
EDGES = [
    (source, t.name)
    for t in WORKFLOW.transitions
    for source in t.sources
    if source in WAYS and t.name not in {"lapse", "set_claim_aside", "write_recall"}
]


def go(world, referral_id, name):
    with world.act("polres" if name in PARTNER_ACTS else "dewi") as act:
        verbs.TRANSITIONS[name](act, course.referral_of(act, referral_id), **ANSWERS.get(name, {}))
        return course.referral_of(act, referral_id).state


@pytest.mark.parametrize(("source", "name"), EDGES)
def test_every_line_of_the_table_leads_where_it_says(world, source, name):
    referral_id = course.sent(world, world.case())
    for step in WAYS[source]:
        go(world, referral_id, step)
    assert go(world, referral_id, name) == (WORKFLOW.transition(name).target or source)


def test_without_a_ladder_a_referral_lapses_only_after_a_reminder_in_vain(world):
    number = world.case()
    with world.act("maya") as act:
        act.session.execute(delete(ChaseStep))
    referral_id = course.sent(world, number)
    with pytest.raises(Refused) as refusal, world.act("dewi") as act:
        verbs.lapse(act, course.referral_of(act, referral_id))
    assert len(refusal.value.reasons) == 1
    world.site.clock.at += timedelta(days=20)
    with pytest.raises(Refused) as refusal, world.act("dewi") as act:
        verbs.lapse(act, course.referral_of(act, referral_id))
    assert "belum dikirim" in refusal.value.reasons[0].text("id")
    with world.act("dewi") as act:
        case = course.case_of(act, number)
        reminder = letters.draft(act, case, type_code="reminder", to=[world.organisations["polres"]])
        course.fill(act, reminder)
        reminder_id = reminder.id
    course.send_letter(world, reminder_id)
    jobs.run_all(world.site)
    with world.act("dewi") as act:
        referral = course.referral_of(act, referral_id)
        assert referral.next_action == "lapse"
        verbs.lapse(act, referral)
        assert referral.state == "lapsed"
