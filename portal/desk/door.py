"""The way in without an account: `/answer/<token>`, closed until the code of the letter was given, then the desk itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from portal.accounts.sessions import reading
from portal.acts import Identity
from portal.content.item import Item
from portal.content.tree import roles_on
from portal.correspondence.issuing import spelled
from portal.desk.place import AtDesk, code
from portal.referrals import links
from portal.referrals.links import Bearer
from portal.referrals.model import AnswerLink, Referral
from portal.referrals.workflow import ADDRESSEE

OPENED = "answers"
KEPT_FOR = timedelta(hours=8)
"""How long a browser remembers that the right code was given: a working day."""
BEHIND = re.compile(r"/answer/([^/]+)")

Identify = Callable[[Request], Identity | None]


class Answers:
    """All answer links; nobody can list them."""

    def __init__(self, parent: Any, name: str, request: Request) -> None:
        """Stand below the root."""
        self.__parent__, self.__name__, self.request = parent, name, request

    def __getitem__(self, name: str) -> Door | ByLink:
        """The referral for whom this browser has opened it, a closed door for everybody else."""
        token = links.normal(name, links.TOKEN_LENGTH)
        if not token:
            raise KeyError(name)
        if not isinstance(self.request.identity, Bearer):
            return Door(self, token)
        referral = self._referral(self.request.identity)
        case = self.request.db.get_one(Item, referral.parent_id)
        return ByLink(self, referral, token, code(referral, case.name), self.request)

    def _referral(self, bearer: Bearer) -> Referral:
        of_link = select(AnswerLink.referral_id).where(AnswerLink.id == bearer.link_id).scalar_subquery()
        query = select(Referral).where(Referral.id == of_link)
        if self.request.method not in {"GET", "HEAD"}:
            query = query.with_for_update(of=Item)
        referral = self.request.db.scalar(query)
        if referral is None or roles_on(self.request, referral) != {ADDRESSEE}:
            raise KeyError(bearer.link_id)
        return referral


class Door:
    """An answer link that this browser has not opened; whether there is such a link is told to nobody."""

    def __init__(self, parent: Answers, token: str) -> None:
        """Known by the token as it is printed."""
        self.__parent__, self.__name__, self.token = parent, spelled(token), token

    def __getitem__(self, _name: str) -> Door:
        """Whatever lies behind it, the door is all that is seen."""
        return self


class ByLink(AtDesk):
    """The referral of an opened link: the desk's own page, at another address."""

    def __init__(self, parent: Any, referral: Referral, token: str, name: str, request: Request) -> None:
        """At the link's address, and nowhere else."""
        super().__init__(parent, referral, name, request)
        self.__name__ = spelled(token)


def bearer_token(request: Request) -> str:
    """The token in the address that is asked for; "" in any other."""
    match = BEHIND.match(request.path_info)
    return match[1] if match else ""


def by_link(identify: Identify) -> Identify:
    """Behind a door nobody is who he or she is elsewhere: the way in is the link, for a signed-in person as well."""

    def found(request: Request) -> Identity | None:
        token = bearer_token(request)
        return _bearer(request, links.normal(token, links.TOKEN_LENGTH)) if token else identify(request)

    return found


def _bearer(request: Request, token: str) -> Bearer | None:
    opened = request.session.get(OPENED)
    if not opened or not token:
        return None
    with reading(request) as session:
        link = links.of_token(session, token)
        if link is None or not links.is_live(link, request.at):
            return None
        kept = opened.get(str(link.id))
        if kept is None or datetime.fromisoformat(kept["until"]) <= request.at:
            return None
        return Bearer.of(link, session.get_one(Referral, link.referral_id), kept["person"])


def let_in(request: Request, link_id: int, person: str) -> None:
    """Remember in this browser that the code was right, under a session that nobody else can know."""
    opened = dict(request.session.get(OPENED) or {})
    if request.session.account_id is None:
        request.session.invalidate()
    opened[str(link_id)] = {"person": person, "until": (request.at + KEPT_FOR).isoformat()}
    request.session[OPENED] = opened


def let_out(request: Request, link_id: int) -> None:
    """Close the door behind the person."""
    request.session[OPENED] = {k: v for k, v in (request.session.get(OPENED) or {}).items() if k != str(link_id)}
