"""Before a holiday comes or goes: the open due dates that move with it, for the person to see and confirm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from portal.content import catalog, moving, sharing
from portal.content.due import STEPS
from portal.content.item import KINDS, Item
from portal.i18n import _, translate
from portal.pages import Column
from portal.panel.control.tables import Table, Values

CONFIRMED = "confirmed"
PAGE = "panel/control/foresight.pt"
OWN = frozenset({"csrf_token", "once"})
COLUMNS = (
    Column("title", _("Apa"), "link"),
    Column("step", _("Yang ditunggu")),
    Column("former", _("Dari"), "day"),
    Column("due", _("Menjadi"), "day"),
)


@dataclass(frozen=True)
class Line:
    """One due date that would move; what the person may not see is named by its case's number only."""

    title: str
    url: str
    step: str
    former: datetime
    due: datetime


def page(request: Request, old: Values | None, new: Values | None) -> dict[str, Any] | None:
    """What would move and a button that does it; None when nothing moves, or the person has seen it."""
    table: Table = request.context.table
    row = getattr(request.context, "row", None)
    if request.GET.get(CONFIRMED) or not (changes := table.shift(old, new)):
        return None
    if new is not None and list(table.check(request.db, table, new, row)):
        return None  # the verb will say what is wrong with it
    foreseen = moving.foresee(request.db, changes)
    if not foreseen.count:
        return None
    request.override_renderer = PAGE
    return {
        "title": _("Batas waktu yang bergeser"),
        "count": foreseen.count,
        "columns": COLUMNS,
        "rows": list(_lines(request, foreseen.first)),
        "kept": [(name, value) for name, value in request.POST.items() if name not in OWN],
        "action": f"{request.path}?{CONFIRMED}=yes",
        "back": f"/control/reference/{table.name}",
    }


def _lines(request: Request, moved: list[moving.Moved]) -> Iterator[Line]:
    ids = [one.item_id for one in moved]
    rights = sharing.may_read(request.identity, request.at, Item.id)
    readable = set(request.db.scalars(select(Item.id).where(Item.id.in_(ids), rights)))
    rows = {row.id: row for row in catalog.rows(request.db, ids)}
    lang = request.locale_name
    for one in moved:
        row = rows[one.item_id]
        hidden = f"{row.dossier_name or row.name} · {translate(KINDS[row.kind].title, lang)}"
        title, url = (row.title, row.url) if row.id in readable else (hidden, "")
        yield Line(title, url, translate(STEPS[one.step], lang), one.former, one.due)
