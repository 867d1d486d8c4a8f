"""The letter desk: text beside a live preview, with a lock while somebody writes and nothing lost in a conflict."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import reads, vocabulary
from portal.acts import Conflict, Reason, Refused
from portal.content import locks
from portal.content.tree import Resource
from portal.content.views.frame import breadcrumbs, frame
from portal.correspondence import drafting, letters, paragraphs, remarks, wording
from portal.correspondence.deskform import PREFIX, addressees, changes_from, desk_form, field_names
from portal.correspondence.lettermodel import IN_WORDS, LetterType
from portal.correspondence.model import Letter
from portal.correspondence.views import gaps_of, sheet
from portal.forms import Button, Choices, Form, Schema, ValidationFailure, form
from portal.i18n import _, translate

DESK = "correspondence/desk.pt"
MISSING = re.compile(r'<mark class="missing">([a-z][a-z0-9_]*)</mark>')


@view_config(context=Resource, kind="letter", name="@edit", request_method="GET", permission="edit", renderer=DESK)
def edit(request: Request) -> dict[str, Any]:
    """The desk with the letter as it is."""
    letter: Letter = request.context.item
    reads.note(request, letter, "letter_read")
    return _page(request, desk_form(request, letter, fresh=True))


@view_config(context=Resource, kind="letter", name="@edit", request_method="POST", permission="edit", renderer=DESK)
def save(request: Request) -> Any:
    """Keep the text; a conflict or a refusal brings the desk back with everything that was typed."""
    letter: Letter = request.context.item
    desk, chosen = desk_form(request, letter, fresh=False), request.POST.get("insert")
    try:
        values = desk.validate([pair for pair in request.POST.items() if pair[0] != "insert"])
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, desk)
    try:
        with request.db.begin_nested():
            changes = changes_from(letter, values)
            if chosen is not None:
                changes["body"] = _with_paragraph(request, letter, changes["body"], chosen)
            drafting.amend(request.act, letter, version=desk.version, **changes)
    except Refused as refusal:
        request.response.status_int = refusal.status
        if isinstance(refusal, Conflict):
            desk.version = letter.version  # having seen what changed, the person may save over it
        return _page(request, desk, refusal)
    here = request.resource_path(request.context)
    if chosen is not None:
        request.session.flash(_("Surat disimpan; alinea baku ditambahkan di akhir redaksi."))
        return HTTPSeeOther(f"{here}@edit")
    locks.release(request.act, letter)
    request.session.flash(_("Surat disimpan."))
    return HTTPSeeOther(here + ("@preview.pdf" if "show" in request.POST else ""))


def _with_paragraph(request: Request, letter: Letter, body: str, chosen: str) -> str:
    """The wording with a standard paragraph at its end: for who writes without scripts."""
    one = next((p for p in paragraphs.suiting(request.db, letter) if str(p.id) == chosen), None)
    if one is None:
        raise Refused([Reason(_("Alinea baku ini tidak ada lagi."))])
    return f"{body.rstrip()}\n{one.text}"


@view_config(
    context=Resource,
    kind="letter",
    name="@preview",
    request_method="POST",
    permission="edit",
    renderer="correspondence/preview.pt",
)
def preview(request: Request) -> Any:
    """The letter as it would read with what is typed so far: a piece of page, nothing is written."""
    letter: Letter = request.context.item
    request.tm.doom()
    desk = desk_form(request, letter, fresh=False)
    try:
        values = desk.validate(request.POST.items())
        drafting.apply(request.act, letter, changes_from(letter, values))
    except ValidationFailure:
        faults = [f"{fault.title}: {fault.message}" for fault in desk.faults]
        return {"sheet": None, "faults": faults, "missing": []}
    except Refused as refusal:
        faults = [reason.text(request.locale_name) for reason in refusal.reasons]
        return {"sheet": None, "faults": faults, "missing": []}
    faults = [reason.text(request.locale_name) for reason in letters.wording_mistakes(letter)]
    return {"faults": faults, **reading(request, letter, desk)}


def reading(request: Request, letter: Letter, desk: Form) -> dict[str, Any]:
    """The letter as it reads, each gap with the way to the field that fills it: (label, anchor)."""
    anchors = {f.name.removeprefix(PREFIX): f.oid for f in desk.children if f.name.startswith(PREFIX)}
    shown = sheet(request, letter)
    gaps = [(label, f"#{anchors[name]}") for name, label in gaps_of(request, letter)]
    return {"sheet": shown | {"body": jumping(shown["body"], anchors)}, "missing": gaps}


def jumping(body: str, anchors: Mapping[str, str]) -> str:
    """The body with a link from each missing value to its field."""

    def linked(match: re.Match[str]) -> str:
        place = anchors.get(match[1].removesuffix(IN_WORDS))
        return f'<mark class="missing"><a href="#{place}">{match[1]}</a></mark>' if place else match[0]

    return MISSING.sub(linked, body)


@view_config(context=Resource, kind="letter", name="@lock", request_method="POST", permission="edit")
def lock(request: Request) -> Response:
    """Hold the letter while the desk is open, or take it over from somebody who left it open."""
    steal = request.POST.get("steal") == "yes"
    held = locks.take(request.act, request.context.item, steal=steal)
    if steal:
        return HTTPSeeOther(request.resource_path(request.context) + "@edit")
    return Response(status=204 if held.by_id == request.identity.account_id else 423)


def _page(request: Request, desk: Form, refusal: Refused | None = None) -> dict[str, Any]:
    letter: Letter = request.context.item
    lock = locks.holder(request.db, letter, request.at)
    other = lock if lock is not None and lock.by_id != request.identity.account_id else None
    type_ = letters.type_of(letter)
    return frame(request, "@edit") | {
        "letter": letter,
        "form": desk,
        "refusal": refusal,
        "conflict": isinstance(refusal, Conflict),
        "other": other,
        "names": field_names(request, type_),
        "paragraphs": paragraphs.suiting(request.db, letter),
        "words_of": wording.plain,
        "open_remarks": [r for r in remarks.remarks_on(request.db, letter) if r.comment.settled_at is None],
        "faults": [],
        "returned": next((d for d in reversed(letter.decisions) if d.decision == "returned"), None),
        **reading(request, letter, desk),
    }


NEW = "correspondence/new.pt"
PRINTED_ELSEWHERE = frozenset({"receipt", "disposition_sheet"})
"""What belongs to a complaint's intake or an incoming letter and is not written at this desk."""


