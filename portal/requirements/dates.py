"""Until when a document is waited for, and until when it waits for us."""

from __future__ import annotations

from portal import deadlines
from portal.acts import Act
from portal.content import due
from portal.i18n import _
from portal.requirements.model import Requirement

ANSWER_RULE, OURS_RULE = "EXTRA_DATA", "REQ_OURS"
"""How long who was asked may take (Perban 6/2024 art. 30), and how long we."""

due.declare(
    {"delivery": _("Dokumen disampaikan"), "handling": _("Dokumen diperiksa atau diminta lagi")},
    {
        "asked": _("dokumen diminta kepada ${reference}"),
        "document": _("dokumen masuk, ditolak, atau tidak berlaku lagi"),
    },
)


def wait_for(act: Act, requirement: Requirement, whom: str) -> None:
    """Somebody was asked for the document."""
    terms = deadlines.terms(act.session, ANSWER_RULE)
    due.begin(act, requirement, "delivery", terms, start="asked", reference=whom, alone=True)


def fall_due(act: Act, requirement: Requirement) -> None:
    """What waits for the office does so until the next working day; then it stands in the worklists as late."""
    terms = deadlines.terms(act.session, OURS_RULE)
    due.begin(act, requirement, "handling", terms, start="document", alone=True)
