"""Long tables as files: every row once, pages counted, text to be found, nothing that a spreadsheet would reckon with."""

import io
import zipfile
from datetime import UTC, date, datetime

import pikepdf
import pypdfium2
import pytest
from lxml import etree

from portal.pdf.ruled import Heading, Line, ruled
from portal.spreadsheet import spreadsheet

HEADING = Heading("BADAN", "Register 2026", [("Nomor", 1), ("Hal", 3)], "Halaman {page} dari {pages}", "(lanjutan)")
CREATED = datetime(2026, 3, 2, tzinfo=UTC)


def book(lines, closing=()):
    return ruled(HEADING, lines, lambda: closing, lang="id", created=CREATED)


def pages(content):
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range() for page in document]


def test_every_row_is_printed_once_in_order_and_pages_are_numbered_through():
    found = pages(book((Line("B" if n < 150 else "R", [f"T.{n}/", "hal"]) for n in range(200)), ["Lengkap."]))
    text = " ".join(found)
    assert [text.count(f"T.{n}/") for n in range(200)] == [1] * 200
    assert all(f"Halaman {n} dari {len(found)}" in page for n, page in enumerate(found, 1))
    assert all("Nomor" in page and "Register 2026" in page for page in found)
    assert "(lanjutan)" in found[1]
    assert "T.150/" in next(page for page in found if "Register 2026 R" in page)
    assert "Lengkap." in found[-1]


def test_long_words_break_and_signs_without_a_glyph_do_no_harm():
    found = pages(book([Line("B", ["x" * 500, "Peñafiel Žižka محمد 山\tdan\nbaris kedua"])]))
    assert "Peñafiel Žižka" in found[0]
    assert found[0].count("x") >= 500
    assert pages(book([Line("B", ["", ""])]))
    assert pages(book([], ["Kosong."])) != []


def test_the_same_rows_give_the_same_file_with_its_language():
    once, again = (book([Line("B", ["1", "satu"])]) for _turn in range(2))
    assert once == again
    with pikepdf.open(io.BytesIO(once)) as document:
        assert str(document.Root.Lang) == "id"
        assert document.docinfo["/Title"] == "Register 2026"


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "<b>&amp;", "a\x00\x0bb", "\ud800", "baris\nkedua"])
def test_text_is_text_in_a_spreadsheet_whatever_it_looks_like(text):
    content = zipfile.ZipFile(io.BytesIO(spreadsheet("Register: 2026", ["Hal"], [[text]]))).read("content.xml")
    root = etree.fromstring(content)
    (cell,) = root.xpath("(//*[local-name()='table-row'])[last()]/*")
    assert cell.xpath("@*[local-name()='value-type']") == ["string"]
    assert not root.xpath("//@*[local-name()='formula']")
    assert "".join(cell.itertext()).replace("\n", "") == "".join(
        s for s in text.replace("\n", "") if s >= " " and s != "\ud800"
    )


def test_days_moments_and_numbers_keep_their_kind():
    row = [date(2026, 3, 2), datetime(2026, 3, 2, 9, 30, tzinfo=UTC), 12, None]
    archive = zipfile.ZipFile(io.BytesIO(spreadsheet("x", ["a", "b", "c", "d"], [row])))
    assert archive.namelist()[0] == "mimetype"
    assert archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
    content = archive.read("content.xml").decode()
    for part in ('date-value="2026-03-02"', 'date-value="2026-03-02T09:30:00"', 'office:value="12"'):
        assert part in content
