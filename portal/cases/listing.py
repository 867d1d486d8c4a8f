"""All cases that a person may view: by state, matter, country, urgency and agency, last changed first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import Select, select

from portal import vocabulary
from portal.cases.forms import URGENCIES
from portal.cases.model import Case, CaseCategory
from portal.cases.workflow import OPEN, WORKFLOW
from portal.content import catalog
from portal.content.item import Item
from portal.content.sharing import readable_ids
from portal.content.tree import Container
from portal.i18n import _
from portal.pages import Batch, Chip, Column, Empty

PAGE = 50
COLUMNS = (
    Column("title", _("Kasus"), "link"),
    Column("name", _("Nomor"), "code"),
    Column("chip", _("Status"), "state"),
    Column("due_at", _("Jatuh tempo"), "due"),
)
FILTERS = ("state", "category", "country", "urgency", "agency")


@view_config(
    context=Container, path_info=r"^/cases/?$", request_method="GET", permission="signed-in", renderer="cases/list.pt"
)
def cases(request: Request) -> dict[str, Any]:
    """The list with its filters."""
    asked = {name: request.GET.get(name, "").strip()[:60] for name in FILTERS}
    start = min(int(request.GET["start"]), 100_000) if request.GET.get("start", "").isdecimal() else 0
    found = [catalog.row(r) for r in request.db.execute(_matching(request, asked).limit(PAGE + 1).offset(start))]
    is_narrowed = any(asked.values())
    nothing = _("Tidak ada kasus dengan saringan ini.") if is_narrowed else _("Belum ada kasus yang dapat Anda lihat.")
    agency = request.db.scalar(select(Item.title).where(Item.kind == "organisation", Item.name == asked["agency"]))
    return {
        "title": _("Kasus"),
        "asked": asked,
        "agency": agency,
        "choices": _choices(request),
        "rows": found[:PAGE],
        "columns": COLUMNS,
        "caption": _("Kasus"),
        "empty": Empty(nothing, _("Hapus saringan"), "/cases") if is_narrowed else Empty(nothing),
        "filters": _chips(asked),
        "batch": _batch(asked, start, len(found)),
    }


def _matching(request: Request, asked: dict[str, str]) -> Select[Any]:
    query = catalog.spine().join(Case.__table__, Case.__table__.c.id == Item.id)
    query = query.where(Item.id.in_(readable_ids(request.identity, request.at, ["case"])))
    if asked["state"]:
        query = query.where(Item.state.in_(OPEN if asked["state"] == "open" else (asked["state"],)))
    if asked["category"]:
        concerned = select(CaseCategory.case_id).where(CaseCategory.code == asked["category"])
        query = query.where(Item.id.in_(concerned))
    if asked["country"]:
        query = query.where(Case.__table__.c.country_code == asked["country"])
    if asked["urgency"].isdecimal() and len(asked["urgency"]) == 1:
        query = query.where(Item.urgency == int(asked["urgency"]))
    if asked["agency"]:
        agency = select(Item.id).where(Item.kind == "organisation", Item.name == asked["agency"]).scalar_subquery()
        query = query.where(Case.__table__.c.agency_id == agency)
    return query.order_by(Item.modified_at.desc(), Item.id.desc())


def _choices(request: Request) -> list[tuple[str, Any, list[tuple[str, Any]]]]:
    db, lang = request.db, request.locale_name
    readable = readable_ids(request.identity, request.at, ["case"])  # what others' cases are about shows nowhere
    known = set(db.scalars(select(Case.country_code).where(Case.id.in_(readable)).distinct()))
    countries = [(code, name) for code, name in vocabulary.choices(db, "country", lang) if code in known]
    return [
        ("category", _("Masalah"), vocabulary.choices(db, "category", lang)),
        ("country", _("Negara"), sorted(countries, key=lambda pair: pair[1])),
        ("urgency", _("Kegawatan"), list(URGENCIES)),
    ]


def _link(asked: dict[str, str], **changes: Any) -> str:
    query = {key: value for key, value in {**asked, **changes}.items() if value}
    return "/cases?" + urlencode(query) if query else "/cases"


def _chips(asked: dict[str, str]) -> list[Chip]:
    states = [("", _("Semua")), ("open", _("Terbuka")), *((s.name, s.title) for s in WORKFLOW.states)]
    return [Chip(title, _link(asked, state=name), asked["state"] == name) for name, title in states]


def _batch(asked: dict[str, str], start: int, count: int) -> Batch | None:
    more = count > PAGE
    if not start and not more:
        return None
    end = start + min(count, PAGE)
    earlier = _link(asked, start=max(start - PAGE, 0)) if start else None
    return Batch(start + 1, end, end + int(more), earlier, _link(asked, start=end) if more else None)
