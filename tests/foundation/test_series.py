from __future__ import annotations

import random

import pytest

from portal import series
from tests.foundation.conftest import at_once


class ChangedMyMind(Exception):
    pass


def test_eight_people_of_whom_some_give_up_leave_no_gap_and_no_double(site):
    def work(number: int) -> list[tuple[str, int]]:
        chance, kept = random.Random(number), []
        for _turn in range(25):
            key = chance.choice(["letter/7/2026/R", "letter/7/2026/B"])
            try:
                with site.act() as act:
                    taken = series.take(act.session, key)
                    if chance.random() < 0.4:
                        raise ChangedMyMind
            except ChangedMyMind:
                continue
            kept.append((key, taken))
        return kept

    given = [pair for kept in at_once(8, work) for pair in kept]
    for key in ("letter/7/2026/R", "letter/7/2026/B"):
        numbers = sorted(number for name, number in given if name == key)
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers


def test_every_series_counts_by_itself_from_one(site):
    with site.act() as act:
        taken = [series.take(act.session, key) for key in ("a", "b", "a", "a", "b")]
    assert taken == [1, 1, 2, 3, 2]


def test_a_number_given_back_goes_to_the_next_one(site):
    with pytest.raises(ChangedMyMind), site.act() as act:  # noqa: PT012
        assert series.take(act.session, "a") == 1
        raise ChangedMyMind
    with site.act() as act:
        assert series.take(act.session, "a") == 1
