"""The journal as the administrator and the data protection officer read it: the site's lines, proof, and readers."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import or_, select

from portal import journal, reads
from portal.cases.model import Case
from portal.content.item import numbered
from portal.content.views.frame import line as sentence_of
from portal.forms.values import day_from
from portal.i18n import _, translate
from portal.journal import SENTENCES, SITE_CHAIN, Entry, Head
from portal.panel.control.places import Control, trail

PAGE = 50
GAP = re.compile(r"\$\{\w+\}")
PROVED = 100
"""How many of the newest dossiers are proved besides the site's own chain."""

LIST, READERS = "panel/control/journal.pt", "panel/control/readers.pt"

journal.declare(readers_read=_("${by} melihat siapa yang membaca berkas kasus"))


@view_config(context=Control, name="journal", request_method="GET", permission="control:watch", renderer=LIST)
def show_journal(request: Request) -> dict[str, Any]:
    """The site's chain as sentences, newest first; by event, person and day; with `prove` also whether chains hold."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("event", "who", "day")}
    lines = list(request.db.scalars(_chosen(request, asked).limit(PAGE + 1)))
    found = [sentence_of(line, request.locale_name) for line in lines[:PAGE]]
    more = {name: value for name, value in asked.items() if value}
    return {
        "title": _("Jurnal portal"),
        "trail": trail(),
        "asked": asked,
        "events": _events(request),
        "lines": found,
        "older": f"?{urlencode(more | {'before': found[-1].seq})}" if len(lines) > PAGE else None,
        "faults": _faults(request) if "prove" in request.GET else None,
    }


def _chosen(request: Request, asked: dict[str, str]) -> Any:
    query = select(Entry).where(Entry.dossier_id == SITE_CHAIN).order_by(Entry.seq.desc())
    if asked["event"] in SENTENCES:
        query = query.where(Entry.event == asked["event"])
    if asked["who"]:
        query = query.where(Entry.by_name.icontains(asked["who"], autoescape=True))
    if day := day_from(asked["day"]):
        begin = datetime.combine(day, time(), ZoneInfo(request.identity.zone))
        query = query.where(Entry.at >= begin, Entry.at < begin + timedelta(days=1))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 16:
        query = query.where(Entry.seq < int(before))
    return query


def _events(request: Request) -> list[tuple[str, str]]:
    """The events that occur in the site's chain, each as its sentence with gaps."""
    found = request.db.scalars(select(Entry.event).where(Entry.dossier_id == SITE_CHAIN).distinct())
    said = {event: translate(SENTENCES.get(event, event), request.locale_name) for event in found}
    return sorted(((event, GAP.sub("…", words)) for event, words in said.items()), key=lambda pair: pair[1])


def _faults(request: Request) -> list[str]:
    newest = select(Head.dossier_id).where(Head.dossier_id != SITE_CHAIN).order_by(Head.dossier_id.desc()).limit(PROVED)
    chains = [SITE_CHAIN, *request.db.scalars(newest)]
    return [fault for chain in chains for fault in journal.problems(request.db, chain)]


@view_config(context=Control, name="readers", request_method="GET", permission="control:readers", renderer=READERS)
def show_readers(request: Request) -> dict[str, Any]:
    """Who opened anything of a case, newest first; asking is itself written down."""
    number = request.GET.get("case", "").strip()[:60]
    case = request.db.scalar(select(Case).where(numbered(Case, number))) if number else None
    lines = []
    if case is not None:
        reading = or_(*(Entry.event.endswith(end, autoescape=True) for end in ("_read", "_downloaded")))
        before = request.GET.get("before", "")
        query = select(Entry).where(Entry.dossier_id == case.id, reading).order_by(Entry.seq.desc())
        if before.isascii() and before.isdigit() and len(before) < 16:
            query = query.where(Entry.seq < int(before))
        lines = [sentence_of(line, request.locale_name) for line in request.db.scalars(query.limit(PAGE + 1))]
        reads.note(request, case, "readers_read")
    more = len(lines) > PAGE
    return {
        "title": _("Siapa membaca"),
        "trail": trail(),
        "number": number,
        "is_found": case is not None,
        "lines": lines[:PAGE],
        "older": f"?{urlencode({'case': number, 'before': lines[PAGE - 1].seq})}" if more else None,
    }
