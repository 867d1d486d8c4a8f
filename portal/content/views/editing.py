"""Writing at the same time: what others saved since a form was opened, field by field, in the form's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pyramid.request import Request
from sqlalchemy.orm import Session

from portal import i18n
from portal.content import versions
from portal.content.item import Item, kind_of
from portal.forms import Form, Hidden


class Seen(Hidden):
    """The number of the version that the person saw when the form was opened."""

    def __init__(self) -> None:
        """A form without it counts as one that saw nothing."""
        super().__init__(required=False)


@dataclass(frozen=True)
class Change:
    """One field that somebody else changed."""

    title: Any
    before: Any
    after: Any


@dataclass(frozen=True)
class Overtaken:
    """Somebody saved between opening and sending the form: who, when, and which fields."""

    by: str
    at: datetime
    changes: tuple[Change, ...]


def newest(session: Session, item: Item) -> str:
    """What `Seen` holds when a form is opened."""
    last = versions.latest(session, item)
    return str(last.number) if last else "0"


def overtaken(request: Request, asked: Form, seen: Any, fields: Mapping[str, str] | None = None) -> Overtaken | None:
    """What others saved since; the form then comes back with what was typed, and may be sent again over it.

    `fields`: column → field of the form, where their names differ.
    """
    item = request.context.item
    last = versions.latest(request.db, item)
    number = int(seen) if isinstance(seen, str) and seen.isascii() and seen.isdigit() else 0
    if last is None or last.number == number:
        return None
    before = versions.version(request.db, item, number)
    changed = versions.difference(before.values if before else {}, last.values)
    asked["seen"].cstruct = str(last.number)
    nodes = {node.name: node for node in asked.schema.children}
    titles = kind_of(item).field_titles
    found = []
    for column, old, new in changed:
        node = nodes.get((fields or {}).get(column, column))
        title = titles.get(column) or (node.title if node is not None else column)
        found.append(Change(title, shown(node, old, request.locale_name), shown(node, new, request.locale_name)))
    return Overtaken(last.by_name, last.at, tuple(found))


def shown(node: Any, value: Any, lang: str) -> str | None:
    """A kept value as people read it; None for an empty one."""
    if value in (None, "", []):
        return None
    if isinstance(value, list):
        return ", ".join(shown(node, each, lang) or "" for each in value)
    if isinstance(value, bool):
        return i18n.translate(i18n._("ya") if value else i18n._("tidak"), lang)
    labels = {str(code): label for code, label in getattr(node, "values", ())}
    if str(value) in labels:
        return i18n.translate(labels[str(value)], lang)
    try:
        return i18n.day(date.fromisoformat(value), lang)
    except (TypeError, ValueError):
        return str(value)
