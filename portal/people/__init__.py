"""People: workers, complainants, families."""

from __future__ import annotations

from pyramid.config import Configurator

from portal.content.actions import add_place
from portal.content.item import Kind, register
from portal.i18n import _
from portal.people import forms, verbs
from portal.people.model import Person
from portal.people.workflow import WORKFLOW

register(
    Kind(
        "person",
        _("Orang"),
        Person,
        WORKFLOW,
        verbs=verbs.TRANSITIONS,
        forms=forms.TRANSITIONS,
        container="people",
        versioned=("title", *sorted(verbs.EDITABLE)),
        text=lambda _session, p: " ".join([p.title, *p.aliases, p.nik, *p.passports, *p.phones]),
        field_titles={"title": _("Nama lengkap")}
        | {n.name: n.title for n in forms.Edit().children if n.name != "seen"},
        template="people/person.pt",
    )
)
add_place(_("Orang"), "/people", "office:work", order=40)


def includeme(_config: Configurator) -> None:
    """Nothing beyond the kind: screens are found by the scan."""
