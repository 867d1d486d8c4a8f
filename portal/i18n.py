"""The words of the portal: catalogues, dates, lateness and sizes as people read them, in Indonesian or English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from translationstring import TranslationString, TranslationStringFactory

if TYPE_CHECKING:
    from pyramid.config import Configurator
    from pyramid.request import Request

_ = TranslationStringFactory("portal")

LANGUAGES = {"id": "Indonesia", "en": "English"}
SOURCE = "id"
"""The language of the words in the code; `portal` texts need no catalogue for it."""

LOCALE = Path(__file__).with_name("locale")
LIBRARIES = ("colander", "deform")
"""Domains with a file of their own name; every other .po file belongs to the domain `portal`."""

BABEL = {"id": "id_ID", "en": "en_GB"}
INDONESIAN_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}
COOKIE = "lang"

Catalogue = Mapping[tuple[str, str | None, str], str]
"""(domain, context, message) → the words of one language."""


@cache
def catalogue(lang: str) -> Catalogue:
    """Every .po file of a language, read once; a file that can't be parsed stops the start."""
    words: dict[tuple[str, str | None, str], str] = {}
    for path in sorted((LOCALE / lang).glob("*.po")):
        domain = path.stem if path.stem in LIBRARIES else "portal"
        with path.open("rb") as source:
            for message in read_po(source, locale=lang, abort_invalid=True):
                if message.id and isinstance(message.string, str) and message.string and not message.fuzzy:
                    words[domain, message.context, str(message.id)] = message.string
    return words


def translate(text: Any, lang: str) -> str:
    """A translation string in that language, with its values filled in; any other text as it is."""
    if not isinstance(text, TranslationString):
        return str(text)
    found = catalogue(lang).get((text.domain or "portal", text.context, str(text)))
    values = {name: translate(value, lang) for name, value in (text.mapping or {}).items()}
    return TranslationString(found or text.default or str(text), mapping=values).interpolate()


@lru_cache(4096)
def day(value: date, lang: str) -> str:
    """13 Oktober 2025."""
    return format_date(value, "d MMMM y", locale=BABEL[lang])


def moment(instant: datetime, zone: str | ZoneInfo, lang: str) -> str:
    """13 Oktober 2025 pukul 09.30 WIB; an instant without zone is taken as UTC."""
    local = in_zone(instant, zone)
    values = {"day": day(local.date(), lang), "label": zone_label(local)}
    if lang == "id":
        return f"{values['day']} pukul {local:%H.%M} {values['label']}"
    return f"{values['day']} at {local:%H:%M} {values['label']}"


def in_zone(instant: datetime, zone: str | ZoneInfo) -> datetime:
    """The instant on the clocks of that zone."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def zone_label(local: datetime) -> str:
    """WIB, WITA or WIT; abroad the zone's own abbreviation, or its distance from UTC where it has none."""
    known = INDONESIAN_ZONES.get(str(local.tzinfo))
    if known:
        return known
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name


def late(due: date, today: date, lang: str) -> str:
    """How far a date is: terlambat 2 hari, hari ini, besok, 3 hari lagi."""
    days = (due - today).days
    if days < -1:
        words = _("terlambat ${days} hari", mapping={"days": -days})
    elif days > 1:
        words = _("${days} hari lagi", mapping={"days": days})
    else:
        words = {-1: _("terlambat 1 hari"), 0: _("hari ini"), 1: _("besok")}[days]
    return translate(words, lang)


def ago(instant: datetime, now: datetime, lang: str) -> str:
    """How long ago something happened: baru saja, 5 menit yang lalu, 3 hari yang lalu."""
    passed = now - instant
    if passed < timedelta(minutes=1):
        return translate(_("baru saja"), lang)
    return format_timedelta(-passed, add_direction=True, locale=BABEL[lang])


def size(count: int, lang: str) -> str:
    """Bytes in the unit a person would choose: 240 kB, 1,4 MB."""
    amount, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{format_decimal(round(amount, 1 if unit in {'MB', 'GB'} else 0), locale=BABEL[lang])} {unit}"


def negotiate(request: Request) -> str:
    """The language of a request: the person's own, else the cookie's, else the browser's, else Indonesian."""
    own = getattr(getattr(request, "identity", None), "language", None)
    for wish in (own, request.cookies.get(COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return request.accept_language.lookup(list(LANGUAGES), default=SOURCE)


def includeme(config: Configurator) -> None:
    """Choose each request's language (`request.locale_name`); read all catalogues now, so that a bad one shows."""
    for lang in LANGUAGES:
        catalogue(lang)
    config.set_locale_negotiator(negotiate)
