"""Whatever is agreed, withdrawn, proposed and sent in whatever order: nobody is ever told anything without a ground."""

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from portal import jobs, journal
from portal.acts import Refused
from portal.clock import WIB
from portal.consents import coverage, verbs
from portal.consents.follow import TICK, schedule
from portal.consents.model import Consent
from portal.correspondence import disclosures
from portal.correspondence import verbs as letters
from portal.correspondence.disclosures import Disclosure
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.referrals import links
from portal.referrals import verbs as referrals
from portal.referrals.model import Referral
from tests.consents import giving
from tests.referrals import course

TO = ("obh", "bpjs", "polres")
KINDS = st.sampled_from(["LEGAL_AID", "INSURER_BPJS"])
HEADS = st.sampled_from(["maya", "rina"])
STEPS = {
    "draft": ("dewi", letters.submit),
    "in_review": ("rina", letters.approve),
    "approved": ("tono", letters.issue),
    "issued": ("tono", letters.dispatch),
}


class Grounds(RuleBasedStateMachine):
    """One case, three whom it may be told to, and everybody who decides about that."""

    world: Any

    @initialize()
    def begin(self) -> None:
        self.number = self.world.case()
        self.papers = [course.accepted_document(self.world, self.number, kind) for kind in ("CHRONOLOGY", "KTP_WORKER")]

    def today(self) -> date:
        return self.world.site.clock.now().astimezone(WIB).date()

    def pick(self, data: st.DataObject, model: type[Any], *states: str) -> Any:
        """The id of one of the case's items of that kind in one of those states; None if there is none."""
        with self.world.site.act() as act:
            case_id = giving.case_of(act, self.number).id
            query = select(model.id).where(model.parent_id == case_id, model.state.in_(states)).order_by(model.id)
            found = list(act.session.scalars(query))
        return data.draw(st.sampled_from(found)) if found else None

    @rule(kind=KINDS, is_narrow=st.booleans(), days=st.sampled_from([0, 0, 2, None]))
    def she_agrees(self, kind: str, is_narrow: bool, days: int | None) -> None:
        scope = {"data": ["NAME"], "documents": []} if is_narrow else {}
        until = None if days is None else self.today() + timedelta(days=days)
        giving.agreed(self.world, self.number, kind, valid_until=until, **scope)

    @rule(to=st.sampled_from(TO[:2]))
    def a_letter_comes_too_late(self, to: str) -> None:
        self.she_agrees({"obh": "LEGAL_AID", "bpjs": "INSURER_BPJS"}[to], is_narrow=False, days=0)
        self.days_pass(1)
        self.somebody_is_asked_at_once(to)

    @rule(data=st.data())
    def she_withdraws(self, data: st.DataObject) -> None:
        if consent_id := self.pick(data, Consent, "in_force", "proposed"):
            giving.withdrawn(self.world, consent_id)

    @rule(kind=KINDS, who=st.sampled_from(["dewi", "maya", "rina"]))
    def somebody_proposes(self, kind: str, who: str) -> None:
        giving.proposed(self.world, self.number, kind, by=who)

    @rule(data=st.data(), who=HEADS, agrees=st.sampled_from([True, True, False]))
    def somebody_decides(self, data: st.DataObject, who: str, agrees: bool) -> None:
        consent_id = self.pick(data, Consent, "proposed")
        if consent_id is None:
            return
        with self.world.site.sessions() as session:
            is_own = session.get_one(Consent, consent_id).created_by == self.world.accounts[who]
        try:
            verb, more = (verbs.confirm, {}) if agrees else (verbs.refuse, {"note": "Tidak perlu."})
            giving.do(self.world, who, verb, consent_id, **more)
        except Refused:
            assert is_own
        else:
            assert not is_own

    @rule(to=st.sampled_from(TO), with_paper=st.booleans())
    def somebody_is_to_be_asked(self, to: str, with_paper: bool) -> None:
        papers = self.papers[:1] if with_paper and to != "bpjs" else []
        course.drafted(self.world, self.number, to, again=True, enclosures=papers)

    @rule(data=st.data(), steps=st.integers(1, 4))
    def a_letter_goes_on(self, data: st.DataObject, steps: int) -> None:
        if letter_id := self.pick(data, Letter, *STEPS):
            self.go_on(letter_id, steps)

    @rule(to=st.sampled_from(TO))
    def somebody_is_asked_at_once(self, to: str) -> None:
        referral_id = course.drafted(self.world, self.number, to, again=True)
        with self.world.site.sessions() as session:
            letter_id = session.get_one(Referral, referral_id).letter_id
        self.go_on(letter_id, len(STEPS))

    def go_on(self, letter_id: int, steps: int) -> None:
        """So many steps, if nobody refuses."""
        for _step in range(steps):
            with self.world.site.act() as act:
                letter = act.session.get_one(Letter, letter_id)
                who, verb = STEPS.get(letter.state, ("", None))
                if letter.state == "issued":
                    course.lay_in(act, letter)
            if verb is None:
                return
            try:
                with self.world.act(who) as act:
                    verb(act, act.session.get_one(Letter, letter_id))
            except Refused:
                return

    @rule(data=st.data())
    def papers_are_given_later(self, data: st.DataObject) -> None:
        referral_id = self.pick(data, Referral, "sent", "received")
        if referral_id is None:
            return
        with self.world.act("tono") as act:
            referrals.need_info(act, course.referral_of(act, referral_id), info="KTP?")
        try:
            with self.world.act("dewi") as act:
                referral = course.referral_of(act, referral_id)
                referrals.supply(act, referral, note="Terlampir.", documents=self.papers[1:])
        except Refused:
            pass

    @rule(data=st.data())
    def a_link_is_made_anew(self, data: st.DataObject) -> None:
        if referral_id := self.pick(data, Referral, "sent", "received"):
            try:
                with self.world.act("dewi") as act:
                    referrals.renew_link(act, course.referral_of(act, referral_id))
            except Refused:
                pass

    @rule(days=st.integers(1, 3))
    def days_pass(self, days: int) -> None:
        self.world.site.clock.move(days=days)
        with self.world.site.act() as act:
            schedule(act)
        jobs.run_all(self.world.site, names={TICK})

    @invariant()
    def nobody_was_told_without_a_ground(self) -> None:
        if not hasattr(self, "number"):
            return
        with self.world.site.act() as act:
            case_id = giving.case_of(act, self.number).id
            for told in act.session.scalars(select(Disclosure).where(Disclosure.case_id == case_id)):
                organisation = act.session.get_one(Organisation, told.organisation_id)
                if coverage.needs_consent(act.session, organisation.stakeholder_type):
                    self.check(act, told, act.session.get_one(Consent, told.consent_id), organisation)
            for consent in coverage.consents_of(act.session, case_id):
                if consent.is_override and consent.state == "in_force":
                    assert consent.decided_by_id not in {None, consent.created_by}

    def check(self, act: Any, told: Disclosure, consent: Consent, organisation: Organisation) -> None:
        """That consent covered it at that moment."""
        assert coverage.reaches(consent, organisation)
        assert set(told.data) <= set(consent.data)
        assert {d["type"] for d in told.documents} <= set(consent.documents)
        began = consent.decided_at if consent.is_override else consent.created_at
        assert began is not None
        assert began <= told.at
        assert consent.withdrawn_at is None or told.at <= consent.withdrawn_at
        assert consent.valid_until is None or told.at.astimezone(WIB).date() <= consent.valid_until
        assert not consent.is_override or consent.decided_by_id not in {None, consent.created_by}

    @invariant()
    def what_has_lost_its_ground_is_closed(self) -> None:
        if not hasattr(self, "number"):
            return
        with self.world.site.act() as act:
            case_id = giving.case_of(act, self.number).id
            sent = select(Referral).where(Referral.parent_id == case_id, Referral.sent_at.is_not(None))
            for referral in act.session.scalars(sent):
                stands = disclosures.stands(act, referral.letter_id, referral.organisation_id)
                link = links.last(act.session, referral)
                assert stands or link is None or not links.is_live(link, act.at)
                assert stands or referral.next_action == "ground"
                assert not stands or referral.next_action != "ground"

    def teardown(self) -> None:
        with self.world.site.sessions() as session:
            assert list(journal.problems(session)) == []


def test_no_order_of_events_tells_anybody_anything_without_a_ground(world):
    Grounds.world = world
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    how = {"max_examples": 15, "stateful_step_count": 20, "deadline": None, "derandomize": True}
    run_state_machine_as_test(Grounds, settings=settings(suppress_health_check=checks, **how))
