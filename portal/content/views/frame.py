"""What every item's page has around its middle: place, tabs, next steps with reasons, last events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.request import Request
from sqlalchemy import select
from translationstring import TranslationString

from portal import journal
from portal.content.actions import ACTIONS
from portal.content.item import PART_NAME
from portal.content.tree import Container, Resource
from portal.content.views.why import whys
from portal.content.workflow import Offer, reasons_against
from portal.i18n import _, translate
from portal.journal import Entry

RECENT = 8
READ = "_read"
"""Events of reading end so; the history shows them, the last events beside an item do not."""


@dataclass(frozen=True)
class Tab:
    """One tab of an item's page."""

    title: Any
    url: str
    active: bool
    count: int | None = None


@dataclass(frozen=True)
class Line:
    """One journal line as a sentence."""

    at: Any
    text: str
    by: str
    event: str
    seq: int


def frame(request: Request, active: str = "") -> dict[str, Any]:
    """The values that `layout.pt` and the macros need for the item that is the context."""
    resource: Resource = request.context
    item = resource.item
    state = resource.kind.workflow.state(item.state)
    return {
        "item": item,
        "called": called(resource),
        "kind": resource.kind,
        "title": item.title,
        "state": state,
        "base": request.resource_path(resource),
        "version": item.version,
        "asks": tuple(resource.kind.forms),
        "breadcrumbs": breadcrumbs(resource),
        "tabs": tabs(request, resource, active),
        "offers": offers(request, resource),
        "whys": whys(request, item),
        "timeline": lines(request, item, RECENT) if resource.permits(request, "history") else [],
    }


def breadcrumbs(resource: Resource) -> list[tuple[Any, str]]:
    """Title and address of everything above the item."""
    crumbs = []
    above = resource.__parent__
    while above is not None:
        if isinstance(above, Resource):
            crumbs.append((called(above), resource.request.resource_path(above)))
        elif isinstance(above, Container):
            crumbs.append((above.kind.title, f"/{above.__name__}"))
        above = above.__parent__
    return crumbs[::-1]


def called(resource: Resource) -> Any:
    """How people call an item: by its number, or as which part of its kind ("Surat 3")."""
    part = PART_NAME.match(resource.item.name) if resource.item.parent_id else None
    if part is None:
        return resource.item.name
    return _("${kind} ${ordinal}", mapping={"kind": resource.kind.title, "ordinal": part["ordinal"]})


def tabs(request: Request, resource: Resource, active: str) -> list[Tab]:
    """The registered actions that this person may use on this kind."""
    here = request.resource_path(resource)
    return [
        Tab(a.title, here + a.view, a.view == active)
        for a in ACTIONS
        if a.suits(resource.item.kind) and resource.permits(request, a.permission)
    ]


def offers(request: Request, resource: Resource) -> list[Offer]:
    """The transitions of the item's state that the person's roles have, open ones first, each with its reasons."""
    if request.identity is None:
        return []
    act = request.act
    found = [
        Offer(t, tuple(reasons_against(act, resource.item, t)))
        for t in resource.kind.workflow.leaving(resource.item.state)
        if t.roles & resource.roles and t.suits(resource.item)
    ]
    return sorted(found, key=lambda o: (not o.transition.prominent, not o.is_open))


def lines(request: Request, item: Any, limit: int, before: int | None = None, *, reads: bool = False) -> list[Line]:
    """Journal lines of the item (of the whole dossier for a case), newest first, as sentences."""
    query = select(Entry).order_by(Entry.id.desc()).limit(limit)
    if item.dossier_id == item.id:
        query = query.where(Entry.dossier_id == item.dossier_id)
    else:
        query = query.where(Entry.item_id == item.id)
    if before:
        query = query.where(Entry.seq < before)
    if not reads:
        query = query.where(Entry.event.not_in([e for e in journal.SENTENCES if e.endswith(READ)]))
    return [line(entry, request.locale_name) for entry in request.db.scalars(query)]


def line(entry: Entry, lang: str) -> Line:
    """One entry as a sentence in that language."""
    sentence = journal.SENTENCES.get(entry.event, entry.event)
    if isinstance(sentence, TranslationString):
        whom = entry.data.get("for_name")
        by = _("${by} (untuk ${whom})", mapping={"by": entry.by_name, "whom": whom}) if whom else entry.by_name
        sentence = TranslationString(sentence, domain=sentence.domain, mapping={**entry.data, "by": by})
    return Line(entry.at, translate(sentence, lang), entry.by_name, entry.event, entry.seq)
