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
from portal.content import catalog, sharing
from portal.content.item import Item, numbered
from portal.content.tree import Container
from portal.directory.model import Organisation
from portal.i18n import _
from portal.pages import Batch, Chip, Column, Empty
from portal.vocabulary import Term

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
    found = catalog.rows(request.db, _matching(request, asked, start))
    is_narrowed = any(asked.values())
    nothing = _("Tidak ada kasus dengan saringan ini.") if is_narrowed else _("Belum ada kasus yang dapat Anda lihat.")
    agency = request.db.scalar(select(Organisation.title).where(numbered(Organisation, asked["agency"])))
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


def _matching(request: Request, asked: dict[str, str], start: int) -> list[int]:
    """The cases of one page and the first of the next one, the last changed first."""
    state = asked["state"]
    return sharing.newest(
        request.db,
        request.identity,
        request.at,
        kind="case",
        states=None if not state else OPEN if state == "open" else [state],
        narrowed=lambda walk, case_id: _narrowed(walk, case_id, asked),
        limit=PAGE + 1,
        offset=start,
    )


def _narrowed(walk: Select[Any], case_id: Any, asked: dict[str, str]) -> Select[Any]:
    case = Case.__table__.c
    if asked["category"]:
        concerned = select(CaseCategory.id).where(CaseCategory.case_id == case_id)
        walk = walk.where(concerned.where(CaseCategory.code == asked["category"]).exists())
    if asked["country"] or asked["agency"]:
        walk = walk.join(Case.__table__, case.id == case_id)
    if asked["country"]:
        walk = walk.where(case.country_code == asked["country"])
    if asked["agency"]:
        agency = select(Organisation.id).where(numbered(Organisation, asked["agency"])).scalar_subquery()
        walk = walk.where(case.agency_id == agency)
    if asked["urgency"].isdecimal() and len(asked["urgency"]) == 1:
        walk = walk.join(Item, Item.id == case_id).where(Item.urgency == int(asked["urgency"]))
    return walk


def _choices(request: Request) -> list[tuple[str, Any, list[tuple[str, Any]]]]:
    db, lang = request.db, request.locale_name
    of_country = select(Case.id).where(
        Case.country_code == Term.code, sharing.may_read(request.identity, request.at, Case.id)
    )
    # What others' cases are about shows nowhere: only countries of a case that the person may see.
    known = set(db.scalars(select(Term.code).where(Term.vocabulary == "country", of_country.exists())))
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
