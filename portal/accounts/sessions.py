"""Sessions kept on the server: one random token in a cookie, one row that can be seen and ended."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from pyramid.interfaces import ISession
from pyramid.request import Request
from pyramid.response import Response
from pyramid_tm import is_tm_active
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from zope.interface import implementer

from portal.accounts.identities import identity_of
from portal.accounts.model import SignIn
from portal.accounts.tokens import IDLE, VISIT, fingerprint, new_token
from portal.acts import Identity
from portal.i18n import translate
from portal.settings import Settings

SEEN_EVERY = timedelta(minutes=5)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name(settings: Settings) -> str:
    """With https the prefix keeps other hosts of the domain from setting our cookie."""
    return "__Host-session" if settings.secure else "session"


@contextmanager
def reading(request: Request) -> Iterator[Session]:
    """The request's own transaction, or after its end (error pages) one to read in."""
    if is_tm_active(request):
        yield request.db
    else:
        site = request.registry["site"]
        with site.sessions(bind=site.readers) as session:
            yield session


@implementer(ISession)
class WebSession(MutableMapping[str, Any]):
    """What is kept between two requests of one browser. A visitor gets a row only when something is put in.

    The token of the cookie is also what the CSRF token is made from, so a page with a form needs no row.
    Changes are written after the response was made, in a short transaction of their own.
    """

    id: int | None = None
    account_id: int | None = None
    assured_at: datetime | None = None

    def __init__(self, request: Request) -> None:
        """Find the row of the request's cookie, if it has one that is still good."""
        self.request = request
        self.site = request.registry["site"]
        self._values: dict[str, Any] = {}
        self._is_changed = False
        self.started_at: datetime = request.at
        cookie = request.cookies.get(cookie_name(self.site.settings), "")
        self.token = cookie if TOKEN.fullmatch(cookie) else ""
        if self.token:
            with reading(request) as session:
                self._take(session.scalar(select(SignIn).where(SignIn.token_hash == fingerprint(self.token))))

    def _take(self, row: SignIn | None) -> None:
        now = self.request.at
        if row is None or row.ends_at <= now or (row.account_id and row.seen_at + IDLE <= now):
            return
        self.id, self.account_id, self.assured_at = row.id, row.account_id, row.assured_at
        self.started_at, self._values = row.started_at, dict(row.data)
        if row.account_id and row.seen_at + SEEN_EVERY <= now:
            self.request.add_response_callback(self._note_seen)

    @property
    def created(self) -> int:
        """When it began, in seconds."""
        return int(self.started_at.timestamp())

    @property
    def new(self) -> bool:
        """Whether nothing is kept yet."""
        return self.id is None

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = value
        self.changed()

    def __delitem__(self, key: str) -> None:
        del self._values[key]
        self.changed()

    def changed(self) -> None:
        """Write the values once the response is made."""
        if not self.token:
            self._go_by(new_token())
        if not self._is_changed:
            self._is_changed = True
            self.request.add_response_callback(self._keep)

    def begin(self, row: SignIn | None, token: str) -> None:
        """Go on under a new token: with the row of a person who signed in, or as a visitor without one."""
        self.id, self.account_id = (row.id, row.account_id) if row else (None, None)
        self.assured_at = row.assured_at if row else None
        self._values, self.started_at = {}, self.request.at
        self._go_by(token)

    def _go_by(self, token: str) -> None:
        self.token = token
        self.request.add_response_callback(self._send_cookie)

    def invalidate(self) -> None:
        """Let go of everything; what is put in from now on belongs to a new visitor."""
        self.begin(None, new_token())

    def flash(self, msg: Any, queue: str = "", allow_duplicate: bool = True) -> None:
        """Show a message on the next page, in the language of this one."""
        text = translate(msg, self.request.locale_name)
        kept = self.peek_flash(queue)
        if allow_duplicate or text not in kept:
            self[f"flash {queue}"] = [*kept, text]

    def pop_flash(self, queue: str = "") -> list[str]:
        """The messages of a queue, which is empty afterwards; an empty one costs no writing."""
        return self.pop(f"flash {queue}", [])

    def peek_flash(self, queue: str = "") -> list[str]:
        """The messages of a queue."""
        return self.get(f"flash {queue}", [])

    def get_csrf_token(self) -> str:
        """Made from the session's token, which can't be found from it."""
        if not self.token:
            self._go_by(new_token())
        return hmac.new(self.token.encode(), b"csrf", "sha256").hexdigest()

    new_csrf_token = get_csrf_token
    """A new one comes with a new session token: at signing in and out."""

    def _send_cookie(self, _request: Request, response: Response) -> None:
        if response.status_int >= 500:
            return
        settings = self.site.settings
        name = cookie_name(settings)
        response.set_cookie(name, self.token, path="/", secure=settings.secure, httponly=True, samesite="Lax")

    def _keep(self, _request: Request, response: Response) -> None:
        if response.status_int >= 500:  # the request's own work was not kept either
            return
        with self.site.act() as act:
            if self.id is not None:
                act.session.execute(update(SignIn).where(SignIn.id == self.id).values(data=self._values))
            elif self._values:
                act.session.add(
                    SignIn(
                        token_hash=fingerprint(self.token),
                        data=self._values,
                        started_at=act.at,
                        seen_at=act.at,
                        ends_at=act.at + VISIT,
                    )
                )

    def _note_seen(self, request: Request, _response: Response) -> None:
        with self.site.act() as act:
            act.session.execute(update(SignIn).where(SignIn.id == self.id).values(seen_at=request.at))


def identify(request: Request) -> Identity | None:
    """Who is signed in; the port of portal.security."""
    kept = request.session
    if kept.account_id is None:
        return None
    with reading(request) as session:
        return identity_of(session, kept.account_id, session_id=kept.id, assured_at=kept.assured_at, at=request.at)
