"""Control panels: what the office decides as data, and what the administrator keeps an eye on."""

from __future__ import annotations

from pyramid.config import Configurator

from portal import security
from portal.panel.control import approval, chasing, law, numbers, profiles, vocabularies
from portal.panel.control.places import Control

__all__ = ["approval", "chasing", "includeme", "law", "numbers", "profiles", "vocabularies"]


def includeme(config: Configurator) -> None:
    """`/control`, and who may open which part of it."""
    security.allow("control:open", "ADMIN", "COORDINATOR", "DPO")
    security.allow("control:reference", "ADMIN", "COORDINATOR")
    security.allow("control:edit", "ADMIN")
    security.allow("control:watch", "ADMIN", "DPO")
    security.allow("control:readers", "DPO")
    config.add_container("control", Control)
