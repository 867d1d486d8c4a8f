"""Reads of personal data: lines of the journal, written before the page leaves, in a transaction of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import INGRESS

from portal import journal
from portal.acts import Act, Identity

NOTED = "portal.reads"


@dataclass(frozen=True)
class Read:
    """What was read: enough to write the line after the request's own transaction has ended."""

    id: int
    dossier_id: int | None
    event: str
    data: dict[str, Any]


def note(request: Request, item: journal.Subject, event: str, **data: Any) -> None:
    """Say that the person is about to see this; without its line in the journal the page is not sent."""
    request.environ["portal.reader"] = request.identity
    request.environ.setdefault(NOTED, []).append(Read(item.id, item.dossier_id, event, data))


def write_down(handler: Callable[[Request], Response], registry: Any) -> Callable[[Request], Response]:
    """Tween: after the answer is made and before it is sent, write what it shows."""

    def tween(request: Request) -> Response:
        response = handler(request)
        noted: list[Read] = request.environ.pop(NOTED, [])
        if noted and response.status_int < 400:
            site = registry["site"]
            identity: Identity = request.environ["portal.reader"]
            with site.act(identity) as act:
                for read in noted:
                    journal.record(
                        Act(act.session, identity, act.at, site, origin="web"), read.event, read, **read.data
                    )
        return response

    return tween


def includeme(config: Configurator) -> None:
    """Outside the request's transaction: on SQLite the two would wait for each other."""
    config.add_tween("portal.reads.write_down", under=INGRESS, over="pyramid_tm.tm_tween_factory")
