"""What must hold in the books whenever a portal has died: each way in which it does not, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal import journal
from portal.acts import Site
from portal.content.item import Item
from portal.content.sharing import Grant, Reader
from portal.content.versions import Version
from portal.correspondence.model import Letter
from portal.jobs import Job
from portal.journal import Entry
from portal.series import Series


def problems(site: Site, cases: Iterable[str] = (), letters: Iterable[int] = ()) -> list[str]:
    """Everything wrong, `cases` and `letters` being those whose registering or issuing was acknowledged."""
    with site.sessions() as session:
        return [
            *journal.problems(session),
            *_lost(session, set(cases), set(letters)),
            *_case_numbers(session),
            *_letter_numbers(session),
            *_half_cases(session),
            *_half_letters(session),
            *_damage(session),
        ]


def _lost(session: Session, cases: set[str], letters: set[int]) -> Iterator[str]:
    there = set(session.scalars(select(Item.name).where(Item.kind == "case")))
    yield from (f"case {name} was acknowledged and is lost" for name in sorted(cases - there))
    issued = set(session.scalars(select(Letter.id).where(Letter.number.is_not(None))))
    yield from (f"letter {number} was acknowledged as issued and is not" for number in sorted(letters - issued))


def _whole(session: Session, key: str, numbers: list[int]) -> Iterator[str]:
    yield from (f"{key}: number {n} was given twice" for n, times in Counter(numbers).items() if times > 1)
    yield from (f"{key}: number {n} is missing" for n in sorted(set(range(1, max(numbers) + 1)) - set(numbers)))
    counter = session.get(Series, key)
    if counter is None or counter.value != max(numbers):
        yield f"{key}: the counter does not stand at the last number"


def _case_numbers(session: Session) -> Iterator[str]:
    books: dict[str, list[int]] = {}
    for name in session.scalars(select(Item.name).where(Item.kind == "case")):
        _prefix, year, number = name.split("-")
        books.setdefault(f"case/{year}", []).append(int(number))
    for key, numbers in books.items():
        yield from _whole(session, key, numbers)


def _letter_numbers(session: Session) -> Iterator[str]:
    books: dict[str, list[int]] = {}
    for series, sequence in session.execute(select(Letter.series, Letter.sequence).where(Letter.number.is_not(None))):
        books.setdefault(series, []).append(sequence)
    for key, numbers in books.items():
        yield from _whole(session, key, numbers)


def _half_cases(session: Session) -> Iterator[str]:
    cases = set(session.scalars(select(Item.id).where(Item.kind == "case")))
    registered = session.scalars(select(Entry.item_id).where(Entry.event == "case_registered")).all()
    for what, ids in {
        "line in the journal": registered,
        "grant": session.scalars(select(Grant.item_id).where(Grant.cause == "intake")).all(),
        "version": session.scalars(select(Version.item_id).where(Version.number == 1)).all(),
        "reader": set(session.scalars(select(Reader.item_id).where(Reader.kind == "case"))),
        "words to find it": session.scalars(text("SELECT rowid FROM search_fts")).all(),
    }.items():
        yield from (f"case {number} has no {what}" for number in sorted(cases - set(ids)))
    yield from (f"a line registers case {number}, which is not there" for number in set(registered) - cases)
    yield from (f"case {number} was registered twice" for number, times in Counter(registered).items() if times > 1)


def _half_letters(session: Session) -> Iterator[str]:
    lines = Counter(session.scalars(select(Entry.item_id).where(Entry.event == "letter_issued")))
    queued = set(session.scalars(select(Job.dedup).where(Job.name == "letter.render")))
    for letter in session.scalars(select(Letter)):
        is_numbered = letter.number is not None
        if is_numbered != (letter.state not in {"draft", "in_review", "returned", "approved"}):
            yield f"letter {letter.id} is {letter.state} and its number is {letter.number}"
        if lines[letter.id] != is_numbered:
            yield f"letter {letter.id} has {lines[letter.id]} lines of issuing"
        if is_numbered != (f"letter.render/{letter.id}" in queued):
            yield f"letter {letter.id}: its job and its number do not agree"
        if is_numbered and not letter.snapshot_hash:
            yield f"letter {letter.id} has a number and no frozen content"
    there = set(session.scalars(select(Letter.id)))
    yield from (f"a line issues letter {number}, which is not there" for number in set(lines) - there)


def _damage(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name == "sqlite":
        yield from (line for line in session.scalars(text("PRAGMA integrity_check")) if line != "ok")
    doubles = select(Item.kind, Item.name).where(Item.parent_id.is_(None)).group_by(Item.kind, Item.name)
    for kind, name in session.execute(doubles.having(func.count() > 1)):
        yield f"two items of kind {kind} are named {name}"
