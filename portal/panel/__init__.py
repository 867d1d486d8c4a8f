"""The panel: first screens, worklists, lists."""

from __future__ import annotations

from pyramid.config import Configurator

from portal.content.actions import add_place
from portal.i18n import _
from portal.panel.views import lists_of


def includeme(config: Configurator) -> None:
    """The worklists stand at the side of every page: `request.worklists`."""
    config.include("portal.panel.control")  # what the office edits, and what keeps it running
    if config.registry["site"].settings.demo:
        add_place(_("Kotak surat demo"), "/@mailbox", "office:work", "desk:use", "control:open", order=90)
    config.add_request_method(lists_of, "worklists", reify=True)
