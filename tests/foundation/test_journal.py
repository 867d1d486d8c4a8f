from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from portal import journal
from portal.acts import SYSTEM, Identity, Site
from portal.journal import Entry, Head
from tests.foundation.conftest import at_once

CHAINS = count(1_000)
journal.declare(trial_noted="${by} mencatat", trial_changed="${by} mengubah", trial_begun="${by} memulai")
BUDI = Identity(7, "Budi Hartono")


@dataclass(frozen=True)
class Thing:
    id: int
    dossier_id: int | None


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | words, lambda inner: st.lists(inner, max_size=3)
)
lines = st.lists(
    st.tuples(
        st.sampled_from(["trial_noted", "trial_changed", "trial_begun"]),
        st.sampled_from([SYSTEM, BUDI]),
        st.dictionaries(st.sampled_from(["a", "b", "ç", "number"]), values, max_size=3),
    ),
    min_size=2,
    max_size=8,
)
many = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(site: Site, chain: int, told) -> None:
    for event, by, data in told:
        with site.act(by) as act:
            journal.record(act, event, Thing(chain + 1, chain), **data)


def found(site: Site, chain: int | None = None) -> list[str]:
    with site.sessions() as session:
        return list(journal.problems(session, chain))


@many
@given(told=st.lists(lines, min_size=1, max_size=3))
def test_the_chains_hold_after_any_sequence_of_events(site, told):
    for each in told:
        write(site, next(CHAINS), each)
    assert found(site) == []


def ways_to_tamper(number: int):
    """What one person with all rights on the database can do to one line, by name."""
    here = Entry.seq == number
    return {
        "another event": update(Entry).where(here).values(event="trial_ended"),
        "another time": update(Entry).where(here),
        "another person": update(Entry).where(here).values(by_name="Orang Lain"),
        "another account": update(Entry).where(here).values(by_id=99),
        "on behalf of somebody": update(Entry).where(here).values(on_behalf_id=99),
        "another item": update(Entry).where(here).values(item_id=99),
        "another origin": update(Entry).where(here).values(origin="import"),
        "other data": update(Entry).where(here).values(data={"a": "diubah"}),
        "another line before": update(Entry).where(here).values(previous="0" * 64),
        "another hash": update(Entry).where(here).values(hash="0" * 64),
        "gone": delete(Entry).where(here),
        "moved to another chain": update(Entry).where(here).values(dossier_id=999_999_999),
    }


@many
@given(told=lines, data=st.data())
def test_any_single_edit_or_deletion_of_a_line_is_found(site, told, data):
    chain = next(CHAINS)
    write(site, chain, told)
    number = data.draw(st.integers(1, len(told)))
    way = data.draw(st.sampled_from(sorted(ways_to_tamper(number))))
    statement = ways_to_tamper(number)[way]
    with site.sessions() as session:
        if way == "another time":
            moved = session.scalar(select(Entry.at).where(Entry.seq == number, Entry.dossier_id == chain))
            statement = update(Entry).where(Entry.seq == number).values(at=moved + timedelta(microseconds=1))
        assert session.execute(statement.where(Entry.dossier_id == chain)).rowcount == 1
        assert list(journal.problems(session)) != [], way
        session.rollback()
    assert found(site, chain) == []


@many
@given(told=lines, data=st.data())
def test_two_lines_that_change_places_are_found(site, told, data):
    chain = next(CHAINS)
    write(site, chain, told)
    one, other = data.draw(st.lists(st.integers(1, len(told)), min_size=2, max_size=2, unique=True))
    with site.sessions() as session:
        places = {one: 10_000, other: one, 10_000: other}
        for old, new in places.items():
            session.execute(update(Entry).where(Entry.dossier_id == chain, Entry.seq == old).values(seq=new))
        assert list(journal.problems(session, chain)) != []
        session.rollback()


@many
@given(told=lines, data=st.data())
def test_a_cut_tail_is_found(site, told, data):
    chain = next(CHAINS)
    write(site, chain, told)
    kept = data.draw(st.integers(0, len(told) - 1))
    with site.sessions() as session:
        session.execute(delete(Entry).where(Entry.dossier_id == chain, Entry.seq > kept))
        assert list(journal.problems(session, chain)) != []
        session.rollback()


def test_a_chain_that_lost_its_end_mark_is_found(site):
    write(site, 5, [("trial_noted", BUDI, {})])
    with site.act() as act:
        act.session.execute(delete(Head).where(Head.dossier_id == 5))
    assert found(site) == ["chain 5: the end is not where its head says"]


def test_a_forged_line_at_the_end_is_found(site):
    write(site, 5, [("trial_noted", BUDI, {})])
    with site.act() as act:
        last = act.session.scalar(select(Entry).where(Entry.dossier_id == 5))
        forged = {c.key: getattr(last, c.key) for c in Entry.__table__.columns if c.key != "id"}
        entry = Entry(**(forged | {"seq": 2, "previous": last.hash}))
        entry.hash = journal.fingerprint(entry)
        act.session.add(entry)
    assert found(site) == ["chain 5: the end is not where its head says"]


def test_eight_people_at_once_write_one_unbroken_chain(site):
    def work(number: int) -> None:
        for turn in range(10):
            with site.act(Identity(number, f"Petugas {number}")) as act:
                journal.record(act, "trial_noted", Thing(3, 2), turn=turn)

    at_once(8, work)
    assert found(site) == []
    with site.sessions() as session:
        told = session.execute(select(Entry.seq, Entry.by_id).where(Entry.dossier_id == 2).order_by(Entry.seq)).all()
    assert [line.seq for line in told] == list(range(1, 81))
    assert sorted(line.by_id for line in told) == sorted(list(range(8)) * 10)


def test_an_act_that_fails_leaves_no_line_and_no_gap(site):
    write(site, 2, [("trial_noted", BUDI, {})])
    with pytest.raises(ZeroDivisionError), site.act(BUDI) as act:  # noqa: PT012
        journal.record(act, "trial_noted", Thing(3, 2))
        raise ZeroDivisionError
    write(site, 2, [("trial_changed", BUDI, {})])
    assert found(site) == []
    with site.sessions() as session:
        assert session.scalar(select(func.count()).where(Entry.dossier_id == 2)) == 2


def test_a_follower_writes_in_the_same_transaction_and_falls_with_it(site):
    heard = []

    def follow(act, thing, entry):
        heard.append(entry.data["number"])
        journal.record(act, "trial_changed", thing, because=entry.event)
        if entry.data["number"] == 2:
            raise ZeroDivisionError

    journal.subscribe("trial_begun", follow)
    try:
        with site.act(BUDI) as act:
            journal.record(act, "trial_begun", Thing(3, 2), number=1)
        with pytest.raises(ZeroDivisionError), site.act(BUDI) as act:
            journal.record(act, "trial_begun", Thing(3, 2), number=2)
    finally:
        journal._subscribers["trial_begun"].remove(follow)
    with site.sessions() as session:
        events = session.scalars(select(Entry.event).where(Entry.dossier_id == 2).order_by(Entry.seq)).all()
    assert (heard, list(events)) == ([1, 2], ["trial_begun", "trial_changed"])


def test_an_event_without_a_sentence_is_never_written(site):
    with pytest.raises(LookupError, match="undeclared"), site.act(BUDI) as act:
        journal.record(act, "something_happened", Thing(3, 2))


def test_what_belongs_to_no_dossier_has_a_chain_of_its_own(site):
    with site.act(BUDI) as act:
        entry = journal.record(act, "trial_noted", None)
        assert (entry.dossier_id, entry.item_id) == (journal.SITE_CHAIN, None)
    assert found(site) == []
