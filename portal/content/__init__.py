"""The content platform: items, workflows, sharing, history and search. It knows no word of the domain."""

from __future__ import annotations

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """Tree and predicates first; the generic screens are found by the one scan in portal.app."""
    config.include("portal.content.tree")
