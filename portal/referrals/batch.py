"""Asking several stakeholders at once: each by itself, drafted whole or refused with all its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.directory.model import Organisation
from portal.referrals import verbs
from portal.referrals.model import Referral


@dataclass(frozen=True)
class Ask:
    """One ask to one organisation, as `verbs.draft` takes it."""

    organisation: Organisation
    known: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of it: a referral, or the reasons."""

    organisation: Organisation
    referral: Referral | None
    reasons: tuple[Reason, ...] = ()


def draft_many(act: Act, case: Case, asks: Sequence[Ask]) -> list[Outcome]:
    """Draft each; one that is refused leaves nothing behind and hinders no other."""
    found = []
    for ask in asks:
        try:
            with act.session.begin_nested():
                referral = verbs.draft(act, case, organisation_id=ask.organisation.id, **ask.known)
            found.append(Outcome(ask.organisation, referral))
        except Refused as refusal:
            found.append(Outcome(ask.organisation, None, refusal.reasons))
    return found
