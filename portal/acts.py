"""Who acts, when and in which transaction; and how an act is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from portal import db
from portal.blobs import Blobs
from portal.clock import Clock
from portal.i18n import translate
from portal.settings import Settings

STAFF = frozenset(
    """OPERATOR FRONT_OFFICER CASE_OFFICER COORDINATOR MEDIATOR LEGAL_COMPANION DRAFTER REVIEWER SIGNER REGISTRAR
    ARCHIVIST REGIONAL_OFFICER PPNS DPO""".split()
)
"""Roles (roles.csv) of people who work on cases inside an office; ADMIN and ANALYST see no case."""


INSIDERS = STAFF | {"ADMIN", "ANALYST"}
"""Everybody of the agency: the principal "staff"."""

DEPUTY = "DEPUTY"
"""The role of who stands in for somebody of a unit, as long as that lasts (accounts.delegations); never assigned."""


@dataclass(frozen=True)
class Identity:
    """A signed-in person: who, and which roles in which units (offices or partner organisations)."""

    account_id: int | None
    name: str
    memberships: Mapping[int, frozenset[str]] = field(default_factory=dict)
    language: str = "id"
    zone: str = "Asia/Jakarta"
    assured_at: datetime | None = None
    """When a second factor was last given in this session; None: never."""
    session_id: int | None = None
    deputy_in: frozenset[int] = frozenset()
    """Units in which the person stands in for somebody now."""

    @property
    def roles(self) -> frozenset[str]:
        """Every role held in any unit."""
        return frozenset().union(*self.memberships.values(), {DEPUTY} if self.deputy_in else ())

    def roles_in(self, unit_id: int) -> frozenset[str]:
        """The roles held in that unit, a deputy's for the time included."""
        return self.memberships.get(unit_id, frozenset()) | ({DEPUTY} if unit_id in self.deputy_in else frozenset())

    @property
    def unit_id(self) -> int | None:
        """The first unit: where new work of this person belongs."""
        return next(iter(self.memberships), None)

    @property
    def is_partner(self) -> bool:
        """Whether the person belongs to an outside organisation."""
        return "PARTNER_USER" in self.roles

    @property
    def principals(self) -> frozenset[str]:
        """The names that grants are given to."""
        own = {f"account:{self.account_id}"} if self.account_id else set()
        colleagues = {"staff"} if self.roles & INSIDERS else set()
        posts = {f"unit:{unit}#{role}" for unit in self.memberships for role in self.roles_in(unit)}
        return frozenset(own | colleagues | posts | {f"unit:{unit}" for unit in self.memberships})


SYSTEM = Identity(None, "Sistem")
"""The portal itself: jobs, imports, clock."""


@dataclass(frozen=True)
class Reason:
    """One reason why something can't be done, in the user's words, with a place to mend it if there is one."""

    message: Any
    """A translation string of portal.i18n."""
    mend: str | None = None
    field: str | None = None

    def text(self, lang: str) -> str:
        """The sentence in that language."""
        return translate(self.message, lang)

    @property
    def address(self) -> str | None:
        """Where it is mended, if that is a page of its own rather than a place on the item's."""
        return self.mend if self.mend and self.mend.startswith("/") else None


class Refused(Exception):
    """The act can't be done now; carries every reason, not the first one."""

    status = 422

    def __init__(self, reasons: Sequence[Reason]) -> None:
        """Keep the reasons; their texts stay out of the exception's own text, which ends in logs."""
        super().__init__(f"{len(reasons)} reason(s)")
        self.reasons = tuple(reasons)


class Conflict(Refused):
    """Somebody else changed the thing since it was read."""

    status = 409


@dataclass
class Site:
    """What one running portal stands on."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    readers: Engine
    blobs: Blobs
    clock: Clock

    @contextmanager
    def act(self, by: Identity = SYSTEM, at: datetime | None = None) -> Iterator[Act]:
        """An act in a transaction of its own: committed at the end, rolled back on an exception."""
        with self.sessions() as session, session.begin():
            yield Act(session, by, at or self.clock.now(), self)


def open_site(settings: Settings, clock: Clock | None = None) -> Site:
    """The portal's foundation for these settings; creates the data folder."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = db.engine_for(settings.database_url)
    blobs = Blobs(settings.data / "blobs")
    return Site(settings, engine, db.sessions_for(engine), db.readers(engine), blobs, clock or Clock())


@dataclass(frozen=True)
class Act:
    """One person's doing at one moment in one transaction; the first argument of every verb."""

    session: Session
    by: Identity
    at: datetime
    site: Site
    on_behalf_id: int | None = None
    origin: str = ""
    """From where: "web", "api", "job", "import" …; stands in the journal."""
