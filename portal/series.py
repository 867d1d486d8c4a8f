"""Gap-free numbers: a counter row, moved inside the caller's transaction and rolled back with it."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Base


class Series(Base):
    """One series of numbers, such as "letter/1/2026/R", and the last number it gave."""

    __tablename__ = "series"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


def take(session: Session, key: str) -> int:
    """The next number of a series, beginning with 1.

    Take it last: the row stays locked until the transaction ends, and everybody else in the series waits.
    """
    return take_block(session, key, 1)[0]


def take_block(session: Session, key: str, count: int) -> range:
    """The next numbers of a series, as many as asked for."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(Series)
        .values(key=key, value=count)
        .on_conflict_do_update(index_elements=[Series.key], set_={"value": Series.value + count})
        .returning(Series.value)
    )
    last = session.execute(statement).scalar_one()
    return range(last - count + 1, last + 1)


def following(session: Session, key: str) -> int:
    """What `take` would give now; takes nothing, so somebody else may be first."""
    kept = session.get(Series, key)
    return 1 if kept is None else kept.value + 1
