"""Intake: the call-centre's screen, and what the complainant sees with number and PIN."""

from __future__ import annotations

from pyramid.config import Configurator


def includeme(_config: Configurator) -> None:
    """Screens are found by the scan."""
