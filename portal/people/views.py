"""Searching people, a person's record with what looks odd in it, and its editing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal import reads, vocabulary
from portal.content import catalog, sharing
from portal.content.item import Item, kind_of
from portal.content.tree import Container, Resource, may
from portal.content.views import editing
from portal.content.views.frame import frame
from portal.forms import ValidationFailure, form
from portal.i18n import _
from portal.pages import Column, Empty
from portal.people import checks, verbs
from portal.people.doubles import recognise
from portal.people.forms import SEXES, Edit, alike, columns_of, values_of
from portal.people.model import Person, merged_ids

PERSON = {"context": Resource, "kind": "person"}
MOST = 50
COLUMNS = (
    Column("title", _("Nama"), "link"),
    Column("name", _("Nomor"), "code"),
    Column("birth_date", _("Tanggal lahir"), "day"),
    Column("papers", _("Paspor")),
    Column("chip", _("Status"), "state"),
)
CASES: list[Any] = []
"""Features above add functions `(request, person_ids) -> [(role, catalog.Row)]`: in which cases a person appears."""


@view_config(
    context=Container,
    path_info=r"^/people/?$",
    request_method="GET",
    permission="signed-in",
    renderer="people/list.pt",
)
def search(request: Request) -> dict[str, Any]:
    """People by name (also one that sounds alike), number, passport, NIK or phone; without words the latest."""
    query = request.GET.get("q", "").strip()[:200]
    ids = _found(request, query) if query else _latest(request)
    people = {p.id: p for p in request.db.scalars(select(Person).where(Person.id.in_(ids)))}
    nothing = _("Tidak ada orang yang cocok. Coba sebagian nama, nomor paspor, NIK, atau telepon.")
    return {
        "title": _("Orang"),
        "query": query,
        "rows": [_row(people[i]) for i in ids if i in people],
        "columns": COLUMNS,
        "caption": _("Orang"),
        "empty": Empty(nothing if query else _("Belum ada orang yang tercatat.")),
    }


def _found(request: Request, query: str) -> list[int]:
    rows, _more = catalog.search(request.db, request.identity, request.at, query, kinds=["person"], limit=MOST)
    sounding = recognise(request.db, request.identity, request.at, name=query)
    return list(dict.fromkeys([*(r.id for r in rows), *(m.person_id for m in sounding)]))


def _latest(request: Request) -> list[int]:
    return sharing.newest(request.db, request.identity, request.at, kind="person", limit=MOST)


def _row(person: Person) -> dict[str, Any]:
    return {
        "url": f"/people/{person.name}",
        "title": person.title,
        "name": person.name,
        "birth_date": person.birth_date,
        "papers": ", ".join(person.passports) or None,
        "chip": kind_of(person).workflow.state(person.state),
    }


@view_config(**PERSON, request_method="GET", permission="view", renderer="people/person.pt")
def view(request: Request) -> dict[str, Any]:
    """Who the person is, what looks odd about the papers, possible doubles, and the cases the asker may see."""
    person: Person = request.context.item
    reads.note(request, person, "person_read")
    ids = merged_ids(request.db, person)
    others = request.db.scalars(select(Item).where(Item.id.in_(set(ids) - {person.id})).order_by(Item.id))
    into = request.db.get(Item, person.merged_into_id) if person.merged_into_id else None
    return frame(request) | {
        "person": person,
        "facts": facts(request, person),
        "into": into if into is not None and may(request, into, "view") else None,
        "merged": [other for other in others if may(request, other, "view")],
        "doubles": alike(request, person) if person.state == "known" else [],
        "cases": [line for tell in CASES for line in tell(request, ids)],
        "may_edit": request.context.permits(request, "edit"),
    }


def facts(request: Request, person: Person) -> list[tuple[Any, list[tuple[str, str, list[Any]]]]]:
    """Title → values, each with its other spelling and what looks odd about it."""
    db, lang = request.db, request.locale_name
    odd_nik = list(checks.nik_warnings(db, person.nik, birth_date=person.birth_date, sex=person.sex))
    sex = dict(SEXES).get(person.sex, "")
    return [
        (_("Nama lain"), _plain(person.aliases)),
        (_("Jenis kelamin"), _plain([sex])),
        (_("Tempat lahir"), _plain([person.birth_place])),
        (_("Tanggal lahir"), [(person.birth_date, "", [])] if person.birth_date else []),
        (_("NIK"), [(person.nik, "", odd_nik)] if person.nik else []),
        (_("Paspor"), [(p, "", list(checks.passport_warnings(p))) for p in person.passports]),
        (_("Telepon"), [(p, _other(p), list(checks.phone_warnings(p))) for p in person.phones]),
        (_("Surel"), _plain([person.email])),
        (_("Alamat"), _plain([person.address])),
        (_("Kabupaten/kota"), _plain([vocabulary.name(db, "district", person.district_code, lang)])),
    ]


def _plain(values: Iterable[Any]) -> list[tuple[Any, str, list[Any]]]:
    return [(value, "", []) for value in values if value]


def _other(number: str) -> str:
    readable = checks.readable_phone(number)
    return readable if readable != number else ""


@view_config(**PERSON, name="@edit", request_method="GET", permission="edit", renderer="content/edit.pt")
def edit(request: Request) -> dict[str, Any]:
    """The record as a form."""
    person: Person = request.context.item
    reads.note(request, person, "person_read")
    values = values_of(person) | {"seen": editing.newest(request.db, person)}
    return frame(request) | {"form": form(Edit(), request, values=values)}


@view_config(**PERSON, name="@edit", request_method="POST", permission="edit", renderer="content/edit.pt")
def save(request: Request) -> Any:
    """Keep the record; a form that was overtaken comes back with what was typed and with what others changed."""
    person: Person = request.context.item
    asked = form(Edit(), request)
    try:
        values = dict(asked.validate(request.POST.items()))
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | {"form": asked}
    if overtaken := editing.overtaken(request, asked, values["seen"], {"title": "name"}):
        request.response.status_int = 409
        return frame(request) | {"form": asked, "overtaken": overtaken}
    verbs.amend(request.act, person, **columns_of(values))
    request.session.flash(_("Data orang tersimpan."))
    return HTTPSeeOther(request.resource_path(request.context))
