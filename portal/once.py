"""A form posted twice is done once: a key claimed in the act's own transaction, and the first answer for the second."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial
from typing import Any

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPFound, HTTPSeeOther, HTTPUnprocessableEntity
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

FIELD = "once"


class FormKey(Base):
    """A form's one-time key, what was posted with it, and where its answer led."""

    __tablename__ = "form_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    location: Mapped[str]
    at: Mapped[datetime]


class Repeated(Exception):
    """The form was posted before, and done."""

    def __init__(self, location: str) -> None:
        """Where that led."""
        super().__init__()
        self.location = location


def _fingerprint(request: Request) -> str:
    who = request.identity.account_id if request.identity else ""
    parts = [request.path, str(who)]
    for name, value in sorted(request.POST.items(), key=lambda pair: pair[0]):
        parts.append(f"{name}={_content(value)}")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _content(value: Any) -> str:
    if isinstance(value, str):
        return value
    value.file.seek(0)
    content = hashlib.file_digest(value.file, "sha256").hexdigest()
    value.file.seek(0)
    return f"{value.filename}:{content}"


def _once(view: Any, _info: Any) -> Any:
    def wrapped(context: Any, request: Request) -> Response:
        if getattr(request, "exception", None) is not None:
            return view(context, request)  # an error page never reads the form that may have caused it
        key = request.POST.get(FIELD) if request.method == "POST" and request.POST else None
        if not key or not isinstance(key, str):
            return view(context, request)
        claim = partial(_claim, request, key[:100], _fingerprint(request))
        request.claims.append(claim)
        try:
            claim()
            response = view(context, request)
        except Repeated as repeated:
            return HTTPSeeOther(repeated.location)
        _remember(request, key[:100], response)
        return response

    return wrapped


def _claim(request: Request, key: str, fingerprint: str) -> None:
    """Take the key; raises Repeated where the same form has taken it before."""
    # On PostgreSQL the second of two at once waits here until the first has committed, then sees its answer.
    insert = postgresql.insert if request.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"key": key, "fingerprint": fingerprint, "location": "", "at": request.at}
    done = request.db.execute(insert(FormKey).values(**values).on_conflict_do_nothing().returning(FormKey.key))
    if done.first() is None:
        earlier = request.db.get_one(FormKey, key)
        raise HTTPUnprocessableEntity if earlier.fingerprint != fingerprint else Repeated(earlier.location)


def _remember(request: Request, key: str, response: Response) -> None:
    row = request.db.get(FormKey, key)
    if row is None:
        return
    if isinstance(response, (HTTPFound, HTTPSeeOther)) and response.location:
        row.location = response.location
    else:
        request.db.delete(row)  # the form came back with messages: the key is free for the next try


def includeme(config: Configurator) -> None:
    """Wrap every view; only posts that carry a key are concerned."""
    config.add_view_deriver(_once, "once", under="csrf_view", over="rendered_view")
