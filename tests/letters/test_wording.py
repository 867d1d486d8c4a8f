"""The merge fields, the allowed HTML, and numbers in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.acts import Refused
from portal.correspondence.wording import clean, fill, fill_line, plain, roman, terbilang


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


def test_lines_become_paragraphs_and_elsewhere_breaks():
    values = {"a": "satu\ndua"}
    assert fill("<p>${a}</p>", values, "refuse").html == "<p>satu</p><p>dua</p>"
    assert fill("<p>Hal: ${a}</p>", values, "refuse").html == "<p>Hal: satu<br>dua</p>"


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


def test_months_are_numbered_in_roman():
    assert [roman(month) for month in (1, 4, 9, 12)] == ["I", "IV", "IX", "XII"]
    with pytest.raises(ValueError, match="13"):
        roman(13)
