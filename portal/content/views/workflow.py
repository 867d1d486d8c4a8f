"""`@workflow`: what can be done with an item now, and doing it; one page serves every transition of every kind."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from translationstring import TranslationString

from portal.acts import Reason, Refused
from portal.content.assurance import step_up_address
from portal.content.item import expect_version
from portal.content.tree import Resource
from portal.content.views.api import answer, body_of, offer_json, wants_json
from portal.content.views.frame import frame, offers
from portal.content.workflow import Offer, Transition, reasons_against, require
from portal.db import paused_transaction
from portal.forms import Button, Schema, ValidationFailure, form
from portal.i18n import _, translate

TEMPLATE = "content/transition.pt"


@view_config(context=Resource, name="@workflow", request_method="GET", permission="view", renderer=TEMPLATE)
def show(request: Request) -> Any:
    """All transitions as JSON, or the form of one of them."""
    resource: Resource = request.context
    if not request.subpath:
        found = [offer_json(request, o) for o in offers(request, resource)]
        return answer(request, {"state": resource.item.state, "transitions": found})
    transition = _transition(request)
    if address := step_up_address(request, transition):
        return HTTPSeeOther(address)
    return _page(request, transition, _form(request, transition))


@view_config(context=Resource, name="@workflow", request_method="POST", permission="view", renderer=TEMPLATE)
def do(request: Request) -> Any:
    """Do one transition; refused with every reason, the answers kept."""
    resource: Resource = request.context
    transition = _transition(request)
    if address := step_up_address(request, transition):
        return HTTPSeeOther(address)
    asked = _form(request, transition)
    try:
        answers = _answers(request, asked)
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, transition, asked)
    try:
        expect_version(resource.item, asked.version if asked.version is not None else _json_version(request))
        answers = _prepared(request, transition, answers)
        told = resource.kind.verbs[transition.name](request.act, resource.item, **answers)
        request.db.flush()
    except Refused as refusal:
        if wants_json(request):
            raise
        request.response.status_int = refusal.status
        return _page(request, transition, asked, refusal)
    # A verb that gives a sentence has something to say that is shown this once.
    words = told if isinstance(told, TranslationString) else None
    if wants_json(request):
        more = {"message": translate(words, request.locale_name)} if words else {}
        return answer(request, {"@id": request.resource_path(resource), "state": resource.item.state} | more)
    request.session.flash(words or _("Selesai: ${act}.", mapping={"act": transition.title}))
    return HTTPSeeOther(_back(request, resource))


def _transition(request: Request) -> Transition:
    resource: Resource = request.context
    transition = resource.kind.workflow.transition(request.subpath[0]) if len(request.subpath) == 1 else None
    # A transition that is none of this person's business does not exist for him or her.
    if transition is None or not transition.roles & resource.roles:
        raise HTTPNotFound
    return transition


def _form(request: Request, transition: Transition) -> Any:
    schema = request.context.kind.forms.get(transition.name, Schema)()
    prefill = getattr(schema, "prefill", None)
    fresh = request.method == "GET"
    values = prefill(request.context.item) if fresh and prefill else None
    version = request.context.item.version if fresh else None
    return form(schema, request, buttons=(Button("do", transition.title),), version=version, values=values)


def _answers(request: Request, asked: Any) -> dict[str, Any]:
    if wants_json(request):
        body = {k: v for k, v in body_of(request).items() if k != "version"}
        try:
            values = asked.schema.deserialize(body)
        except colander.Invalid as error:
            raise Refused(_reasons(request, error)) from error
    else:
        values = dict(asked.validate(request.POST.items()))
    # A schema whose fields are not the verb's own arguments says how they become them.
    arrange = getattr(asked.schema, "arrange", None)
    return arrange(values) if arrange else values


def _prepared(request: Request, transition: Transition, answers: dict[str, Any]) -> dict[str, Any]:
    resource: Resource = request.context
    prepare = resource.kind.preparations.get(transition.name)
    if prepare is None:
        return answers
    require(request.act, resource.item, transition.name)
    work = prepare(request.act, resource.item)
    try:
        with paused_transaction(request):
            return work(**answers)
    finally:
        request.db.refresh(resource.item, with_for_update=True)


def _reasons(request: Request, error: colander.Invalid) -> list[Reason]:
    fields = error.asdict(translate=lambda words: translate(words, request.locale_name), separator=None)
    return [Reason(message, field=field) for field, messages in fields.items() for message in messages]


def _json_version(request: Request) -> int | None:
    value = body_of(request).get("version") if wants_json(request) else None
    return value if isinstance(value, int) else None


def _page(request: Request, transition: Transition, asked: Any, refusal: Refused | None = None) -> dict[str, Any]:
    resource: Resource = request.context
    reasons = refusal.reasons if refusal else tuple(reasons_against(request.act, resource.item, transition))
    return frame(request) | {
        "transition": transition,
        "offer": Offer(transition, reasons),
        "form": asked,
        "conflict": refusal is not None and refusal.status == 409,
        "back": _back(request, resource),
    }


def _back(request: Request, resource: Resource) -> str:
    return request.resource_path(resource) if resource.permits(request, "view") else "/"
