"""Requirements: which documents a case needs, who brings them, and what waits for them."""

from __future__ import annotations

from pyramid.config import Configurator

from portal import jobs
from portal.cases.workflow import CHECKS
from portal.content.actions import add_tab
from portal.content.dueform import Extend
from portal.content.item import Kind, register
from portal.i18n import _
from portal.requirements import follow, forms, verbs
from portal.requirements.gaps import documents_are_complete
from portal.requirements.model import Requirement
from portal.requirements.workflow import WORKFLOW

register(
    Kind(
        "requirement",
        _("Kebutuhan dokumen"),
        Requirement,
        WORKFLOW,
        verbs=verbs.TRANSITIONS,
        forms={
            "request": forms.Ask,
            "ask_again": forms.Ask,
            "receive": forms.Take,
            "substitute": forms.Take,
            "accept": forms.Accept,
            "reject": forms.Reject,
            "waive": forms.Waive,
            "insist": forms.Insist,
            "extend": Extend,
        },
        template="requirements/requirement.pt",
    )
)

add_tab(_("Dokumen"), "@documents", "view", kinds={"case"}, order=10)
CHECKS["complete"].append(documents_are_complete)
follow.subscribe()
jobs.work(follow.TICK, follow.tick)


def includeme(_config: Configurator) -> None:
    """Nothing beyond the kind and its followers: screens are found by the scan."""
