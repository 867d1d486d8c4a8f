import io

import pytest
from webtest import TestApp

from portal.edge import guard


def ask(app, method="GET", path="/", query="", body=b"", **more):
    """One request as a server would hand it over, without a client library that tidies it first."""
    environ = {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
    } | more  # fmt: skip
    seen = {}

    def start_response(status, headers, exc_info=None):
        seen.update(status=int(status.split()[0]), headers=dict(headers))

    result = app(environ, start_response)
    seen["body"] = b"".join(result)
    getattr(result, "close", int)()
    return seen


@pytest.mark.parametrize("path", ["/\xff", "/\xed\xa0\x80", "/a\0b", "/a\r\nb", "/\x7f", "/\xc0\xaf"])
def test_a_path_that_is_no_clean_utf8_is_refused(trial, path):
    assert ask(trial(), path=path)["status"] == 400


def test_a_path_in_utf8_passes(trial):
    assert ask(trial(), path="/caf\u00e9".encode().decode("latin-1"))["status"] == 404


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "OPTIONS", "PROPFIND", "get", "", "GET\0"])
def test_a_method_that_nothing_here_answers_is_refused_by_name(trial, method):
    answer = ask(trial(), method=method)
    assert answer["status"] == 405
    assert "POST" in answer["headers"]["Allow"]


def test_an_endless_address_is_refused(trial):
    assert ask(trial(), path="/" + "a" * 9_000)["status"] == 414
    assert ask(trial(), query="q=" + "a" * 9_000)["status"] == 414


@pytest.mark.parametrize("length", ["100001", "9" * 40])
def test_a_body_over_the_limit_is_refused_before_it_is_read(trial, length):
    assert ask(trial(), "POST", CONTENT_LENGTH=length)["status"] == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "٣"])
def test_a_length_that_is_no_number_is_refused(trial, length):
    assert ask(trial(), "POST", CONTENT_LENGTH=length)["status"] == 400


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded; charset=nonesuch", "text/plain;charset=utf-7",
                                  "application/json; charset=latin-1", "nonsense", "text/\xff"])  # fmt: skip
def test_a_charset_or_type_nobody_knows_is_refused(trial, kind):
    assert ask(trial(), "POST", body=b"a=1", CONTENT_TYPE=kind)["status"] == 415


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; x=y",
                                  'multipart/form-data; boundary="' + "x" * 80 + '"'])  # fmt: skip
def test_a_multipart_body_without_a_usable_boundary_is_refused(trial, kind):
    assert ask(trial(), "POST", body=b"--x--", CONTENT_TYPE=kind)["status"] == 400


@pytest.mark.parametrize("host", ["a, b", "[", "[::1", "a b", "<script>", "host:port", "", "a@b", "localhost:999999"])
def test_a_host_that_is_none_is_refused(trial, host):
    assert ask(trial(), path="/go", HTTP_HOST=host)["status"] == 400


@pytest.mark.parametrize("host", ["localhost", "rujukan.example:6543", "127.0.0.1:1", "[::1]:6543"])
def test_a_usual_host_passes(trial, host):
    assert ask(trial(), path="/go", HTTP_HOST=host)["status"] == 302


@pytest.mark.parametrize("cookie", ['who="\\377"', 'a=b; who="\\303"', 'who="\\000"'])
def test_a_cookie_that_cannot_be_read_is_refused_and_cleared(trial, cookie):
    answer = ask(trial(), HTTP_COOKIE=cookie)
    assert answer["status"] == 400
    assert answer["headers"]["Clear-Site-Data"] == '"cookies"'


@pytest.mark.parametrize("date", ["Thu, 01 Jan 99999 00:00:00 GMT", "0", "\xff", "Mon, 32 Foo 2026 99:99:99 GMT"])
def test_a_date_that_is_none_is_ignored(trial, tmp_path, date):
    (tmp_path / "file").write_bytes(b"x")
    assert ask(trial(file=tmp_path / "file"), path="/stored", HTTP_IF_MODIFIED_SINCE=date)["status"] == 200


def test_a_link_to_a_refusal_signs_nobody_out(trial):
    assert "Clear-Site-Data" not in ask(trial(), path="/\xff", HTTP_COOKIE="who=siti")["headers"]


def test_the_guards_own_pages_are_plain_short_and_hardened(trial):
    answer = ask(trial(), path="/\xff")
    assert answer["headers"]["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["headers"]["Content-Security-Policy"].startswith("default-src 'none'")
    assert len(answer["body"]) < 200


def test_an_application_that_fails_outside_of_its_own_error_pages_shows_an_id_and_nothing_else(caplog):
    def failing(environ, start_response):
        raise RuntimeError("secret of the inside")

    answer = ask(guard(failing))
    assert answer["status"] == 500
    error_id = caplog.records[-1].error_id
    assert f"({error_id})" in answer["body"].decode()
    assert b"secret" not in answer["body"]
    assert "secret" not in caplog.text.replace(str(RuntimeError), "")


def test_head_gets_the_headers_of_a_refusal_without_its_body(trial):
    answer = ask(trial(), "HEAD", path="/\xff")
    assert (answer["status"], answer["body"]) == (400, b"")


def test_an_ordinary_request_passes_unchanged(trial):
    assert TestApp(trial()).get("/?q=caf%C3%A9").json == {"q": "café"}
