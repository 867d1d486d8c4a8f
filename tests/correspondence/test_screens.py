"""What people see and press: the desk, the letter, the registers, the head's folder, the agenda, the public check."""

import csv
import io

import pytest
from sqlalchemy import select
from webtest import Upload

from portal import jobs, journal
from portal.content.item import Item
from portal.correspondence import register_files, remarks, verify
from portal.correspondence.model import Incoming, Letter
from portal.correspondence.workflow import LETTER
from tests.correspondence.conftest import PDF

PLACES = ("", "incoming", "approvals", "expedition", "failures", "gaps", "reserved", "receive")


def desk_of(browser, here):
    page = browser.get(here + "/@edit")
    return page, next(f for f in page.forms.values() if "body" in f.fields)


def test_every_page_opens_for_staff_and_none_for_outsiders(office, enter):
    case = office.case()
    letter = office.draft(case)
    here = office.address(letter)
    dewi, polres, nobody = enter("dewi"), enter("polres"), enter()
    page = dewi.get(here + "/")
    assert "menelusuri keberadaan PMI" in page.text
    assert page.html.select_one(".sheet .stage").text == "KONSEP"
    pages = [here + "/", here + "/@edit", here + "/@preview.pdf", here + "/@page/1.png"]
    pages += [f"/cases/{case}/@draft-letter", f"/cases/{case}/@draft-letter?type=ref_mission"]
    pages += [f"/letters/{name}" for name in PLACES]
    for address in pages:
        assert dewi.get(address).status_int == 200, address
        assert polres.get(address, expect_errors=True).status_int in {403, 404}, address
        assert nobody.get(address, expect_errors=True).status_int in {302, 303, 401, 403, 404}, address
    assert dewi.get(here + "/@pdf", expect_errors=True).status_int == 404
    for wrong in ("/@page/0.png", "/@page/99.png", "/@page/x.png", "/@page/1.png/2", "/@page/"):
        assert dewi.get(here + wrong, expect_errors=True).status_int == 404


def test_a_letter_is_begun_written_and_saved_at_the_desk(office, enter):
    case = office.case()
    agus = enter("agus")
    form = agus.get(f"/cases/{case}/@draft-letter?type=ref_mission").forms["form1"]
    form.set("code", True, index=0)
    page = form.submit("draft").follow()
    assert "Permintaan" in page.html.select_one(".read .lacking").text
    form = next(f for f in page.forms.values() if "body" in f.fields)
    form["field_requests"] = "menelusuri keberadaan PMI\nmendampingi PMI"
    form["cc"] = "Kepala Badan"
    saved = form.submit("save").follow()
    assert "mendampingi PMI." in saved.html.select_one(".sheet").text
    assert "Kepala Badan" in saved.html.select_one(".sheet").text


def test_the_preview_shows_what_is_typed_and_writes_nothing(office, enter):
    letter = office.draft(office.case())
    here, version = office.address(letter), office.letter(letter).version
    agus = enter("agus")
    _page, form = desk_of(agus, here)
    fields = [(k, v) for k, v in form.submit_fields() if k != "once"]
    typed = [(k, "<p>Ketikan baru ${worker_name}<script>x</script></p>" if k == "body" else v) for k, v in fields]
    shown = agus.post(here + "/@preview", typed)
    assert "Ketikan baru Siti Rahayu" in shown.text
    assert "<script" not in shown.text
    broken = agus.post(here + "/@preview", [(k, "${nol}" if k == "body" else v) for k, v in fields])
    assert "tidak dikenal" in broken.text
    assert office.letter(letter).version == version


def test_who_saves_over_newer_text_keeps_his_own_and_sees_the_other(office, enter):
    letter = office.draft(office.case())
    here = office.address(letter)
    agus = enter("agus")
    _page, form = desk_of(agus, here)
    office.do("dewi", "amend", letter, fields={"requests": ["tulisan Dewi"]})
    form["field_requests"] = "tulisan Agus"
    conflict = form.submit("save", expect_errors=True)
    assert conflict.status_int == 409
    assert "tulisan Agus" in conflict.html.select_one("textarea[name=field_requests]").text
    assert "tulisan Dewi" in conflict.html.select_one(".sheet").text
    again = next(f for f in conflict.forms.values() if "body" in f.fields)
    assert "tulisan Agus" in again.submit("save").follow().text


def test_the_desk_says_who_is_writing_and_lets_it_be_taken_over(office, enter):
    here = office.address(office.draft(office.case()))
    agus, dewi = enter("agus"), enter("dewi")
    token = desk_of(agus, here)[1]["csrf_token"].value
    assert agus.post(here + "/@lock", {"csrf_token": token}).status_int == 204
    page, form = desk_of(dewi, here)
    assert "Agus Salim" in page.html.select_one("[role=alert]").text
    assert dewi.post(here + "/@lock", {"csrf_token": form["csrf_token"].value}, expect_errors=True).status_int == 423
    taken = next(f for f in page.forms.values() if "steal" in f.fields).submit().follow()
    assert not taken.html.select("[role=alert]")


