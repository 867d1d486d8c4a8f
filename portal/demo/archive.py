"""The archive of a very large demo: closed cases, each a copy of one that was worked on by the portal's verbs.

The verbs of a whole case take a tenth of a second: too long for a hundred thousand. A copy has a number and persons of
its own, is some weeks younger, and its journal is chained anew. Its documents show the files of the case it copies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, islice
from random import Random
from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from portal import journal
from portal.acts import SYSTEM, Act, Site
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.content import catalog
from portal.db import Base
from portal.demo import names
from portal.demo.complaints import PERSONS_PER_CASE
from portal.demo.replay_cases import columns_of
from portal.demo.samples import Change, Link, Sample, read, root_of, told_of
from portal.demo.world import World
from portal.people import verbs as people
from portal.people.model import Person

LATEST_WEEKS = 4
"""A copy is at most so much younger than its sample: what the complaint says of days still fits."""

PER_TURN = 250
"""Copies in one transaction."""

Planned = tuple[datetime, Sample]


def fill(site: Site, world: World, copies: int, tell: Callable[[int, int, str], None]) -> None:
    """Copy the closed cases of a world that was built, in turn, until there are so many more."""
    chance, first_person = names.chance(world.seed, "archive"), world.count * PERSONS_PER_CASE
    with site.sessions(bind=site.readers) as session:
        long_closed = Case.closed_at < world.until - timedelta(weeks=LATEST_WEEKS)
        closed = session.scalars(select(Case).where(long_closed).order_by(Case.id))
        samples = [sample for case in closed if (sample := read(session, case)) is not None]
        shelf = Shelf(site, session, chance, first_person)
    if not samples:
        raise ValueError("no closed case to copy")
    planned = _planned(samples, copies, chance)
    for done in range(0, copies, PER_TURN):
        tell(world.count + done, world.count + copies, "the archive of closed cases")
        with site.sessions() as session, session.begin():
            shelf.put(session, islice(planned, PER_TURN))
    with site.sessions() as session, session.begin():
        shelf.leave(session)


def _planned(samples: Sequence[Sample], copies: int, rng: Random) -> Iterator[Planned]:
    """When each complaint comes in, in order of time, and of which case it is a copy."""
    found = []
    for number in range(copies):
        later = timedelta(weeks=rng.randrange(LATEST_WEEKS), minutes=rng.randrange(60))
        found.append((samples[number % len(samples)].received_at + later, number))
    return ((at, samples[number % len(samples)]) for at, number in sorted(found))


class Shelf:
    """Where copies are put: it gives them numbers, ids and persons, and writes the rows of many, table by table."""

    def __init__(self, site: Site, session: Session, rng: Random, first_person: int) -> None:
        """Ids go on after those that there are; nobody yet has the papers of a person from the first number on."""
        self.site, self.rng, self.serials = site, rng, count(first_person)
        self.ids = {table.name: count(_last_id(session, table) + 1) for table in _numbered()}
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.searched: dict[int, str] = {}

    def put(self, session: Session, planned: Iterable[Planned]) -> None:
        """Write these copies."""
        self.rows.clear()
        self.searched.clear()
        of_site: list[dict[str, Any]] = []
        for at, sample in planned:
            of_site += self._add(Act(session, SYSTEM, at, self.site), sample)
        head = session.get_one(journal.Head, journal.SITE_CHAIN, with_for_update=True)
        for line in self._keep_history(of_site, head.seq, head.hash):
            head.seq, head.hash = line["seq"], line["hash"]
        for table in Base.metadata.sorted_tables:
            if self.rows[table.name]:
                session.execute(insert(table), self.rows[table.name])
        catalog.write(session, self.searched)

    def _add(self, act: Act, sample: Sample) -> list[dict[str, Any]]:
        """Take up the rows of one copy; gives its lines for the site's journal."""
        change = self._change(act, sample)
        for line in sample.lines:
            self.rows[line.table].append(sample.row(line, change))
        for item_id, source in sample.searched.items():
            self.searched[change.ids["item", item_id]] = sample.said(source, change)
        history = [sample.row(line, change) for line in sample.history]
        chain = change.ids["item", sample.case_id]
        last = self._keep_history([line for line in history if line["dossier_id"] == chain])[-1]
        self.rows["journal_head"].append({"dossier_id": chain, "seq": last["seq"], "hash": last["hash"]})
        return [line for line in history if line["dossier_id"] == journal.SITE_CHAIN]

    def _keep_history(self, lines: list[dict[str, Any]], seq: int = 0, last: str = "") -> list[dict[str, Any]]:
        chained = list(journal.chained(lines, seq, last))
        self.rows["journal"] += chained
        return chained

    def _change(self, act: Act, sample: Sample) -> Change:
        ids: dict[Link, int] = {link: next(self.ids[link[0]]) for link in sample.own}
        words = {sample.number: cases.next_number(act)}
        for person in sample.persons:
            other = self._somebody_like(person)
            words |= dict(zip(told_of(person), told_of(other), strict=True))
            words[person.name] = people.next_number(act)
            keys = people.keys_of(other)
            self.rows["person_key"] += (
                {"person_id": ids["item", person.id], "kind": kind, "value": value} for kind, value in keys
            )
        return Change(ids, words, act.at - sample.received_at)

    def _somebody_like(self, person: Person) -> Person:
        """Another one of the same age, sex and district."""
        home = names.district(person.district_code)
        born = person.birth_date or self.site.clock.now().date()
        serial = next(self.serials)
        columns = columns_of(names.person(self.rng, serial, home, person.sex, born), names.passport(serial))
        return Person(title=columns.pop("name"), **columns)

    def leave(self, session: Session) -> None:
        """Let the database go on numbering after the last one."""
        if session.get_bind().dialect.name == "postgresql":
            for table in _numbered():
                sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
                session.execute(select(func.setval(sequence, func.max(table.c.id))).select_from(table))


def _numbered() -> list[Table]:
    """The tables whose rows are numbered by the database."""
    return [t for t in Base.metadata.sorted_tables if "id" in t.c and root_of(t.c.id) == t.name]


def _last_id(session: Session, table: Table) -> int:
    return session.scalar(select(func.max(table.c.id))) or 0
