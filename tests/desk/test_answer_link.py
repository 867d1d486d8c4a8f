"""Somebody of the addressed office who has the letter and no account: the door, the answers, and what stays closed."""

import re
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from portal import limits
from portal.content.item import Item
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Delivery, Incoming, Letter
from portal.journal import Entry
from portal.once import FormKey
from portal.referrals import links, verbs
from portal.referrals.model import AnswerLink
from tests.desk.strangers import PERSON, as_staff, knock, printed, submit
from tests.referrals import course


def state_of(world, referral_id):
    with world.site.act() as act:
        return course.referral_of(act, referral_id).state


def test_the_letter_prints_address_and_code_and_the_database_keeps_hashes_beside_it(world, referral_id, letter):
    path, code = letter
    assert re.fullmatch(r"/answer/(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}/", path)
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    with world.site.act() as act:
        link = act.session.scalars(select(AnswerLink)).one()
        kept = f"{link.token_hash} {link.code_hash}"
    assert links.normal(code, 8) not in kept
    assert links.normal(path.split("/")[2], 16) not in kept


def test_a_stranger_reads_and_accepts_and_gets_a_receipt(world, referral_id, inside, letter):
    browser, page = inside
    assert "Mohon ditindaklanjuti" in page
    assert "Ipda Rahmat, Kanit PPA" in page
    form = browser.get(f"{letter[0]}@workflow/accept").forms["form1"]
    form["officer"], form["promised_on"] = "Ipda Rahmat", "20-03-2026"
    receipt = form.submit("do").follow()
    assert receipt.html.select_one(".big").text == "SM-KWS1-DIT2-2026-00001"
    assert receipt.request.path.startswith(letter[0])
    with world.site.act() as act:
        assert course.referral_of(act, referral_id).state == "accepted"
        incoming = act.session.scalars(select(Incoming)).one()
        assert (incoming.channel, incoming.sender, incoming.match_reason) == (
            "WEB",
            "Polres Indramayu",
            "jawaban lewat tautan",
        )
        said = act.session.scalars(select(Entry).where(Entry.event == "incoming_registered")).one()
        assert said.by_name == "Ipda Rahmat, Kanit PPA (lewat tautan jawaban)"


def test_the_door_says_nothing_of_the_letter_and_nothing_of_any_person(visitor, letter, world):
    page = visitor().get(letter[0])
    for word in ("Siti", "Polres", "PMI-2026", "Mohon ditindaklanjuti", "R.1/"):
        assert word not in page


def test_an_unknown_link_a_wrong_code_and_an_ended_link_look_the_same(visitor, world, referral_id, letter):
    path, _code = letter
    unknown = "/answer/AAAA-AAAA-AAAA-AAAA/"
    shown = [knock(visitor(), where, "ABCD-EFGH") for where in (path, unknown)]
    as_staff(world, verbs.revoke_link, referral_id)
    shown.append(knock(visitor(), path, "ABCD-EFGH"))
    bare = {
        re.sub(r"csrf_token[^>]*>|name=\"once\"[^>]*>|[2-9A-Z]{4}(-[2-9A-Z]{4}){3}", "", page.text) for page in shown
    }
    assert [page.status_int for page in shown] == [422, 422, 422]
    assert len(bare) == 1
    assert "Kode tidak cocok" in shown[0]


def test_what_is_no_link_at_all_is_not_found(visitor):
    for path in ("/answer/x", "/answer/AAAA-AAAA-AAAA-AAA0/", "/answer/@letter"):
        assert visitor().get(path, status=404)


def test_who_reads_the_address_from_paper_types_its_end(visitor, letter):
    browser = visitor()
    form = browser.get("/answer/").forms[1]
    form["token"] = letter[0].split("/")[2].lower().replace("-", " ")
    assert form.submit().location.endswith(letter[0])
    assert "Periksa lagi" in browser.get("/answer/?token=x")


