"""The directory: finding organisations, an organisation's entry, adding and editing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, or_, select

from portal import vocabulary
from portal.content import sharing
from portal.content.item import kind_of
from portal.content.tree import Container, Resource
from portal.content.views import editing
from portal.content.views.frame import frame
from portal.directory import verbs
from portal.directory.forms import OWN_OFFICE, Edit, columns_of, stakeholder_types, values_of
from portal.directory.model import Organisation
from portal.forms import Button, ValidationFailure, form
from portal.i18n import LANGUAGES, _, translate
from portal.pages import Batch, Column, Empty, Fact

ORGANISATION = {"context": Resource, "kind": "organisation"}
ADD = {"context": Container, "name": "@add", "path_info": r"^/directory/@add$", "permission": "organisation:add"}
PAGE = 50
COLUMNS = (
    Column("title", _("Lembaga"), "link"),
    Column("type", _("Jenis")),
    Column("city", _("Kota")),
    Column("channels", _("Saluran")),
    Column("chip", _("Status"), "state"),
)


@dataclass(frozen=True)
class Use:
    """How often something of ours concerns an organisation, and where it is listed."""

    title: Any
    count: int
    url: str | None = None


USES: list[Any] = []
"""Features above add functions `(request, organisation) -> list[Use]`: cases, letters and referrals out there."""


@view_config(
    context=Container,
    path_info=r"^/directory/?$",
    request_method="GET",
    permission="signed-in",
    renderer="directory/list.pt",
)
def directory(request: Request) -> dict[str, Any]:
    """Organisations by name, filtered by words and kind."""
    query, kind = (request.GET.get(name, "").strip()[:200] for name in ("q", "type"))
    start = int(request.GET["start"]) if request.GET.get("start", "").isdecimal() else 0
    wanted = _matching(request, query, kind)
    total = request.db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    page = wanted.order_by(Organisation.title, Organisation.id).limit(PAGE).offset(min(start, total))
    found = list(request.db.scalars(page))
    nothing = _("Tidak ada lembaga yang cocok.") if query or kind else _("Direktori masih kosong.")
    may_add = bool(request.has_permission("organisation:add"))
    return {
        "title": _("Direktori lembaga"),
        "query": query,
        "type": kind,
        "types": stakeholder_types(request),
        "rows": [_row(request, o) for o in found],
        "columns": COLUMNS,
        "caption": _("Lembaga"),
        "empty": Empty(nothing, _("Tambah lembaga"), "/directory/@add") if may_add else Empty(nothing),
        "batch": _batch(start, len(found), total, {"q": query, "type": kind}),
        "may_add": may_add,
    }


def _matching(request: Request, query: str, kind: str) -> Any:
    wanted = select(Organisation).where(sharing.may_read(request.identity, request.at, Organisation.id))
    if kind:
        wanted = wanted.where(Organisation.stakeholder_type == kind)
    for word in query.split()[:8]:
        columns = (Organisation.title, Organisation.addressee, Organisation.city, Organisation.email)
        wanted = wanted.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return wanted


def _batch(start: int, count: int, total: int, query: dict[str, str]) -> Batch | None:
    if total <= PAGE:
        return None

    def link(to: int) -> str:
        return "/directory?" + urlencode({k: v for k, v in {**query, "start": to}.items() if v})

    end = start + count
    return Batch(
        start + 1, end, total, link(max(start - PAGE, 0)) if start else None, link(end) if end < total else None
    )


def _row(request: Request, organisation: Organisation) -> dict[str, Any]:
    return {
        "url": f"/directory/{organisation.name}",
        "title": organisation.title,
        "type": kind_name(request, organisation),
        "city": organisation.city or None,
        "channels": channels(request, organisation),
        "chip": kind_of(organisation).workflow.state(organisation.state),
    }


def kind_name(request: Request, organisation: Organisation) -> Any:
    """What kind of organisation it is."""
    if organisation.stakeholder_type == OWN_OFFICE[0]:
        return OWN_OFFICE[1]
    return vocabulary.name(request.db, "stakeholder_type", organisation.stakeholder_type, request.locale_name)


def channels(request: Request, organisation: Organisation) -> str:
    """The ways a letter goes there; post is always open."""
    ways = [(organisation.by_portal, _("portal")), (organisation.by_email, _("surel")), (True, _("pos"))]
    return ", ".join(translate(name, request.locale_name) for is_open, name in ways if is_open)


@view_config(**ORGANISATION, request_method="GET", permission="view", renderer="directory/organisation.pt")
def view(request: Request) -> dict[str, Any]:
    """Where letters go, by which channels, and what of ours is out there."""
    organisation: Organisation = request.context.item
    return frame(request) | {
        "facts": facts(request, organisation),
        "uses": [use for tell in USES for use in tell(request, organisation)],
        "may_edit": request.context.permits(request, "edit"),
    }


def facts(request: Request, organisation: Organisation) -> list[Fact]:
    """The summary list of an organisation."""
    db, lang = request.db, request.locale_name
    place = ", ".join(
        p for p in (organisation.city, vocabulary.name(db, "country", organisation.country_code, lang)) if p
    )
    above = db.get(Organisation, organisation.superior_id) if organisation.superior_id else None
    return [
        Fact(_("Jenis lembaga"), kind_name(request, organisation)),
        Fact(_("Surat ditujukan kepada"), organisation.addressee),
        *([Fact(_("u.p."), organisation.attention)] if organisation.attention else []),
        Fact(_("Alamat"), organisation.address or None),
        Fact(_("Tempat"), place or None),
        Fact(_("Telepon"), organisation.phone or None),
        Fact(_("Surel"), organisation.email or None, f"mailto:{organisation.email}" if organisation.email else None),
        Fact(_("Saluran"), channels(request, organisation)),
        Fact(_("Bahasa surat"), LANGUAGES.get(organisation.language, organisation.language)),
        *([Fact(_("Kode unit pada nomor surat"), organisation.unit_code)] if organisation.unit_code else []),
        *([Fact(_("Atasan"), above.title, f"/directory/{above.name}")] if above is not None else []),
    ]


@view_config(**ADD, request_method="GET", renderer="directory/add.pt")
def blank(request: Request) -> dict[str, Any]:
    """An empty entry."""
    return {"form": _blank_form(request, {"country_code": "ID", "language": "id", "by_email": True})}


@view_config(**ADD, request_method="POST", renderer="directory/add.pt")
def add(request: Request) -> Any:
    """Add an organisation."""
    asked = _blank_form(request)
    try:
        values = asked.validate(request.POST.items())
    except ValidationFailure:
        request.response.status_int = 422
        return {"form": asked}
    made = verbs.add_organisation(request.act, **columns_of(values))
    request.session.flash(_("Lembaga ditambahkan."))
    return HTTPSeeOther(f"/directory/{made.name}")


def _blank_form(request: Request, values: dict[str, Any] | None = None) -> Any:
    return form(Edit(), request, buttons=(Button("add", _("Tambah lembaga")),), values=values)


@view_config(**ORGANISATION, name="@edit", request_method="GET", permission="edit", renderer="content/edit.pt")
def edit(request: Request) -> dict[str, Any]:
    """The entry as a form."""
    organisation = request.context.item
    values = values_of(organisation) | {"seen": editing.newest(request.db, organisation)}
    return frame(request) | {"form": form(Edit(), request, values=values)}


@view_config(**ORGANISATION, name="@edit", request_method="POST", permission="edit", renderer="content/edit.pt")
def save(request: Request) -> Any:
    """Keep the entry; a form that was overtaken comes back with what was typed and with what others changed."""
    asked = form(Edit(), request)
    try:
        values = dict(asked.validate(request.POST.items()))
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | {"form": asked}
    if overtaken := editing.overtaken(request, asked, values["seen"], {"title": "name"}):
        request.response.status_int = 409
        return frame(request) | {"form": asked, "overtaken": overtaken}
    verbs.amend(request.act, request.context.item, **columns_of(values))
    request.session.flash(_("Data lembaga tersimpan."))
    return HTTPSeeOther(request.resource_path(request.context))
