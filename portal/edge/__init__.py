"""The web edge: what every request must pass and every response must carry, before and after any view."""

from __future__ import annotations

from pyramid.config import Configurator
from pyramid.tweens import EXCVIEW, INGRESS, MAIN

from portal.edge.downloads import attachment as attachment
from portal.edge.errors import answer as answer
from portal.edge.guard import guard as guard
from portal.edge.origin import bears_token as bears_token
from portal.edge.origin import came_from as came_from
from portal.edge.parsing import ParsedRequest
from portal.edge.parsing import Upload as Upload

LOGGED = "portal.logs.request_tween_factory"
HEADED = "portal.edge.headers.header_tween_factory"
PARSED = "portal.edge.parsing.parse_tween_factory"
ORIGIN = "portal.edge.origin.origin_tween_factory"


def includeme(config: Configurator) -> None:
    """The tweens from the outside in. The guard stands before all: `guard(config.make_wsgi_app(), max_body=…)`."""
    config.set_request_factory(ParsedRequest)  # one strict reading of query, form and JSON for all who ask
    config.add_tween(LOGGED, under=INGRESS)  # sees what really was answered, error pages too
    config.add_tween(HEADED, under=(LOGGED, INGRESS), over=EXCVIEW)  # pages, errors, redirects and files alike
    config.add_tween(PARSED, under=EXCVIEW, over=MAIN)  # below the error pages, so that bad input gets one
    config.add_tween(ORIGIN, under=PARSED, over=MAIN)  # last, because the error page needs nothing from it
    config.include("portal.edge.errors")  # what people see instead of an exception
