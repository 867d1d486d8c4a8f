"""What people and programs see instead of an exception: a page or a problem document, and nothing from inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import pyramid_tm
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPException, HTTPForbidden, HTTPSeeOther
from pyramid.renderers import render
from pyramid.request import Request
from pyramid.response import Response
from pyramid_retry import IRetryableError, is_error_retryable

from portal import logs
from portal.acts import Reason
from portal.edge.origin import SAFE, came_from
from portal.folders import folder
from portal.i18n import SOURCE, _, translate
from portal.limits import TooMany

WORDS: dict[int, tuple[Any, Any]] = {
    400: (_("Permintaan tidak dapat dibaca"), _("Kembali, muat ulang halaman, lalu kirim lagi.")),
    401: (_("Masuk terlebih dahulu"), _("Anda belum masuk, atau sesi Anda sudah berakhir.")),
    403: (_("Anda belum boleh melakukan ini"), _("Tindakan ini memerlukan hak yang tidak Anda miliki.")),
    404: (_("Halaman tidak ditemukan"), _("Alamat ini tidak ada, atau tidak dapat Anda buka.")),
    405: (_("Cara ini tidak tersedia"), _("Alamat ini tidak dapat dipakai dengan cara itu.")),
    409: (_("Sudah diubah orang lain"), _("Muat ulang halaman untuk melihat keadaan terakhir.")),
    413: (_("Kiriman terlalu besar"), _("Kirimlah berkas yang lebih kecil, atau beberapa berkas satu per satu.")),
    415: (_("Jenis kiriman tidak diterima"), _("Alamat ini tidak menerima kiriman jenis itu.")),
    422: (_("Belum dapat dilakukan"), _("Periksa kembali isian Anda.")),
    429: (_("Terlalu banyak percobaan"), _("Tunggulah sebentar, lalu coba lagi.")),
    500: (_("Terjadi gangguan"), _("Kesalahan ada pada portal, bukan pada Anda. Pekerjaan terakhir belum disimpan.")),
    503: (_("Portal sedang sibuk"), _("Tunggulah sebentar, lalu coba lagi. Pekerjaan terakhir belum disimpan.")),
}
ERRORS = folder("templates") / "errors"
KEPT = ("Allow", "Retry-After", "WWW-Authenticate")
JSON_TYPES = ("application/json", "application/problem+json")


def answer(
    request: Request,
    status: int,
    *,
    reasons: Sequence[Reason] = (),
    error_id: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """The page or problem document for a status, with the reasons; `more` goes to `templates/errors/<status>.pt`."""
    lang = _language(request)
    title, text = (translate(words, lang) for words in WORDS.get(status, WORDS[500 if status >= 500 else 400]))
    if wants_json(request):
        sentences = [reason.text(lang) for reason in reasons]
        problem = {"type": "about:blank", "title": title, "status": status, "detail": " ".join(sentences) or text}
        problem |= {"reasons": sentences} if reasons else {}
        problem |= {"error_id": error_id} if error_id else {}
        response = Response(json_body=problem, status=status, content_type="application/problem+json")
    else:
        values = more | {"status": status, "title": title, "text": text, "reasons": reasons, "id": error_id}
        response = Response(_page(request, lang, values), status=status, content_type="text/html", charset="utf-8")
    response.headers.update(headers or {})
    return response


def wants_json(request: Request) -> bool:
    """Whether a program asks: it prefers JSON, or spoke JSON and accepts anything."""
    offers = ["text/html", *JSON_TYPES]
    if request.media_type == "application/json":
        offers.reverse()
    acceptable = request.accept.acceptable_offers(offers)
    return bool(acceptable) and acceptable[0][0] in JSON_TYPES


def _language(request: Request) -> str:
    try:
        return str(request.locale_name)
    except Exception:  # noqa: BLE001 - it asks the identity, which may be the very thing that failed
        return SOURCE


def _page(request: Request, lang: str, values: dict[str, Any]) -> str:
    name = next((name for name in (values["status"], "any") if (ERRORS / f"{name}.pt").is_file()), None)
    if name is None:
        return _bare_page(lang, values)
    try:
        return str(render(f"errors/{name}.pt", values, request=request))
    except Exception as error:  # noqa: BLE001 - the error page is the one page that may not fail
        logs.failure(error, status=values["status"])
        return _bare_page(lang, values)


def _bare_page(lang: str, values: Mapping[str, Any]) -> str:
    sentences = [values["text"], *(reason.text(lang) for reason in values["reasons"]), values["id"] or ""]
    title, body = escape(values["title"]), "".join(f"<p>{escape(text)}</p>" for text in sentences if text)
    return (
        f'<!DOCTYPE html><html lang="{escape(lang)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title></head>'
        f'<body><main><h1>{title}</h1>{body}<p><a href="/">Rujukan</a></p></main></body></html>'
    )


def http_error(error: HTTPException, request: Request) -> Response:
    """A status that some code raised; redirects pass as they are."""
    if error.status_int < 400:
        return error
    return answer(
        request, error.status_int, headers={name: error.headers[name] for name in KEPT if name in error.headers}
    )


def forbidden(_error: HTTPForbidden, request: Request) -> Response:
    """For who is signed in: the same as absent, unless the thing may be seen. Others are asked to sign in, or welcomed."""
    if request.identity is not None:
        return answer(request, 403 if request.has_permission("view") else 404)
    if request.method in SAFE and not wants_json(request):
        if request.path_info == "/":
            return HTTPSeeOther(f"{request.script_name}/welcome")
        return HTTPSeeOther(f"{request.script_name}/login?came_from={quote(came_from(request.path_qs), safe='/')}")
    return answer(request, 401, headers={"WWW-Authenticate": "Bearer"})


def too_many(error: TooMany, request: Request) -> Response:
    """Too many tries: say when the next one is worth it."""
    return answer(request, error.status, reasons=error.reasons, headers={"Retry-After": str(error.retry_after)})


def unexpected(error: Exception, request: Request) -> Response:
    """A fault of ours: logged under an id, and only the id is shown."""
    if pyramid_tm.is_tm_active(request):
        pyramid_tm.maybe_tag_retryable(request, request.exc_info)
    if is_error_retryable(request, error):
        return Response(status=503)  # never sent: pyramid_retry takes the request again from the start
    if IRetryableError.providedBy(error):
        logs.failure(error, method=request.method, route=logs.route_of(request), status=503)
        return answer(request, 503, headers={"Retry-After": "5"})
    error_id = logs.failure(error, method=request.method, route=logs.route_of(request), status=500)
    return answer(request, 500, error_id=error_id)


def includeme(config: Configurator) -> None:
    """The nearest class wins; `portal.acts.Refused` has its own view where forms are shown again."""
    config.add_exception_view(unexpected, context=Exception)
    config.add_exception_view(http_error, context=HTTPException)
    config.add_exception_view(forbidden, context=HTTPForbidden)
    config.add_exception_view(too_many, context=TooMany)
