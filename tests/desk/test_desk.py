"""A partner at the desk: reads what was sent to his office, answers, and gets a numbered receipt."""

import pytest
from sqlalchemy import select
from webtest import Upload

from portal.content import comments
from portal.content.item import Item
from portal.correspondence.model import Delivery, Incoming
from portal.documents.model import Document
from portal.referrals import verbs
from tests.documents.files import pdf
from tests.referrals import course


def submit(page, **answers):
    form = page.forms["form1"]
    for name, value in answers.items():
        form[name] = value
    return form.submit("do", expect_errors=True)


def test_the_list_shows_the_ask_and_no_name_of_the_worker(enter, place):
    page = enter("polres").get("/desk")
    assert place in page
    assert "Mohon ditindaklanjuti" in page
    assert "Siti" not in page.text


def test_what_lies_on_one_desk_does_not_exist_for_another(enter, place, number):
    absent = enter("bpjs").get("/desk/PMI-2026-999999-R1", status=404)
    other = enter("bpjs").get(place, status=404)
    assert absent.text.replace("999999", "000001").split("Kode")[0] == other.text.split("Kode")[0]
    assert number not in enter("bpjs").get("/desk")
    assert number not in enter("bpjs").get("/desk?show=ended")


@pytest.mark.parametrize(
    "address",
    [
        "/cases/{case}",
        "/cases/{case}/letter-1",
        "/cases/{case}/letter-1/@pdf",
        "/cases/{case}/@referrals",
        "/cases/{case}/@refer",
        "/cases/{case}/@history",
        "/cases/{case}/referral-1/@history",
        "/cases/{case}/referral-1/@sharing",
        "{place}/@history",
        "{place}/@sharing",
        "{place}/@versions",
        "{place}/@workflow/confirm",
        "{place}/@workflow/recall",
        "{place}/@enclosure/1",
        "{place}/@receipt/SM-X-2026-00001",
        "{place}/letter-1",
        "/incoming/SM-KWS1-DIT2-2026-00001",
    ],
)
def test_the_addressee_reaches_nothing_but_the_referral(enter, place, number, address):
    page = enter("polres").get(address.format(case=number, place=place), expect_errors=True)
    assert page.status_int in {403, 404}
    assert "Siti" not in page.text


@pytest.mark.parametrize("view", ["", "/@letter", "/@comments", "/@workflow/accept", "/@workflow"])
def test_another_organisation_can_neither_read_nor_write(enter, place, number, view):
    browser = enter("bpjs")
    for path in (place + view, f"/cases/{number}/referral-1{view}"):
        assert browser.get(path, status=404)
        assert browser.post_json(path, {}, expect_errors=True).status_int in {400, 403, 404}


def test_the_search_of_a_partner_finds_the_referral_and_nothing_else_of_the_case(enter, place):
    browser = enter("polres")
    assert "Tidak ada yang cocok" in browser.get("/@search?q=Siti")
    found = browser.get("/@search?q=Penerusan", headers={"Accept": "application/json"}).json["items"]
    assert [one["@type"] for one in found] == ["referral"]
    assert browser.get(found[0]["@id"]).location.endswith(place)


def test_opening_is_written_down_and_proves_the_delivery(enter, world, place, referral_id):
    browser = enter("polres")
    assert "baru" in browser.get("/desk")
    browser.get(place)
    with world.site.act() as act:
        referral = course.referral_of(act, referral_id)
        delivery = act.session.scalar(
            select(Delivery).where(Delivery.letter_id == referral.letter_id, Delivery.channel == "portal")
        )
        assert delivery.state == "opened"
        assert referral.seen_at is not None
    assert 'class="badge"' not in browser.get("/desk")


def test_the_letter_is_the_issued_file(enter, world, number):
    course.sent(world, number, printed=True)
    letter = enter("polres").get(f"/desk/{number}-R1/@letter")
    assert letter.content_type == "application/pdf"
    assert letter.body.startswith(b"%PDF")


