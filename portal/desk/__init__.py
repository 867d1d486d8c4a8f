"""The partners' desk: what the office asks of an organisation, and its answers."""

from __future__ import annotations

from pyramid.config import Configurator

from portal import security
from portal.desk.door import Answers, by_link
from portal.desk.place import AddresseePredicate, Desk


def includeme(config: Configurator) -> None:
    """The places `/desk` and `/answer`, who may enter them, and the way there from a referral's own address."""
    security.allow("desk:use", "PARTNER_USER", "ADVOCATE")
    config.add_container("desk", Desk)
    config.add_container("answer", Answers)
    config.registry["identify"] = by_link(config.registry["identify"])
    config.add_view_predicate("addressee", AddresseePredicate)
