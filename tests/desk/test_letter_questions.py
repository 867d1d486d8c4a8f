"""The letter's own questions: part of the answer's form, kept with the answer, asked until they are answered."""

from sqlalchemy import select
from webtest import Upload

from portal.correspondence.model import Incoming
from portal.referrals import verbs
from tests.desk.test_desk import accept, staff_place, submit
from tests.documents.files import pdf
from tests.referrals import course


def said(world):
    with world.site.act() as act:
        return [i.answers for i in act.session.scalars(select(Incoming).order_by(Incoming.id))]


def test_who_accepts_is_asked_what_the_letter_asks_and_may_leave_it_open(enter, place):
    page = enter("polres").get(f"{place}/@workflow/accept")
    assert "Pertanyaan dalam surat" in page
    assert "Nomor dan tanggal Laporan Polisi" in page
    assert "SP2HP" not in page
    assert submit(page, officer="Ipda Rahmat", promised_on="20-03-2026").status_int == 303


def test_the_answers_are_kept_by_question_and_told_in_words(enter, world, place, referral_id):
    page = enter("polres").get(f"{place}/@workflow/accept")
    answers = {"report_number": "LP/12/III/2026", "accepted": "yes"}
    receipt = submit(page, officer="Ipda Rahmat", promised_on="20-03-2026", **answers).follow()
    assert said(world)[0]["questions"] == answers
    for shown in (receipt, enter("dewi").get(staff_place(world, referral_id))):
        assert "Nomor dan tanggal Laporan Polisi" in shown
        assert "LP/12/III/2026" in shown
        assert '<dd class="prose">Ya</dd>' in shown or "Ya" in shown


def test_with_the_result_only_what_is_still_open_is_asked_and_its_file_is_filed(enter, world, place, referral_id):
    with world.act("polres") as act:
        known = {"report_number": "LP/12", "investigator": "Ipda Rahmat"}
        verbs.accept(act, course.referral_of(act, referral_id), officer="Ipda Rahmat", questions=known)
    page = enter("polres").get(f"{place}/@workflow/provide")
    assert "Nomor dan tanggal Laporan Polisi" not in page
    assert "SP2HP" in page
    form = page.forms["form1"]
    form["extent"], form["note"] = "full", "Selesai."
    form.fields["upload"][1].value = [Upload("sp2hp.pdf", pdf(), "application/pdf")]
    receipt = form.submit("do").follow()
    assert "sp2hp.pdf" in receipt
    assert said(world)[1]["questions"] == {"sp2hp": ["sp2hp.pdf"]}
    with world.site.act() as act:
        last = act.session.scalars(select(Incoming).order_by(Incoming.id.desc())).first()
        assert [file.filename for file in last.files] == ["sp2hp.pdf"]


def test_a_program_answers_them_by_their_ids(enter, world, place):
    browser = enter("polres")
    known = browser.get(place, headers={"Accept": "application/json"}).json
    assert {"id": "accepted", "type": "yes_no"}.items() <= known["questions"][2].items()
    token = browser.get(place).forms["form1"]["csrf_token"].value
    answers = {"officer": "Ipda Rahmat", "promised_on": "2026-03-20", "questions": {"accepted": "no"}}
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    browser.post_json(f"{place}/@workflow/accept", answers, headers=headers)
    assert said(world)[0]["questions"] == {"accepted": "no"}
    odd = {"note": "x", "extent": "full", "questions": {"nothing_of_ours": "x"}}
    assert browser.post_json(f"{place}/@workflow/provide", odd, headers=headers, status=422)


def test_without_questions_in_the_letter_the_form_is_as_ever(enter, world, place, referral_id):
    accept(world, referral_id)
    assert "Pertanyaan dalam surat" not in enter("polres").get(f"{place}/@workflow/progress")
