"""Former values as people read them, and the page for who was overtaken while writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.request import Request
from pyramid.response import Response

from portal.content.versions import difference
from portal.content.views.editing import Change, shown
from portal.content.views.frame import line as sentence_of
from portal.edge.errors import answer
from portal.journal import Entry


@dataclass(frozen=True)
class Told:
    """One line of the journal about a row or setting, with what it changed."""

    seq: int
    at: datetime
    text: str
    changes: tuple[Change, ...]
    can_return: bool
    """Whether there are values before it to bring back."""


def told(request: Request, lines: Iterable[Entry], nodes: Iterable[Any]) -> list[Told]:
    """Lines with their changes in the words of the fields."""
    known = {node.name: node for node in nodes}
    return [_told(request, line, known) for line in lines]


def _told(request: Request, line: Entry, nodes: Mapping[str, Any]) -> Told:
    old, new = line.data.get("old", {}), line.data.get("new", {})
    changes = [
        Change(nodes[name].title, _say(request, nodes[name], before), _say(request, nodes[name], after))
        for name, before, after in difference(old, new)
        if name in nodes and (before or after)
    ]
    text = sentence_of(line, request.locale_name).text
    return Told(line.seq, line.at, text, tuple(changes), bool(old))


def _say(request: Request, node: Any, value: Any) -> str | None:
    return shown(node, value, request.locale_name)


def overtaken(
    request: Request, lines: Sequence[Entry], nodes: Iterable[Any], mine: Mapping[str, Any], back: str
) -> Response:
    """409: what the other person changed beside what this one wrote."""
    nodes = list(nodes)
    wrote = [(node.title, _say(request, node, mine[node.name]) or "") for node in nodes if node.name in mine]
    last = told(request, lines[:1], nodes)
    if not last:
        return answer(request, 409, mine=wrote, back=back)
    return answer(request, 409, by=lines[0].by_name, at=last[0].at, changes=last[0].changes, mine=wrote, back=back)
