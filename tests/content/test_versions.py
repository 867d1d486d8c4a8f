from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal import journal
from portal.acts import Refused
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.content import catalog, comments, locks, versions
from portal.content.comments import INTERNAL, SHARED
from portal.content.item import Item


def the(act, number) -> Case:
    return act.session.scalar(select(Case).where(Case.name == number))


def test_each_change_is_kept_and_no_change_is_none(site, world, case):
    with world.act("dewi") as act:
        cases.amend(act, the(act, case), demand="Gaji lima bulan")
        cases.amend(act, the(act, case), demand="Gaji lima bulan")
        assert versions.keep(act, the(act, case)) is None
    with site.sessions() as session:
        found = versions.listing(session, session.scalar(select(Case)))
        assert [(v.number, v.by_name) for v in found] == [(2, "Dewi Anggraini"), (1, "Budi Hartono")]
        assert versions.difference(found[1].values, found[0].values) == [("demand", "", "Gaji lima bulan")]


def test_bringing_back_restores_every_value_as_it_was(site, world, case):
    with world.act("dewi") as act:
        found = the(act, case)
        told = act.at - timedelta(days=3)
        facts = {"departed_on": date(2024, 5, 1), "told_unsolvable_at": told, "is_procedural": True}
        cases.amend(act, found, categories=["CONFINEMENT", "UNPAID_WAGES"], external_numbers={"SIMPATI": "7"}, **facts)
        kept = versions.values_of(found)
        cases.amend(
            act, found, categories=["UNPAID_WAGES"], external_numbers={}, departed_on=None, told_unsolvable_at=None,
            is_procedural=None, narrative="Cerita lain.",
        )  # fmt: skip
    with world.act("dewi") as act:
        assert versions.revert(act, the(act, case), 2).number == 4
    with site.sessions() as session:
        found = session.scalar(select(Case))
        assert versions.values_of(found) == kept
        assert (found.departed_on, found.told_unsolvable_at, found.is_procedural) == (date(2024, 5, 1), told, True)
        assert list(journal.problems(session)) == []


def test_what_was_brought_back_is_found_by_its_words_again(site, world, case):
    with world.act("dewi") as act:
        cases.amend(act, the(act, case), narrative="Paspor disita di bandara.")
    with world.act("dewi") as act:
        versions.revert(act, the(act, case), 1)
    dewi = world.who("dewi")
    with site.sessions() as session:
        hits = [
            len(catalog.search(session, dewi, site.clock.now(), q, kinds=["case"])[0]) for q in ("bandara", "majikan")
        ]
    assert hits == [0, 1]


def test_a_version_that_is_not_there_is_not_brought_back(world, case):
    with pytest.raises(LookupError), world.act("dewi") as act:
        versions.revert(act, the(act, case), 7)


def test_comments_of_the_two_audiences_never_mix(site, world, case):
    with world.act("dewi") as act:
        found = the(act, case)
        inside = comments.add(act, found, "Hanya kita.", INTERNAL)
        outside = comments.add(act, found, "Untuk Polres.", SHARED)
        act.session.flush()
        assert comments.add(act, found, "Jawaban", SHARED, answers=inside).audience == INTERNAL
        assert comments.add(act, found, "Jawaban", INTERNAL, answers=outside).audience == SHARED
    with site.sessions() as session:
        texts = [c.text for c in comments.listing(session, session.scalar(select(Case)), {SHARED})]
        assert texts == ["Untuk Polres.", "Jawaban"]


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_an_empty_comment_is_refused(world, case, text):
    with pytest.raises(Refused), world.act("dewi") as act:
        comments.add(act, the(act, case), text, INTERNAL)


def test_a_comment_answers_one_on_the_same_item_only(world, case):
    other = world.case()
    with pytest.raises(LookupError), world.act("dewi") as act:  # noqa: PT012
        first = comments.add(act, the(act, case), "Di sini", INTERNAL)
        comments.add(act, the(act, other), "Di sana", INTERNAL, answers=first)


def test_settled_comments_are_counted_no_more(world, case):
    with world.act("dewi") as act:
        found = the(act, case)
        first = comments.add(act, found, "Periksa paspor", INTERNAL)
        comments.add(act, found, "Terkirim", SHARED)
        assert comments.open_count(act.session, found) == 1
        comments.settle(act, found, first)
        comments.settle(act, found, first)
        assert comments.open_count(act.session, found) == 0


def events(site):
    with site.sessions() as session:
        return [e.event for e in session.scalars(select(journal.Entry).order_by(journal.Entry.id))]


def test_a_lock_ends_by_itself_and_may_be_taken_over_with_a_line(site, world, case):
    with world.act("dewi") as act:
        assert locks.take(act, the(act, case)).by_name == "Dewi Anggraini"
    with world.act("agus") as act:
        assert locks.take(act, the(act, case)).by_name == "Dewi Anggraini"
        assert locks.take(act, the(act, case), steal=True).by_name == "Agus Salim"
    assert events(site).count("lock_taken_over") == 1
    with world.act("dewi") as act:
        locks.release(act, the(act, case))  # not hers any more
        assert locks.holder(act.session, the(act, case), act.at).by_name == "Agus Salim"
    site.clock.move(minutes=16)
    with world.act("dewi") as act:
        assert locks.holder(act.session, the(act, case), act.at) is None
        assert locks.take(act, the(act, case)).by_name == "Dewi Anggraini"
    assert events(site).count("lock_taken_over") == 1


def test_holding_longer_keeps_the_beginning(site, world, case):
    with world.act("dewi") as act:
        began = locks.take(act, the(act, case)).since
    site.clock.move(minutes=10)
    with world.act("dewi") as act:
        lock = locks.take(act, the(act, case))
        assert (lock.since, lock.until) == (began, act.at + locks.LASTS)
        locks.release(act, the(act, case))
    with site.sessions() as session:
        assert locks.holder(session, session.scalar(select(Item).where(Item.name == case)), site.clock.now()) is None
