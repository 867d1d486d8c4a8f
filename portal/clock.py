"""The one place that knows what time it is; everything else is given an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")
"""The office's zone: letters are dated and registers turn their year in it."""


class Clock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """The present instant, with zone."""
        return datetime.now(UTC)


@dataclass
class FixedClock(Clock):
    """A clock that stands until it is moved: for tests and for replaying a demo's past."""

    at: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at

    def move(self, **by: float) -> datetime:
        """Move on by a timedelta's keywords (`days=3`)."""
        self.at += timedelta(**by)
        return self.at