def test_tries_are_counted_for_each_link_and_for_each_address(visitor, letter):
    browser = visitor()
    for _try in range(10):
        assert knock(browser, letter[0], "ABCD-EFGH").status_int == 422
    refused = knock(visitor("192.0.2.8"), *letter)
    assert refused.status_int == 429
    assert "Terlalu banyak" in refused
    for number in range(50):
        knock(browser, f"/answer/AAAA-AAAA-AAAA-22{number % 7 + 2}{number // 7 + 2}/", "ABCD-EFGH")
    assert knock(browser, "/answer/BBBB-AAAA-AAAA-2222/", "ABCD-EFGH").status_int == 429


def test_the_code_may_be_typed_in_small_letters_and_without_its_hyphen(visitor, letter):
    assert knock(visitor(), letter[0], letter[1].lower().replace("-", " ")).status_int == 303


@pytest.mark.parametrize("view", ["", "@letter", "@text", "@workflow", "@workflow/accept", "@comments", "@receipt/x"])
def test_without_the_code_every_address_behind_the_door_is_the_door(visitor, letter, view):
    page = visitor().get(letter[0] + view)
    assert page.forms["form1"].action == letter[0]
    assert "Mohon ditindaklanjuti" not in page
    posted = visitor().get(letter[0]).forms["form1"]
    posted.action = letter[0] + view
    assert posted.submit("open", expect_errors=True).status_int == 422


def test_the_link_of_one_referral_opens_nothing_else(inside, world, number, referral_id, letter):
    browser, _page = inside
    other = course.sent(world, number, "imigrasi")
    path, code = printed(world, other)
    assert browser.get(path).forms["form1"].action == path
    for address in (f"/desk/{number}-R1", "/desk", f"/cases/{number}", f"/cases/{number}/referral-1", "/account"):
        assert "/login" in browser.get(address, status=303).location
    for view in ("@history", "@sharing", "@versions", "letter-1", "@workflow/confirm", "@workflow/send_link"):
        assert browser.get(letter[0] + view, expect_errors=True).status_int in {403, 404}
    assert knock(browser, path, letter[1]).status_int == 422
    assert knock(browser, path, code).status_int == 303
    assert "Kantor Imigrasi Cirebon" in browser.get(path)
    assert "Polres Indramayu" in browser.get(letter[0])


def test_a_signed_in_person_is_nobody_else_behind_the_door(enter, letter):
    staff = enter("dewi")
    assert "Mohon ditindaklanjuti" not in staff.get(letter[0])
    assert knock(staff, *letter).status_int == 303
    assert "Catat jawaban instansi" not in staff.get(letter[0])
    assert staff.get("/account").status_int == 200


def test_reading_changes_nothing_but_the_line_that_it_was_read(inside, world, referral_id, letter):
    browser, page = inside
    paths = [a["href"] for a in page.html.select("main a") if a["href"].startswith(letter[0])]
    assert len(paths) > 5
    with world.site.act() as act:
        before = [(i.id, i.state, i.version) for i in act.session.scalars(select(Item).order_by(Item.id))]
    for path in paths:
        browser.get(path)
    with world.site.act() as act:
        assert [(i.id, i.state, i.version) for i in act.session.scalars(select(Item).order_by(Item.id))] == before
        events = set(act.session.scalars(select(Entry.event).where(Entry.by_name.contains("tautan"))))
        assert events == {"answer_link_opened", "referral_read", "referral_letter_read", "delivery_changed"}
        delivery = act.session.scalars(select(Delivery).where(Delivery.channel == "email")).one()
        assert delivery.state == "opened"


def test_a_link_scanner_that_follows_every_link_and_posts_nothing_uses_nothing_up(visitor, letter):
    for _visit in range(3):
        visitor().get(letter[0])
    assert knock(visitor(), *letter).status_int == 303


def test_the_same_form_posted_twice_is_one_answer(inside, world, letter):
    browser, _page = inside
    form = browser.get(f"{letter[0]}@workflow/need_info").forms["form1"]
    form["info"] = "Mohon salinan paspor."
    first, second = form.submit("do"), form.submit("do")
    assert first.location == second.location
    with world.site.act() as act:
        assert len(act.session.scalars(select(Incoming)).all()) == 1
        assert "answer" not in "".join(act.session.scalars(select(FormKey.location)))