def test_a_hostile_form_is_answered_with_a_message_not_a_fault(office, enter):
    here = office.address(office.draft(office.case()))
    agus = enter("agus")
    _page, form = desk_of(agus, here)
    fields = dict(form.submit_fields())
    for name, value in {
        "signer_id": "999999",
        "security": "X",
        "body": "a\x01b",
        "state": "approved",
        "reply_days": "-1",
        "field_reply_by": "31-02-2026",
        "subject": "x" * 400,
    }.items():
        answer = agus.post(here + "/@edit", fields | {name: value, "once": name}, expect_errors=True)
        assert answer.status_int in {400, 422}, name
    assert agus.post(here + "/@edit", {"body": "x"}, expect_errors=True).status_int == 400


def test_the_head_reads_and_approves_several_letters_with_the_second_factor(office, enter):
    case = office.case()
    good, bad, unread = (office.initialled(case=case) for _turn in range(3))
    rina = enter("rina")
    rina.set_up_factor()
    for letter in (good, bad):
        rina.get(office.address(letter) + "/")
    page = rina.get("/letters/approvals")
    boxes = {int(box["value"]): box.has_attr("disabled") for box in page.html.select("input[name=item]")}
    assert boxes == {good: False, bad: False, unread: True}
    assert "Belum Anda baca" in page.html.select_one(".folder .lacking").text
    with office.site.act() as act:
        act.session.get_one(Letter, bad).body += "x"
    form = next(f for f in page.forms.values() if "item" in f.fields)
    sent = [("csrf_token", form["csrf_token"].value), ("item", "77"), ("item", "x")]
    answer = rina.post("/letters/approvals", sent + [("item", str(i)) for i in (good, bad, unread)])
    told = answer.html.select_one(".results").text
    assert "disetujui" in told
    assert "berubah sejak diajukan" in told
    assert "Belum Anda baca" in told
    assert [office.letter(i).state for i in (good, bad, unread)] == ["approved", "in_review", "in_review"]


def test_reviewers_initial_many_at_once_and_everybody_sees_whose_turn_it_is(office, enter):
    case = office.case()
    first, second = office.draft(case), office.draft(case)
    for letter in (first, second):
        office.do("agus", "submit", letter)
    rudi = enter("rudi")
    shown = rudi.get("/letters/review").html.select("tbody tr")
    assert ["Rudi Setiawan" in row.text for row in shown] == [True, True]
    for letter in (first, second):
        assert (
            "Rudi Setiawan"
            in rudi.get(office.address(letter) + "/").html.select_one("section[aria-labelledby=turns]").text
        )
    form = next(f for f in rudi.get("/letters/approvals").forms.values() if "item" in f.fields)
    for box in form.fields["item"]:
        box.checked = True
    assert form.submit().html.select_one(".results").text.count("diparaf") == 2
    assert "Rina Kusuma" in rudi.get("/letters/review").html.select_one("tbody").text
    assert rudi.get("/letters/approvals").html.select_one(".empty")


def test_a_remark_is_tied_to_a_passage_shown_beside_it_and_settled_by_its_answer(office, enter):
    letter = office.initialled()
    here = office.address(letter)
    rina, agus = enter("rina"), enter("agus")
    form = next(f for f in rina.get(here + "/").forms.values() if "quote" in f.fields)
    form["quote"], form["text"] = "menelusuri keberadaan  PMI", "Sebutkan batas waktunya."
    page = form.submit().follow()
    mark = page.html.select_one(".sheet mark.remark")
    assert mark.text == "menelusuri keberadaan PMI"
    assert page.html.select_one(mark.a["href"]).select_one("p.prose").text == "Sebutkan batas waktunya."
    form = next(f for f in page.forms.values() if "quote" in f.fields)
    form["quote"], form["text"] = "yang tidak tertulis", "Sebutkan batas waktunya."
    again = form.submit(expect_errors=True)
    assert again.status_int == 422
    assert "Sebutkan batas waktunya." in again.html.select_one("[data-remark] textarea[name=text]").text
    assert "tidak ada dalam surat" in again.text
    reply = next(f for f in agus.get(here + "/").forms.values() if "@remarks/" in f.action)
    reply["text"] = "Sudah, pada alinea terakhir."
    done = reply.submit().follow()
    assert not done.html.select(".sheet mark.remark")
    assert "Sudah, pada alinea terakhir." in done.html.select_one(".remarks article").text


def test_remarks_of_one_letter_are_not_answered_through_another(office, enter):
    case = office.case()
    mine, other = office.draft(case), office.draft(case)
    with office.world.act("rudi") as act:
        made = remarks.remark(act, act.session.get_one(Letter, mine), text="Ringkas.").id
    agus = enter("agus")
    token = next(f for f in agus.get(office.address(other) + "/").forms.values() if "quote" in f.fields)["csrf_token"]
    for number in (made, 0, "x", "9" * 30):
        sent = {"csrf_token": token.value, "text": "Ya."}
        answer = agus.post(f"{office.address(other)}/@remarks/{number}", sent, expect_errors=True)
        assert answer.status_int == 404, number


