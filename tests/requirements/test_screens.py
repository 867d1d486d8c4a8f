"""What people see and press: the case's list, taking files in, the quick check, the document's page."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import select
from webtest import Upload

from portal import jobs
from portal.documents.model import Document
from portal.journal import Entry
from portal.requirements import verbs
from tests.documents import files


def text_of(page, selector: str) -> str:
    return " ".join(page.html.select_one(selector).text.split())


def send(form, *uploads: tuple[str, bytes], **values: object):
    """Fill the form in and send these files."""
    for name, value in values.items():
        form[name] = value
    kept = [pair for pair in form.submit_fields("send") if pair[0] != "upload"]
    place = [name for name, _value in kept].index("__end__")
    sent = [("upload", Upload(name, content)) for name, content in uploads]
    return form.response.goto(
        form.action or form.response.request.path,
        method="POST",
        params=kept[:place] + sent + kept[place:],
        content_type="multipart/form-data",
        expect_errors=True,
    )


def test_the_list_shows_what_is_missing_first_and_from_whom(desk, enter):
    with desk.on("KTP_COMPLAINANT", "maya") as (act, requirement):
        verbs.waive(act, requirement, reason="emergency")
    page = enter("dewi").get(f"/cases/{desk.number}/@documents")
    tasks = [" ".join(li.text.split()) for li in page.html.select(".tasks > li")]
    assert tasks[0].startswith("Perjanjian Kerja (PK) wajib Diperlukan")
    assert "Dari: Pemberi kerja & PMI" in tasks[0]
    assert "Keadaan darurat, dokumen menyusul (Maya Lestari)" in text_of(page, "[aria-labelledby=settled]")


def test_a_file_sent_to_a_requirement_is_received_in_one_act(desk, enter):
    dewi = enter("dewi")
    page = dewi.get(f"/cases/{desk.number}/@documents").click(href="requirement-6/@receive")
    done = send(page.forms["form1"], ("kronologi.pdf", files.pdf()), provider_name="Ahmad Fauzi").follow()
    assert "document-1 (Kronologi permasalahan) tersimpan." in done.text
    assert desk.state("CHRONOLOGY") == "received"


def test_several_files_at_once_and_the_doubtful_ones_are_named(desk, enter, site):
    dewi = enter("dewi")
    page = dewi.get(f"/cases/{desk.number}/@upload?type=CHAT_EVIDENCE")
    photo = files.photo(place=True)
    done = send(
        page.forms["form1"],
        ("a.jpg", photo),
        ("b.jpg", photo),
        ("c.docx", files.word({"word/vbaProject.bin": b"x"})),
    ).follow()
    warnings = [p.text.strip() for p in done.html.select(".flash .bad")]
    assert warnings == [
        "Isi document-2 persis sama dengan document-1. Keduanya tetap disimpan.",
        "document-3 (Bukti percakapan / foto / video) tersimpan di karantina: Berkas memuat makro.",
    ]
    with site.sessions() as session:
        states = session.scalars(select(Document.state).order_by(Document.id)).all()
    assert states == ["received", "received", "quarantined"]
    for name, twin in (("document-1", "document-2"), ("document-2", "document-1")):
        linked = dewi.get(f"/cases/{desk.number}/{name}").html.select_one(".repeat a")
        assert (linked.text, linked["href"]) == (twin, f"/cases/{desk.number}/{twin}")


def test_an_empty_file_comes_back_with_a_message(desk, enter):
    page = enter("dewi").get(f"/cases/{desk.number}/@upload?type=KK")
    answer = send(page.forms["form1"], ("kosong.pdf", b""))
    assert answer.status_int == 422
    assert "“kosong.pdf” kosong." in text_of(answer, ".faults")


def test_the_quick_check_keeps_what_was_read_and_goes_on_to_the_next(desk, enter, site):
    first = desk.bring("PASSPORT", files.pdf(pages=2))
    desk.bring("CHRONOLOGY")
    jobs.run_all(site)
    dewi = enter("dewi")
    page = dewi.get(f"/cases/{desk.number}/@documents").click(href="@check", index=1)
    assert len(page.html.select(".pages img")) == 2
    form = page.forms["form1"]
    form["holder"], form["number"], form["expires_on"] = "Siti Rahayu", "C1234567", "01-01-2030"
    following = form.submit("accept").follow()
    assert following.request.path.endswith("/@check")
    assert desk.state("PASSPORT") == "accepted"
    with site.sessions() as session:
        assert session.get_one(Document, first).number == "C1234567"
    form = following.forms["form1"]
    form["reason"], form["note"] = "illegible", "Halaman kedua buram"
    assert form.submit("reject").follow().request.path.endswith("/@documents")
    assert desk.state("CHRONOLOGY") == "rejected"


def test_doubts_come_back_with_what_was_typed(desk, enter):
    desk.bring("PASSPORT")
    dewi = enter("dewi")
    form = dewi.get(f"/cases/{desk.number}/requirement-2/@check").forms["form1"]
    form["number"] = "X9999999"
    answer = form.submit("accept", expect_errors=True)
    assert answer.status_int == 422
    assert "Nomor paspor tidak ada dalam data orang." in text_of(answer, "#doubts")
    form = answer.forms["form1"]
    assert form["number"].value == "X9999999"
    assert desk.state("PASSPORT") == "received"
    form["override"] = "Paspor kedua milik pekerja"
    assert form.submit("accept").status_int == 303
    assert desk.state("PASSPORT") == "accepted"


def test_two_people_checking_the_same_document_are_told(desk, enter):
    desk.bring("CHRONOLOGY")
    address = f"/cases/{desk.number}/requirement-6/@check"
    form = enter("dewi").get(address).forms["form1"]
    enter("maya").get(address).forms["form1"].submit("accept")
    late = form.submit("reject", expect_errors=True)
    assert late.status_int in {409, 422}
    assert desk.state("CHRONOLOGY") == "accepted"


def test_a_waiver_by_the_generic_form(desk, enter):
    maya = enter("maya")
    form = maya.get(f"/cases/{desk.number}/requirement-1/@workflow/waive").forms["form1"]
    form["reason"], form["until"] = "withheld", "01-04-2026"
    form.submit("do").follow()
    assert desk.state("KTP_COMPLAINANT") == "waived"
    page = maya.get(f"/cases/{desk.number}/requirement-1")
    assert "Dokumen ditahan majikan, agensi, atau P3MI (Maya Lestari), sampai 1 April 2026" in page.text


def test_one_more_document_for_this_case(desk, enter):
    page = enter("dewi").get(f"/cases/{desk.number}/@require")
    form = page.forms["form1"]
    form["document_type"], form["why"] = "VISUM", "Diminta Polres"
    assert "Visum et repertum" in form.submit("save").follow().text


def test_what_is_handed_out_is_caged_named_by_us_and_noted(desk, enter, site):
    content = files.photo(place=True)
    desk.bring("PHOTO_WORKER", content, "foto.jpg")
    dewi = enter("dewi")
    here = f"/cases/{desk.number}/document-1"
    evidence, copy = dewi.get(here + "/@file"), dewi.get(here + "/@copy")
    assert evidence.body == content
    assert b"Ponsel Siti" not in copy.body
    for answer in (evidence, copy):
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert f"{desk.number} document-1 Foto terakhir PMI.jpg" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        assert answer.headers["Cache-Control"] == "no-store"
    with site.sessions() as session:
        read = session.scalars(select(Entry.event).where(Entry.by_name == "Dewi Anggraini").order_by(Entry.id)).all()
    assert read[-2:] == ["document_downloaded", "document_downloaded"]


def test_opening_a_document_is_noted_and_shows_its_pages(desk, enter, site):
    desk.bring("PASSPORT", files.pdf(pages=2))
    jobs.run_all(site)
    dewi = enter("dewi")
    page = dewi.get(f"/cases/{desk.number}/document-1")
    picture = dewi.get(page.html.select_one(".pages img")["src"])
    assert Image.open(io.BytesIO(picture.body)).format == "WEBP"
    assert picture.headers["Content-Disposition"].startswith("inline;")
    with site.sessions() as session:
        assert session.scalar(select(Entry.by_name).where(Entry.event == "document_read")) == "Dewi Anggraini"


@pytest.mark.parametrize("page", ["99", "x", "-1", "1/2", ""])
def test_a_page_that_is_not_there_is_not_found(page, desk, enter, site):
    desk.bring("PASSPORT")
    jobs.run_all(site)
    answer = enter("dewi").get(f"/cases/{desk.number}/document-1/@preview/{page}", expect_errors=True)
    assert answer.status_int == 404


def test_what_lies_in_quarantine_is_shown_to_none_and_handed_to_few(desk, enter):
    desk.bring("PASSPORT", files.pdf_that_runs("when opened"))
    here = f"/cases/{desk.number}/document-1"
    page = enter("dewi").get(here)
    assert "Berkas memuat perintah yang dapat berjalan sendiri" in text_of(page, "#quarantine")
    assert page.html.select(".pages") == []
    assert enter("dewi").get(here + "/@file").content_type == "application/octet-stream"
    assert enter("dewi").get(here + "/@preview/1", expect_errors=True).status_int == 404
    assert enter("dewi").get(here + "/@copy", expect_errors=True).status_int == 404
    assert enter("agus").get(here + "/@file", expect_errors=True).status_int == 403


def test_outsiders_and_other_offices_see_nothing(desk, enter, site):
    desk.bring("PASSPORT")
    jobs.run_all(site)
    case = f"/cases/{desk.number}"
    addresses = [f"{case}/@documents", f"{case}/@upload", f"{case}/@require", f"{case}/requirement-2"]
    addresses += [f"{case}/requirement-2/@{name}" for name in ("check", "receive")]
    addresses += [f"{case}/document-1{name}" for name in ("", "/@file", "/@copy", "/@preview/1", "/@edit")]
    for login in ("polres", "joko", "admin"):
        browser = enter(login)
        for address in addresses:
            assert browser.get(address, expect_errors=True).status_int == 404, (login, address)
    dewi = enter("dewi")
    for address in addresses:
        assert dewi.get(address).status_int == 200, address


def test_the_description_is_edited_and_a_stale_form_is_told(desk, enter, site):
    document_id = desk.bring("PASSPORT")
    dewi = enter("dewi")
    address = f"/cases/{desk.number}/document-1/@edit"
    stale = dewi.get(address).forms["form1"]
    form = dewi.get(address).forms["form1"]
    form["holder"] = "Siti Rahayu"
    assert "Siti Rahayu" in form.submit("save").follow().text
    stale["holder"] = "Orang lain"
    assert stale.submit("save", expect_errors=True).status_int == 409
    with site.sessions() as session:
        assert session.get_one(Document, document_id).holder == "Siti Rahayu"
