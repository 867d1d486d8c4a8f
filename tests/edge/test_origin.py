import pytest
from webtest import TestApp

from portal.edge import came_from
from tests.edge.trial import PUBLIC


@pytest.fixture
def app(trial):
    return TestApp(trial())


@pytest.fixture
def token(app):
    return app.get("/form").text


def status(app, token, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.post("/", {"csrf_token": token}, headers=named, expect_errors=True).status_int


def test_our_own_pages_may_send_forms(app, token):
    assert status(app, token, Origin="http://localhost:80") == 400  # as no browser writes it
    assert status(app, token, Origin="http://localhost") == 200
    assert status(app, token, Sec_Fetch_Site="same-origin", Origin="null") == 200
    assert status(app, token, Sec_Fetch_Site="none") == 200


def test_the_address_that_people_know_is_ours_too_behind_a_proxy_that_hides_it(app, token):
    assert status(app, token, Origin=PUBLIC) == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense", ""])
def test_other_sites_may_not_even_with_the_token(app, token, site):
    assert status(app, token, Sec_Fetch_Site=site, Origin="http://localhost") == 400


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://localhost", "http://localhost.evil.example", ""]
)
def test_other_origins_may_not_even_with_the_token(app, token, origin):
    assert status(app, token, Origin=origin) == 400


def test_without_either_header_the_token_alone_decides(app, token):
    assert status(app, token) == 200
    assert status(app, "wrong") == 400
    assert status(app, "é") == 400
    assert app.post("/", {}, expect_errors=True).status_int == 400


def test_the_token_of_another_person_does_not_serve(trial, token):
    assert status(TestApp(trial()), token) == 400


def test_a_program_with_its_own_key_needs_no_token(app):
    assert app.post("/", {}, headers={"Authorization": "Bearer abc"}).status_int == 200
    assert app.post("/", {}, headers={"Authorization": "Basic abc"}, expect_errors=True).status_int == 400


def test_reading_is_free_of_both(app):
    assert app.get("/", headers={"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}).status_int == 200


@pytest.mark.parametrize("path", ["/", "/cases/C-2026-000001", "/cases?state=open&q=a%20b", "/a//b", "/@search"])
def test_a_path_of_ours_is_kept(path):
    assert came_from(path) == path


@pytest.mark.parametrize(
    "value",
    [
        None, 7, b"/", "", "cases", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "http:evil", "https:/evil", "javascript:alert(1)", "data:text/html,x", " /cases", " https://evil.example",
        "/\t/evil.example", "/\n/evil.example", "/cases\r\nSet-Cookie: a=b", "/cases\n", "/café", "/a b", "/\0", "/\x7f",
        "\ufeff/", "/" + "a" * 5_000, "?q", "#x", "@evil.example", "/\u2215evil",
    ],
)  # fmt: skip
def test_anything_else_leads_to_the_front_page(app, value):
    assert came_from(value) == "/"
    if isinstance(value, str) and "\0" not in value and len(value) < 4_000:
        assert app.get("/go", {"came_from": value}).location == "http://localhost/"
