"""The merge fields, the allowed HTML, and numbers in words."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.acts import Refused
from portal.correspondence.wording import clean, day_in_words, fill, fill_line, plain, roman, rupiah, terbilang


def reasons(wording, values=None, missing="mark"):
    with pytest.raises(Refused) as refusal:
        fill(wording, values or {}, missing)
    return [reason.text("id") for reason in refusal.value.reasons]


def test_a_value_stands_where_its_field_stood():
    assert fill("<p>Nomor ${number}.</p>", {"number": "A & B"}, "refuse").html == "<p>Nomor A &amp; B.</p>"


def test_an_unknown_field_is_named_with_its_line():
    assert reasons("<p>a</p>\n<p>${worker} ${x}</p>", {"x": "1"}) == ["Baris 2: ruas “worker” tidak dikenal."]


def test_a_mistake_is_told_in_english_as_well():
    with pytest.raises(Refused) as refusal:
        fill("${x}", {}, "mark")
    assert refusal.value.reasons[0].text("en") == "Line 1: the field “x” is not known."


def test_all_mistakes_are_told_at_once():
    assert len(reasons("${a}\n${b.c}\n${d")) == 3


@pytest.mark.parametrize(
    "hostile",
    ["a.__class__", "a['b']", "a()", "a|upper", "1+1", "", " a", "A", "${a", "import os", "a:>9999999999", "é"],
)
def test_a_field_is_a_name_and_nothing_else(hostile):
    assert "bukan nama ruas" in " ".join(reasons(f"<p>${{{hostile}}}</p>", {"a": "x", "b": "y"}))


def test_a_field_in_disguise_is_a_field():
    assert reasons("<p>&#36;{worker}</p>") == ["Baris 1: ruas “worker” tidak dikenal."]


def test_an_open_field_is_told():
    assert reasons("<p>${worker</p>", {"worker": "x"}) == ["Baris 1: ruas “worker</p>” tidak ditutup dengan “}”."]


def test_a_missing_value_is_marked_in_a_preview_and_refused_in_a_letter():
    preview = fill("<p>${a} ${b}</p>", {"a": " ", "b": "x"}, "mark")
    assert preview.html == '<p><mark class="missing">a</mark> x</p>'
    assert preview.missing == ["a"]
    assert reasons("<p>${a} ${b}</p>", {"a": " ", "b": ""}, "refuse") == [
        "Ruas “a” belum terisi.",
        "Ruas “b” belum terisi.",
    ]


def test_a_value_is_never_read_as_wording():
    values = {"a": "${b} <script>x</script> $5", "b": "rahasia"}
    html = fill("<p>${a}</p>", values, "refuse").html
    assert html == "<p>${b} &lt;script&gt;x&lt;/script&gt; $5</p>"
    lines = fill("<ol><li>${a}</li></ol>", {"a": "${b}\n$x", "b": "rahasia"}, "refuse").html
    assert "rahasia" not in lines
    assert plain(lines) == "${b};\n$x."


def test_lines_become_list_items_closed_like_a_letter():
    html = fill("<ol><li>${a}</li></ol>", {"a": "satu\ndua.\n\ntiga"}, "refuse").html
    assert html == "<ol><li>satu;</li><li>dua.</li><li>tiga.</li></ol>"


def test_lines_before_another_list_item_do_not_end_the_list():
    html = fill("<ol>\n<li>${a}</li>\n<li>tiga.</li>\n</ol>", {"a": "satu\ndua"}, "refuse").html
    assert "<li>satu;</li><li>dua;</li>" in html
    assert fill("<ul><li>${a}</li></ul>", {"a": "satu"}, "refuse").html == "<ul><li>satu.</li></ul>"


def test_lines_become_paragraphs_and_elsewhere_breaks():
    values = {"a": "satu\ndua"}
    assert fill("<p>${a}</p>", values, "refuse").html == "<p>satu</p><p>dua</p>"
    assert fill("<p>Hal: ${a}</p>", values, "refuse").html == "<p>Hal: satu<br>dua</p>"


def test_lines_become_numbered_rows_with_their_parts_in_the_cells():
    wording = "<table><tbody><tr><td></td><td>${a}</td><td></td><td></td></tr></tbody></table>"
    html = fill(wording, {"a": "Berkas <1> | 1 lembar | asli | x\n\nKTP $"}, "refuse").html
    assert html == (
        "<table><tbody><tr><td>1.</td><td>Berkas &lt;1&gt;</td><td>1 lembar</td><td>asli | x</td></tr>"
        "<tr><td>2.</td><td>KTP &#36;</td><td></td><td></td></tr></tbody></table>"
    )


def test_rows_without_a_cell_before_have_no_number():
    html = fill("<table><tbody><tr><td>${a}</td><td></td></tr></tbody></table>", {"a": "x | y"}, "refuse").html
    assert "<tr><td>x</td><td>y</td></tr>" in html


def test_parts_of_a_line_are_told_apart_by_commas_outside_rows():
    assert fill("<p>Antara ${a}.</p>", {"a": "Budi | Direktur"}, "refuse").html == "<p>Antara Budi, Direktur.</p>"
    html = fill("<ol><li>${a}</li></ol>", {"a": "Budi | Direktur\nSari"}, "refuse").html
    assert html == "<ol><li>Budi, Direktur;</li><li>Sari.</li></ol>"


def test_a_missing_value_of_rows_is_marked_in_its_cell():
    filled = fill("<table><tbody><tr><td></td><td>${a}</td></tr></tbody></table>", {"a": ""}, "mark")
    assert '<td></td><td><mark class="missing">a</mark></td>' in filled.html
    assert filled.missing == ["a"]


FACTS = "<table><tbody><tr><th>Nama</th><td>${a}</td></tr>\n<tr><th>NIK</th><td>${b}</td></tr></tbody></table>"


def test_what_holds_only_an_empty_optional_field_is_left_out():
    assert fill("<p>x</p><p>${b}</p>", {"b": "-"}, "refuse").html == "<p>x</p>"
    assert fill("<ol><li>x</li><li> ${b} </li></ol>", {"b": "-"}, "refuse").html == "<ol><li>x</li></ol>"
    html = fill(FACTS, {"a": "Sari", "b": "-"}, "refuse").html
    assert "".join(html.split()) == "<table><tbody><tr><th>Nama</th><td>Sari</td></tr></tbody></table>"


def test_what_says_more_than_the_empty_field_stays_with_a_dash():
    assert fill("<p>${a} (${b})</p>", {"a": "x", "b": "-"}, "refuse").html == "<p>x (-)</p>"
    row = "<tr><th>A</th><td>${a}</td><td>${b}</td></tr>"
    assert "<td>x</td><td>-</td>" in fill(f"<table><tbody>{row}</tbody></table>", {"a": "x", "b": "-"}, "refuse").html


def test_a_required_field_without_a_value_is_never_left_out():
    html = fill(FACTS, {"a": "", "b": "-"}, "mark").html
    assert '<td><mark class="missing">a</mark></td>' in html


def test_nothing_is_left_of_a_list_or_table_whose_lines_are_all_left_out():
    rows = "<table><thead><tr><th>No</th><th>Berkas</th></tr></thead><tbody><tr><td></td><td>${b}</td></tr></tbody></table>"
    wording = f"<h2>Dasar</h2><p>x</p><h2>Langkah</h2>\n<ol>\n<li>${{b}}</li>\n</ol>\n<h2>Berkas</h2>{rows}"
    assert fill(wording, {"b": "-"}, "refuse").html.strip() == "<h2>Dasar</h2><p>x</p>"


def test_a_heading_stays_over_what_is_still_there():
    wording = "<h2>A</h2><h3>B</h3><p>x</p><p>${b}</p><h2>C</h2><p>${b}</p><p>y</p>"
    assert fill(wording, {"b": "-"}, "refuse").html == "<h2>A</h2><h3>B</h3><p>x</p><h2>C</h2><p>y</p>"


def test_a_dollar_sign_alone_is_a_dollar_sign():
    assert fill("<p>US$ 500 $ {a}</p>", {}, "refuse").html == "<p>US$ 500 $ {a}</p>"


def test_wording_has_a_longest_length():
    assert "terlalu panjang" in reasons("x" * 200_001)[0]


def test_a_subject_is_one_plain_line():
    assert fill_line("Hal ${a} dan ${b}", {"a": "x\ny <b>", "b": ""}) == "Hal x y <b> dan [b]"


@pytest.mark.parametrize(
    ("dirty", "left"),
    [
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<p style='background:url(http://x)'>a</p>", "<p>a</p>"),
        ("<script>x</script><style>*{}</style>a", "a"),
        ("<img src=x onerror=y>a", "a"),
        ("<a href='javascript:x'>a</a>", "a"),
        ("<svg><a xlink:href='x'/></svg>a", "a"),
        ("<iframe srcdoc='x'>b</iframe>a", "a"),
        ("<p class='security'>a</p><!-- c -->", "<p>a</p>"),
        ("<mark class='missing'>a</mark><mark class='x'>b</mark>", '<mark class="missing">a</mark><mark>b</mark>'),
        ("<td colspan=1000000>a</td>", "a"),
        ("<h1>a</h1><font>b</font>", "ab"),
        ("<p>a<strong>b", "<p>a<strong>b</strong></p>"),
    ],
)
def test_only_plain_structure_is_left(dirty, left):
    assert clean(dirty) == left


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@given(st.text(max_size=60))
def test_no_value_can_open_an_element(value):
    html = fill("<p>x ${a}</p>", {"a": value}, "mark").html
    assert clean(html).count("<p>") == html.count("<p>") == 1
    assert "<" not in html.replace("<p>", "").replace("</p>", "").replace("<br>", "").replace(
        '<mark class="missing">', ""
    ).replace("</mark>", "")


def test_plain_words_keep_their_lines():
    html = (
        "<h2>Dasar</h2><ol><li>satu &amp; dua</li></ol><table><tbody><tr><th>Nama</th><td>X</td></tr></tbody></table>"
    )
    assert plain(html) == "Dasar\nsatu & dua\nNama X"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (19, "sembilan belas"),
        (30, "tiga puluh"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (1000, "seribu"),
        (1999, "seribu sembilan ratus sembilan puluh sembilan"),
        (2025, "dua ribu dua puluh lima"),
        (100_000, "seratus ribu"),
        (1_000_000, "satu juta"),
        (85_000_000, "delapan puluh lima juta"),
        (1_001_001_001, "satu miliar satu juta seribu satu"),
        (-7, "minus tujuh"),
    ],
)
def test_numbers_are_written_in_words(number, words):
    assert terbilang(number) == words


def test_a_number_beyond_words_is_refused():
    with pytest.raises(ValueError, match="1000000000000000"):
        terbilang(10**15)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (1_250_000, "Rp1.250.000,00 (satu juta dua ratus lima puluh ribu rupiah)"),
        (Decimal(10000000), "Rp10.000.000,00 (sepuluh juta rupiah)"),
        (Decimal("999.50"), "Rp999,50 (sembilan ratus sembilan puluh sembilan rupiah lima puluh sen)"),
        (0, "Rp0,00 (nol rupiah)"),
    ],
)
def test_an_amount_is_written_in_figures_and_words(amount, words):
    assert rupiah(amount) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 10, 13), "Senin, tanggal tiga belas bulan Oktober tahun dua ribu dua puluh lima"),
        (date(2026, 3, 1), "Minggu, tanggal satu bulan Maret tahun dua ribu dua puluh enam"),
    ],
)
def test_a_day_is_spelled_out_as_minutes_begin(day, words):
    assert day_in_words(day) == words


def test_months_are_numbered_in_roman():
    assert [roman(month) for month in (1, 4, 9, 12)] == ["I", "IV", "IX", "XII"]
    with pytest.raises(ValueError, match="13"):
        roman(13)
