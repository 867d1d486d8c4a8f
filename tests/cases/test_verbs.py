"""What is done with a case: registering, sorting, changing, and the PIN."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal import journal
from portal.acts import Refused
from portal.cases import pins, verbs
from portal.cases.model import Case
from portal.cases.views import SETTLED
from portal.content import catalog, versions
from portal.content.item import KINDS


def found(act, number):
    return act.session.scalar(select(Case).where(Case.name == number))


def test_numbers_run_on_and_begin_anew_with_the_year_in_jakarta(site, world):
    assert [world.case(), world.case()] == ["PMI-2026-000001", "PMI-2026-000002"]
    site.clock.at = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert world.case() == "PMI-2027-000001"


def test_an_emergency_is_due_at_once_and_another_case_in_three_days(site, world):
    now, emergency, other = site.clock.now(), world.case(is_emergency=True), world.case()
    with world.act("maya") as act:
        assert found(act, emergency).due_at == now
        assert (found(act, other).due_at - now).days == 3


def test_the_most_urgent_matter_decides_the_urgency(world):
    number = world.case(categories=["UNDERPAID_WAGES", "CONFINEMENT"])
    with world.act("maya") as act:
        case = found(act, number)
        assert (case.urgency, case.main_category) == (1, "UNDERPAID_WAGES")


def test_matters_keep_their_order_and_come_back_with_a_version(world):
    number = world.case()
    with world.act("dewi") as act:
        verbs.amend(act, found(act, number), categories=["ILLNESS", "UNPAID_WAGES", "ILLNESS"])
    with world.act("dewi") as act:
        case = found(act, number)
        assert case.matters == ["ILLNESS", "UNPAID_WAGES"]
        versions.revert(act, case, 1)
    with world.act("dewi") as act:
        assert found(act, number).matters == ["UNPAID_WAGES"]


def test_an_unknown_matter_or_column_is_refused(world):
    number = world.case()
    with pytest.raises(Refused), world.act("dewi") as act:
        verbs.amend(act, found(act, number), categories=["NO_SUCH"])
    with pytest.raises(TypeError), world.act("dewi") as act:
        verbs.amend(act, found(act, number), state="closed")
    with pytest.raises(TypeError):
        world.case(pin_hash="x")


def test_what_does_not_change_leaves_no_trace(site, world):
    number = world.case()
    with world.act("dewi") as act:
        assert verbs.amend(act, found(act, number), country_code="MY", categories=["UNPAID_WAGES"]) == []
    with site.sessions() as session:
        events = session.scalars(select(journal.Entry.event).where(journal.Entry.event == "case_amended"))
        assert list(events) == []


def test_a_case_is_found_by_its_number_its_people_and_its_words(site, world):
    number = world.case()
    for words in (number, "siti rahayu", "majikan kuala lumpur", "gaji"):
        with site.sessions() as session:
            rows, _more = catalog.search(session, world.who("budi"), site.clock.now(), words, kinds=["case"])
            assert [r.name for r in rows] == [number], words


def test_the_pin_fits_only_its_case_and_ends_with_a_new_one(world):
    with world.act("maya") as act:
        facts = {"office_id": world.office, "channel": "PHONE", "complainant_type": "PMI", "narrative": "–"}
        case, pin = verbs.receive(act, categories=[], **facts)
        other, _pin = verbs.receive(act, categories=[], **facts)
        assert pins.fits(case, pin)
        assert not pins.fits(other, pin)
        assert not pins.fits(None, pin)
        assert not pins.fits(case, "")
        again = pins.renew(act, case)
        assert pins.fits(case, again)
        assert not pins.fits(case, pin)
        case.pin_hash = ""
        assert not pins.fits(case, again)


def test_neither_pin_nor_its_hash_stands_in_journal_or_versions(site, world):
    with world.act("maya") as act:
        facts = {"office_id": world.office, "channel": "PHONE", "complainant_type": "PMI", "narrative": "–"}
        case, pin = verbs.receive(act, categories=[], **facts)
        secret = case.pin_hash
    with site.sessions() as session:
        kept = [str(e.data) for e in session.scalars(select(journal.Entry))]
        kept += [str(v.values) for v in session.scalars(select(versions.Version))]
    assert not [line for line in kept if pin in line or secret in line]


def test_the_states_in_which_parts_are_settled_exist():
    for kind, states in SETTLED.items():
        assert states <= {state.name for state in KINDS[kind].workflow.states}, kind
