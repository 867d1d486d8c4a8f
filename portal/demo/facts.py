"""What is known of a demo case when its complaint comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.demo.names import Person
from portal.demo.stories import Complaint, Slots


@dataclass(frozen=True)
class Placement:
    """Where and how the worker works or was to work. `agency`: code of a partner, empty for irregular ways."""

    country: str
    city: str
    job: str
    """A key of stories.JOBS."""
    job_title: str
    employer: str
    overseas_agency: str
    agency: str
    recruiter: str
    """Name of the agency, or of the person who recruited."""
    departed: date | None
    """None: not departed yet."""
    wage: str
    passport: str


@dataclass(frozen=True)
class Facts:
    """What is known when a complaint comes in."""

    number: int
    at: datetime
    channel: str
    complainant_type: str
    relationship: str
    complainant: Person | None
    """None: anonymous."""
    worker: Person
    placement: Placement
    category: str
    others: tuple[str, ...]
    urgency: str
    is_emergency: bool
    words: Complaint
    slots: Slots
    """Values for further texts about the case."""
