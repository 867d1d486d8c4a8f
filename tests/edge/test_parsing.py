import json

import pytest
from pyramid.httpexceptions import HTTPBadRequest
from webtest import TestApp, Upload

from portal.edge.parsing import MAX_FORM_FIELDS, MAX_QUERY_FIELDS, read_json

FORM = "application/x-www-form-urlencoded"
MIXED = "multipart/form-data; boundary=x"


@pytest.fixture
def app(trial):
    return TestApp(trial())


@pytest.fixture
def token(app):
    return app.get("/form").text


def part(name, value, extra=""):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n'


def post(app, body, kind, **more):
    return app.post("/", body, headers={"Content-Type": kind, "Authorization": "Bearer t"}, expect_errors=True, **more)


@pytest.mark.parametrize("query", ["q=%ff", "q=%ed%a0%80", "%ff=1", "q=a%00b", "a=1&a%00=2", "q=%c0%80"])
def test_a_query_that_is_no_clean_text_is_refused(app, query):
    assert app.get("/?" + query, expect_errors=True).status_int == 400


@pytest.mark.parametrize("query", ["", "&&", "=", "=x", "%", "%zz", "q", "a=1;b=2", "a=%26"])
def test_an_odd_query_is_still_a_query(app, query):
    assert app.get("/?" + query).status_int == 200


def test_too_many_query_fields_are_refused(app):
    assert app.get("/?" + "a=&" * MAX_QUERY_FIELDS, expect_errors=True).status_int == 413


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"a=%ed%a0%80", b"a=%00", b"a=\x00", b"a=\xed\xa0\x80"])
def test_a_form_that_is_no_clean_text_is_refused(app, body):
    assert post(app, body, FORM).status_int == 400


def test_too_many_form_fields_are_refused(app):
    assert post(app, b"a=&" * MAX_FORM_FIELDS, FORM).status_int == 413


def test_a_form_keeps_its_fields_in_their_order(app, token):
    fields = [("z", "1"), ("a", "dua\r\nbaris"), ("z", "3"), ("csrf_token", token)]
    answer = app.post("/", fields)
    assert answer.json == {"z": "3", "a": "dua\r\nbaris", "csrf_token": token}
    assert list(answer.json) == ["z", "a", "csrf_token"]


def test_a_file_arrives_with_its_name_among_the_fields(app, token):
    answer = app.post("/", [("csrf_token", token), ("scan", Upload("surat é.pdf", b"x" * 70_000)), ("note", "ya")])
    assert answer.json == {"csrf_token": token, "scan": "surat é.pdf", "note": "ya"}


def test_a_file_field_left_empty_is_an_empty_text(app):
    assert post(app, part("scan", "", '; filename=""') + "--x--", MIXED).json == {"scan": ""}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"--x\r\n",
        part("a", "1").encode(),  # cut before its end
        part("a", "\0").encode() + b"--x--",
        part("a\0b", "1").encode() + b"--x--",
        part("f", "1", '; filename="a\0.pdf"').encode() + b"--x--",
        part("a", "?").replace("?", "\xff").encode("latin-1") + b"--x--",
        b"--x\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=nonesuch\r\n\r\n1\r\n--x--",
        b"--x\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n1\r\n--x--",
        b"--x\r\nContent-Type: text/plain\r\n\r\nno name\r\n--x--",
    ],
)
def test_a_multipart_body_that_is_broken_is_refused(app, body):
    assert post(app, body, MIXED).status_int == 400


def test_a_file_in_place_of_the_token_is_refused(app):
    body = part("csrf_token", "x", '; filename="a.pdf"') + "--x--"
    assert app.post("/", body, headers={"Content-Type": MIXED}, expect_errors=True).status_int == 400


def test_too_many_parts_and_too_long_headers_of_a_part_are_refused(app):
    tiny = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
    assert post(app, tiny * 1_500 + "--x--", MIXED).status_int == 200
    assert post(app, tiny * (MAX_FORM_FIELDS + 1) + "--x--", MIXED).status_int == 413
    assert post(app, part("a" * 9_000, "1") + "--x--", MIXED).status_int == 413


@pytest.mark.parametrize("document", [{"a": [1, "é", None, True, 1.5]}, [], "text", 0])
def test_json_arrives_as_it_was_sent(app, document):
    answer = app.post_json("/api", document, headers={"Authorization": "Bearer t"})
    assert answer.json == document


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"\xff", b'"\xed\xa0\x80"', b"NaN", b"-Infinity", b"1e999", b"9" * 5_000, b'{"a":1,"a":2}',
        b'"\\ud800"', b'["a\\u0000b"]', b'{"\\udfff":1}', b'{"a\\u0000":1}', b"[" * 40 + b"]" * 40, b"[" * 90_000,
        b"\xef\xbb\xbf{}", '"é"'.encode("utf-16"),
    ],
)  # fmt: skip
def test_json_outside_of_the_standard_is_refused(app, raw):
    with pytest.raises(HTTPBadRequest):
        read_json(raw)
    headers = {"Content-Type": "application/json", "Authorization": "Bearer t"}
    assert app.post("/api", raw, headers=headers, expect_errors=True).status_int == 400


def test_a_backslash_before_u0000_is_plain_text():
    assert read_json(rb'"\\u0000"') == "\\u0000"


@pytest.mark.parametrize("kind", ["text/plain", "text/json", "application/vnd.api+json", FORM])
def test_json_under_another_name_is_refused(app, kind):
    headers = {"Content-Type": kind, "Authorization": "Bearer t"}
    assert app.post("/api", json.dumps({}), headers=headers, expect_errors=True).status_int == 415


def test_bad_json_is_answered_with_a_problem_document(app):
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = app.post("/api", "{", headers=headers, expect_errors=True)
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 400
