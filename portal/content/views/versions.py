"""`@versions`: former contents of an item, what changed between two, and bringing one back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal import reads
from portal.content import versions
from portal.content.tree import Resource
from portal.content.views.api import answer, number, wants_json
from portal.content.views.frame import frame
from portal.i18n import _
from portal.journal import declare

TEMPLATE = "content/versions.pt"
declare(versions_read=_("${by} membuka versi sebelumnya"))


@dataclass(frozen=True)
class Change:
    """One field that differs between two versions."""

    title: Any
    before: Any
    after: Any


@view_config(context=Resource, name="@versions", request_method="GET", permission="versions", renderer=TEMPLATE)
def show(request: Request) -> Any:
    """All versions, or what one of them changed."""
    item = request.context.item
    found = versions.listing(request.db, item)
    reads.note(request, item, "versions_read")
    if wants_json(request):
        return answer(request, {"items": [_json(v) for v in found]})
    chosen = _chosen(request, found)
    before = next((v for v in found if chosen and v.number == chosen.number - 1), None)
    changes = versions.difference(before.values if before else {}, chosen.values) if chosen else []
    fields = request.context.kind.field_titles
    return frame(request, "@versions") | {
        "versions": found,
        "chosen": chosen,
        "changes": [Change(fields.get(c, c), old, new) for c, old, new in changes],
        "may_revert": request.context.permits(request, "edit"),
    }


@view_config(context=Resource, name="@versions", request_method="POST", permission="edit")
def bring_back(request: Request) -> HTTPSeeOther:
    """Make a former content the current one, as a new version."""
    chosen = number(request.subpath[0]) if len(request.subpath) == 1 else None
    if chosen is None or versions.version(request.db, request.context.item, chosen) is None:
        raise HTTPNotFound
    versions.revert(request.act, request.context.item, chosen)
    request.session.flash(_("Versi ${number} dikembalikan.", mapping={"number": chosen}))
    return HTTPSeeOther(request.resource_path(request.context, "@versions"))


def _chosen(request: Request, found: list[versions.Version]) -> versions.Version | None:
    if not request.subpath:
        return found[0] if found else None
    chosen = next((v for v in found if str(v.number) == request.subpath[0]), None)
    if chosen is None:
        raise HTTPNotFound
    return chosen


def _json(version: versions.Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "at": version.at,
        "by": version.by_name,
        "note": version.note,
        "values": version.values,
    }
