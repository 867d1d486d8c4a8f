"""What a step of the demo stands on: the agency as it is in the database, the trail of one case, and the step's act."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from portal.accounts.identities import VISITOR
from portal.acts import Act, Identity, Site
from portal.cases.model import Case
from portal.cases.pins import Pin, kept
from portal.content import comments
from portal.correspondence.model import Letter
from portal.demo.cast import Cast
from portal.demo.chronicle import COMPLAINANT, Event
from portal.demo.replay_papers import Papers
from portal.demo.world import PlannedCase
from portal.referrals.model import Referral

PIN = "20262026"
"""Of every complainant: the cases are invented, and whoever looks at the demo may follow one."""


@dataclass
class Agency:
    """Everybody and everything that exists so far, by the names the plan uses."""

    site: Site
    cast: Cast
    seed: int
    until: datetime
    units: dict[str, int]
    """Code of an office or partner → id."""
    people: dict[str, Identity]
    """Sign-in name → who that is."""
    by_paper: set[str]
    """Codes of the partners that have not joined the portal."""
    papers: Papers
    numbers: dict[int, str] = field(default_factory=dict)
    """Number of a case in the plan → its number in the portal."""
    pin: Pin = field(default_factory=lambda: Pin(PIN, kept(PIN)))
    closed_boxes: set[str] = field(default_factory=set)
    """Codes of partners whose mailbox has been closed lately."""

    @cached_property
    def by_account(self) -> dict[int | None, Identity]:
        """Account → who that is."""
        return {identity.account_id: identity for identity in self.people.values()}

    def holder(self, role: str, office: str = "HQ") -> Identity:
        """The first of an office with that role; where it has none, of the headquarters."""
        return self.people[(self.cast.logins(role, office) or self.cast.logins(role))[0]]


@dataclass
class Trail:
    """One planned case and where its parts are in the database."""

    planned: PlannedCase
    home: str
    """Code of the office that took the complaint; letters go out in its name."""
    case_id: int = 0
    referrals: dict[int, int] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)
    """Letters that go with no referral: name in the steps → id."""
    stray: int = 0
    """A letter that came in without a number."""
    attempts: int = 0
    """Contacts tried so far: each goes over the next channel."""
    is_stuck: bool = False
    """Whether the portal refused a step; nothing more is done then."""


@dataclass
class Scene:
    """One step: the act of its person at its moment."""

    agency: Agency
    session: Session
    trail: Trail
    event: Event

    def act(self, by: Identity | None = None) -> Act:
        """The act of the step's own person, or of another one at the same moment."""
        own = VISITOR if self.event.by == COMPLAINANT else self.agency.people[self.event.by]
        return Act(self.session, by or own, self.event.at, self.agency.site, origin="demo")

    def act_as(self, role: str) -> Act:
        """The act of the first who holds that role in the case's office."""
        return self.act(self.agency.holder(role, self.trail.home))

    @property
    def case(self) -> Case:
        """The case."""
        return self.session.get_one(Case, self.trail.case_id)

    @property
    def referral(self) -> Referral:
        """The referral that the step is about."""
        return self.session.get_one(Referral, self.trail.referrals[self.event.referral or 0])

    @property
    def letter(self) -> Letter:
        """The letter that the step is about: of its referral, or one of our own."""
        named = self.event.facts.get("letter_name")
        letter_id = self.trail.letters[named] if named else self.referral.letter_id
        return self.session.get_one(Letter, letter_id)

    def remark(self, text: str = "") -> None:
        """Write the step's words beside the case, for colleagues."""
        if words := text or self.event.text:
            comments.add(self.act(), self.case, words, comments.INTERNAL)
