"""Consents: what the person allows to be told to whom, what two persons put in its place, and what a kind may see."""

from __future__ import annotations

from pyramid.config import Configurator

from portal import jobs
from portal.consents import follow, forms, verbs
from portal.consents.model import Consent
from portal.consents.workflow import WORKFLOW
from portal.content.actions import add_tab
from portal.content.item import Kind, register
from portal.i18n import _

register(
    Kind(
        "consent",
        _("Persetujuan"),
        Consent,
        WORKFLOW,
        verbs=verbs.TRANSITIONS,
        forms=forms.TRANSITIONS,
        text=lambda _session, consent: f"{consent.title} {consent.giver}",
        template="consents/consent.pt",
    )
)
add_tab(_("Persetujuan"), "@consents", "consent:list", kinds={"case"}, order=25)
jobs.work(follow.TICK, follow.tick)


def includeme(_config: Configurator) -> None:
    """Nothing beyond the kind and its daily work: screens are found by the scan."""
