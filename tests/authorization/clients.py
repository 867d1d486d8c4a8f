"""Who asks: signed-in people, a visitor, a complainant; each request stands alone, and what it changed is undone."""

from __future__ import annotations

import io
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
from webob import Request, Response

from portal.acts import Site
from tests.postgres import Cluster
from tests.visiting import Browser

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Client:
    """One browser: its cookies and its CSRF token never change."""

    name: str
    application: Any
    cookie: str
    token: str

    def ask(self, method: str, path: str, *, json: bool = False) -> Response:
        """One request; a POST carries the token and no answer."""
        headers = {"Cookie": self.cookie, "Accept": "application/json" if json else "text/html"}
        post = {"csrf_token": self.token} if method == "POST" else None
        request = Request.blank(path, headers=headers, method=method, POST=post, environ={"REMOTE_ADDR": "192.0.2.1"})
        return request.get_response(self.application)


def enter(application: Any, site: Site, name: str, open_first: Callable[[Browser], None] | None = None) -> Client:
    """The client of somebody who has signed in; without a name of a visitor, after what `open_first` does."""
    browser = Browser(application, extra_environ={"REMOTE_ADDR": "192.0.2.1"})
    browser.site = site
    if name:
        browser.sign_in(name)
    elif open_first is not None:
        open_first(browser)
    page = browser.get("/account" if name else "/track" if open_first else "/login")
    cookie = "; ".join(f"{c.name}={c.value}" for c in browser.cookiejar)
    return Client(name or "anonymous", application, cookie, TOKEN.search(page.text)[1])


class Photograph:
    """The database as it was: `restore` brings it back, in milliseconds on SQLite."""

    def __init__(self, site: Site, cluster: Cluster | None) -> None:
        self.site, self.cluster = site, cluster
        self.name = urlsplit(site.settings.database_url).path.lstrip("/")
        site.engine.dispose()
        if cluster is None:
            self.kept = sqlite3.connect(":memory:", check_same_thread=False)
            with closing(sqlite3.connect(f"/{self.name}")) as database:
                database.backup(self.kept)
        else:
            cluster.execute(f'CREATE DATABASE "{self.name}_kept" TEMPLATE "{self.name}"')

    def restore(self) -> None:
        """Everything as when the photograph was taken."""
        if self.cluster is None:
            with closing(sqlite3.connect(f"/{self.name}", timeout=20)) as database:
                self.kept.backup(database)
        else:
            self.site.engine.dispose()
            self.cluster.execute(f'DROP DATABASE "{self.name}" WITH (FORCE)')
            self.cluster.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.name}_kept"')


def readable(response: Response) -> str:
    """All that a person could read of an answer: headers, text, the text of a PDF, the files of an archive."""
    head = "\n".join(f"{k}: {v}" for k, v in response.headerlist)
    return (head + "\n" + text_of(response.body, response.content_type or "")).lower()


def text_of(body: bytes, media_type: str) -> str:
    """Bytes as text."""
    if media_type == "application/pdf" or body.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(body)
        parts = [page.get_textpage().get_text_range() for page in document]
        return "\n".join([*parts, str(document.get_metadata_dict())])
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(f"{n}\n{text_of(archive.read(n), '')}" for n in archive.namelist())
    return body.decode("utf-8", "replace")
