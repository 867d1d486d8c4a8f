import re

import pytest

from portal.folders import folder
from portal.pages import Shelf, render
from tests.frame.guide import VIEWS


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_page_is_whole(client, name):
    page = client.get(f"/{name}").text
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="id">' in page
    assert page.count("<h1>") == 1
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r"<script(?! type=\"module\" src=\"/static/)", page)


def test_a_static_file_may_be_kept_for_a_year_under_its_own_hash_only(client):
    address = re.search(r'href="(/static/(\w+)/app.css)"', client.get("/item").text)
    kept = client.get(address[1], headers={"Accept-Encoding": "gzip"})
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert kept.headers["ETag"].endswith('-gzip"')
    other = client.get("/static/000000000000/app.css")
    assert other.headers["Cache-Control"] == "no-cache"
    assert other.body == (folder("templates") / "static/app.css").read_bytes()
    assert client.get("/static/0/../../portal/app.py", status=404)
    assert client.get(address[1], headers={"If-None-Match": f'"{address[2]}"'}).status_int == 304


def test_pages_and_their_files_stay_small(client):
    static = folder("templates") / "static"
    assert (static / "app.css").stat().st_size <= 25_000
    assert (static / "app.js").stat().st_size <= 12_000
    assert sum(f.stat().st_size for f in static.iterdir()) + len(client.get("/public").body) <= 60_000


def test_the_language_is_switched_by_a_post_and_leads_back_to_our_own_pages_only(client):
    page = client.get("/list")
    answer = page.forms[1].submit("lang", value="en")
    assert answer.location == "http://localhost/list"
    assert "Worklists" in client.get("/list").text
    token = page.forms[1]["csrf_token"].value
    for evil in ("//evil.example", "/\\evil.example", "http:evil", " /x", "/a\nb"):
        answer = client.post("/@language", {"lang": "id", "back": evil, "csrf_token": token})
        assert answer.location == "http://localhost/"
    assert client.post("/@language", {"lang": "xx", "csrf_token": token}, status=400)
    assert client.post("/@language", {"lang": "en"}, status=400)


def test_a_mail_or_error_page_is_rendered_outside_of_a_request(client):
    page = render("errors/500.pt", "en", id="7f3a-19c2")
    assert "Something went wrong in the system" in page
    assert "7f3a-19c2" in page
    assert "Error code" not in render("errors/404.pt", "en")


def test_text_from_outside_is_never_markup(client):
    page = client.get("/list", {"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_a_theme_stands_before_our_own_templates(tmp_path):
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors/404.pt").write_text("<p>tema</p>")
    shelf = Shelf([tmp_path, folder("templates")])
    assert shelf.render("errors/404.pt", "id", {}) == "<p>tema</p>"
    assert "Sistem sedang sibuk" in shelf.render("errors/503.pt", "id", {})
