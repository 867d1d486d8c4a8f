"""The log: one JSON line per event, made only of keys on a list, so that no person's data can slip into it."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from pyramid.registry import Registry
    from pyramid.request import Request
    from pyramid.response import Response

KEYS = ("error_id", "method", "route", "status", "ms", "kind", "job", "attempt", "count", "error", "where")
"""What a line may say besides time, level, logger and event; all else that `extra` holds is dropped."""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs that can be read out over the telephone."""

MAX_TEXT = 400
FRAMES = 12

log = logging.getLogger("portal")


class Line(logging.Formatter):
    """A record as one line of JSON. Texts of exceptions are left out: they quote values, and values are people's."""

    def format(self, record: logging.LogRecord) -> str:
        """The allow-listed part of the record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname, "logger": record.name, "event": _event(record)}
        line |= {key: _plain(record.__dict__[key]) for key in KEYS if key in record.__dict__}
        if record.exc_info and record.exc_info[1]:
            line |= traces(record.exc_info[1])
        return json.dumps(line)


def _event(record: logging.LogRecord) -> str:
    # A library's finished sentence may quote a path or a value; its template or its place says enough.
    if record.args or record.name.split(".")[0] == log.name:
        return str(record.msg)[:MAX_TEXT]
    return f"{record.module}.{record.funcName}:{record.lineno}"


def _plain(value: Any) -> str | int | float | None:
    return value if value is None or isinstance(value, int | float) else str(value)[:MAX_TEXT]


def traces(error: BaseException) -> dict[str, str]:
    """The classes of an exception and its causes, and the places it passed, innermost first."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    frames = [(frame.f_globals.get("__name__", "?"), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    places = [f"{module}:{line}" for module, line in reversed(frames[-FRAMES:])]
    return {"error": " < ".join(type(found).__name__ for found in chain), "where": " < ".join(places)}


def new_error_id() -> str:
    """Short enough to be read out, long enough to be found: 7KQ4-M2ZT."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{signs[:4]}-{signs[4:]}"


def failure(error: BaseException, **known: Any) -> str:
    """Log a fault of ours; the id that comes back is all that the person may see."""
    error_id = new_error_id()
    log.error("failure", extra={"error_id": error_id, **traces(error), **known})
    return error_id


def route_of(request: Request) -> str:
    """What was asked for, as code names it: never the path, which holds numbers, names and tokens."""
    route = getattr(request, "matched_route", None)
    if route is not None:
        return str(route.pattern)
    return type(getattr(request, "context", None)).__name__


def request_tween_factory(handler: Callable[[Request], Response], _registry: Registry) -> Callable[[Request], Response]:
    """One line per request, with what was answered and how long it took."""

    def request_tween(request: Request) -> Response:
        began = time.perf_counter()
        response = handler(request)
        took = round((time.perf_counter() - began) * 1000, 1)
        known = {"method": request.method, "route": route_of(request), "status": response.status_int, "ms": took}
        log.info("request", extra=known)
        return response

    return request_tween


def set_up(level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Send all logging of this process, warnings too, to one stream in our form."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Line())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
