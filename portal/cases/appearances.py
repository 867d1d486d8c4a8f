"""Where a person or an organisation appears in cases: for their own pages, and only what the asker may view."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pyramid.request import Request
from sqlalchemy import func, or_, select

from portal.cases.model import Case
from portal.content import catalog
from portal.content.item import Item
from portal.content.sharing import may_read
from portal.directory.model import Organisation
from portal.directory.views import Use
from portal.i18n import _


def of_people(request: Request, ids: Collection[int]) -> list[tuple[Any, catalog.Row]]:
    """Cases of which one of these persons is worker or complainant, the latest first, each with the role."""
    query = select(Case.id, Case.worker_id, Case.complainant_id).where(
        or_(Case.worker_id.in_(ids), Case.complainant_id.in_(ids)),
        may_read(request.identity, request.at, Case.id),
    )
    found = {row.id: row for row in request.db.execute(query.order_by(Case.id.desc()).limit(200))}
    return [(_role(found[line.id], ids), line) for line in catalog.rows(request.db, list(found))]


def _role(row: Any, ids: Collection[int]) -> Any:
    if row.worker_id in ids:
        return _("pekerja dan pengadu") if row.complainant_id in ids else _("pekerja")
    return _("pengadu")


def of_agency(request: Request, organisation: Organisation) -> list[Use]:
    """How many cases name the organisation as placement agency, and how many of them are open."""
    readable = may_read(request.identity, request.at, Case.id)
    query = (
        select(Item.state, func.count())
        .select_from(Case)
        .where(Case.agency_id == organisation.id, readable)
        .group_by(Item.state)
    )
    counts: dict[str, int] = dict(request.db.execute(query).all())
    if not counts:
        return []
    closed = counts.pop("closed", 0)
    link = f"/cases?agency={organisation.name}"
    return [
        Use(_("Kasus terbuka terhadap lembaga ini"), sum(counts.values()), link),
        Use(_("Kasus ditutup"), closed, f"{link}&state=closed"),
    ]
