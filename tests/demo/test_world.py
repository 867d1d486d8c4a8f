from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest

from portal.demo.casework import STAGES
from portal.demo.chronicle import OPEN_REFERRAL, OTHER_VERBS, REFERRAL_AFTER, STAGE_AFTER
from portal.demo.proportions import is_open
from portal.demo.world import World, plan
from portal.vocabulary import rows

UNTIL = datetime(2026, 3, 16, 4, tzinfo=UTC)


def codes(file: str, column: str = "code") -> set[str]:
    return {row[column] for row in rows(file)}


@pytest.fixture(scope="module", params=[7, 2026])
def world(request) -> World:
    return plan(request.param, 300, UNTIL)


@pytest.fixture(scope="module")
def cases(world):
    return list(world.cases())


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    first, again, other = plan(1, 40, UNTIL), plan(1, 40, UNTIL), plan(2, 40, UNTIL)
    assert first.cast == again.cast
    assert list(first.cases()) == list(again.cases())
    assert list(first.cases()) != list(other.cases())


def test_a_case_is_the_same_alone_as_in_its_row(world, cases):
    assert world.case(123) == cases[123]


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        plan(1, 10, UNTIL.replace(tzinfo=None))


def test_every_category_stage_and_closing_reason_is_met_in_300_cases(cases):
    assert {case.facts.category for case in cases} == codes("case_categories")
    assert {case.stage for case in cases} == set(STAGES)
    assert {case.done.closure_reason for case in cases} - {""} == codes("closure_reasons")


def test_the_newest_case_waits_and_most_old_ones_are_closed(cases):
    assert cases[-1].stage == "registered"
    old = [case for case in cases if UNTIL - case.facts.at > timedelta(days=365)]
    assert sum(case.stage == "closed" for case in old) > 0.75 * len(old)


def test_cases_are_registered_in_order_within_two_years(cases):
    times = [case.facts.at for case in cases]
    assert times == sorted(times)
    assert UNTIL - timedelta(days=731) < times[0] <= times[-1] <= UNTIL


def test_proportions_follow_the_published_statistics():
    cases = list(plan(5, 2000, UNTIL).cases())
    share = {
        key: count / len(cases)
        for key, count in Counter(
            value for case in cases for value in (case.facts.category, case.facts.placement.country, case.facts.channel)
        ).items()
    }
    assert share["WANT_REPATRIATION"] == pytest.approx(0.19, abs=0.03)
    assert share["UNPAID_WAGES"] == pytest.approx(0.11, abs=0.03)
    assert share["MY"] == pytest.approx(994 / 2949, abs=0.03)
    assert share["SA"] == pytest.approx(702 / 2949, abs=0.03)
    assert share["TW"] == pytest.approx(417 / 2949, abs=0.03)
    assert share["LETTER"] == pytest.approx(1030 / 2949, abs=0.05)
    assert share["WALK_IN"] == pytest.approx(931 / 2949, abs=0.05)
    assert share["PHONE"] == pytest.approx(562 / 2949, abs=0.05)


def test_nobody_comes_to_the_counter_at_night(cases):
    walked_in = [case.facts.at for case in cases if case.facts.channel == "WALK_IN"]
    assert walked_in
    assert all(is_open(at) for at in walked_in)


def test_no_two_persons_have_the_same_nik_or_phone():
    people = {}
    for case in islice(plan(3, 100_000, UNTIL).cases(), 3000):
        people[case.facts.worker.number] = case.facts.worker
        if case.facts.complainant:
            people[case.facts.complainant.number] = case.facts.complainant
    assert len({person.nik for person in people.values()}) == len(people)
    assert len({person.phone for person in people.values()}) == len(people)


def test_every_code_belongs_to_the_reference_data(cases):
    for case in cases:
        facts = case.facts
        assert facts.channel in codes("channels")
        assert facts.complainant_type in codes("complainant_types")
        assert facts.relationship in codes("relationships")
        assert facts.urgency in codes("urgency")
        assert set(facts.others) <= codes("case_categories") - {facts.category}
        assert {one.document for one in case.done.requirements} <= codes("document_types")
        assert {one.reason for one in case.done.referrals} - {""} <= codes("decline_reasons")
        for event in case.done.events:
            reason = {"reject_document": "requirement_reject_reasons", "waive_document": "waive_reasons"}.get(
                event.verb
            )
            assert reason is None or event.facts["reason"] in codes(reason)


