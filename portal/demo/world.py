"""The demo's world: `plan(seed, cases, until)` gives the agency, its partners and, one by one, their cases.

Nothing is stored: each case is made from its number and the seed alone, so a hundred thousand take no more memory
than one. Times carry a zone; events of a case are in order; a later case is never registered earlier. What would lie
after `until` has not happened. The verbs of the events stand in `chronicle`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.demo import cast, complaints, proportions
from portal.demo.casework import Worked, work
from portal.demo.cast import Cast
from portal.demo.facts import Facts
from portal.demo.names import chance


@dataclass(frozen=True)
class PlannedCase:
    """One case: what was known at the start, what it was to come to, and what was done until now."""

    facts: Facts
    ending: str
    """A stage it has stayed in, or the reason it was to be closed for."""
    done: Worked
    merged_into: int | None
    """Number of the earlier case that a duplicate was merged into."""

    @property
    def number(self) -> int:
        """Its place among all cases, from 0."""
        return self.facts.number

    @property
    def stage(self) -> str:
        """How far it has come: one of casework.STAGES."""
        return self.done.stage


@dataclass(frozen=True)
class World:
    """An agency and its cases; the same for the same three values."""

    seed: int
    count: int
    until: datetime
    cast: Cast

    def cases(self) -> Iterator[PlannedCase]:
        """All cases in the order of their registration."""
        return map(self.case, range(self.count))

    def case(self, number: int) -> PlannedCase:
        """The case with that number."""
        ending = self._ending(number)
        earlier = self._earlier(number) if ending == "DUPLICATE" else None
        same_as = self._facts(earlier) if earlier is not None else None
        facts = self._facts(number, same_as)
        rng = chance(self.seed, "work", number)
        if ending == "DUPLICATE" and earlier is None:
            ending = "WITHDRAWN"
        return PlannedCase(facts, ending, work(rng, facts, ending, self.cast, self.until, earlier), earlier)

    def _facts(self, number: int, same_as: Facts | None = None) -> Facts:
        return complaints.facts(self.seed, number, self.count, self.until, self.cast, same_as)

    def _ending(self, number: int) -> str:
        age = self.until - complaints.moment(self.seed, number, self.count, self.until)
        return proportions.ending(number, self.count, age, proportions.spread(number, "ending", self.seed))

    def _earlier(self, number: int) -> int | None:
        """A case of the weeks before that is no duplicate itself."""
        within = max(1, self.count * 30 // 730)
        return next(
            (n for n in range(number - 1, max(-1, number - within), -1) if self._ending(n) != "DUPLICATE"), None
        )


def plan(seed: int, cases: int, until: datetime) -> World:
    """The world of that seed, with so many cases in the two years before `until` (which needs a zone)."""
    if until.tzinfo is None:
        raise ValueError("until needs a zone")
    return World(seed, cases, until.replace(microsecond=0), cast.assemble(seed))
