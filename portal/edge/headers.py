"""The headers that every response carries; what a view set itself (a download, a cached file) stands."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import TypeVar

from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

Headers = TypeVar("Headers", bound=MutableMapping[str, str])

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
UNUSED = ("camera", "geolocation", "microphone", "payment", "usb", "serial", "midi", "display-capture")

ALWAYS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it browsers send `Origin: null` from our own forms, and the origin check would refuse them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # For anonymous pages too: receipts and reply links show personal data without a signed-in identity.
    "Cache-Control": "no-store",
}
SECURE = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def hardened(headers: Headers, *, secure: bool) -> Headers:
    """The same headers with ours added where none was set."""
    for name, value in (ALWAYS | SECURE if secure else ALWAYS).items():
        headers.setdefault(name, value)
    return headers


def header_tween_factory(handler: Callable[[Request], Response], _registry: Registry) -> Callable[[Request], Response]:
    """Harden whatever comes from further in."""

    def header_tween(request: Request) -> Response:
        response = handler(request)
        hardened(response.headers, secure=request.scheme == "https")
        response.headers.pop("Server", None)
        return response

    return header_tween
