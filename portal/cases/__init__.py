"""Cases: what came in, worked on until the worker has been helped."""

from __future__ import annotations

from pyramid.config import Configurator
from sqlalchemy.orm import Session

from portal import security
from portal.cases import appearances, forms, verbs
from portal.cases.model import Case
from portal.cases.workflow import WORKFLOW
from portal.content.actions import add_place, add_tab
from portal.content.item import Item, Kind, register
from portal.directory import views as directory
from portal.i18n import _
from portal.people import views as people


def _words(session: Session, case: Case) -> str:
    concerned = [session.get(Item, i) for i in (case.worker_id, case.complainant_id) if i]
    names = " ".join(p.title for p in concerned if p)
    places = f"{case.city} {case.whereabouts} {case.employer} {case.overseas_agency}"
    others = " ".join(str(n) for n in case.external_numbers.values())
    return f"{case.title} {names} {places} {others} {case.narrative} {case.demand}"


FIELDS = {
    "matters": _("Jenis masalah"),
    "channel": _("Diterima lewat"),
    "complainant_type": _("Siapa yang mengadu"),
    "complainant_id": _("Pengadu"),
    "worker_id": _("Pekerja"),
    "relationship_code": _("Hubungan dengan PMI"),
    "is_monitored": _("Dipantau"),
    "external_numbers": _("Nomor pada sistem lain"),
} | {node.name: node.title for node in forms.Edit().children if node.title}

register(
    Kind(
        "case",
        _("Kasus"),
        Case,
        WORKFLOW,
        verbs=verbs.TRANSITIONS,
        forms=forms.TRANSITIONS,
        parts=("document", "requirement", "letter", "referral", "consent"),
        container="cases",
        versioned=("matters", "urgency", *sorted(verbs.EDITABLE)),
        field_titles=FIELDS,
        text=_words,
    )
)
add_tab(_("Kontak"), "@contacts", "case:contact", kinds={"case"}, order=40)
add_place(_("Semua kasus"), "/cases", "office:work", order=10)
people.CASES.append(appearances.of_people)
directory.USES.append(appearances.of_agency)


def includeme(_config: Configurator) -> None:
    """Who may register a complaint."""
    security.allow("case:register", "OPERATOR", "FRONT_OFFICER", "COORDINATOR", "CASE_OFFICER", "REGIONAL_OFFICER")