def test_receipt_with_agenda_number_after_each_answer(enter, world, place, referral_id):
    browser = enter("polres")
    page = browser.get(place)
    receipt = browser.press(page, place + "/@workflow/acknowledge").follow()
    assert receipt.html.select_one(".big").text == "SM-KWS1-DIT2-2026-00001"
    page = submit(
        browser.get(place + "/@workflow/accept"),
        officer="Ipda Rahmat, Unit PPA",
        partner_number="LP/12/III/2026",
        promised_on="20-03-2026",
    )
    receipt = page.follow()
    assert "SM-KWS1-DIT2-2026-00002" in receipt
    assert "Ipda Rahmat" in receipt
    assert "20 Maret 2026" in receipt
    with world.site.act() as act:
        referral = course.referral_of(act, referral_id)
        assert (referral.state, referral.officer, referral.unread_answers) == ("accepted", "Ipda Rahmat, Unit PPA", 2)
        assert {i.letter_id for i in act.session.scalars(select(Incoming))} == {referral.letter_id}


def test_the_result_comes_with_files_that_become_documents_from_the_partner(enter, world, place, referral_id):
    accept(world, referral_id)
    browser = enter("polres")
    form = browser.get(place + "/@workflow/provide").forms["form1"]
    form["extent"] = "full"
    form["note"] = "Laporan Polisi telah dibuat."
    form["served_on"] = "02-03-2026"
    form["document_type"] = "POLICE_REPORT"
    form.fields["upload"][0].value = [Upload("laporan <b>.pdf", pdf(), "application/pdf")]
    receipt = form.submit("do").follow()
    assert "Laporan Polisi telah dibuat." in receipt
    with world.site.act() as act:
        document = act.session.scalars(select(Document)).one()
        assert (document.provider, document.document_type, document.state) == ("partner", "POLICE_REPORT", "received")
    assert "dari instansi" in enter("dewi").get(staff_place(world, referral_id))


def staff_place(world, referral_id):
    with world.site.act() as act:
        referral = course.referral_of(act, referral_id)
        case = act.session.get_one(Item, referral.parent_id)
        return f"/cases/{case.name}/{referral.name}"


def accept(world, referral_id, who="polres"):
    with world.act(who) as act:
        verbs.accept(act, course.referral_of(act, referral_id), officer="Ipda Rahmat")


def test_a_service_before_the_letter_or_in_the_future_is_refused(enter, world, place, referral_id):
    accept(world, referral_id)
    browser = enter("polres")
    for day, why in (("01-03-2026", "sebelum tanggal surat"), ("03-03-2026", "masih di masa depan")):
        page = submit(browser.get(place + "/@workflow/provide"), extent="full", note="Selesai.", served_on=day)
        assert page.status_int == 422
        assert why in page
        assert "Selesai." in page


def test_the_same_form_posted_twice_is_one_answer(enter, world, place):
    browser = enter("polres")
    form = browser.get(place + "/@workflow/need_info").forms["form1"]
    form["info"] = "Mohon salinan paspor."
    first, second = form.submit("do"), form.submit("do")
    assert first.location == second.location
    with world.site.act() as act:
        assert len(act.session.scalars(select(Incoming)).all()) == 1


def test_of_two_colleagues_who_answer_at_once_the_second_is_told(enter, place):
    one, other = enter("polres"), enter("polres")
    accepting = one.get(place + "/@workflow/accept")
    declining = other.get(place + "/@workflow/decline")
    assert submit(accepting, officer="Ipda Rahmat", promised_on="20-03-2026").status_int == 303
    page = submit(declining, code="out_of_area", note="Bukan wilayah kami")
    assert page.status_int == 409
    assert "sudah berubah" in page
    assert "Bukan wilayah kami" in page


def test_a_recall_while_the_partner_writes_is_told_and_closes_the_letter(enter, world, place, referral_id):
    browser = enter("polres")
    writing = browser.get(place + "/@workflow/accept")
    with world.act("dewi") as act:
        verbs.recall(act, course.referral_of(act, referral_id), reason="Keluarga mencabut persetujuan.")
    assert submit(writing, officer="Ipda Rahmat", promised_on="20-03-2026").status_int == 409
    page = browser.get(place)
    assert "sudah kami tarik" in page
    for secret in ("Mohon ditindaklanjuti", "Keluarga mencabut", "/@letter", "/@workflow/accept"):
        assert secret not in page
    assert browser.get(place + "/@letter", status=403)
    assert browser.get(place + "/@comments", status=403)
    as_json = browser.get(place, headers={"Accept": "application/json"}).json
    assert "ask" not in as_json
    assert "ask" not in browser.get(staff_place(world, referral_id), headers={"Accept": "application/json"}).json


