"""The only door of a letter: named files handed in with it, and small pictures written into it."""

import re
from base64 import b64decode
from collections.abc import Mapping

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

NAME = re.compile(r"asset:([a-z0-9][a-z0-9._-]{0,79})", re.IGNORECASE)
PICTURE = re.compile(r"data:(image/(?:png|jpeg));base64,([A-Za-z0-9+/=]{1,400000})")
TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "ttf": "font/ttf", "css": "text/css"}


class ClosedFetcher(URLFetcher):
    """Serves `asset:` names and small PNG or JPEG data; anything else stops the whole document.

    A letter must not go out with its emblem silently missing, so refusal is fatal. WeasyPrint forgives it in some
    places all the same (@import, @font-face), so it is kept in `refused` too.
    """

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols={"asset", "data"}, allow_redirects=False, fail_on_errors=True)
        self.assets = assets
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The file or picture that `url` names."""
        if (name := NAME.fullmatch(url)) and name[1] in self.assets:
            kind = TYPES.get(name[1].rpartition(".")[2], "application/octet-stream")
            return URLFetcherResponse(url, self.assets[name[1]], {"Content-Type": kind})
        if picture := PICTURE.fullmatch(url):
            return URLFetcherResponse(url, b64decode(picture[2]), {"Content-Type": picture[1]})
        self.refused.append(url.partition(",")[0][:80])
        raise FatalURLFetchingError(self.refused[-1])
