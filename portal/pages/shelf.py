"""Templates found on a search path, compiled once, and rendered with the words of one language."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chameleon.loader import ModuleLoader
from chameleon.zpt.loader import TemplateLoader
from chameleon.zpt.template import PageTemplateFile
from pyramid.csrf import get_csrf_token
from translationstring import TranslationString

from portal import i18n
from portal.clock import WIB, Clock
from portal.folders import folder
from portal.pages.parts import part
from portal.pages.static import Assets

if TYPE_CHECKING:
    from pyramid.request import Request

BOOLEANS = frozenset({"checked", "disabled", "multiple", "selected", "open", "hidden", "novalidate", "required"})


class Shelf:
    """The templates of one portal: a theme folder, if there is one, stands before our own."""

    def __init__(self, folders: Sequence[Path], *, reload: bool = False, cache: Path | None = None) -> None:
        """Look in these folders, the first one first; keep compiled templates in `cache`."""
        self.assets = Assets([path / "static" for path in folders], reload=reload)
        options: dict[str, Any] = {"auto_reload": reload, "translate": words_for, "boolean_attributes": BOOLEANS}
        if cache:
            cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            options["loader"] = ModuleLoader(str(cache))
        self._loader = TemplateLoader([str(path) for path in folders], **options)

    def __getitem__(self, name: str) -> PageTemplateFile:
        """The template of that name, such as `cases/view.pt`."""
        return self._loader.load(name)

    def render(self, name: str, lang: str, values: Mapping[str, Any]) -> str:
        """The page as text; `values` win over the names every page has."""
        return self[name].render(**(self.words(lang) | {"target_language": lang} | dict(values)))

    def words(self, lang: str) -> dict[str, Any]:
        """What every template can say, inside a request or outside of one."""
        return {
            "lang": lang,
            "doctype": "<!DOCTYPE html>",
            "layout": self["layout.pt"],
            "_": i18n._,
            "say": lambda text: i18n.translate(text, lang),
            "day": lambda value: i18n.day(value, lang),
            "moment": lambda instant, zone=WIB: i18n.moment(instant, zone, lang),
            "size": lambda count: i18n.size(count, lang),
            "languages": i18n.LANGUAGES,
            "static": self.assets.url,
            "part": part,
        }


def words_for(
    msgid: Any,
    domain: str | None = None,
    mapping: Mapping[str, Any] | None = None,
    context: str | None = None,
    target_language: str | None = None,
    default: str | None = None,
) -> Any:
    """Chameleon's question for the words of a message; what is no text is given back as it came."""
    lang = target_language or i18n.SOURCE
    if isinstance(msgid, TranslationString):
        return i18n.translate(msgid, lang)
    if not isinstance(msgid, str):
        return msgid
    text = TranslationString(msgid, domain=domain, default=default, mapping=mapping, context=context)
    return i18n.translate(text, lang)


class PageRenderer:
    """Pyramid's renderer for `renderer="cases/view.pt"`."""

    def __init__(self, info: Any) -> None:
        """Remember the name and where to look for it."""
        self.name = info.name
        self.shelf: Shelf = info.registry.shelf

    def __call__(self, value: Mapping[str, Any], system: Mapping[str, Any]) -> str:
        """The page for this request."""
        request = system["request"]
        page = {"request": request, "context": system.get("context"), "view": system.get("view")}
        return self.shelf.render(self.name, request.locale_name, page | words_of_request(request) | dict(value))


def words_of_request(request: Request) -> dict[str, Any]:
    """What a template can say only inside a request: addresses, and times as this person's clock shows them."""
    lang = request.locale_name
    zone = getattr(getattr(request, "identity", None), "zone", None) or WIB
    now = clock_of(request).now()
    today = i18n.in_zone(now, zone).date()
    return {
        "url": lambda thing: address(request, thing),
        "static": lambda path: request.script_name + request.registry.shelf.assets.url(path),
        "csrf": lambda: get_csrf_token(request),
        "once": lambda: secrets.token_urlsafe(18),
        "today": today,
        "day": lambda value: i18n.day(local_day(value, zone), lang),
        "moment": lambda instant: i18n.moment(instant, zone, lang),
        "late": lambda due: i18n.late(local_day(due, zone), today, lang),
        "is_late": lambda due: local_day(due, zone) < today,
        "ago": lambda instant: i18n.ago(instant, now, lang),
    }


def clock_of(request: Request) -> Clock:
    """The portal's clock, so that a page tells the same time as the verbs do."""
    site = request.registry.get("site")
    return site.clock if site else Clock()


def local_day(value: date | datetime, zone: Any) -> date:
    """The calendar day of a date, or of an instant in that zone."""
    return i18n.in_zone(value, zone).date() if isinstance(value, datetime) else value


def address(request: Request, thing: Any) -> str:
    """The address, without host, of a path of ours or of a resource in the tree."""
    return request.script_name + thing if isinstance(thing, str) else request.resource_path(thing)


_open: list[Shelf] = []


def open_shelf(folders: Sequence[Path], *, reload: bool, cache: Path) -> Shelf:
    """A shelf that `render` uses from now on as well."""
    _open[:] = [Shelf(folders, reload=reload, cache=cache)]
    return _open[0]


def render(template: str, lang: str = i18n.SOURCE, **values: Any) -> str:
    """A mail or letter outside of a request, with the theme of the portal that runs in this process."""
    if not _open:
        _open.append(Shelf([folder("templates")]))
    return _open[0].render(template, lang, values)
