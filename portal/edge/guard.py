"""The WSGI guard: requests that no part of Pyramid or WebOb could even read are answered here, in plain text."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

from webob.cookies import RequestCookies
from webob.datetime_utils import parse_date

from portal import logs
from portal.edge.headers import hardened

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
MAX_URL = 8_000
MAX_BODY = 200 * 1024 * 1024

HOST = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MEDIA_TYPE = re.compile(r"[!-~]+/[!-~]+([ \t]*;[ -~\t]*)?")
CHARSET = re.compile(r";\s*charset\s*=\s*([^;]*)", re.IGNORECASE)
BOUNDARY = re.compile(
    r""";\s*boundary=("[0-9A-Za-z'()+_,./:=? -]{1,70}"|[0-9A-Za-z!#$%&'*+.^_`|~-]{1,70})\s*(;|$)""", re.IGNORECASE
)

DATES = ("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_RANGE", "HTTP_DATE")

REFUSALS = {
    400: ("Bad Request", "Permintaan ini tidak dapat dibaca.", "This request can't be read."),
    405: ("Method Not Allowed", "Cara ini tidak tersedia di sini.", "This method is not available here."),
    413: ("Content Too Large", "Kiriman ini terlalu besar.", "What was sent is too large."),
    414: ("URI Too Long", "Alamat ini terlalu panjang.", "This address is too long."),
    415: ("Unsupported Media Type", "Jenis kiriman ini tidak diterima.", "This kind of content is not accepted."),
    500: ("Internal Server Error", "Terjadi gangguan pada portal.", "Something went wrong in the portal."),
}


def guard(app: Application, *, max_body: int = MAX_BODY) -> Application:
    """The application behind the guard; what it fails to answer becomes a plain page with an error id."""

    def guarded(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        status = objection(environ, max_body)
        if status:
            return _plain(environ, start_response, status)
        _drop_impossible_dates(environ)
        sent = environ["wsgi.input"]
        # A body that can be rewound (waitress hands over a file) need not be copied by WebOb to be read twice.
        environ["webob.is_body_seekable"] = bool(getattr(sent, "seekable", bool)())
        try:
            return app(environ, start_response)
        except Exception as error:  # noqa: BLE001 - the last place where a page can still be made of it
            found = logs.failure(error, method=environ["REQUEST_METHOD"], status=500)
            return _plain(environ, start_response, 500, found)
        finally:
            if environ["wsgi.input"] is not sent:  # WebOb's copy of the body; nothing else would close it
                environ["wsgi.input"].close()

    return guarded


def objection(environ: Environ, max_body: int) -> int | None:
    """The status of the refusal, or None for a request that may pass."""
    if environ["REQUEST_METHOD"] not in METHODS:
        return 405
    return _bad_address(environ) or _bad_headers(environ) or _bad_body(environ, max_body)


def _bad_address(environ: Environ) -> int | None:
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if len(path) + len(query) > MAX_URL or len(environ.get("REQUEST_URI", "")) > MAX_URL:
        return 414
    try:
        text = path.encode("latin-1").decode("utf-8")  # WSGI hands over bytes dressed as latin-1
    except UnicodeError:
        return 400
    return 400 if CONTROL.search(text) or not query.isascii() or CONTROL.search(query) else None


def _bad_headers(environ: Environ) -> int | None:
    # A host that is none (two of them, a bracket, a blank) makes redirects fail long after the view has worked.
    if "HTTP_HOST" in environ and not HOST.fullmatch(environ["HTTP_HOST"]):
        return 400
    return None if _has_readable_cookies(environ) else 400


def _has_readable_cookies(environ: Environ) -> bool:
    try:
        return not any("\0" in value for value in RequestCookies(environ).values())
    except ValueError:
        return False


def _drop_impossible_dates(environ: Environ) -> None:
    # RFC 9110 wants a date that is none to be ignored; WebOb fails on the year 99999 while the response is sent.
    for name in DATES:
        try:
            parse_date(environ.get(name))
        except (ValueError, OverflowError):
            del environ[name]


def _bad_body(environ: Environ, max_body: int) -> int | None:
    length, kind = environ.get("CONTENT_LENGTH") or "0", environ.get("CONTENT_TYPE") or ""
    if not (length.isascii() and length.isdigit()):
        return 400
    if len(length) > 18 or int(length) > max_body:
        return 413
    if kind and not MEDIA_TYPE.fullmatch(kind):
        return 415
    charsets = {found.strip(" \t\"'").lower() for found in CHARSET.findall(kind)}
    if charsets - {"utf-8", "utf8"}:
        return 415
    is_multipart = kind.lower().startswith("multipart/")
    return 400 if is_multipart and not BOUNDARY.search(kind) else None


def _plain(environ: Environ, start_response: Callable[..., Any], status: int, error_id: str = "") -> list[bytes]:
    reason, *sentences = REFUSALS[status]
    body = "\n".join([*sentences, *([f"({error_id})"] if error_id else []), ""]).encode()
    headers = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    if status == 405:
        headers["Allow"] = ", ".join(sorted(METHODS))
    if not _has_readable_cookies(environ):  # for no other refusal: a link to one must not sign people out
        headers["Clear-Site-Data"] = '"cookies"'  # else the spoilt cookie would lock its owner out for good
    secure = environ.get("wsgi.url_scheme") == "https"
    start_response(
        f"{status} {reason}", list(hardened(headers, secure=secure).items()), sys.exc_info() if error_id else None
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
