"""The answer link as the office sees it: mailed apart from the letter, made anew, and where it stands."""

import re

from sqlalchemy import select

from portal import jobs, mail
from portal.correspondence import verbs as correspondence
from portal.directory.model import Organisation
from portal.referrals import verbs
from portal.referrals.model import AnswerLink
from tests.desk.strangers import as_staff, knock
from tests.referrals import course


def test_the_mail_carries_the_link_and_neither_code_nor_letter(world, referral_id, letter):
    as_staff(world, verbs.send_link, referral_id)
    path, code = letter
    with world.site.act() as act:
        notice = act.session.scalars(select(mail.Mail).order_by(mail.Mail.id.desc())).first()
        assert path.rstrip("/") in notice.text
        assert code not in notice.text
        assert notice.attachments == []
        with_letter = act.session.scalars(select(mail.Mail).where(mail.Mail.is_official)).first()
        assert "/answer/" not in with_letter.text
    jobs.run_all(world.site, names={mail.SEND})
    with world.site.act() as act:
        notice = act.session.scalars(select(mail.Mail).order_by(mail.Mail.id.desc())).first()
        assert notice.state == "sent"
        assert "/answer/…" in notice.text


def test_a_reminder_letter_sends_the_link_along_in_a_mail_of_its_own(world, number, referral_id, letter):
    with world.act("dewi") as act:
        case = course.case_of(act, number)
        reminder = correspondence.draft(
            act, case, type_code="reminder", to=[world.organisations["polres"]], enclosures=()
        )
        course.fill(act, reminder)
        letter_id = reminder.id
    course.send_letter(world, letter_id)
    with world.site.act() as act:
        texts = act.session.scalars(select(mail.Mail.text).where(mail.Mail.text.contains("/answer/"))).all()
        assert len(texts) == 1
        assert letter[1] not in texts[0]


def test_a_new_link_ends_the_printed_one_and_its_code_is_told_once(enter, world, number, referral_id, letter, visitor):
    staff = enter("dewi")
    place = f"/cases/{number}/referral-1"
    page = staff.press(staff.get(place), f"{place}/@workflow/renew_link")
    told = page.follow()
    found = re.search(r"/answer/([2-9A-Z-]{19}) – kode ([2-9A-Z-]{9})", told.text)
    assert found
    assert found[2] not in staff.get(place)
    assert knock(visitor(), *letter).status_int == 410
    assert knock(visitor(), f"/answer/{found[1]}/", found[2]).status_int == 303
    assert "Buat tautan baru bila hilang" in staff.get(place)


def test_staff_see_when_the_link_was_sent_opened_and_that_an_answer_came_by_it(
    enter, world, number, referral_id, letter, visitor
):
    staff = enter("dewi")
    place = f"/cases/{number}/referral-1"
    assert "belum pernah dibuka" in staff.get(place)
    staff.press(staff.get(place), f"{place}/@workflow/send_link")
    browser = visitor()
    page = knock(browser, *letter).follow()
    browser.press(page, f"{letter[0]}@workflow/acknowledge")
    page = staff.get(place)
    assert "polres@mitra.example" in page
    assert "Pertama dibuka" in page
    assert "Ipda Rahmat, Kanit PPA (lewat tautan jawaban)" in page


def test_without_a_mail_address_the_link_can_not_be_sent_but_made_anew(
    enter, world, number, referral_id, letter, visitor
):
    with world.act("admin") as act:
        act.session.get_one(Organisation, world.organisations["polres"]).email = ""
    staff = enter("dewi")
    place = f"/cases/{number}/referral-1"
    assert "belum dicatat di direktori" in staff.get(place)
    told = staff.press(staff.get(place), f"{place}/@workflow/renew_link").follow()
    found = re.search(r"/answer/([2-9A-Z-]{19}) – kode ([2-9A-Z-]{9})", told.text)
    assert knock(visitor(), f"/answer/{found[1]}/", found[2]).status_int == 303
    with world.site.act() as act:
        former, new = act.session.scalars(select(AnswerLink).order_by(AnswerLink.id))
        assert (former.ended_by, new.is_printed, new.mailed_to) == ("renewed", False, "")


def test_a_referral_from_before_has_no_link_until_one_is_made(enter, world, number, referral_id):
    with world.site.act() as act:
        act.session.delete(act.session.scalars(select(AnswerLink)).one())
    page = enter("dewi").get(f"/cases/{number}/referral-1")
    assert "belum ada" in page
    assert "Rujukan ini tidak mempunyai tautan jawaban" in page
    as_staff(world, verbs.renew_link, referral_id)
    assert "berlaku sampai" in enter("dewi").get(f"/cases/{number}/referral-1")