@view_config(
    context=Resource, kind="case", name="@draft-letter", request_method="GET", permission="letter:draft", renderer=NEW
)
def begin(request: Request) -> dict[str, Any]:
    """Choose a type; once it is chosen, the offices it may go to."""
    return _begin_page(request, _chosen(request))


@view_config(
    context=Resource, kind="case", name="@draft-letter", request_method="POST", permission="letter:draft", renderer=NEW
)
def create(request: Request) -> Any:
    """Make the draft and open the desk."""
    type_ = _chosen(request)
    asked = _recipients_form(request, type_) if type_ else None
    if type_ is None or asked is None:
        return _begin_page(request, None)
    try:
        values = asked.validate(request.POST.items())
        to = [int(i) for i in values.get("to", ())]
        letter = drafting.draft(request.act, request.context.item, type_code=type_.code, to=to)
    except ValidationFailure:
        request.response.status_int = 422
        return _begin_page(request, type_, asked)
    except Refused as refusal:
        request.response.status_int = refusal.status
        return _begin_page(request, type_, asked, refusal)
    return HTTPSeeOther(f"{request.resource_path(request.context)}{letter.name}/@edit")


def _chosen(request: Request) -> LetterType | None:
    return letters.letter_types().get(request.GET.get("type", ""))


def _recipients_form(request: Request, type_: LetterType) -> Form:
    schema = Schema()
    if offices := addressees(request, type_):
        schema.add(Choices(offices, _("Kepada"), name="to", required=False))
    return form(schema, request, action=f"?type={type_.code}", buttons=(Button("draft", _("Susun konsep")),))


def _begin_page(
    request: Request, type_: LetterType | None, asked: Form | None = None, refusal: Refused | None = None
) -> dict[str, Any]:
    english = request.locale_name == "en"
    types = sorted(letters.letter_types().values(), key=lambda t: t.name)
    listed = [
        (t.code, t.name_en if english else t.name, ", ".join(_kinds(request, t)))
        for t in types
        if t.code not in PRINTED_ELSEWHERE
    ]
    return {
        "title": _("Surat baru"),
        "base": request.resource_path(request.context),
        "crumbs": [*breadcrumbs(request.context), (request.context.item.name, request.resource_path(request.context))],
        "types": listed,
        "type": type_,
        "type_title": (type_.name_en if english else type_.name) if type_ else None,
        "to_complainant": type_ is not None and "COMPLAINANT" in type_.addressees,
        "form": asked or (_recipients_form(request, type_) if type_ else None),
        "refusal": refusal,
    }


def _kinds(request: Request, type_: LetterType) -> list[str]:
    if "*" in type_.addressees:
        return [translate(_("semua lembaga"), request.locale_name)]
    return [vocabulary.name(request.db, "stakeholder_type", code, request.locale_name) for code in type_.addressees]