def test_without_the_token_of_the_page_nothing_is_taken(inside, world, referral_id, letter):
    browser, _page = inside
    assert browser.post(f"{letter[0]}@workflow/acknowledge", status=400)
    assert state_of(world, referral_id) == "sent"


def test_a_revoked_link_closes_open_pages_at_once_and_says_why_to_who_has_the_code(
    inside, world, referral_id, letter, visitor
):
    browser, _page = inside
    writing = browser.get(f"{letter[0]}@workflow/accept")
    as_staff(world, verbs.revoke_link, referral_id)
    lost = submit(writing, officer="Ipda Rahmat", promised_on="20-03-2026")
    assert lost.status_int == 422
    assert "Jawaban Anda belum tersimpan" in lost
    assert state_of(world, referral_id) == "sent"
    page = knock(visitor(), *letter)
    assert page.status_int == 410
    assert "kami cabut" in page
    assert "Crisis Center" in page
    assert "Siti" not in page


def test_a_link_expires_by_the_offices_rule_and_can_be_made_to_hold_again(world, referral_id, letter, visitor):
    world.site.clock.move(days=91)
    page = knock(visitor(), *letter)
    assert page.status_int == 410
    assert "sudah lewat" in page
    as_staff(world, verbs.send_link, referral_id)
    assert knock(visitor(), *letter).status_int == 303


def test_each_answer_prolongs_the_link(world, referral_id, letter, visitor):
    world.site.clock.move(days=80)
    with world.act("polres") as act:
        verbs.accept(act, course.referral_of(act, referral_id), officer="Ipda Rahmat")
    world.site.clock.move(days=80)
    assert knock(visitor(), *letter).status_int == 303


def test_a_recalled_referral_shows_that_it_was_recalled_and_whom_to_call(world, referral_id, letter, visitor):
    as_staff(world, verbs.recall, referral_id, reason="Persetujuan dicabut.")
    page = knock(visitor(), *letter)
    assert page.status_int == 410
    assert "sudah kami tarik" in page
    assert "Persetujuan dicabut" not in page


def test_a_withdrawn_letter_ends_the_link_of_a_referral_that_was_answered_already(world, referral_id, letter, visitor):
    with world.act("polres") as act:
        verbs.decline(act, course.referral_of(act, referral_id), code="out_of_area")
    with world.act("rina") as act:
        found = act.session.get_one(Letter, course.referral_of(act, referral_id).letter_id)
        correspondence.withdraw(act, found, reason="Keliru.")
    assert knock(visitor(), *letter).status_int == 410


def test_before_the_letter_is_sent_its_link_opens_nothing(world, number, visitor):
    referral_id = course.drafted(world, number)
    with world.site.act() as act:
        letter_id = course.referral_of(act, referral_id).letter_id
    for who, verb in (("dewi", "submit"), ("rudi", "initial"), ("rina", "approve"), ("tono", "issue")):
        with world.act(who) as act:
            getattr(correspondence, verb)(act, act.session.get_one(Letter, letter_id))
    page = knock(visitor(), *printed(world, referral_id))
    assert page.status_int == 410
    assert "belum dikirim" in page


def test_an_answer_after_the_end_is_kept_as_late(world, referral_id, letter, inside):
    browser, _page = inside
    with world.act("polres") as act:
        verbs.decline(act, course.referral_of(act, referral_id), code="capacity_full")
    as_staff(world, verbs.close, referral_id, outcome="Dirujuk ke Polda.")
    page = browser.get(letter[0])
    assert "Selesai" in page
    receipt = submit(browser.get(f"{letter[0]}@workflow/send_late"), note="Ternyata dapat kami tangani.").follow()
    assert "Ternyata dapat" in receipt
    with world.site.act() as act:
        referral = course.referral_of(act, referral_id)
        assert referral.state == "closed"
        assert referral.late_answer_at is not None


