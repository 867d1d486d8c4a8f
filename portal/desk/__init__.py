"""The partners' desk: what the office asks of an organisation, and its answers."""

from __future__ import annotations

from pyramid.config import Configurator

from portal import security
from portal.desk.place import AddresseePredicate, Desk


def includeme(config: Configurator) -> None:
    """The place `/desk`, who may enter it, and the way there from a referral's own address."""
    security.allow("desk:use", "PARTNER_USER", "ADVOCATE")
    config.add_container("desk", Desk)
    config.add_view_predicate("addressee", AddresseePredicate)
