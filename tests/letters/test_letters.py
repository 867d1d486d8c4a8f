"""Every letter as an office would receive it."""

import io
import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from portal import pdf
from portal.correspondence import lettertypes
from portal.folders import folder

GOLDEN = Path(__file__).with_name("golden")
CODES = sorted(p.name for p in folder("letters").iterdir() if (p / "letter.toml").is_file())


def words(content):
    with pypdfium2.PdfDocument(content) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def laid_out(content):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode().replace("\f", "\n=== halaman ===\n")


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
@pytest.mark.parametrize("code", CODES)
def test_the_text_of_each_letter_stands_as_reviewed(code, a_letter, printed):
    golden = GOLDEN / f"{code}.txt"
    text = laid_out(printed(a_letter(code)))
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("code", CODES)
def test_a_letter_is_short_tagged_and_carries_its_fonts(code, a_letter, printed):
    with pikepdf.open(io.BytesIO(printed(a_letter(code)))) as document:
        assert len(document.pages) <= 2
        assert document.Root.Lang == "id"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        fonts = {str(name): font for page in document.pages for name, font in page.Resources.Font.items()}
        for font in fonts.values():
            assert "+Surat" in str(font.BaseFont)  # the name style.css gives to the fonts of letters/house
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_a_letter_says_which_standards_it_keeps(a_letter, printed):
    letter = a_letter("ref_mofa")
    with pikepdf.open(io.BytesIO(printed(letter))) as document, document.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("3", "A", "1")
        assert about["dc:title"] == letter["subject"]
        assert about["xmp:CreateDate"].startswith("2026-03-02")


def test_the_qr_code_leads_to_the_check_page(a_letter, printed):
    letter = a_letter("ref_police")
    last = pdf.pages_as_png(printed(letter), scale=2)[-1]
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(last)))] == [letter["check"]["url"]]


def test_the_same_letter_gives_the_same_bytes_also_in_a_new_process(a_letter, printed):
    first = printed(a_letter("ref_police"), attachment=("rujukan.json", b"{}"))
    again = printed(a_letter("ref_police"), attachment=("rujukan.json", b"{}"))
    pdf.render_processes().close()
    assert first == again == printed(a_letter("ref_police"), attachment=("rujukan.json", b"{}"))


def test_the_machine_readable_letter_travels_inside(a_letter, printed):
    data = json.dumps({"case": "C-2026-000123"}).encode()
    content = printed(a_letter("claim_support"), attachment=("rujukan.json", data))
    with pikepdf.open(io.BytesIO(content)) as document:
        carried = document.attachments["rujukan.json"]
        assert carried.get_file().read_bytes() == data
        assert carried.relationship == pikepdf.Name.Data


def test_a_secret_letter_says_so_in_red_on_each_page(a_letter, printed):
    content = printed(a_letter("ref_police"))
    assert [page.count("RAHASIA") for page in words(content)] == [1, 1]
    picture = Image.open(io.BytesIO(pdf.pages_as_png(content, scale=1)[1])).convert("RGB")
    corner = picture.crop((80, 20, 200, 60)).getcolors(10_000)
    assert any(red > 150 and green < 80 and blue < 80 for _count, (red, green, blue) in corner)


def test_an_open_letter_carries_no_security_code(a_letter, printed):
    assert not {"RAHASIA", "TERBATAS"} & set(" ".join(words(printed(a_letter("request_completion")))).split())


def test_a_draft_shows_that_it_is_one(a_letter, printed):
    draft = a_letter("ref_mission", draft=True, number=None, date=None, check=None)
    content = printed(draft)
    assert "[nomor]" in words(content)[0]
    assert "[tanggal]" in words(content)[0]
    marked, unmarked = (
        Image.open(io.BytesIO(pdf.pages_as_png(printed(draft | {"draft": state}), scale=1)[0])).convert("RGB")
        for state in (True, False)
    )
    assert (230, 233, 238) in {colour for _n, colour in marked.getcolors(100_000)}
    assert (230, 233, 238) not in {colour for _n, colour in unmarked.getcolors(100_000)}


def test_a_final_letter_with_a_gap_is_refused(a_letter, house):
    letter = a_letter("reminder", body_html='<p><mark class="missing">reply_by</mark></p>')
    with pytest.raises(ValueError, match="without a value"):
        lettertypes.page(letter, house)


def test_the_body_is_cleaned_once_more_before_it_is_framed(a_letter, house):
    body = '<p onclick="x()">Isi<script>alert(1)</script><img src="https://evil.example/x"></p>'
    html, _assets = lettertypes.page(a_letter("reminder", body_html=body), house)
    assert "<p>Isi</p>" in html
    assert not re.search("script|onclick|evil", html)