def test_leaving_closes_the_door(inside, letter):
    browser, page = inside
    browser.press(page, f"{letter[0]}@leave")
    assert "Mohon ditindaklanjuti" not in browser.get(letter[0])


def test_after_a_working_day_the_code_is_asked_again(inside, world, letter):
    browser, _page = inside
    world.site.clock.move(hours=9)
    assert browser.get(letter[0]).forms["form1"].action == letter[0]


def test_a_message_by_link_stands_on_the_partners_side(inside, enter, number, letter):
    _browser, page = inside
    form = next(f for f in page.forms.values() if f.action == f"{letter[0]}@comments")
    form["text"] = "Apakah korban dapat hadir?"
    form.submit("send").follow()
    theirs = enter("dewi").get(f"/cases/{number}/referral-1").html.select(".timeline .theirs")
    assert any("Apakah korban dapat hadir?" in li.text for li in theirs)


def test_all_of_it_in_english(visitor, letter, world, referral_id):
    browser = visitor()
    browser.set_cookie("lang", "en")
    assert "Answer our letter" in browser.get(letter[0])
    assert "does not fit" in knock(browser, letter[0], "ABCD-EFGH")
    assert "Your answer" in knock(browser, *letter).follow()


def test_the_pages_are_light(visitor, letter):
    browser = visitor()
    door = browser.get(letter[0])
    page = knock(browser, *letter).follow()
    shared = sum(len(browser.get(css["href"]).body) for css in page.html.select("link[rel=stylesheet]"))
    shared += len(browser.get(page.html.select_one("script[src]")["src"]).body) + len(
        browser.get("/static/x/icons.svg").body
    )
    assert len(door.body) + len(page.body) + shared < 60_000


def test_a_partners_system_answers_by_link_in_json(visitor, letter, world, referral_id):
    browser, json = visitor(), {"Accept": "application/json"}
    asked = browser.get(letter[0], headers=json, status=401).json
    known = PERSON | {"code": letter[1]}
    opened = browser.post_json(letter[0], known, headers=json | {"X-CSRF-Token": asked["csrf_token"]}).json
    headers = json | {"X-CSRF-Token": opened["csrf_token"]}
    referral = browser.get(letter[0], headers=json).json
    answers = {"officer": "Ipda Rahmat", "promised_on": "2026-03-20", "version": referral["version"]}
    done = browser.post_json(f"{letter[0]}@workflow/accept", answers, headers=headers).json
    assert (done["state"], done["number"]) == ("accepted", "SM-KWS1-DIT2-2026-00001")
    wrong = browser.post_json("/answer/AAAA-AAAA-AAAA-AAAA/", known, headers=headers, status=401).json
    assert wrong["reasons"]


def test_the_receipt_is_a_file_too_and_says_who_said_it(inside, letter):
    browser, _page = inside
    evil = "<b>Mohon</b> salinan & paspor"
    receipt = submit(browser.get(f"{letter[0]}@workflow/need_info"), info=evil).follow()
    file = browser.get(receipt.html.find("a", string="Simpan sebagai PDF")["href"])
    assert file.content_type == "application/pdf"
    with pypdfium2.PdfDocument(file.body) as document:
        words = " ".join(document[0].get_textpage().get_text_bounded().split())
    for expected in ("SM-KWS1-DIT2-2026-00001", "Ipda Rahmat, Kanit PPA", "Polres Indramayu", evil):
        assert expected in words


def test_one_link_can_not_fill_the_agenda(inside, world, letter):
    browser, page = inside
    with world.site.act() as act:
        link = act.session.scalars(select(AnswerLink)).one()
        for _answer in range(40):
            limits.throttle(act.session, f"answers {link.id}", limit=40, per=timedelta(hours=1), now=act.at)
    assert browser.press(page, f"{letter[0]}@workflow/acknowledge").status_int == 429
    world.site.clock.move(hours=1)
    assert browser.press(browser.get(letter[0]), f"{letter[0]}@workflow/acknowledge").status_int == 303
