import pytest
from webtest import TestApp

CSP = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "connect-src 'self'", "frame-src 'self'",
    "manifest-src 'self'",
}  # fmt: skip
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ADDRESSES = ["/", "/form", "/boom", "/absent", "/nowhere", "/go", "/throttled", "/edit", "/cached", "/?q=%ff", "/a%ffb"]


@pytest.fixture
def app(trial):
    return TestApp(trial())


@pytest.mark.parametrize("address", [*ADDRESSES, "/download", "/stored"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_response_carries_the_headers(trial, tmp_path, address, scheme):
    (tmp_path / "file").write_bytes(b"x")
    app = TestApp(trial(file=tmp_path / "file"))
    headers = app.get(address, extra_environ={"wsgi.url_scheme": scheme}, expect_errors=True).headers
    assert EVERYWHERE.items() <= dict(headers).items()
    assert "camera=()" in headers["Permissions-Policy"]
    assert ("Strict-Transport-Security" in headers) == (scheme == "https")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Server" not in headers
    assert "Cache-Control" in headers


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_may_load_and_send_nothing_outside_of_the_portal(app, address):
    assert set(app.get(address, expect_errors=True).headers["Content-Security-Policy"].split("; ")) == CSP


def test_nothing_is_kept_unless_the_view_says_so(app):
    app.set_cookie("who", "siti")
    assert app.get("/").headers["Cache-Control"] == "no-store"
    assert app.get("/boom", expect_errors=True).headers["Cache-Control"] == "no-store"
    assert app.get("/cached").headers["Cache-Control"] == "public, max-age=60"
