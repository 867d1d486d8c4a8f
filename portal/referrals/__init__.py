"""Referrals: one ask to one stakeholder, followed until the service has arrived."""

from __future__ import annotations

from pyramid.config import Configurator
from sqlalchemy.orm import Session

from portal import security
from portal.cases import workflow as cases
from portal.consents import views as consents
from portal.content.actions import add_place, add_tab
from portal.content.item import Kind, register
from portal.correspondence import workflow as correspondence
from portal.documents.examination import prepare
from portal.i18n import _
from portal.referrals import chasing, follow, forms, grounds, verbs
from portal.referrals.model import Referral
from portal.referrals.workflow import HANDLERS, WORKFLOW


def _words(_session: Session, referral: Referral) -> str:
    # Not the ask: after a recall the partner finds the referral, and must not find it by what we had written.
    return f"{referral.title} {referral.officer} {referral.partner_number}"


register(
    Kind(
        "referral",
        _("Rujukan"),
        Referral,
        WORKFLOW,
        verbs=verbs.TRANSITIONS,
        forms=forms.TRANSITIONS,
        preparations=dict.fromkeys(forms.WITH_FILES, prepare),
        text=_words,
        template="referrals/referral.pt",
        opens=grounds.opens,
    )
)
follow.subscribe()
chasing.subscribe()
grounds.subscribe()
consents.RESTING.append(grounds.resting)
add_tab(_("Rujukan"), "@referrals", "view", kinds={"case"}, order=30)
cases.CHECKS["begin"].append(follow.has_begun)
cases.CHECKS["hand_over"].append(follow.was_taken_over)
for name in ("resolve", "close", "close_early"):
    cases.CHECKS[name].append(follow.referrals_have_ended)
for name in ("approve", "issue", "dispatch"):
    correspondence.CHECKS[name].append(follow.goes_to_whom_we_ask)
    correspondence.CHECKS[name].append(chasing.is_still_wanted)
add_place(_("Pengingat mitra"), "/@chasing", "referrals:chase", order=45)


def includeme(_config: Configurator) -> None:
    """Who sees what the ladder does; all else is registered at import: the command line and jobs need it too."""
    security.allow("referrals:chase", *HANDLERS, "DRAFTER")
