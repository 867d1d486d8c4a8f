"""Pages: Chameleon templates on a search path, with the words and addresses every page needs, and static files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from portal.folders import folder
from portal.pages.language import LanguageChosen
from portal.pages.parts import Batch, Chip, Column, Empty, Fact
from portal.pages.shelf import PageRenderer, Shelf, open_shelf, render, words_of_request

if TYPE_CHECKING:
    from pyramid.config import Configurator

__all__ = ["Batch", "Chip", "Column", "Empty", "Fact", "LanguageChosen", "Shelf", "render", "words_of_request"]


def includeme(config: Configurator) -> None:
    """Open the theme folder (if any) before our own templates; serve static files and the language switch."""
    deployment = config.registry["site"].settings
    folders = [folder("templates")]
    if deployment.templates:
        folders.insert(0, Path(deployment.templates))
    cache = (deployment.data / "cache").resolve() / "templates"
    config.registry.shelf = open_shelf(folders, reload=deployment.reload_templates, cache=cache)
    config.add_renderer(".pt", PageRenderer)
    config.include("portal.pages.static")
    config.include("portal.pages.language")
