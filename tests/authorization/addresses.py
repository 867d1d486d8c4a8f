"""Every address that the application answers at, made from its own registry for every thing that there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.content.item import KINDS, Item
from portal.panel.control.tables import TABLES, key, rows
from portal.panel.worklists import WORKLISTS
from portal.registry import SETTINGS
from tests.authorization.scene import Scene, incoming_files

PLACES = {
    "Root": "/",
    "Letters": "/letters/",
    "Desk": "/desk/",
    "Answers": "/answer/",
    "Door": "/answer/AAAA-AAAA-AAAA-AAAA/",
    "Control": "/control/",
    "Reference": "/control/reference/",
    "TablePlace": "/control/reference/{table}/",
    "RowPlace": "/control/reference/{table}/{row}/",
    "Settings": "/control/settings/",
    "SettingPlace": "/control/settings/{setting}/",
}
"""Where things are that are no items; of tables and settings one stands for all."""
DESKS = ("desk", "answer")
CONTAINERS = ("/cases", "/people", "/directory", "/incoming")
PREDICATED = {"^/report/?$": "/report", "^/track/?$": "/track", r"^/directory/@add$": "/directory/@add"}
"""Addresses of views that say theirs by a pattern; the others are that pattern without its signs."""
TOKEN = "x" * 43


@dataclass(frozen=True)
class Thing:
    """Something that has addresses: an item (with where it belongs) or a place."""

    kind: str
    path: str
    state: str = ""
    case: str = ""
    """Letter of the case; for people, organisations and unmatched letters "own" or "other" by office."""
    to: str = ""
    """Of a referral: to whom; of an answer link: who has opened it."""
    id: int = 0
    was_sent: bool = False
    """Whether a referral has ever gone out."""


@dataclass(frozen=True)
class Address:
    """One request that can be made."""

    thing: Thing
    method: str
    name: str
    path: str
    view: str
    json: bool = False
    public: bool = False


def things(scene: Scene) -> list[Thing]:
    """The items: of each kind, state and case one, and every referral's first by whom it went to."""
    found: dict[tuple[str, ...], Thing] = {}
    letters = {number: letter for letter, number in scene.cases.items()}
    organisations = {number: short for short, number in scene.world.organisations.items()}
    with scene.world.site.sessions() as session:
        names = dict(session.execute(select(Item.id, Item.name).where(Item.kind == "case")).all())
        for item in session.scalars(select(Item).order_by(Item.id)):
            case = letters.get(names.get(item.dossier_id, ""), "")
            case = case or ("own" if item.office_id == scene.world.office else "other")
            container = KINDS[item.kind].container
            path = f"/{container}/{item.name}" if container else f"/cases/{names[item.dossier_id]}/{item.name}"
            to = organisations.get(getattr(item, "organisation_id", None), "") if item.kind == "referral" else ""
            known = {"state": item.state, "case": case, "to": to, "id": item.id}
            known["was_sent"] = getattr(item, "sent_at", None) is not None
            alike = (item.kind, *map(str, (item.state, case, to, known["was_sent"])))
            found.setdefault(alike, Thing(item.kind, path, **known))
            if to:
                desk = f"/desk/{names[item.dossier_id]}-R{item.name[9:]}"
                found.setdefault(("desk", *alike), Thing("desk", desk, **known))
    for person, (path, referral_id) in scene.answers.items():
        known = {"state": "sent", "case": "A", "to": person, "id": referral_id, "was_sent": True}
        found["answer", path] = Thing("answer", path, **known)
    return list(found.values())


def known_views(registry: Any) -> Iterator[tuple[dict[str, Any], str, str]]:
    """Each view of ours with its permission ("" when it names none) and method."""
    for found in registry.introspector.get_category("views"):
        view = found["introspectable"]
        permissions = [each["value"] for each in found["related"] if each.category_name == "permissions"]
        module = getattr(view["callable"], "__module__", "")
        is_error = isinstance(view["context"], type) and issubclass(view["context"], Exception)
        if module.startswith("portal.") and not is_error:
            method = view["request_methods"] or "GET"
            yield view, permissions[0] if permissions else "", method if isinstance(method, str) else method[0]


