"""Case files: everything an advocate may see, in order and provable."""

from __future__ import annotations

from pyramid.config import Configurator

from portal.casefile import verbs  # noqa: F401 - its job has to be known
from portal.content.actions import add_tab
from portal.i18n import _

add_tab(_("Berkas perkara"), "@casefile", "casefile:view", kinds={"case"}, order=60)


def includeme(_config: Configurator) -> None:
    """Screens are found by the scan."""
