import io
import logging

import pytest
from webtest import TestApp

from portal import logs
from tests.edge.trial import PERSON

JSON = {"Accept": "application/json"}


@pytest.fixture
def app(trial):
    return TestApp(trial())


@pytest.fixture
def lines(caplog):
    """What the log would write."""
    caplog.set_level(logging.INFO)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Line())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_an_unexpected_fault_shows_only_an_id_that_the_log_knows(app, lines):
    answer = app.get("/boom", headers=JSON, status=500)
    assert answer.json["error_id"] in lines.getvalue()
    assert '"error": "ValueError"' in lines.getvalue()
    assert "tests.edge.trial:" in lines.getvalue()
    page = app.get("/boom", status=500).text
    for sign in ("ValueError", "Traceback", "trial", PERSON):
        assert sign not in page
    assert PERSON not in lines.getvalue()


def test_what_is_absent_and_what_is_closed_look_the_same_to_who_is_signed_in(app):
    app.set_cookie("who", "siti")
    absent = app.get("/cases/C-2", status=404)
    closed = app.get("/cases/C-1/edit", status=404)
    raised = app.get("/absent", status=404)
    assert absent.body == closed.body == raised.body
    assert dict(absent.headers) == dict(closed.headers)
    assert app.get("/cases/C-2", headers=JSON, status=404).body == app.get("/edit", headers=JSON, status=404).body


def test_who_may_see_the_thing_is_told_that_the_act_is_closed(app):
    app.set_cookie("who", "budi")
    assert "belum boleh" in app.get("/cases/C-1/edit", status=403)
    app.get("/cases/C-2", status=404)


def test_who_is_not_signed_in_is_led_to_the_door_and_back(app):
    answer = app.get("/cases/C-1/edit?a=b&c=%2F%26", status=303)
    assert answer.location == "http://localhost/login?came_from=/cases/C-1/edit%3Fa%3Db%26c%3D%252F%2526"


def test_a_program_that_is_not_signed_in_is_told_so(app):
    answer = app.get("/edit", headers=JSON, status=401)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    app.post_json("/edit", {}, headers={"Authorization": "Bearer t"}, status=401)


def test_a_form_sent_after_the_session_ended_is_not_lost_in_a_redirect(app):
    token = app.get("/form").text
    assert "sesi Anda sudah berakhir" in app.post("/edit", {"csrf_token": token}, status=401).text


def test_a_stale_form_says_what_helps(app):
    assert "sudah lama terbuka" in app.post("/", {"csrf_token": "old"}, status=400).text
    english = JSON | {"Accept-Language": "en"}
    assert app.post("/", {"csrf_token": "old"}, headers=english, status=400).json["detail"].startswith("Go back")


def test_too_many_tries_say_how_long_to_wait(app):
    answer = app.get("/throttled", status=429)
    assert answer.headers["Retry-After"] == "90"
    assert "2 menit" in answer.text


def test_an_error_page_whose_template_fails_is_shown_bare_and_the_failure_logged(trial, tmp_path, lines):
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors" / "404.pt").write_text("<p>${no_such_name}</p>")
    page = TestApp(trial(theme=tmp_path)).get("/nowhere", status=404)
    assert "<h1>Halaman tidak ditemukan</h1>" in page
    assert '"error": "NameError' in lines.getvalue()


def test_an_error_page_wears_the_portals_frame(app):
    assert "app.css" in app.get("/nowhere", status=404)


def test_a_conflict_of_transactions_is_tried_again_unseen(trial, lines):
    assert TestApp(trial(patience=3)).get("/busy").text == "done"
    assert "failure" not in lines.getvalue()


def test_a_conflict_that_stays_is_answered_with_busy_not_with_a_fault(trial, lines):
    answer = TestApp(trial(patience=99)).get("/busy", status=503)
    assert answer.headers["Retry-After"] == "5"
    assert lines.getvalue().count('"event": "failure"') == 1


def test_a_line_break_in_a_header_never_leaves_the_house(app):
    answer = app.get("/broken_header", status=500)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,*/*;q=0.8", "text/html"), ("*/*", "text/html"), ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"), ("application/json;q=0.1,text/html", "text/html"),
        ("nonsense;;", "text/html"), ("image/png", "text/html"),
    ],
)  # fmt: skip
def test_the_answer_is_of_the_kind_that_was_asked_for(app, accept, kind):
    assert app.get("/nowhere", headers={"Accept": accept}, status=404).content_type == kind


def test_the_request_line_names_the_route_and_no_address_or_value(app, lines):
    app.get("/form?token=geheim-81")
    app.get("/cases/C-1/geheim-81", status=404)
    assert '"route": "/form", "status": 200' in lines.getvalue()
    assert "geheim" not in lines.getvalue()