class Atlas:
    """Turns views into addresses; a view that it can't place is an error, so none is forgotten."""

    def __init__(self, registry: Any, scene: Scene) -> None:
        self.registry, self.scene = registry, scene
        self.things = things(scene)
        self.files = incoming_files(scene)
        self.filling = {"table": next(iter(TABLES)), "setting": next(key for key, s in SETTINGS.items() if s.example)}
        with scene.world.site.sessions(bind=scene.world.site.readers) as session:
            table = TABLES[self.filling["table"]]
            self.filling["row"] = key(rows(session, table)[0])
        routes = registry.introspector.get_category("routes")
        self.routes = {r["introspectable"]["name"]: r["introspectable"]["pattern"] for r in routes}

    def addresses(self) -> list[Address]:
        """All of them; generic views give way to the kind's own at the same address."""
        found: dict[tuple[str, str, bool], Address] = {}
        for view, permission, method in known_views(self.registry):
            for thing, path, name in self._places(view, method):
                is_public = permission == "__no_permission_required__"
                label = f"{view['callable'].__module__}.{view['callable'].__name__}"
                address = Address(thing, method, name, path, label, bool(view.get("json")), is_public)
                if (method, path, address.json) not in found or view.get("kind"):
                    found[method, path, address.json] = address
        return list(found.values())

    def _places(self, view: dict[str, Any], method: str) -> Iterator[tuple[Thing, str, str]]:
        if view["route_name"]:
            path = self._route(self.routes[view["route_name"]])
            yield Thing("route", path), path, view["route_name"]
            return
        context = view["context"].__name__
        if context == "Container":
            pattern = str(view["path_info"] or "")
            paths = [p for p in (*CONTAINERS, "/directory/@add") if not pattern or re.search(pattern, p)]
            for path in paths:
                if bool(view["name"]) == path.endswith("@add"):
                    yield Thing("list", path), path, view["name"]
        elif context in {"Resource", "AtDesk", "ByLink"}:
            for thing in self.things:
                place = {"desk": ("AtDesk",), "answer": ("AtDesk", "ByLink")}.get(thing.kind, ("Resource",))
                if context in place and view.get("kind") in {None, thing.kind}:
                    for subpath in self._subpaths(view["name"], thing, method):
                        yield thing, f"{thing.path}/{view['name']}{subpath}", view["name"] + subpath
        else:
            yield from self._in_place(view, context)

    def _in_place(self, view: dict[str, Any], context: str) -> Iterator[tuple[Thing, str, str]]:
        pattern, name = view["path_info"], view["name"]
        if pattern:
            known = PREDICATED.get(pattern) or pattern.strip("^$").replace(
                "requirement-[1-9][0-9]{0,3}", self.scene.tracked
            )
            yield Thing("public", known), known, name
            return
        root = PLACES[context].format(**self.filling)
        more: Iterable[str] = ("",)
        if name == "@worklist":
            more = (f"/{w.name}" for w in WORKLISTS)
        elif name == "intake":
            more = ("", "/@doubles?name=Bkenari")
        elif name == "@search":
            more = ("?q=kenari", "?q=siti")
        for subpath in more:
            yield Thing(context, root), f"{root}{name}{subpath}", name + subpath

    def _subpaths(self, name: str, thing: Thing, method: str) -> list[str]:
        if name == "@workflow":
            kind = "referral" if thing.kind in DESKS else thing.kind
            return ["", *(f"/{t.name}" for t in KINDS[kind].workflow.transitions)]
        fixed = {
            "@versions": ["/1"] if method == "POST" else ["", "/1"],
            "@casefile": ["", "/1.pdf", "/1.zip"] if method == "GET" else [""],
            "@page": ["/1.png"],
            "@comments": ["", "/1"] if method == "POST" else [""],
            "@remarks": ["", "/1"],
            "@sharing": ["", "/1"] if method == "POST" else [""],
            "@receipt": ["/SM-KWS1-DIT2-2026-00001"] if thing.kind in DESKS else [""],
            "@receipt-pdf": ["/SM-KWS1-DIT2-2026-00001"],
        }
        if name == "@preview" and thing.kind == "document":
            return ["/0", "/1"]
        if name == "@file" and thing.kind == "incoming":
            return [f"/{self.files.get(thing.id, 1)}"]
        if name == "@enclosure":
            return [
                f"/{d.id}" for d in self.things if d.kind == "document" and d.state == "accepted" and d.case in "AC"
            ]
        return fixed.get(name, [""])

    def _route(self, pattern: str) -> str:
        some = {"id": str(self.scene.world.accounts["ana"]), "verb": "invite", "token": TOKEN, "code": "ABCD"}
        filled = re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", lambda m: some.get(m[1], "x"), pattern)
        return "/" + re.sub(r"\*\w+", "app.css", filled).lstrip("/")