def test_an_approver_sees_what_changed_since_the_last_look(office, enter):
    letter = office.initialled()
    here = office.address(letter)
    rina = enter("rina")
    assert not rina.get(here + "/").html.select(".changed")
    office.site.clock.move(hours=1)
    office.do("agus", "amend", letter, fields={"requests": ["menelusuri alamat PMI"]}, cc=["Kepala Badan"])
    office.site.clock.move(hours=1)
    for _look in range(2):  # it stays until the text moves on
        shown = rina.get(here + "/").html.select_one(".changed")
        assert [gone.text.strip() for gone in shown.select("del")] == ["keberadaan"]
        assert [new.text.strip() for new in shown.select("ins")] == ["alamat"]
        assert "Penerima" in shown.text
        office.site.clock.move(hours=1)


def test_the_file_is_downloaded_as_issued_and_the_reading_is_written_down(office, enter):
    letter = office.issued()
    dewi = enter("dewi")
    answer = dewi.get(office.address(letter) + "/@pdf")
    assert office.site.blobs.put(answer.body).sha256 == office.letter(letter).pdf_sha256
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="surat-T.1-')
    with office.site.sessions() as session:
        lines = session.execute(
            select(journal.Entry.event, journal.Entry.by_name).where(journal.Entry.item_id == letter)
        )
        assert ("letter_downloaded", "Dewi Anggraini") in lines.all()


def test_the_register_is_a_table_a_spreadsheet_can_not_be_tricked_with(office, enter):
    letter = office.approved()
    with office.site.act() as act:
        act.session.get_one(Item, letter).title = '=HYPERLINK("http://x")'
        found = act.session.get_one(Letter, letter)
        found.number, found.sequence, found.series = "T.1/X", 1, "letter/KWS1.DIT2/2026/B"
    tono = enter("tono")
    assert "T.1/X" in tono.get("/letters/").text
    rows = list(csv.reader(io.StringIO(tono.get("/letters/?format=csv").body.decode("utf-8-sig"))))
    assert rows[1][4] == '\'=HYPERLINK("http://x")'
    for year in ("1999", "abc", "99999", "٢٠٢٦"):
        assert tono.get("/letters/", {"year": year}).status_int == 200


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1"])
def test_every_risky_cell_is_made_harmless(value):
    assert register_files.cell(value, "id").startswith("'")


def test_the_registrar_registers_paper_and_matches_it_by_a_guess(office, enter):
    letter = office.issued()
    office.do("dewi", "dispatch", letter)
    jobs.run_all(office.site)
    number = office.letter(letter).number
    tono = enter("tono")
    form = tono.get("/letters/receive").forms["form1"]
    form["subject"], form["sender"], form["summary"] = "Balasan", "KBRI", f"Menunjuk surat {number}"
    form["upload"] = [Upload("scan.pdf", PDF)]
    page = form.submit("register").follow()
    assert number in page.html.select_one(".guesses").text
    matched = next(f for f in page.forms.values() if "reference" in f.fields).submit().follow()
    assert "Dicocokkan" in matched.text
    with office.site.sessions() as session:
        assert session.scalar(select(Incoming.letter_id)) == letter


def test_anybody_can_check_a_letter_and_learns_nothing_about_persons(office, enter):
    letter = office.issued()
    found = office.letter(letter)
    nobody = enter()
    page = nobody.get("/verify", {"code": f" {found.check_code[:4].lower()}-{found.check_code[4:]} "}).follow()
    assert found.number in page.text
    assert "Berlaku" in page.text
    assert "Siti" not in page.text
    assert "Duta Besar" not in page.text
    file = b"%PDF-small enough for a test's memory"
    with office.site.act() as act:
        act.session.get_one(Letter, letter).pdf_sha256 = office.site.blobs.put(file).sha256
    for content, words in ((file, "Sama: berkas ini persis"), (file + b" ", "Berbeda: berkas ini")):
        form = next(f for f in page.forms.values() if "file" in f.fields)
        assert words in form.submit(upload_files=[("file", "x.pdf", content)]).text
    office.do("tono", "void", letter, reason="keliru")
    assert "Dibatalkan" in nobody.get(f"/verify/{found.check_code}").text


def test_unknown_codes_are_all_alike_and_counted(office, enter):
    nobody = enter()
    for code in ("2222-3333-4444", "0O1I", "x" * 300, "%00", "' OR 1=1"):
        answer = nobody.get(f"/verify/{code}", expect_errors=True)
        assert answer.status_int in {400, 404}
    for _try in range(verify.TRIES):
        answer = nobody.get("/verify/222233334444", expect_errors=True)
    assert answer.status_int == 429


def test_an_advocate_sees_a_letter_only_once_it_is_issued(office):
    for state in LETTER.states:
        before = state.name in {"draft", "in_review", "approved", "signing", "voided"}
        assert ("ADVOCATE" in LETTER.roles("view", state.name)) != before
        assert "ADDRESSEE" not in LETTER.roles("view", state.name)
