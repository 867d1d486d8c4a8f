from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from colander import Invalid
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyramid.testing import DummyRequest
from webob.multidict import MultiDict
from webtest import TestApp, Upload

from portal.forms import Day, Line, Money, Rows, Schema, Text, ValidationFailure, form
from portal.forms.values import AmountValue, DayValue, MomentValue
from tests.frame.guide import Complaint


def filled(client, **changes):
    asked = client.get("/form?filled").forms["form1"]
    asked["agree"] = True
    for name, value in changes.items():
        asked[name] = value
    return asked


def test_a_filled_form_gives_typed_values(client, guide):
    filled(client).submit("save", status=303)
    (values,) = guide.registry.received
    assert values["born"] == date(1991, 5, 17)
    assert values["called"] == datetime(2026, 3, 1, 22, 15, tzinfo=UTC)
    assert (values["country"], values["urgency"], values["kinds"]) == ("C0", "1", ("wage",))
    assert (values["wages"], values["months"], values["agree"]) == (Decimal(12500000), 7, True)
    assert values["story"] == "Pekerja menelepon dari Riyadh.\nGaji tujuh bulan tidak dibayar."
    assert values["parties"] == [{"called": "PT Sumber Kerja Mandiri Sejahtera", "role": "agency"}]
    assert (values["papers"], values["mail"]) == ((), None)


def test_a_refused_form_says_what_is_wrong_above_and_beside_and_keeps_what_was_typed(client, guide):
    page = filled(client, name="", born="99-99-1991", story="Tulisan panjang.").submit("save", status=422)
    assert guide.registry.received == []
    summary = page.html.select_one(".faults")
    assert [a.get_text() for a in summary.select("a")] == [
        "Nama lengkap pekerja: Wajib diisi.",
        "Tanggal lahir: Tanggal tidak dikenali. Tulis seperti 13-10-2025.",
    ]
    for link in summary.select("a"):
        field = page.html.find(id=link["href"][1:])
        assert field["aria-invalid"] == "true"
        assert page.html.find(id=field["aria-describedby"].split()[0])["class"] == ["fault"]
    assert page.forms["form1"]["story"].value == "Tulisan panjang."
    assert page.forms["form1"]["born"].value == "99-99-1991"


def test_a_refused_form_keeps_the_version_that_was_seen_and_gets_a_new_key(client):
    asked = filled(client, name="", version="2")
    page = asked.submit("save", status=422)
    assert page.forms["form1"]["version"].value == "2"
    assert page.forms["form1"]["once"].value != asked["once"].value


def test_rows_grow_and_shrink_without_javascript(client):
    page = filled(client).submit("__add__", value="parties", status=422)
    assert len(page.html.select(".rows > ol > li")) == 2
    assert page.html.select_one(".faults") is None
    page = page.forms["form1"].submit("__remove__", value="parties:0", status=422)
    (row,) = page.html.select(".rows > ol > li")
    assert row.select_one("input[name=called]")["value"] == ""


def test_files_that_were_not_stored_are_named_and_stored_ones_are_offered_again(client, guide):
    lost = filled(client, name="", upload=[Upload("rekening.pdf", b"%PDF", "application/pdf")]).submit(
        "save", status=422
    )
    assert "rekening.pdf" in lost.html.select_one(".upload .fault").get_text()
    asked = client.get("/form?filled&keep").forms["form1"]
    asked["name"] = ""
    page = asked.submit("save", status=422)
    again = page.forms["form1"]
    assert "paspor.pdf" in page.html.select_one(".kept").get_text()
    again["name"], again["agree"] = "Siti", True
    again["upload"] = [Upload("rekening.pdf", b"%PDF", "application/pdf")]
    again.submit("save", status=303)
    kept, upload = guide.registry.received[0]["papers"]
    assert (kept.hash, kept.name) == ("a" * 64, "paspor.pdf")
    assert upload.file.read() == b"%PDF"


def test_the_token_of_a_kept_file_is_worth_nothing_in_another_session(client, guide):
    asked = client.get("/form?filled&keep").forms["form1"]
    asked["name"] = ""
    token = asked.submit("save", status=422).forms["form1"]["kept"].value
    stranger = TestApp(guide)
    theirs = filled(stranger)
    fields = [*theirs.submit_fields("save"), ("__start__", "papers:sequence"), ("kept", token), ("__end__", "")]
    stranger.post("/form", fields, status=422)
    assert guide.registry.received == []


