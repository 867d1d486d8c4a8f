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
from bs4 import BeautifulSoup
from PIL import Image

from portal import pdf
from portal.correspondence import lettertypes, views
from portal.folders import folder
from portal.pages import render
from tests.letters.conftest import CASE

GOLDEN = Path(__file__).with_name("golden")
CODES = sorted((p.parent.name, p.name.split(".")[1]) for p in folder("letters").glob("*/wording.*.html"))


def words(content):
    with pypdfium2.PdfDocument(content) as document:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def laid_out(content):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode().replace("\f", "\n=== halaman ===\n")


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
@pytest.mark.parametrize(("code", "lang"), CODES)
def test_the_text_of_each_letter_stands_as_reviewed(code, lang, a_letter, printed):
    golden = GOLDEN / (f"{code}.txt" if lang == "id" else f"{code}.{lang}.txt")
    text = laid_out(printed(a_letter(code, lang)))
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize(("code", "lang"), CODES)
def test_a_letter_is_short_tagged_and_carries_its_fonts(code, lang, a_letter, printed):
    with pikepdf.open(io.BytesIO(printed(a_letter(code, lang)))) as document:
        assert len(document.pages) <= 2
        assert document.Root.Lang == lang
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


def test_one_qr_code_leads_to_the_check_page_and_the_other_to_the_answer(a_letter, printed):
    letter = a_letter("ref_police")
    last = pdf.pages_as_png(printed(letter), scale=2)[-1]
    found = sorted(zxingcpp.read_barcodes(Image.open(io.BytesIO(last))), key=lambda c: c.position.top_left.x)
    assert [code.text for code in found] == [letter["reply"]["url"], letter["check"]["url"]]


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


def test_the_names_of_those_who_sign_never_become_markup(a_letter, house):
    hostile = "<b>x</b>${letter}&"
    place = {"kind": "named", "role": hostile, "name": hostile, "about": [hostile], "stamp": True}
    html, _assets = lettertypes.page(a_letter("minutes_mediation", signatures=[place, place | {"kind": "hand"}]), house)
    assert "<b>" not in html
    assert html.count("&lt;b&gt;x&lt;/b&gt;${letter}&amp;") == 4


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


def test_the_frame_speaks_the_language_of_the_letter(a_letter, printed):
    letter = a_letter("inq_generic", "en", cc=["Ministry"], enclosures=[{"title": "Letter", "pages": 2}])
    page = " ".join(words(printed(letter)))
    for word in ("Number :", "Priority :", "Enclosures : 1", "Subject : ", "2 March 2026", "Copies to:"):
        assert word in page
    assert not re.search("Nomor|Sifat|Lampiran|Hal :|Yth|Tembusan|Maret|halaman|TERBATAS|Periksa", page)


def test_a_memo_says_to_whom_from_whom_and_about_what(a_letter, printed):
    page = words(printed(a_letter("internal_transfer")))[0]
    assert "NOTA DINAS Nomor T.123/PMA/PP.01/III/2026 Yth. : Kepala BP3MI Jawa Barat Dari : Direktur" in page
    assert "Tanggal : 2 Maret 2026" in page


def test_an_assignment_orders_in_the_middle_of_the_page(a_letter, printed):
    page = words(printed(a_letter("assignment")))[0]
    found = [page.find(part) for part in ("SURAT TUGAS", "Menimbang", "Dasar", "MEMBERI TUGAS", "Kepada:", "Untuk:")]
    assert -1 not in found
    assert found == sorted(found)
    assert "198001012005012001" in page


def test_a_transmittal_has_room_for_the_receiver_to_sign(a_letter, printed):
    page = words(printed(a_letter("cover_letter")))[0]
    assert "SURAT PENGANTAR" in page
    assert "1. Berkas perkara 1 (satu) bundel asli" in page
    for word in ("Penerima,", "Nama", "Jabatan", "Telepon", "Tanggal", "Pengirim,"):
        assert word in page


def test_minutes_begin_with_the_day_in_words_and_are_signed_by_all(a_letter, printed):
    pages = words(printed(a_letter("minutes_mediation")))
    assert "Pada hari ini, Selasa, tanggal sepuluh bulan Maret tahun dua ribu dua puluh enam" in pages[0]
    for name in ("Budi Contoh", "Rina Contoh", "Saksi Contoh", "Saksi Lain", "Mediator,"):
        assert name in pages[-1]


def test_a_power_of_attorney_is_signed_by_the_people_and_not_by_the_office(a_letter, printed):
    page = words(printed(a_letter("power_of_attorney_tpl", cc=[])))[0]
    assert "Meterai Rp10.000" in page
    assert "Penerima kuasa," in page
    assert "Pemberi kuasa," in page
    assert "Ditandatangani secara elektronik" not in page
    assert "SURAT KUASA Yang bertanda tangan" in page  # its number stands at the foot only


def test_rows_of_empty_optional_fields_do_not_print(a_letter, printed):
    full = a_letter("ref_mission", case=CASE)
    bare = a_letter("ref_mission", case=CASE | {"other_systems": "", "steps": []})
    assert "Nomor kasus sistem lain" in " ".join(words(printed(full)))
    text = " ".join(words(printed(bare)))
    assert "Nomor kasus sistem lain" not in text
    assert "Langkah yang telah" not in text


@pytest.mark.parametrize(("code", "lang"), CODES)
def test_the_twin_on_the_screen_says_all_that_the_page_says(code, lang, a_letter, printed):
    letter = a_letter(code, lang) | {"reply": None}  # the way to answer is for who has the paper only
    page = BeautifulSoup(render("correspondence/sheet.pt", lang, sheet=views.twin(letter)), "html.parser")
    kop = lettertypes.House.load(folder("letters") / "house")
    around = [kop.head_office, kop.address, kop.contact, *kop.texts[lang].values()]
    said = " ".join([page.get_text(" "), *around]).casefold()
    known = set(re.findall(r"\w+", said))
    printed_words = re.findall(r"\w+", re.sub(r"-\s+", "", " ".join(words(printed(letter)))).casefold())
    # A word broken at the end of a line is not one.
    assert {w for w in printed_words if w not in known and w not in said.replace("-", "") and len(w) > 3} == set()