def test_text_from_outside_never_becomes_markup(a_letter, house):
    hostile = "<b>x</b>${letter}&"
    signer = {"prefix_lines": [hostile], "office": hostile, "name": hostile, "nip": hostile}
    given = {"subject": hostile, "place": hostile, "number": hostile, "cc": [hostile, hostile], "signer": signer}
    recipients = [{"office": hostile, "attention": hostile, "place": hostile}]
    html, _assets = lettertypes.page(a_letter("reminder", **given, recipients=recipients), house)
    assert "<b>" not in html
    assert html.count("&lt;b&gt;x&lt;/b&gt;${letter}&amp;") == 14


def test_a_long_letter_numbers_its_pages_from_the_second(a_letter, printed):
    body = "".join(
        f"<p>{n}. " + "Pelindungan pekerja migran Indonesia di negara penempatan. " * 12 + "</p>" for n in range(62)
    )
    pages = words(printed(a_letter("ref_labour_office", body_html=body)))
    assert len(pages) >= 12
    assert not re.search(r"- 1 -", pages[0])
    assert all(f"- {number} -" in page for number, page in enumerate(pages[1:], 2))
    assert "Pejabat Contoh" in pages[-1]


def test_a_ruled_table_repeats_its_head_on_the_next_page(a_letter, printed):
    rows = "".join(f"<tr><td>{n}</td><td>Nama berkas ke-{n}</td></tr>" for n in range(1, 80))
    body = f"<table><thead><tr><th>No.</th><th>Naskah</th></tr></thead><tbody>{rows}</tbody></table>"
    pages = words(printed(a_letter("claim_support", body_html=body)))
    assert sum("No. Naskah" in page for page in pages) >= 2


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": {"prefix_lines": [], "office": "Direktur Pelindungan", "name": "", "nip": None}},
        {"subject": "Permohonan " + "penanganan permasalahan pekerja migran " * 8},
        {"subject": "T" * 300},
        {"body_html": "<p>محمد بن عبد الله 🙂 <strong>陳小姐</strong></p>"},
        {"recipients": [{"office": "محمد علي", "attention": "🙂", "place": None}]},
        {"body_html": ""},
        {"number": None, "date": None, "cc": [], "enclosures": [], "check": None, "reply": None},
    ],
    ids=["no name", "long subject", "one long word", "other scripts", "arabic recipient", "no body", "bare"],
)
def test_odd_letters_still_become_letters(changes, a_letter, printed):
    assert "PELINDUNGAN PEKERJA MIGRAN" in words(printed(a_letter("ref_mofa", **changes)))[0]


def test_more_than_four_recipients_are_listed_at_the_end(a_letter, printed):
    offices = [{"office": f"Kepala Dinas {n}", "attention": None, "place": "di tempat"} for n in range(1, 7)]
    pages = words(printed(a_letter("ref_labour_office", recipients=offices)))
    assert "Pejabat sebagaimana daftar terlampir" in pages[0]
    assert "Kepala Dinas 6" in pages[-1]
    assert "Kepala Dinas 6" not in pages[0]


def test_many_copies_and_enclosures_move_below_the_signature(a_letter, printed):
    files = [{"title": f"Berkas {n}", "pages": None} for n in range(1, 31)]
    assert "Berkas 30" in words(printed(a_letter("ref_police", enclosures=files)))[-1]


def test_the_head_signs_under_the_name_of_the_office(a_letter, printed):
    page = words(printed(a_letter("ref_mofa", letterhead={"kind": "head"})))[0]
    assert "KEPALA BADAN PELINDUNGAN" in page
    assert "Telepon 0800 1000 (bebas pulsa)" not in page


def test_a_unit_elsewhere_has_its_own_address(a_letter, printed):
    head = {"kind": "agency", "unit": "BP3MI JAWA BARAT", "address": "Jalan Contoh 1, Bandung", "contact": "022 000"}
    page = words(printed(a_letter("ref_mofa", letterhead=head)))[0]
    assert "BP3MI JAWA BARAT Jalan Contoh 1, Bandung 022 000" in page


def test_an_office_may_print_on_f4(a_letter):
    f4 = lettertypes.House.load(folder("letters") / "house", paper="F4")
    html, assets = lettertypes.page(a_letter("receipt"), f4)
    content = pdf.render(html, assets, title="x", lang="id", attachment=None, created=datetime(2026, 1, 1, tzinfo=UTC))
    with pypdfium2.PdfDocument(content) as document:
        assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [215, 330]