@pytest.mark.parametrize("upload", [Upload("a.exe", b"x"), Upload("kosong.pdf", b"")])
def test_a_file_of_a_wrong_kind_or_an_empty_one_is_refused(client, guide, upload):
    filled(client, upload=[upload]).submit("save", status=422)
    assert guide.registry.received == []


def test_a_field_nobody_asked_for_is_refused_by_name(client, guide):
    fields = [*filled(client).submit_fields("save"), ("role", "ADMIN")]
    page = client.post("/form", fields, status=422)
    assert "isian yang tidak dikenal: role" in page.html.select_one(".faults").get_text()
    assert guide.registry.received == []


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\ud800b", "a\x07b", "a\u2066b", "a\uffffb", "satu\ndua"])
def test_a_line_refuses_what_cannot_be_seen(text):
    with pytest.raises(Invalid):
        Line("Nama").deserialize(text)


def test_text_is_composed_and_trimmed():
    assert Text("Uraian").deserialize("  e\u0301\r\nb ") == "\u00e9\nb"
    assert Line("Nama", required=False).deserialize("   ") is None
    with pytest.raises(Invalid):
        Line("Nama", max=3).deserialize("abcd")


@pytest.mark.parametrize("text", ["13-10-2025", "13/10/2025", "2025-10-13", "13.10.2025"])
def test_days_are_read_as_people_write_them(text):
    assert Day("Tanggal").deserialize(text) == date(2025, 10, 13)


@pytest.mark.parametrize("text", ["31-02-2025", "13-10-25", "besok", "١٣-١٠-٢٠٢٥x", "13-10-1850"])
def test_what_is_no_day_is_refused(text):
    with pytest.raises(Invalid):
        Day("Tanggal").deserialize(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.500.000", 1500000),
        ("Rp 1.500.000,50", "1500000.5"),
        ("1,500,000.25", "1500000.25"),
        ("750", 750),
        ("12,5", "12.5"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, amount):
    assert Money("Gaji").deserialize(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-5", "1e9", "1.50.000", "", "٥"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Invalid):
        Money("Gaji").deserialize(text)


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_day_shown_is_the_day_read(value):
    node = Day("Tanggal")
    assert DayValue().deserialize(node, DayValue().serialize(node, value)) == value


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_an_amount_shown_is_the_amount_read(value):
    assert AmountValue().deserialize(None, AmountValue().serialize(None, value)) == value


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1950 < at.year < 2100))
def test_a_moment_shown_is_the_moment_read(value):
    class Here:
        zone = UTC

    minute = value.replace(second=0, microsecond=0)
    assert MomentValue().deserialize(Here, MomentValue().serialize(Here, minute)) == minute


names = st.sampled_from(
    [
        "name",
        "parties",
        "papers",
        "kinds",
        "country",
        "upload",
        "kept",
        "__start__",
        "__end__",
        "__add__",
        "__remove__",
        "version",
        "party",
        "x",
    ]
)
values = st.one_of(
    st.sampled_from(
        [
            "parties:sequence",
            "party:mapping",
            "papers:sequence",
            "kinds:sequence",
            "x:rename",
            "parties",
            "parties:0",
            "parties.x:9",
            "name:mapping",
            ":",
        ]
    ),
    st.text(max_size=5),
    st.binary(max_size=3),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(names, values), max_size=25))
def test_whatever_is_sent_is_refused_with_a_form_that_can_be_shown(client, controls):
    request = DummyRequest()
    request.registry, request.locale_name = client.app.registry, "id"
    asked = form(Complaint(), request)
    with pytest.raises(ValidationFailure):
        asked.validate(MultiDict(controls).items())
    asked.render().encode()


def test_two_forms_on_a_page_share_no_id(client):
    class Names(Schema):
        names = Rows(Line("Nama"), "Nama-nama", least=2)

    request = DummyRequest()
    request.registry, request.locale_name = client.app.registry, "id"
    pages = "".join(form(Names(), request).render() for _ in range(2))
    ids = [part.split('"')[0] for part in pages.split(' id="')[1:]]
    assert len(ids) == len(set(ids)) > 6
