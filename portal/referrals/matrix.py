"""The stakeholder matrix of the office: asks of all cases in rows, kinds of stakeholder in columns, filtered and paged."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import Select, func, select

from portal import vocabulary
from portal.cases.model import Case
from portal.content import sharing
from portal.content.actions import add_place
from portal.content.item import Item
from portal.content.tree import Root
from portal.correspondence import letters
from portal.directory.model import Organisation
from portal.i18n import _
from portal.pages import Batch, Chip
from portal.referrals.model import Referral
from portal.referrals.views import Line, cell
from portal.referrals.workflow import OPEN, THEIRS

PAGE = 20
"""Cases on a page."""
LATE = {"theirs": _("Instansi terlambat"), "ours": _("Kita terlambat")}

add_place(_("Matriks rujukan"), "/@matrix", "office:work", order=15)


@view_config(
    context=Root, name="@matrix", request_method="GET", permission="office:work", renderer="referrals/office.pt"
)
def office(request: Request) -> dict[str, Any]:
    """The asks that the person may see, the cases that moved last first."""
    asked = {name: request.GET.get(name, "")[:40] for name in ("kind", "late", "mine", "all")}
    matching = _matching(request, asked)
    cases = select(Item.parent_id, func.max(Item.modified_at).label("moved")).where(Item.id.in_(matching))
    cases = cases.group_by(Item.parent_id).order_by(func.max(Item.modified_at).desc(), Item.parent_id.desc())
    total = request.db.scalar(select(func.count()).select_from(cases.order_by(None).subquery())) or 0
    start = _start(request)
    ids = [row.parent_id for row in request.db.execute(cases.limit(PAGE).offset(start))]
    query = select(Referral).where(Referral.parent_id.in_(ids), Referral.id.in_(matching)).order_by(Referral.id)
    heads, lines = _table(request, ids, list(request.db.scalars(query)))
    return {
        "title": _("Matriks rujukan"),
        "filters": _chips(request, asked),
        "kinds": _kinds(request),
        "kind": asked["kind"],
        "kept": [(name, value) for name, value in asked.items() if value and name != "kind"],
        "heads": heads,
        "lines": lines,
        "batch": _batch(request, start, len(ids), total),
    }


def _matching(request: Request, asked: dict[str, str]) -> Select[Any]:
    """Ids of the referrals that are meant: rights and filters in one statement."""
    query = select(Referral.id).where(sharing.may_read(request.identity, request.at, Referral.id))
    if not asked["all"]:
        query = query.where(Referral.state.in_(OPEN))
    if asked["kind"]:
        of_kind = select(Organisation.id).where(Organisation.stakeholder_type == asked["kind"])
        query = query.where(Referral.organisation_id.in_(of_kind))
    if asked["late"] in LATE:
        is_theirs = Referral.state.in_(THEIRS)
        query = query.where(Referral.due_at <= request.at, is_theirs if asked["late"] == "theirs" else ~is_theirs)
    if asked["mine"]:
        query = query.where(
            Referral.parent_id.in_(select(Case.id).where(Case.assignee_id == request.identity.account_id))
        )
    return query.correlate(None)  # the statement around it reads the same table


def _table(request: Request, ids: list[int], found: list[Referral]) -> tuple[list[str], list[Line]]:
    """A line for each ask of each case; two asks of one kind to two offices of a kind stand below each other."""
    session = request.db
    offices = {
        o.id: o
        for o in session.scalars(select(Organisation).where(Organisation.id.in_({r.organisation_id for r in found})))
    }
    names = {row.id: row.name for row in session.execute(select(Item.id, Item.name).where(Item.id.in_(ids)))}
    present = {o.stakeholder_type for o in offices.values()}
    columns = [(c, n) for c, n in vocabulary.choices(session, "stakeholder_type", request.locale_name) if c in present]
    asks: dict[tuple[int, str], dict[str, list[Referral]]] = {}
    for referral in found:
        by_kind = asks.setdefault((referral.parent_id or 0, referral.letter_type), {})
        by_kind.setdefault(offices[referral.organisation_id].stakeholder_type, []).append(referral)
    lines = []
    for (case_id, code), by_kind in sorted(asks.items(), key=lambda pair: ids.index(pair[0][0])):
        title = f"{names[case_id]} · {_letter(request, code)}"
        url = f"/cases/{names[case_id]}/@referrals"
        for row in zip_longest(*(by_kind.get(kind, []) for kind, _name in columns)):
            cells = [
                cell(r, names[case_id], request.at, offices[r.organisation_id].title) if r is not None else None
                for r in row
            ]
            lines.append(Line(title, cells, url))
    return [name for _code, name in columns], lines


def _letter(request: Request, code: str) -> str:
    type_ = letters.letter_types().get(code)
    if type_ is None:
        return code
    return type_.name_en if request.locale_name == "en" else type_.name.partition(" kepada ")[0]


def _link(request: Request, **changes: Any) -> str:
    query = {k: v for k, v in {**request.GET, "start": 0, **changes}.items() if v not in {"", 0}}
    return f"{request.path}?{urlencode(query)}"


def _chips(request: Request, asked: dict[str, str]) -> list[Chip]:
    every = Chip(_("Termasuk yang selesai"), _link(request, all="" if asked["all"] else "yes"), bool(asked["all"]))
    mine = Chip(_("Kasus saya"), _link(request, mine="" if asked["mine"] else "yes"), bool(asked["mine"]))
    late = [
        Chip(words, _link(request, late="" if asked["late"] == code else code), asked["late"] == code)
        for code, words in LATE.items()
    ]
    return [*late, mine, every]


def _kinds(request: Request) -> list[tuple[str, str]]:
    return vocabulary.choices(request.db, "stakeholder_type", request.locale_name)


def _start(request: Request) -> int:
    typed = request.GET.get("start", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0


def _batch(request: Request, start: int, shown: int, total: int) -> Batch | None:
    if total <= PAGE:
        return None
    before = _link(request, start=max(start - PAGE, 0)) if start else None
    after = _link(request, start=start + PAGE) if start + PAGE < total else None
    return Batch(start + 1, start + shown, total, before, after)
