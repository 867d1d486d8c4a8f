import unicodedata

import pytest
from webtest import TestApp

from portal.edge import attachment
from portal.edge.downloads import MAX_NAME, clean_name


@pytest.fixture
def app(trial, tmp_path):
    (tmp_path / "blob.html.gz").write_bytes(b"<script>alert(1)</script>")
    return TestApp(trial(file=tmp_path / "blob.html.gz"))


def test_a_file_is_saved_not_shown_and_caged_in_case_it_is(app):
    answer = app.get("/stored")
    named = "attachment; filename=\"passwd X y\"; filename*=UTF-8''passwd%20X%20y"
    assert answer.headers["Content-Disposition"] == named
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "text/html"
    assert "Content-Encoding" not in answer.headers
    assert answer.body == b"<script>alert(1)</script>"


def test_a_letter_may_be_shown_in_our_own_pages_when_asked_for(app):
    shown = app.get("/download?show=1").headers
    assert shown["Content-Disposition"].startswith("inline; ")
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert app.get("/download").headers["Content-Disposition"].startswith("attachment; ")


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "text/xml", "application/xhtml+xml", "text/plain"])
def test_what_could_act_in_a_browser_is_never_shown(kind):
    response = attachment(b"x", filename="x", media_type=kind, inline=True)
    assert response.headers["Content-Disposition"].startswith("attachment; ")


def test_a_type_that_is_none_becomes_mere_bytes():
    assert attachment(b"x", filename="x", media_type="a\r\nb/c").headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Surat Rujukan.pdf", "Surat Rujukan.pdf"), ("../../etc/passwd", "passwd"), ("C:\\a\\b.doc", "b.doc"),
        ("a\r\nX-Evil: 1.pdf", "a X-Evil 1.pdf"), ('a";b.pdf', "a b.pdf"), ("", "berkas"), ("...", "berkas"),
        ("CON.pdf", "berkas.pdf"), ("nul", "berkas"), ("\u202egnp.exe", "gnp.exe"), ("a\u200bb.pdf", "a b.pdf"),
        ("cafe\u0301.pdf", "café.pdf"), ("护照.pdf", "护照.pdf"), (".htaccess", "htaccess"), ("a\0b.pdf", "a b.pdf"),
        ("x" * 500 + ".pdf", "x" * (MAX_NAME - 4) + ".pdf"), ("\ud800.pdf", "pdf"),
    ],
)  # fmt: skip
def test_names_are_cleaned(sent, kept):
    assert clean_name(sent) == kept


@pytest.mark.parametrize(
    "name", ["护照.pdf", "café.pdf", "a'b(c).pdf", "50% selesai.pdf", "", "\ud800", "é" * 400, "\\"]
)
def test_every_name_makes_a_header_that_can_be_sent(name):
    header = attachment(b"x", filename=name, media_type="application/pdf").headers["Content-Disposition"]
    assert header.isascii()
    assert not any(unicodedata.category(sign) == "Cc" for sign in header)
    assert header.count('"') == 2
