"""The content platform: items, workflows, sharing, history and search. It knows no word of the domain."""

from __future__ import annotations

from pyramid.config import Configurator

from portal.content.actions import places_of


def includeme(config: Configurator) -> None:
    """Tree and predicates first; the generic screens are found by the one scan in portal.app."""
    config.include("portal.content.tree")
    config.add_request_method(places_of, "places", reify=True)
