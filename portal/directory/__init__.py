"""The directory: own offices, missions, police, immigration, insurers, agencies, district offices."""

from __future__ import annotations

from pyramid.config import Configurator

from portal import security
from portal.content.actions import add_place
from portal.content.item import Kind, register
from portal.directory import forms, verbs
from portal.directory.model import Organisation
from portal.directory.workflow import KEEPERS, WORKFLOW
from portal.i18n import _

register(
    Kind(
        "organisation",
        _("Lembaga"),
        Organisation,
        WORKFLOW,
        verbs=verbs.TRANSITIONS,
        container="directory",
        versioned=("title", *sorted(verbs.EDITABLE)),
        text=lambda _session, o: f"{o.title} {o.addressee} {o.city} {o.address} {o.email}",
        field_titles={"title": _("Nama lembaga")}
        | {n.name: n.title for n in forms.Edit().children if n.name != "seen"},
        template="directory/organisation.pt",
    )
)
add_place(_("Direktori lembaga"), "/directory", "office:work", "organisation:add", order=50)


def includeme(_config: Configurator) -> None:
    """Who may add to the directory."""
    security.allow("organisation:add", *KEEPERS)
