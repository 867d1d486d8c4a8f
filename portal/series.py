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
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        insert(Series)
        .values(key=key, value=1)
        .on_conflict_do_update(index_elements=[Series.key], set_={"value": Series.value + 1})
        .returning(Series.value)
    )
    return session.execute(statement).scalar_one()
