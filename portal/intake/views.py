"""The call centre's screen: from the ring to the case, possible doubles on the way, and the receipt with the PIN."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from portal.acts import Refused
from portal.cases import pins
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.content.item import Item, numbered
from portal.content.sharing import may_read
from portal.content.tree import Resource, Root
from portal.forms import Button, ValidationFailure, form
from portal.i18n import _
from portal.intake.forms import (
    Intake,
    asked_words,
    case_columns,
    complainant_columns,
    live_words,
    worker_columns,
)
from portal.pages import words_of_request
from portal.people import verbs as people
from portal.people.doubles import Match, recognise
from portal.people.model import Person, merged_ids

DESK = {"context": Root, "name": "intake", "permission": "case:register", "renderer": "intake/intake.pt"}
CASE = {"context": Resource, "kind": "case"}
RECEIPT = "receipt"
SAME = "same_person"
"""What the doubles box sends: the number of the record that is the same person, or NEW."""
NEW = "new"


@view_config(**DESK, request_method="GET")
def show(request: Request) -> Any:
    """The empty screen, or the doubles for what is being typed."""
    if request.subpath == ("@doubles",):
        return doubles(request)
    if request.subpath:
        raise HTTPNotFound
    by_phone = {"first": {"channel": "PHONE"}} if "OPERATOR" in request.identity.roles else None
    return {"form": _form(request, by_phone), "matches": [], "chosen": "", "is_asked": False}


def doubles(request: Request) -> Response:
    """A fragment: people who may be the same, each with the reason and the open cases about them."""
    found = recognise(request.db, request.identity, request.at, **live_words(request))
    page = {"matches": _with_cases(request, found), "chosen": "", "is_asked": False}
    words = words_of_request(request) | page
    return Response(request.registry.shelf.render("intake/doubles.pt", request.locale_name, words))


def _with_cases(request: Request, found: list[Match]) -> list[tuple[Match, list[Case]]]:
    readable = may_read(request.identity, request.at, Case.id)
    shown = []
    for match in found:
        ids = merged_ids(request.db, request.db.get_one(Person, match.person_id))
        query = select(Case).where(Case.worker_id.in_(ids), Item.state != "closed", readable)
        shown.append((match, list(request.db.scalars(query.order_by(Case.id.desc())))))
    return shown


@view_config(**DESK, request_method="POST")
def receive(request: Request) -> Any:
    """Register the complaint; mistakes and likely doubles bring the form back as it was filled in."""
    asked, answer = _form(request), request.POST.get(SAME, "")
    page = {"form": asked, "matches": [], "chosen": answer, "is_asked": False}
    try:
        values = asked.validate((key, value) for key, value in request.POST.items() if key != SAME)
        found = recognise(request.db, request.identity, request.at, **asked_words(values))
        page["matches"] = _with_cases(request, found)
        if not answer and any(match.is_strong for match in found):
            request.response.status_int = 422
            return page | {"is_asked": True}
        case, pin = _receive(request, values, answer)
    except ValidationFailure:
        request.response.status_int = 422
        return page
    except Refused as refusal:
        request.response.status_int = refusal.status
        return page | {"refusal": refusal}
    return HTTPSeeOther(_keep_for_receipt(request, case, pin))


def _receive(request: Request, values: dict[str, Any], answer: Any) -> tuple[Case, str]:
    act, office = request.act, request.identity.unit_id
    known, told = _known(request, answer), worker_columns(values)
    if known is not None and told:
        people.learn(act, known, **(told | {"name": values["first"]["name"] or ""}))
    worker_id = known.id if known is not None else _recorded(act, told, office)
    complainant_id = _recorded(act, complainant_columns(values), office)
    if complainant_id is None and values["first"]["complainant_type"] in {"PMI", "CPMI"}:
        complainant_id = worker_id
    columns = case_columns(values) | {"worker_id": worker_id, "complainant_id": complainant_id}
    return cases.receive(act, office_id=office, **columns)


def _known(request: Request, answer: Any) -> Person | None:
    """The record chosen among the possible doubles, if the asker may see it."""
    if not isinstance(answer, str) or answer in {"", NEW}:
        return None
    readable = may_read(request.identity, request.at, Person.id)
    query = select(Person).where(numbered(Person, answer), Item.state == "known", readable)
    return request.db.scalar(query.with_for_update(of=Item))


def _recorded(act: Any, columns: dict[str, Any] | None, office: int | None) -> int | None:
    return people.record(act, office_id=office, **columns).id if columns else None


def _form(request: Request, values: dict[str, Any] | None = None) -> Any:
    return form(Intake(), request, buttons=(Button("register", _("Daftarkan pengaduan")),), values=values)


def _keep_for_receipt(request: Request, case: Case, pin: str) -> str:
    # The PIN is shown once, on the next page: kept in the session on the server, never in an address.
    request.session[RECEIPT] = {"case": case.name, "pin": pin}
    return f"/cases/{case.name}/@receipt"


@view_config(**CASE, name="@pin", request_method="POST", permission="edit")
def renew(request: Request) -> HTTPSeeOther:
    """A new PIN for a complainant who lost it."""
    case = request.context.item
    return HTTPSeeOther(_keep_for_receipt(request, case, pins.renew(request.act, case)))


@view_config(**CASE, name="@receipt", request_method="GET", permission="view", renderer="intake/receipt.pt")
def receipt(request: Request) -> dict[str, Any]:
    """The number in large type and the PIN, once; afterwards the PIN can only be renewed."""
    case = request.context.item
    kept = request.session.get(RECEIPT) or {}
    if kept.get("case") != case.name:
        raise HTTPNotFound
    del request.session[RECEIPT]
    return {
        "case": case,
        "pin": f"{kept['pin'][:4]} {kept['pin'][4:]}",
        "address": request.registry["site"].settings.public_url + "/track",
        "may_draft": request.context.permits(request, "letter:draft"),
    }
