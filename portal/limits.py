"""How often something may be tried: sign-in, reset, PIN look-ups, mails; counted in the database for all processes."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.acts import Reason, Refused
from portal.db import Base
from portal.i18n import _


class Throttle(Base):
    """The tries of one key in the window that its first try opened."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    """A digest: what is counted may be an address, a number or an e-mail of a person."""
    tries: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


class TooMany(Refused):
    """The limit is reached; another try is worth making after `retry_after` seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        """Say in minutes how long to wait."""
        minutes = math.ceil(retry_after / 60)
        wait = _("Terlalu banyak percobaan. Coba lagi dalam ${minutes} menit.", mapping={"minutes": minutes})
        super().__init__([Reason(wait)])
        self.retry_after = retry_after


def throttle(session: Session, key: str, *, limit: int, per: timedelta, now: datetime) -> None:
    """Count one try of this key; raise TooMany when more than `limit` were made since the window's first.

    The count is part of the transaction: answer a failed try with a page, not with an exception that rolls it back.
    A burst over the edge of two windows can reach `2 × limit - 1`; set the limit with that in mind.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(Throttle).values(key=_digest(key), tries=1, until=now + per)
    is_over = Throttle.until <= now
    counted = first.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "tries": case((is_over, 1), else_=Throttle.tries + 1),
            "until": case((is_over, first.excluded.until), else_=Throttle.until),
        },
    ).returning(Throttle.tries, Throttle.until)
    tries, until = session.execute(counted).one()
    if tries > limit:
        raise TooMany(max(1, math.ceil((until - now).total_seconds())))


def forgive(session: Session, key: str) -> None:
    """Start afresh for this key: the right person has signed in."""
    session.execute(delete(Throttle).where(Throttle.key == _digest(key)))


def sweep(session: Session, now: datetime) -> None:
    """Forget windows that are over; for the nightly job."""
    session.execute(delete(Throttle).where(Throttle.until <= now))


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