def test_hostile_text_is_shown_as_text(enter, place, world, referral_id):
    browser = enter("polres")
    evil = "<script>alert(1)</script>${case}" + "ñ" * 150
    page = submit(browser.get(place + "/@workflow/decline"), code="other", note=evil)
    receipt = page.follow()
    assert "&lt;script&gt;" in receipt.text
    assert "<script>alert" not in receipt.text
    story = enter("dewi").get(staff_place(world, referral_id))
    assert "<script>alert" not in story.text
    assert "ñ" * 150 in story


def test_a_name_longer_than_its_field_comes_back_with_a_message(enter, place):
    page = submit(enter("polres").get(place + "/@workflow/redirect"), to="X" * 201)
    assert page.status_int == 422
    assert "X" * 201 in page


def test_late_answers_are_kept_and_flagged(enter, world, place, referral_id):
    with world.act("polres") as act:
        verbs.decline(act, course.referral_of(act, referral_id), code="capacity_full")
    with world.act("dewi") as act:
        verbs.close(act, course.referral_of(act, referral_id), outcome="Dirujuk ke Polda.")
    browser = enter("polres")
    receipt = submit(browser.get(place + "/@workflow/send_late"), note="Ternyata dapat kami tangani.").follow()
    assert "SM-KWS1-DIT2-2026-00002" in receipt
    assert "susulan" in browser.get(place)
    with world.site.act() as act:
        referral = course.referral_of(act, referral_id)
        assert referral.state == "closed"
        assert referral.late_answer_at is not None
    assert "Ada jawaban setelah rujukan berakhir" in enter("dewi").get(staff_place(world, referral_id))


def test_messages_are_shared_and_internal_remarks_are_not(enter, world, place, referral_id):
    with world.act("dewi") as act:
        referral = course.referral_of(act, referral_id)
        comments.add(act, referral, "Hati-hati dengan terlapor.", comments.INTERNAL)
        comments.add(act, referral, "Mohon kabari lewat portal.", comments.SHARED)
    browser = enter("polres")
    page = browser.get(place)
    assert "Mohon kabari" in page
    assert "Hati-hati" not in page
    form = page.forms["form1"]
    form["text"] = "Baik, kami kabari."
    assert "Baik, kami kabari." in form.submit("send").follow()
    listed = browser.get(place + "/@comments", headers={"Accept": "application/json"})
    assert "Hati-hati" not in listed.text
    assert "Baik, kami kabari." in enter("dewi").get(staff_place(world, referral_id))


def test_enclosures_come_as_the_clean_copy_under_our_name(enter, world, number):
    document = course.accepted_document(world, number)
    course.sent(world, number, enclosures=[document])
    browser = enter("polres")
    page = browser.get(f"/desk/{number}-R1")
    assert "KTP CPMI/PMI" in page
    file = browser.get(f"/desk/{number}-R1/@enclosure/{document}")
    assert "siti" not in file.headers["Content-Disposition"].lower()


def test_a_partners_system_answers_by_json(enter, place, number):
    browser = enter("polres")
    known = browser.get(place, headers={"Accept": "application/json"}).json
    assert {"letter_id", "organisation_id", "claimed", "consent"}.isdisjoint(known)
    token = browser.get(place).forms["form1"]["csrf_token"].value
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    answers = {"officer": "Ipda Rahmat", "promised_on": "2026-03-20", "version": known["version"]}
    done = browser.post_json(place + "/@workflow/accept", answers, headers=headers).json
    assert done["state"] == "accepted"
    assert done["number"] == "SM-KWS1-DIT2-2026-00001"
    stale = browser.post_json(place + "/@workflow/progress", {"note": "x", "version": 1}, headers=headers, status=409)
    assert stale.json["reasons"]


def test_the_page_is_light(enter, place):
    browser = enter("polres")
    page = browser.get(place)
    css = page.html.select_one("link[rel=stylesheet]")["href"]
    assert len(page.body) + len(browser.get(css).body) < 60_000