def test_every_stakeholder_type_has_a_partner_and_every_role_a_person(world):
    cast = world.cast
    outside = codes("stakeholders", "type") - {"COMPLAINANT", "BP3MI"}  # BP3MI are our own offices
    assert {partner.type for partner in cast.partners} == outside
    assert all(1 <= len(partner.people) <= 3 for partner in cast.partners)
    people = [*cast.staff, *(person for partner in cast.partners for person in partner.people)]
    assert {role for person in people for role in person.roles} == codes("roles")
    assert len({person.login for person in people}) == len(people)
    assert [office.code for office in cast.offices] == ["HQ", "BP3MI-JABAR", "BP3MI-JATIM", "BP3MI-NTB"]


def test_events_are_in_order_by_known_people_with_known_verbs(world, cases):
    cast = world.cast
    people = {person.login for person in (*cast.staff, *(p for partner in cast.partners for p in partner.people))}
    verbs = {*STAGE_AFTER, *REFERRAL_AFTER, *OTHER_VERBS}
    for case in cases:
        events = case.done.events
        assert events[0].verb == "register"
        assert events[0].at == case.facts.at
        assert all(earlier.at <= later.at for earlier, later in pairwise(events))
        assert events[-1].at <= UNTIL
        assert {event.verb for event in events} <= verbs
        assert {event.by for event in events} <= people | {"complainant"}


def test_a_letter_is_reviewed_signed_and_sent_before_it_is_answered(cases):
    order = ["draft_letter", "submit", "initial", "sign", "send", "acknowledge", "accept", "provide", "confirm"]
    served = 0
    for case in cases:
        for referral in case.done.referrals:
            own = [event.verb for event in case.done.events if event.referral == referral.number]
            firsts = [own.index(verb) for verb in order if verb in own]
            assert firsts == sorted(firsts)
            served += referral.state == "confirmed"
            assert (referral.due is None) == ("send" not in own)
    assert served > 100


def test_a_closed_case_leaves_no_referral_open(cases):
    for case in cases:
        if case.stage == "closed":
            assert not [referral.state for referral in case.done.referrals if referral.state in OPEN_REFERRAL]


def test_a_verified_case_has_every_mandatory_document_or_a_waiver(cases):
    for case in cases:
        if any(event.verb == "complete" for event in case.done.events):
            needed = {one.outcome for one in case.done.requirements if one.is_mandatory}
            assert needed <= {"accepted", "waived"}


@pytest.mark.parametrize(
    ("reason", "since", "days"),
    [
        ("DOCS_INCOMPLETE", "register", 30),
        ("NO_CLARITY", "request_explanation", 21),
        ("UNRESOLVABLE_NO_RESPONSE", "tell_unresolvable", 182),
        ("COMPLAINANT_UNREACHABLE", "complete", 60),
        ("REPORTED_PARTY_UNREACHABLE", "complete", 120),
    ],
)
def test_no_case_is_closed_before_its_time(cases, reason, since, days):
    found = [case.done.events for case in cases if case.done.closure_reason == reason]
    assert found
    for events in found:
        at = {event.verb: event.at for event in events}
        assert at["close"] - at[since] >= timedelta(days=days)


def test_answers_come_late_are_refused_and_are_sent_on(cases):
    referrals = [referral for case in cases for referral in case.done.referrals]
    assert {"confirmed", "declined", "redirected", "lapsed", "recalled", "sent", "accepted"} <= {
        r.state for r in referrals
    }
    late = sum(referral.is_overdue for referral in referrals)
    assert 0.1 * len(referrals) < late < 0.5 * len(referrals)
    assert any(referral.parent is not None for referral in referrals)
    for case in cases:
        partners = [referral.partner for referral in case.done.referrals]
        assert len(set(partners)) == len(partners)


def test_a_duplicate_is_about_the_same_worker_as_the_case_it_joins(world, cases):
    merged = [case for case in cases if case.done.closure_reason == "DUPLICATE"]
    assert merged
    for case in merged:
        earlier = world.case(case.merged_into)
        assert earlier.number < case.number
        assert earlier.facts.worker == case.facts.worker
        assert earlier.facts.complainant != case.facts.complainant


def test_emergencies_are_told_to_the_coordinator_within_the_hour(cases):
    emergencies = [case for case in cases if case.facts.is_emergency]
    assert emergencies
    for case in emergencies:
        alert = next((event for event in case.done.events if event.verb == "alert"), None)
        assert alert is None or alert.at - case.facts.at < timedelta(hours=1)
        assert alert or UNTIL - case.facts.at < timedelta(hours=1)
