"""Where partners stand: `/desk` and the referrals that were sent to their organisation, each under its code."""

from __future__ import annotations

import re
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy import select

from portal.cases.model import Case
from portal.content.item import Item, numbered
from portal.content.tree import Resource, expect_somebody, roles_on
from portal.referrals.model import Referral
from portal.referrals.workflow import ADDRESSEE

CODE = re.compile(r"(?P<case>[A-Z0-9][A-Z0-9-]{0,50})-R(?P<ordinal>[1-9]\d{0,5})\Z")


def code(referral: Any, case_name: str) -> str:
    """A referral's name among partners: the case's number and which ask it is; nothing about a person."""
    return f"{case_name}-R{referral.name.removeprefix('referral-')}"


class Desk:
    """All that was sent to the person's organisations."""

    def __init__(self, parent: Any, name: str, request: Request) -> None:
        """Stand below the root."""
        self.__parent__, self.__name__, self.request = parent, name, request

    def __getitem__(self, name: str) -> AtDesk:
        """The referral of that code. One sent to somebody else does not differ from one that does not exist."""
        match = CODE.match(name)
        if match is None:
            raise KeyError(name)
        expect_somebody(self.request)
        case = select(Case.id).where(numbered(Case, match["case"])).scalar_subquery()
        query = select(Referral).where(Referral.parent_id == case, Referral.name == f"referral-{match['ordinal']}")
        if self.request.method not in {"GET", "HEAD"}:
            query = query.with_for_update(of=Item)
        referral = self.request.db.scalar(query)
        if referral is None or ADDRESSEE not in roles_on(self.request, referral):
            raise KeyError(name)
        return AtDesk(self, referral, name, self.request)


class AtDesk(Resource):
    """A referral as its addressee sees it; its rights are the referral's own."""

    def __init__(self, parent: Any, referral: Referral, name: str, request: Request) -> None:
        """Known by its code here, not by its place in the case."""
        super().__init__(parent, referral, request)
        self.__name__ = self.code = name


class AddresseePredicate:
    """View predicate `addressee=True`: the person reads the referral as its addressee and not as one of us."""

    def __init__(self, value: bool, _config: Configurator) -> None:
        """Remember which."""
        self.value = value

    def text(self) -> str:
        """Shown in conflict messages."""
        return f"addressee = {self.value}"

    phash = text

    def __call__(self, context: Any, _request: Request) -> bool:
        """Whether it is so."""
        return isinstance(context, Resource) and (context.roles == {ADDRESSEE}) is self.value
