"""`@refer-many`: from one case to several stakeholders: whom, then what each is asked and gets, then what became of each."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal import vocabulary
from portal.content.item import numbered
from portal.content.tree import Resource, path
from portal.content.views.frame import frame
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.forms import Button, Choice, Form, Schema, Tick, ValidationFailure, form
from portal.i18n import _
from portal.referrals import suggestions, verbs
from portal.referrals.batch import Ask, Outcome, draft_many
from portal.referrals.refer import add_package, asked_in_a_sentence, package_of, types_to

WHERE = {
    "context": Resource,
    "kind": "case",
    "name": "@refer-many",
    "permission": "referral:draft",
    "renderer": "referrals/refer_many.pt",
}
MOST = 12
"""Organisations at once: each is a form of its own on the page."""


@view_config(**WHERE, request_method="GET")
def choose(request: Request) -> dict[str, Any]:
    """First whom, from suggestions and a search; then, with several `?to=`, what each of them is asked."""
    offices = _offices(request)
    return _page(request, offices, _form(request, offices) if offices and "more" not in request.GET else None)


@view_config(**WHERE, request_method="POST")
def refer(request: Request) -> dict[str, Any]:
    """Draft all that can be drafted; each item says what became of it."""
    offices = _offices(request)
    if not offices:  # nobody was marked: back to the choice
        request.response.status_int = 422
        return _page(request, offices, None)
    asked = _form(request, offices)
    try:
        values = asked.validate(request.POST.items())
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, offices, asked)
    asks = [Ask(office, _known(values[_name(office)])) for office in offices if _name(office) in values]
    outcomes = draft_many(request.act, request.context.item, asks)
    return _page(request, offices, None) | {"outcomes": [_told(request, outcome) for outcome in outcomes]}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    plain = {"letter_type": values["letter_type"], "ask": values["ask"], "again": bool(values.get("again"))}
    return plain | package_of(values)


def _told(request: Request, outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {"office": outcome.organisation.title, "reasons": outcome.reasons}
    if outcome.referral is not None:
        letter = request.db.get_one(Letter, outcome.referral.letter_id)
        case_name = request.context.item.name
        found |= {"url": path(outcome.referral, case_name), "letter": f"{path(letter, case_name)}/@edit"}
    return found


def _offices(request: Request) -> list[Organisation]:
    """The chosen ones, in the order in which they were named."""
    names = list(dict.fromkeys(request.GET.getall("to")))[:MOST]
    query = select(Organisation).where(numbered(Organisation, *names), Organisation.state == "active")
    found = {o.name: o for o in request.db.scalars(query.where(Organisation.stakeholder_type != "OFFICE"))}
    return [found[name] for name in names if name in found]


def _name(office: Organisation) -> str:
    return f"office-{office.name}"


def _form(request: Request, offices: list[Organisation]) -> Form:
    case, english, schema = request.context.item, request.locale_name == "en", Schema()
    filled: dict[str, Any] = {}
    for office in offices:
        types = types_to(office)
        if not types:
            continue
        part = Schema(name=_name(office), title=office.title)
        choices = [(t.code, t.name_en if english else t.name) for t in types]
        part.add(Choice(choices, _("Surat"), name="letter_type", look="select"))
        part.add(asked_in_a_sentence())
        add_package(part, request, office, types)
        if any(verbs.twins(request.db, case, office.id, t.code) for t in types):
            part.add(Tick(_("Rujukan yang sama memang perlu dikirim lagi"), name="again"))
        schema.add(part)
        filled[part.name] = {"letter_type": types[0].code}
    values = filled if request.method == "GET" else None
    return form(schema, request, buttons=(Button("draft", _("Buat semua rujukan dan suratnya")),), values=values)


def _page(request: Request, offices: list[Organisation], asked: Form | None) -> dict[str, Any]:
    case, lang = request.context.item, request.locale_name
    words, kind = request.GET.get("q", "").strip()[:100], request.GET.get("type", "")
    chosen = {office.name for office in offices}
    groups = suggestions.suggested(request.db, case, lang)
    listed = {office.name for group in groups for office in group.offices}
    return frame(request) | {
        "form": asked if asked is not None and asked.schema.children else None,
        "outcomes": [],
        "chosen": offices,
        "chosen_names": chosen,
        "silent": [office.title for office in offices if not types_to(office)],
        "groups": groups,
        "others": [office for office in offices if office.name not in listed],
        "offices": [
            office
            for office in (suggestions.found(request.db, case, words, kind, lang) if words or kind else [])
            if office.name not in listed | chosen
        ],
        "words": words,
        "type": kind,
        "types": vocabulary.choices(request.db, "stakeholder_type", lang),
        "most": MOST,
    }
