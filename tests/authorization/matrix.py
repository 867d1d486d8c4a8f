"""The matrix: every address × every person, decided by the application's own views and compared with the oracle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.interfaces import IMultiView
from pyramid.request import Request, apply_request_extensions
from pyramid.traversal import ResourceTreeTraverser
from pyramid.view import _find_views
from webob import Response
from zope.interface import providedBy

from portal.accounts.identities import identity_of
from portal.content.tree import Root
from portal.content.views import workflow
from portal.desk.door import Door
from portal.referrals import links
from portal.referrals.links import Bearer
from portal.referrals.model import Referral
from tests.authorization.addresses import Address, Atlas, Thing
from tests.authorization.clients import Client
from tests.authorization.oracle import UNISSUED, may

WALKED = {
    "case",
    "document",
    "requirement",
    "letter",
    "consent",
    "incoming",
    "person",
    "organisation",
    "referral",
    "desk",
    "answer",
}
"""What has rights of its own: its addresses are decided without a page being made."""
REFUSED = {401, 403, 404}
DOOR = b'autocomplete="organization-title"'
"""What is seen of a link by who has not given its code."""
MAY_BE_EMPTY = re.compile(
    r"@(pdf|copy|preview|receipt|file|sharing/1|comments/1|remarks/1|versions(/1)?|casefile/1\..*|enclosure/.*|receipt/.*|receipt-pdf/.*|refer|workflow)?/?[01]?"
    r"|reset_link|invitation_link|static|verify_code|account_session_end|accounts_leave|delegations_end|jobs|mail|bring-back|remove"
)
"""Addresses at which there may be nothing for anybody: no file yet, no such version, no link that was sent."""


@dataclass(frozen=True)
class Wrong:
    """A cell in which application and oracle differ."""

    person: str
    method: str
    path: str
    state: str
    view: str
    found: str

    def __str__(self) -> str:
        """One line of a failure."""
        return f"{self.person:9} {self.method:4} {self.path} [{self.state}] {self.found} ({self.view})"


class Decisions:
    """What the application's registry says, asked as its router asks: traversal, the matching view, its permission."""

    def __init__(self, registry: Any, world: Any) -> None:
        self.registry, self.world = registry, world

    def wrong(self, atlas: Atlas, persons: Iterable[str]) -> tuple[int, list[Wrong]]:
        """How many cells were decided, and those that were decided wrongly."""
        asked, found = 0, []
        addresses = [a for a in atlas.addresses() if a.thing.kind in WALKED]
        with self.world.site.sessions(bind=self.world.site.readers) as session:
            for person in persons:
                number = self.world.accounts.get(person)
                identity = identity_of(session, number) if number else None
                walked: dict[str, Request] = {}
                for address in addresses:
                    asked += 1
                    request = walked.get(address.thing.path)
                    if request is None:
                        who = self._bearer(address.thing, session) if person == "bearer" else identity
                        request = walked[address.thing.path] = self._walk(address.thing.path, who, session)
                    is_open = self._is_open(request, address)
                    if is_open != (person in may(address.thing, address.method, address.name)):
                        found.append(_wrong(person, address, "open" if is_open else "closed"))
        return asked, found

    def request(self, path: str, identity: Any, session: Any) -> Request:
        """A request of that person, as the router would make it."""
        request = Request.blank(path)
        request.registry = self.registry
        request.db, request._identity = session, identity
        apply_request_extensions(request)
        return request

    def _bearer(self, thing: Thing, session: Any) -> Bearer | None:
        """Who has opened one link is somebody at that address only."""
        if thing.kind != "answer" or thing.to != "bearer":
            return None
        referral = session.get_one(Referral, thing.id)
        return Bearer.of(links.last(session, referral), referral, "Ipda Rahmat")

    def _walk(self, path: str, identity: Any, session: Any) -> Request:
        request = self.request(f"{path}/", identity, session)
        try:
            found = ResourceTreeTraverser(Root(request))(request)
        except HTTPForbidden:
            found = {"view_name": "asked to sign in"}
        for name, value in found.items():
            setattr(request, name, value)
        return request

    def _is_open(self, request: Request, address: Address) -> bool:
        if request.view_name or isinstance(request.context, Door):
            return False  # what does not exist for this person; the name is left over
        request.method, request.path_info = address.method, address.path
        request.headers["Accept"] = "application/json" if address.json else "text/html"
        name, _slash, rest = address.path.removeprefix(f"{address.thing.path}/").partition("/")
        request.subpath = tuple(rest.split("/")) if rest else ()
        view = _view(self.registry, request, name)
        permitted = getattr(view, "__permitted__", None)
        if permitted is not None and not permitted(request.context, request):
            return False
        if address.name.startswith("@workflow/"):
            try:
                workflow._transition(request)
            except HTTPNotFound:
                return False
        return True


def _view(registry: Any, request: Request, name: str) -> Any:
    """The view that the router would call."""
    found = _find_views(registry, providedBy(request), providedBy(request.context), name)
    for view in found:
        if IMultiView.providedBy(view):
            for _order, each, _phash in view.get_views(request):
                if _suits(each, request):
                    return each
        elif _suits(view, request):
            return view
    raise LookupError(f"{request.method} {request.path_info}: no view")


def _suits(view: Any, request: Request) -> bool:
    predicated = getattr(view, "__predicated__", None)
    return predicated is None or predicated(request.context, request)


def _wrong(person: str, address: Address, found: str) -> Wrong:
    return Wrong(person, address.method, address.path, address.thing.state, address.view, found)


def judged(client: Client, address: Address, response: Response) -> Wrong | None:
    """What is wrong with an answer: given to whom it is closed, or refused to whom it is open."""
    status, where = response.status_int, response.location or ""
    is_expected = client.name in may(address.thing, address.method, address.name)
    is_refused = status in REFUSED or (status == 303 and ("/login?" in where or where.endswith("/welcome")))
    is_refused |= address.thing.kind == "answer" and DOOR in response.body
    if status == 404 and is_expected and MAY_BE_EMPTY.fullmatch(address.name):
        return None
    if status >= 500 or is_expected == is_refused:
        return _wrong(client.name, address, str(status))
    return None


def sample(addresses: Iterable[Address], persons: list[str]) -> Iterator[tuple[str, Address]]:
    """Every address for somebody to whom it is open and somebody to whom it is closed, by turns; steps for one of them."""
    for turn, address in enumerate(addresses):
        order = persons[turn % len(persons) :] + persons[: turn % len(persons)]
        allowed = may(address.thing, address.method, address.name)
        inside, outside = [p for p in order if p in allowed], [p for p in order if p not in allowed]
        is_printed_for_this = "@p" in address.name and address.thing.state in UNISSUED and address.thing.case != "A"
        chosen = [*inside[: not is_printed_for_this], *outside[:1]]  # to print a draft takes a second
        for person in chosen if "@workflow/" not in address.name else chosen[turn % len(chosen) :][:1]:
            yield person, address
