"""Tabs and places as data: each feature adds its own, page and JSON show the same list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.request import Request

from portal.i18n import _


@dataclass(frozen=True)
class Action:
    """One view of an item that gets a tab: for which kinds, and with which permission."""

    title: Any
    view: str
    permission: str
    kinds: frozenset[str] | None = None
    """None: every kind."""
    order: int = 50

    def suits(self, kind: str) -> bool:
        """Whether items of that kind have it."""
        return self.kinds is None or kind in self.kinds


ACTIONS: list[Action] = []


def add_tab(title: Any, view: str, permission: str, *, kinds: set[str] | None = None, order: int = 50) -> None:
    """Add a tab; tabs stand in the order of `order`."""
    if any(a.view == view and a.title == title for a in ACTIONS):
        return
    ACTIONS.append(Action(title, view, permission, frozenset(kinds) if kinds else None, order))
    ACTIONS.sort(key=lambda a: a.order)


@dataclass(frozen=True)
class Place:
    """One list or register that stands at the side of every page for who has one of these site permissions."""

    title: Any
    url: str
    permissions: tuple[str, ...]
    order: int


PLACES: list[Place] = []


def add_place(title: Any, url: str, *permissions: str, order: int = 50) -> None:
    """Add a place; an address has one."""
    if any(place.url == url for place in PLACES):
        return
    PLACES.append(Place(title, url, permissions, order))
    PLACES.sort(key=lambda place: place.order)


def places_of(request: Request) -> list[Place]:
    """The places that are open to who asks: `request.places`."""
    return [place for place in PLACES if any(map(request.has_permission, place.permissions))]


add_tab(_("Ringkasan"), "", "view", order=0)
add_tab(_("Komentar"), "@comments", "comment", order=80)
add_tab(_("Riwayat"), "@history", "history", order=90)
add_tab(_("Versi"), "@versions", "versions", order=92)
add_tab(_("Akses"), "@sharing", "share", order=95)
