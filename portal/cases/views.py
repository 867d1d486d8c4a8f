"""The case on one page, its editing, contacts with the complainant, and who is responsible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal import reads, vocabulary
from portal.accounts import staff
from portal.cases import verbs
from portal.cases.forms import URGENCIES, Assign, ContactNote, Edit, matters_in, matters_of
from portal.cases.model import Case, Contact
from portal.content import catalog, sharing
from portal.content.item import Item
from portal.content.tree import Resource, may
from portal.content.views import editing
from portal.content.views.frame import frame
from portal.forms import Button, ValidationFailure, form
from portal.i18n import _, day, moment
from portal.pages import Fact
from portal.people.model import Person

CASE = {"context": Resource, "kind": "case"}


@dataclass(frozen=True)
class Group:
    """The parts of one kind: what still needs somebody, and what is settled."""

    kind: str
    title: Any
    none: Any
    open: list[catalog.Row]
    settled: list[catalog.Row]


GROUPS = {
    "requirement": (_("Dokumen yang masih kurang"), _("Tidak ada dokumen yang ditunggu.")),
    "referral": (_("Rujukan yang berjalan"), _("Tidak ada rujukan yang berjalan.")),
    "letter": (_("Surat yang berjalan"), _("Tidak ada surat yang menunggu.")),
    "document": (_("Berkas belum diperiksa"), _("Tidak ada berkas yang menunggu diperiksa.")),
}
SETTLED = {
    "requirement": frozenset({"accepted", "waived", "substituted", "not_applicable"}),
    "referral": frozenset({"confirmed", "closed", "recalled", "redirected", "lapsed"}),
    "letter": frozenset({"answered", "closed", "voided", "withdrawn"}),
    "document": frozenset({"accepted", "rejected", "expired", "withdrawn"}),
}
"""States of the parts in which nobody has to do anything; the parts belong to features above this one."""


@view_config(**CASE, request_method="GET", permission="view", renderer="cases/case.pt")
def view(request: Request) -> dict[str, Any]:
    """What happened, who, where, what is missing, what is out with whom and how late, what is due."""
    case: Case = request.context.item
    reads.note(request, case, "case_read")
    return frame(request) | {
        "case": case,
        "people": people(request, case),
        "facts": facts(request, case),
        "groups": _groups(request, case),
        "assignee": staff.name_of(request.db, case.assignee_id),
        "rights": {
            name: request.context.permits(request, name)
            for name in ("edit", "letter:draft", "referral:draft", "document:add", "case:assign", "case:contact")
        },
    }


def _groups(request: Request, case: Case) -> list[Group]:
    parts = _parts(request, case)
    found = []
    for kind, (title, none) in GROUPS.items():
        rows = parts.get(kind, [])
        waiting = [r for r in rows if r.state not in SETTLED[kind]]
        waiting.sort(key=lambda r: (r.due_at is None, r.due_at or r.created_at, r.id))
        found.append(Group(kind, title, none, waiting, [r for r in rows if r.state in SETTLED[kind]]))
    return found


def _parts(request: Request, case: Case) -> dict[str, list[catalog.Row]]:
    """The parts that the person may view, by kind: one query for all."""
    readable = sharing.may_read(request.identity, request.at, Item.id)
    query = catalog.spine().where(Item.parent_id == case.id, readable).order_by(Item.id.desc())
    found: dict[str, list[catalog.Row]] = {}
    for row in map(catalog.row, request.db.execute(query)):
        found.setdefault(row.kind, []).append(row)
    return found


def people(request: Request, case: Case) -> list[tuple[Any, Person | None, str | None, str]]:
    """Role, person (None: anonymous), address of the record if the asker may see it, and relation."""
    lang = request.locale_name
    ids = [i for i in (case.worker_id, case.complainant_id) if i]
    known = {p.id: p for p in request.db.query(Person).where(Person.id.in_(ids))} if ids else {}
    links = {p.id: f"/people/{p.name}" for p in known.values() if may(request, p, "view")}
    kind = vocabulary.name(request.db, "complainant_type", case.complainant_type, lang)
    relation = vocabulary.name(request.db, "relationship", case.relationship_code, lang)
    about = " · ".join(word for word in (kind, relation) if word)
    return [
        (_("Pekerja"), known.get(case.worker_id), links.get(case.worker_id), ""),
        (_("Pengadu"), known.get(case.complainant_id), links.get(case.complainant_id), about),
    ]


def facts(request: Request, case: Case) -> list[Fact]:
    """The summary list of a case."""
    db, lang = request.db, request.locale_name
    agency = db.get(Item, case.agency_id) if case.agency_id else None
    procedural = {True: _("Prosedural"), False: _("Nonprosedural"), None: None}[case.is_procedural]
    matters = ", ".join(vocabulary.name(db, "category", code, lang) for code in case.matters)
    place = ", ".join(p for p in (case.city, vocabulary.name(db, "country", case.country_code, lang)) if p)
    return [
        Fact(_("Jenis masalah"), matters or None),
        Fact(_("Permintaan"), case.demand or None),
        Fact(_("Tempat bekerja"), place or None),
        Fact(_("Keberadaan sekarang"), case.whereabouts or None),
        Fact(_("Majikan"), case.employer or None),
        Fact(_("Agensi luar negeri"), case.overseas_agency or None),
        Fact(_("P3MI"), agency.title if agency else None, f"/directory/{agency.name}" if agency else None),
        Fact(_("Penempatan"), procedural),
        *([Fact(_("Tanggal berangkat"), day(case.departed_on, lang))] if case.departed_on else []),
        *([Fact(_("Tanggal kejadian"), day(case.happened_on, lang))] if case.happened_on else []),
        Fact(_("Kegawatan"), dict(URGENCIES).get(str(case.urgency), str(case.urgency))),
        Fact(_("Diterima lewat"), vocabulary.name(db, "channel", case.channel, lang)),
        Fact(_("Diterima pada"), moment(case.received_at, request.identity.zone, lang)),
        Fact(_("Kontak terakhir"), moment(case.last_contact_at, request.identity.zone, lang)),
        *(Fact(system, str(number)) for system, number in sorted(case.external_numbers.items())),
        *([Fact(_("Tindakan segera"), case.emergency_action or None)] if case.is_emergency else []),
        *([Fact(_("Hasil"), case.outcome)] if case.outcome else []),
        *(
            [Fact(_("Alasan penutupan"), vocabulary.name(db, "closure_reason", case.closure_reason, lang))]
            if case.closure_reason
            else []
        ),
    ]


@view_config(**CASE, name="@edit", request_method="GET", permission="edit", renderer="content/edit.pt")
def edit(request: Request) -> dict[str, Any]:
    """The facts as a form."""
    case = request.context.item
    values = {node.name: getattr(case, node.name, None) for node in Edit().children} | matters_in(case)
    values |= {
        "seen": editing.newest(request.db, case),
        "agency_id": str(case.agency_id or "") or None,
        "urgency": str(case.urgency),
        "is_procedural": {True: "yes", False: "no", None: "unknown"}[case.is_procedural],
    }
    return frame(request) | {"heading": _("Ubah data kasus"), "form": form(Edit(), request, values=values)}


@view_config(**CASE, name="@edit", request_method="POST", permission="edit", renderer="content/edit.pt")
def save(request: Request) -> Any:
    """Keep the facts; a form that was overtaken comes back with what was typed and with what others changed."""
    asked = form(Edit(), request)
    page = {"heading": _("Ubah data kasus"), "form": asked}
    try:
        values = dict(asked.validate(request.POST.items()))
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | page
    if overtaken := editing.overtaken(request, asked, values.pop("seen"), {"matters": "main_category"}):
        request.response.status_int = 409
        return frame(request) | page | {"overtaken": overtaken}
    verbs.amend(request.act, request.context.item, categories=matters_of(values), **_columns(values))
    request.session.flash(_("Data kasus tersimpan."))
    return HTTPSeeOther(request.resource_path(request.context))


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    texts = {key: value if value is not None else "" for key, value in values.items()}
    keep_none = ("happened_on", "departed_on", "told_unsolvable_at")
    return (
        texts
        | {key: values[key] for key in keep_none}
        | {
            "agency_id": int(values["agency_id"]) if values["agency_id"] else None,
            "urgency": int(values["urgency"]),
            "is_procedural": {"yes": True, "no": False, "unknown": None}[values["is_procedural"]],
        }
    )


@view_config(**CASE, name="@contacts", request_method="GET", permission="case:contact", renderer="cases/contacts.pt")
def contacts(request: Request) -> dict[str, Any]:
    """Contacts with the complainant, and a form for the next one."""
    return _contacts(request, form(ContactNote(), request, buttons=(Button("add", _("Catat")),)))


@view_config(**CASE, name="@contacts", request_method="POST", permission="case:contact", renderer="cases/contacts.pt")
def note_contact(request: Request) -> Any:
    """Write a contact down."""
    asked = form(ContactNote(), request, buttons=(Button("add", _("Catat")),))
    try:
        values = asked.validate(request.POST.items())
    except ValidationFailure:
        request.response.status_int = 422
        return _contacts(request, asked)
    verbs.note_contact(request.act, request.context.item, **values)
    request.session.flash(_("Kontak dicatat."))
    return HTTPSeeOther(request.resource_path(request.context, "@contacts"))


def _contacts(request: Request, asked: Any) -> dict[str, Any]:
    latest = select(Contact).where(Contact.case_id == request.context.item.id)
    found = list(request.db.scalars(latest.order_by(Contact.at.desc(), Contact.id.desc())))
    names = {c.channel: vocabulary.name(request.db, "channel", c.channel, request.locale_name) for c in found}
    return frame(request, "@contacts") | {"contacts": found, "channels": names, "form": asked}


@view_config(**CASE, name="@assign", request_method="GET", permission="case:assign", renderer="content/edit.pt")
def choose(request: Request) -> dict[str, Any]:
    """Who is responsible."""
    values = {"account_id": str(request.context.item.assignee_id or "") or None}
    return frame(request) | {"heading": _("Tugaskan"), "form": form(Assign(), request, values=values)}


@view_config(**CASE, name="@assign", request_method="POST", permission="case:assign", renderer="content/edit.pt")
def assign(request: Request) -> Any:
    """Make somebody responsible."""
    asked = form(Assign(), request)
    page = {"heading": _("Tugaskan"), "form": asked}
    try:
        account_id = int(asked.validate(request.POST.items())["account_id"])
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | page
    name = staff.name_of(request.db, account_id)
    verbs.assign(request.act, request.context.item, account_id=account_id, name=name)
    request.session.flash(_("Kasus ditugaskan kepada ${name}.", mapping={"name": name}))
    return HTTPSeeOther(request.resource_path(request.context))
