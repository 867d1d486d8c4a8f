"""Finding people who sign in: names for pages, colleagues to assign to, principals to share with."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.model import Account, Membership
from portal.acts import INSIDERS
from portal.content.item import Item

HANDLERS = frozenset({"CASE_OFFICER", "COORDINATOR", "REGIONAL_OFFICER", "LEGAL_COMPANION", "MEDIATOR"})
"""Roles that may be responsible for a case."""

COUNSEL = frozenset({"ADVOCATE", "LEGAL_COMPANION", "PPNS"})
"""Roles that a mandate on a single case is given to."""


def name_of(session: Session, account_id: int | None) -> str:
    """The name of an account; "" for none."""
    account = session.get(Account, account_id) if account_id else None
    return account.name if account else ""


def _people(session: Session, roles: frozenset[str], unit_id: int | None = None) -> list[tuple[int, str, str]]:
    query = (
        select(Account.id, Account.name, Membership.roles, Item.title)
        .join(Membership, Membership.account_id == Account.id)
        .join(Item, Item.id == Membership.unit_id)
        .where(Account.is_active)
        .order_by(Account.name)
    )
    if unit_id is not None:
        query = query.where(Membership.unit_id == unit_id)
    return [(row.id, row.name, row.title) for row in session.execute(query) if roles & set(row.roles)]


def colleagues(session: Session, unit_id: int | None) -> list[tuple[str, str]]:
    """The people of an office who handle cases, as choices."""
    return [(str(number), name) for number, name, _unit in _people(session, HANDLERS, unit_id)]


def principals(session: Session) -> list[tuple[str, str]]:
    """Whom access to a case can be given to: counsel by name, and own offices."""
    people = [(f"account:{number}", f"{name} – {unit}") for number, name, unit in _people(session, COUNSEL)]
    held = session.execute(select(Membership.unit_id, Membership.roles))
    staffed = {unit for unit, roles in held if INSIDERS & set(roles)}
    offices = select(Item.id, Item.title).where(Item.kind == "organisation", Item.id.in_(staffed)).order_by(Item.title)
    units = [(f"unit:{row.id}", row.title) for row in session.execute(offices)]
    return people + units
