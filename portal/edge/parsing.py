"""Query, form and JSON body, each read once and strictly; whatever is not clean UTF-8 text ends in a 400 page."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import parse_qsl

from multipart import MultipartError, MultipartParser, MultipartPart, ParserLimitReached, parse_options_header
from pyramid.decorator import reify
from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge, HTTPUnsupportedMediaType
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from webob.multidict import MultiDict, NoVars

URLENCODED, MULTIPART, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"
MAX_QUERY_FIELDS = 200
MAX_FORM_FIELDS = 2_000
MAX_FILES = 100
MAX_TEXT = 1024 * 1024
"""Bytes of one text field, of an urlencoded form and of a JSON body."""
MAX_DEPTH = 32
TOKEN_FIELD = "csrf_token"  # noqa: S105 - its name, not a token
"""The field that Pyramid itself reads; a file under this name would make it fail."""


@dataclass(frozen=True, eq=False)
class Upload:
    """A file sent with a form. The names are those deform and WebOb's users expect."""

    filename: str
    type: str
    """What the browser claims; believe the content instead."""
    length: int
    file: IO[bytes]


class ParsedRequest(Request):
    """Pyramid's request with strict readings in place of WebOb's, which guess, replace or fail with a 500."""

    @reify
    def GET(self) -> MultiDict:  # noqa: N802 - WebOb's name
        """The query."""
        return MultiDict(_fields(self.query_string, MAX_QUERY_FIELDS))

    @reify
    def POST(self) -> MultiDict | NoVars:  # noqa: N802 - WebOb's name
        """The form's fields in their order: texts and `Upload`s."""
        if self.media_type == MULTIPART:
            return MultiDict(self._parts())
        if self.media_type == URLENCODED:
            return MultiDict(_fields(_text(self._small_body()), MAX_FORM_FIELDS))
        return NoVars("not a form")

    @reify
    def json_body(self) -> Any:
        """The JSON document."""
        if self.media_type != JSON:
            raise HTTPUnsupportedMediaType
        return read_json(self._small_body())

    @property
    def json(self) -> Any:
        """WebOb's other name for it."""
        return self.json_body

    @property
    def media_type(self) -> str:
        """The type of the body, without parameters."""
        return (self.content_type or "").strip().lower()

    def read_all(self) -> None:
        """Read everything now, so that bad input ends here and never inside a view."""
        if self.GET is not None and self.media_type == JSON and self.content_length:
            self.json_body  # noqa: B018 - reading it is what raises
        self.POST  # noqa: B018 - the same

    def _small_body(self) -> bytes:
        if (self.content_length or 0) > MAX_TEXT:
            raise HTTPRequestEntityTooLarge
        return self.body

    def _parts(self) -> Iterator[tuple[str, str | Upload]]:
        boundary = parse_options_header(self.headers["Content-Type"])[1].get("boundary", "")
        self.make_body_seekable()
        self.body_file_raw.seek(0)
        parts: list[MultipartPart] = []
        self.add_finished_callback(lambda _request: [part.close() for part in parts])
        try:
            parser = MultipartParser(
                self.body_file_raw, boundary, self.content_length or 0, part_limit=MAX_FORM_FIELDS, strict=True
            )
            for part in parser:
                parts.append(part)
                if part.filename and part.name == TOKEN_FIELD:
                    raise HTTPBadRequest
                yield _clean(part.name or ""), _value(part)
        except ParserLimitReached as error:
            raise HTTPRequestEntityTooLarge from error
        except MultipartError as error:
            raise HTTPBadRequest from error
        if sum(bool(part.filename) for part in parts) > MAX_FILES:
            raise HTTPRequestEntityTooLarge


def _value(part: MultipartPart) -> str | Upload:
    if part.filename:
        return Upload(_clean(part.filename), part.content_type, part.size, part.file)
    if part.charset.lower() not in {"utf8", "utf-8"}:
        raise HTTPBadRequest
    if part.size > MAX_TEXT:
        raise HTTPRequestEntityTooLarge
    return _clean(_text(part.raw))


def _fields(encoded: str, most: int) -> list[tuple[str, str]]:
    if encoded.count("&") >= most:
        raise HTTPRequestEntityTooLarge
    try:
        encoded.encode("ascii")  # what is not ASCII has to be %-encoded
        pairs = parse_qsl(encoded, keep_blank_values=True, encoding="utf-8", errors="strict")
    except UnicodeError as error:
        raise HTTPBadRequest from error
    return [(_clean(name), _clean(value)) for name, value in pairs]


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPBadRequest from error


def _clean(text: str) -> str:
    # Neither database takes them: psycopg refuses both, SQLite cuts at the first NUL.
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise HTTPBadRequest
    return text


def read_json(raw: bytes) -> Any:
    """JSON as the RFC has it: UTF-8, no NaN, no number too large to hold, no key twice, no bottomless nesting."""
    try:
        document = json.loads(_text(raw), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise HTTPBadRequest from error
    level: list[Any] = [document]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return document
    raise HTTPBadRequest


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, str):
        _clean(value)
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise ValueError("too large")
    return number


def parse_tween_factory(handler: Callable[[Request], Response], _registry: Registry) -> Callable[[Request], Response]:
    """Read the whole request before any view runs."""

    def parse_tween(request: ParsedRequest) -> Response:
        request.read_all()
        return handler(request)

    return parse_tween
