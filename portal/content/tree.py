"""The tree that addresses walk: root, containers by name, items by number, parts by kind and ordinal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPForbidden
from pyramid.request import Request
from sqlalchemy import select

from portal.content import sharing
from portal.content.item import KINDS, PART_NAME, Item, Kind, kind_of, numbered

JSON = "application/json"

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,59}\Z")
"""What the name of an item in a container looks like: a number, never a title."""


class Root:
    """The site. Its children are the containers of kinds, and what desks add with `add_container`."""

    __name__ = ""
    __parent__ = None

    def __init__(self, request: Request) -> None:
        """Pyramid calls this once per request."""
        self.request = request

    def __getitem__(self, name: str) -> Any:
        """A container; asks no database."""
        make = self.request.registry["containers"].get(name)
        if make is not None:
            return make(self, name, self.request)
        kind = next((k for k in KINDS.values() if k.container == name), None)
        if kind is None:
            raise KeyError(name)
        return Container(self, name, self.request, kind)


class Container:
    """All items of a kind that lie in no other item."""

    def __init__(self, parent: Any, name: str, request: Request, kind: Kind) -> None:
        """Stand below `parent` under that name."""
        self.__parent__, self.__name__ = parent, name
        self.request, self.kind = request, kind

    def __getitem__(self, name: str) -> Resource:
        """The item of that number: one query."""
        if not NUMBER.match(name):
            raise KeyError(name)
        expect_somebody(self.request)
        model = self.kind.model
        item = self.request.db.scalar(_for(self.request, select(model).where(numbered(model, name))))
        if item is None:
            raise KeyError(name)
        return Resource(self, item, self.request)


class Resource:
    """An item at its address, with the rights of the person who asks."""

    def __init__(self, parent: Any, item: Any, request: Request) -> None:
        """Wrap the item; its row stays a plain row."""
        self.__parent__, self.__name__ = parent, item.name
        self.item, self.request = item, request

    def __getitem__(self, name: str) -> Resource:
        """A part: one query; other names (`@history`) are views and never reach the database."""
        match = PART_NAME.match(name)
        if match is None or match["kind"] not in self.kind.parts:
            raise KeyError(name)
        model = KINDS[match["kind"]].model
        part = self.request.db.scalar(
            _for(self.request, select(model).where(model.parent_id == self.item.id, model.name == name))
        )
        if part is None:
            raise KeyError(name)
        return Resource(self, part, self.request)

    @property
    def kind(self) -> Kind:
        """The kind of the item."""
        return kind_of(self.item)

    @property
    def roles(self) -> frozenset[str]:
        """The person's roles here: one query for the whole lineage, kept for the request."""
        return roles_on(self.request, self.item)

    def permits(self, request: Request, permission: str) -> bool:
        """Whether one of the person's roles has that permission in the item's state."""
        return may(request, self.item, permission)


def expect_somebody(request: Request) -> None:
    """Who has not signed in is asked to before anything is looked up: no answer tells strangers what there is."""
    if request.identity is None:
        raise HTTPForbidden


def _for(request: Request, query: Any) -> Any:
    """Lock the row when the request is going to change it: two people at once are served one after the other."""
    return query if request.method in {"GET", "HEAD"} else query.with_for_update(of=Item)


def roles_on(request: Request, item: Item) -> frozenset[str]:
    """The asking person's roles on any item."""
    if request.identity is None:
        return frozenset()
    cache: dict[int, frozenset[str]] = request.environ.setdefault("portal.roles", {})
    if item.id not in cache:
        grants = sharing.grants_on(request.db, sharing.line(item))
        cache[item.id] = sharing.local_roles(request.identity, grants, request.at)
    return cache[item.id]


def may(request: Request, item: Item, permission: str) -> bool:
    """Whether the asking person has that permission on any item, by the same tables as its own page."""
    roles, kind = roles_on(request, item), kind_of(item)
    return bool(roles & kind.workflow.roles(permission, item.state)) and kind.opens(
        request.act, item, permission, roles
    )


def path(item: Any, dossier_name: str | None = None) -> str:
    """The address of an item; `dossier_name` spares the lookup of the dossier for a part's row."""
    container = KINDS[item.kind].container
    if container:
        return f"/{container}/{item.name}"
    return f"/{KINDS['case'].container}/{dossier_name}/{item.name}" if dossier_name else f"/{item.kind}/{item.id}"


def add_container(config: Configurator, name: str, make: Callable[[Any, str, Request], Any]) -> None:
    """A desk's own place under the root: `make(parent, name, request)`."""
    config.registry.setdefault("containers", {})[name] = make


class KindPredicate:
    """View predicate `kind="letter"`: the context is an item of that kind."""

    def __init__(self, value: str, _config: Configurator) -> None:
        """Remember the kind."""
        self.value = value

    def text(self) -> str:
        """Shown in conflict messages."""
        return f"kind = {self.value}"

    phash = text

    def __call__(self, context: Any, _request: Request) -> bool:
        """Whether it is."""
        return isinstance(context, Resource) and context.item.kind == self.value


def wants_json(request: Request) -> bool:
    """Whether the answer is to be JSON: sent as JSON, or asked for by `Accept` rather than a page."""
    if request.content_type == JSON:
        return True
    best = request.accept.acceptable_offers(["text/html", JSON])
    return bool(best) and best[0][0] == JSON


class JsonPredicate:
    """View predicate `json=True`: the answer is to be JSON; `accept=` would win for any type as well."""

    def __init__(self, value: bool, _config: Configurator) -> None:
        """Remember what is wanted."""
        self.value = value

    def text(self) -> str:
        """Shown in conflict messages."""
        return f"json = {self.value}"

    phash = text

    def __call__(self, _context: Any, request: Request) -> bool:
        """Whether it is."""
        return wants_json(request) is self.value


def includeme(config: Configurator) -> None:
    """The root, the `kind` predicate, and a place for desks' containers."""
    config.registry.setdefault("containers", {})
    config.set_root_factory(Root)
    config.add_view_predicate("kind", KindPredicate)
    config.add_view_predicate("json", JsonPredicate)
    config.add_directive("add_container", add_container)
