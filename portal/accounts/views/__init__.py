"""The pages of accounts, and what they share: showing a form again, and whose account it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from colander import Invalid
from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from portal.accounts.model import Account
from portal.acts import Reason
from portal.forms import Button, Form, Schema, form


def asked_by(request: Request, schema: type[Schema], button: Any, values: Mapping[str, Any] | None = None) -> Form:
    """A form with one button."""
    return form(schema(), request, buttons=(Button("do", button),), values=values)


def refuse(request: Request, asked: Form, reasons: Iterable[Reason], *, status: int = 422) -> None:
    """Show the form again with these reasons, each beside the field it concerns, others on top."""
    request.response.status_int = status
    by_place: dict[Any, list[Any]] = {}
    for reason in reasons:
        place = asked[reason.field] if reason.field and reason.field in asked else asked
        by_place.setdefault(place, []).append(reason.message)
    for place, messages in by_place.items():
        place.error = Invalid(place.schema, messages)


def own_account(request: Request) -> Account:
    """The account of the person who asks."""
    return request.db.get_one(Account, request.identity.account_id)


def named_account(request: Request) -> Account:
    """The account that the address names."""
    account = request.db.get(Account, int(request.matchdict["id"]))
    if account is None:
        raise HTTPNotFound
    return account
