"""The proof that no number is missing or double: each book from one to its last, and what became of every number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.correspondence.model import Incoming, Letter
from portal.correspondence.numbering import Key, agenda_code
from portal.correspondence.numbermodel import ReservedNumber
from portal.directory.model import Organisation
from portal.series import Series


@dataclass(frozen=True)
class Book:
    """One series of numbers, and what became of each."""

    key: str
    last: int
    lines: int
    """Numbers that a letter bears."""
    missing: tuple[int, ...] = ()
    """Given by the counter, and borne by no letter and no reservation."""
    double: tuple[int, ...] = ()
    """Borne more than once, or beyond the counter."""
    voided: tuple[int, ...] = ()
    """Of letters that were voided, and of reserved numbers that were."""
    unfilled: tuple[int, ...] = ()
    """Reserved for paper, and not accounted for yet."""
    from_paper: tuple[int, ...] = ()
    supplements: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Every number from one to the last stands for exactly one letter, or is accounted for."""
        return not self.missing and not self.double

    @property
    def named(self) -> Key:
        """Unit, year and book."""
        return Key.of(self.key)


def books(session: Session, units: Iterable[int] | None = None, year: int | None = None) -> list[Book]:
    """The books of these units (None: of all), outgoing and incoming, of a year or of all years."""
    codes = None if units is None else _codes(session, units)
    found = []
    for row in session.scalars(select(Series).order_by(Series.key)):
        if row.key.partition("/")[0] not in {"letter", "incoming"}:
            continue
        named = Key.of(row.key)
        if (codes is None or named.unit in codes) and (year is None or named.year == str(year)):
            found.append(_book(session, row))
    return found


def _codes(session: Session, units: Iterable[int]) -> set[str]:
    """The codes of units as they stand in series; an agenda writes them with hyphens."""
    codes = set(session.scalars(select(Organisation.unit_code).where(Organisation.id.in_(list(units))))) - {""}
    return codes | {agenda_code(code) for code in codes}


def _book(session: Session, row: Series) -> Book:
    if row.key.startswith("incoming/"):
        numbers = list(session.scalars(select(Incoming.sequence).where(Incoming.series == row.key)))
        return Book(row.key, row.value, len(numbers), *_faults(numbers, row.value))
    columns: tuple[Any, ...] = (Letter.sequence, Letter.suffix, Letter.state)
    letters = session.execute(select(*columns).where(Letter.series == row.key, Letter.number.is_not(None))).all()
    borne = [number for number, suffix, _state in letters if not suffix]
    reserved = _reserved(session, row.key)
    accounted = [*borne, *reserved["open"], *reserved["void"]]
    voided = [number for number, suffix, state in letters if state == "voided" and not suffix]
    return Book(
        row.key,
        row.value,
        len(borne),
        *_faults(accounted, row.value),
        voided=tuple(sorted([*voided, *reserved["void"]])),
        unfilled=tuple(reserved["open"]),
        from_paper=tuple(reserved["used"]),
        supplements=tuple(f"{number}{suffix}" for number, suffix, _state in sorted(letters) if suffix),
    )


def _reserved(session: Session, key: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"open": [], "used": [], "void": []}
    columns: tuple[Any, ...] = (ReservedNumber.state, ReservedNumber.sequence)
    for state, number in session.execute(select(*columns).where(ReservedNumber.series == key).order_by(columns[1])):
        found[state].append(number)
    return found


def _faults(numbers: list[int], last: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which numbers are missing, and which are there too often or beyond the last."""
    counted = Counter(numbers)
    missing = tuple(n for n in range(1, last + 1) if n not in counted)
    return missing, tuple(sorted(n for n, times in counted.items() if times > 1 or not 1 <= n <= last))


def faults(session: Session) -> Iterator[str]:
    """Every book that is not whole, in words for the command line."""
    for book in books(session):
        if book.missing:
            yield f"{book.key}: no line for {spans(book.missing)}"
        if book.double:
            yield f"{book.key}: more than one line for {spans(book.double)}"


def spans(numbers: Iterable[int]) -> str:
    """Numbers as people list them: "3, 7–9"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1][1:] = [number]
        else:
            parts.append([number])
    return ", ".join("–".join(map(str, part)) for part in parts)
