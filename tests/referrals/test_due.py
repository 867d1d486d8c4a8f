"""A date knows why it is what it is, may be extended with a reason, and moves with the calendar, never in silence."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal import jobs, journal
from portal.acts import Refused
from portal.content import due, moving
from portal.content.due import Deadline
from portal.content.item import Item
from portal.directory import verbs as directory
from portal.directory.model import Organisation
from portal.journal import Entry
from portal.panel.control import tables
from portal.panel.control import verbs as control
from portal.referrals import verbs
from portal.referrals.model import Referral
from portal.registry import fingerprint
from portal.workdays import CalendarChange, Holiday
from tests.referrals import course

HOLIDAY = tables.TABLES["holiday"]
ELECTION = {"day": "2026-03-12", "name": "Pemilihan daerah", "kind": "libur_nasional", "country_code": "ID"}


@pytest.fixture
def number(world):
    return world.case()


def answer_date(world, referral_id):
    with world.site.sessions() as session:
        return course.due_dates(session, session.get_one(Referral, referral_id))["answer"].date()


def answered(world, referral_id, verb, who="polres", **answers):
    with world.act(who) as act:
        verb(act, course.referral_of(act, referral_id), **answers)


def lines(world, event):
    with world.site.sessions() as session:
        return list(session.scalars(select(Entry).where(Entry.event == event).order_by(Entry.id)))


def test_a_date_remembers_rule_start_and_calendar(world, number):
    referral_id = course.sent(world, number)
    with world.site.sessions() as session:
        receipt, answer = due.of(session, session.get_one(Referral, referral_id))
        assert (receipt.rule, receipt.value, receipt.unit) == ("REF_RECEIPT", 72, "hour")
        assert (answer.step, answer.value, answer.unit, answer.start) == ("answer", 14, "workday", "letter_sent")
        assert answer.reference.startswith("R.1/")
        assert answer.started_at == world.site.clock.now()
        assert answer.calendar_version == 0


def test_the_page_says_why_this_date(enter, world, number):
    referral_id = course.sent(world, number)
    answered(world, referral_id, verbs.acknowledge)
    page = " ".join(enter("dewi").get(f"/cases/{number}/referral-1").html.select_one(".why").text.split())
    for words in (
        "Mengapa tanggal ini?",
        "Instansi menjawab: 27 Maret 2026",
        "surat Nomor R.1/",
        "14 hari kerja",
        "Nyepi",
        "Sabtu dan Minggu: 6 hari",
    ):
        assert words in page
    case = " ".join(enter("dewi").get(f"/cases/{number}").html.select_one(".why").text.split())
    assert "Permenpan RB 62/2018" in case
    assert "pengaduan diterima, 2 Maret 2026" in case


def test_who_extends_says_why_and_what_it_was_stays_on_record(enter, world, number):
    course.sent(world, number)
    browser = enter("dewi")
    here = f"/cases/{number}/referral-1"
    for until, complaint in (("04-03-2026", "sesudah batas waktu"), ("", ""), ("40-40-2026", "Tanggal tidak dikenali")):
        form = browser.get(f"{here}/@workflow/extend").forms["form1"]
        form["until"], form["reason"] = until, "" if not until else "Saksi masih di laut."
        answer = form.submit("do", expect_errors=True)
        assert answer.status_int == 422
        assert complaint in answer
    form = browser.get(f"{here}/@workflow/extend").forms["form1"]
    form["until"], form["reason"] = "09-04-2026", "Saksi masih di laut."
    page = form.submit("do").follow()
    assert "memperpanjang sampai 9 April 2026: Saksi masih di laut." in page
    (line,) = lines(world, "due_extended")
    assert (line.by_name, line.data["former"], line.data["due"]) == ("Dewi Anggraini", "5 Maret 2026", "9 April 2026")


def test_without_a_day_the_same_time_is_given_once_more(world, number):
    referral_id = course.sent(world, number)
    answered(world, referral_id, verbs.acknowledge)
    answered(world, referral_id, due.extend, "dewi", reason="Saksi masih di laut.")
    assert answer_date(world, referral_id) == date(2026, 4, 17)  # 14 working days more; Good Friday does not count


@pytest.mark.parametrize("until", [date(2026, 4, 3), date(2026, 4, 4), date(2026, 3, 27), date(2031, 1, 1)])
def test_nobody_extends_to_a_day_that_can_not_be(world, number, until):
    referral_id = course.sent(world, number)
    answered(world, referral_id, verbs.acknowledge)
    with pytest.raises(Refused):
        answered(world, referral_id, due.extend, "dewi", reason="Saksi masih di laut.", until=until)


def test_their_clock_stands_still_while_a_service_is_checked_with_the_complainant(world, number):
    referral_id = course.sent(world, number)
    answered(world, referral_id, verbs.accept, officer="Ipda Rahmat")
    answered(world, referral_id, verbs.provide, extent="partial", note="Laporan dibuat.")
    world.site.clock.move(days=30)
    answered(world, referral_id, verbs.dispute, "dewi", note="Belum diterima.")
    assert answer_date(world, referral_id) == date(2026, 4, 22)  # as many days as on 2 March


def test_a_new_holiday_lists_what_moves_and_moves_it_when_confirmed(enter, world, number):
    referral_id = course.sent(world, number)
    browser = enter("maya")
    form = browser.get("/control/reference/holiday/add").forms["form1"]
    form["day"], form["name"], form["kind"] = "12-03-2026", ELECTION["name"], ELECTION["kind"]
    shown = form.submit("add")
    text = " ".join(shown.html.select_one("main").text.split())
    assert "menggeser 1 batas waktu" in text
    assert "27 Maret 2026" in text
    assert "30 Maret 2026" in text
    with world.site.sessions() as session:
        assert session.scalar(select(func.count(CalendarChange.id))) == 0
    assert answer_date(world, referral_id) == date(2026, 3, 27)
    assert "Baris ditambahkan" in browser.press(shown, "/control/reference/holiday/add").follow()
    jobs.run_all(world.site)
    assert answer_date(world, referral_id) == date(2026, 3, 30)
    (line,) = lines(world, "due_moved")
    assert (line.data["former"], line.data["due"]) == ("27 Maret 2026", "30 Maret 2026")
    with world.site.sessions() as session:
        change = session.scalars(select(CalendarChange)).one()
        assert (change.moved, change.by_name) == (1, "Maya Lestari")
        assert session.scalar(select(Deadline.calendar_version).where(Deadline.step == "answer")) == change.id
        assert list(journal.problems(session)) == []


def test_a_holiday_that_goes_lets_the_dates_come_back(enter, world, number):
    referral_id = course.sent(world, number)
    with world.act("maya") as act:
        row_id = control.add(act, HOLIDAY, ELECTION).id
    jobs.run_all(world.site)
    here = f"/control/reference/holiday/{row_id}"
    browser = enter("maya")
    shown = browser.press(browser.get(here), f"{here}/remove")
    assert "menggeser" in " ".join(shown.html.select_one("main").text.split())
    browser.press(shown, f"{here}/remove")
    jobs.run_all(world.site)
    assert answer_date(world, referral_id) == date(2026, 3, 27)
    assert len(lines(world, "due_moved")) == 2


def test_a_change_that_moves_nothing_asks_nothing(enter, world):
    browser = enter("maya")
    form = browser.get("/control/reference/holiday/add").forms["form1"]
    form["day"], form["name"], form["kind"] = "12-03-2026", ELECTION["name"], ELECTION["kind"]
    assert form.submit("add").status_int == 303


def test_who_may_not_see_a_case_sees_its_number_only(enter, world, number):
    course.sent(world, number)
    form = enter("admin").get("/control/reference/holiday/add").forms["form1"]
    form["day"], form["name"], form["kind"] = "12-03-2026", ELECTION["name"], ELECTION["kind"]
    text = form.submit("add").html.select_one("main").text
    assert f"{number} · Rujukan" in text
    assert "Polres" not in text


def test_the_holidays_of_a_host_country_count_for_its_offices_only(world, number):
    with world.act("maya") as act:
        directory.amend(act, act.session.get_one(Organisation, world.organisations["kbri"]), country_code="MY")
    mission, police = course.sent(world, number, "kbri"), course.sent(world, number)
    before = answer_date(world, mission), answer_date(world, police)
    with world.act("maya") as act:
        control.add(act, HOLIDAY, ELECTION | {"name": "Nuzul Al-Quran", "country_code": "MY"})
    jobs.run_all(world.site)
    assert answer_date(world, mission) > before[0]
    assert answer_date(world, police) == before[1]


def test_another_name_for_the_same_day_moves_nothing(world, number):
    course.sent(world, number)
    with world.act("maya") as act:
        row = control.add(act, HOLIDAY, ELECTION)
    with world.act("maya") as act:
        row = act.session.get_one(Holiday, row.id)
        seen = fingerprint(tables.values(HOLIDAY, row))
        assert control.change(act, HOLIDAY, row, {"name": "Pilkada"}, seen=seen)
        assert act.session.scalar(select(func.count(CalendarChange.id))) == 1


def test_dates_move_in_batches_and_nobodys_open_form_is_lost(world, number, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 1)
    ids = [course.sent(world, number, to) for to in ("polres", "kbri")]
    with world.site.sessions() as session:
        versions = [session.get_one(Item, i).version for i in ids]
    with world.act("maya") as act:
        control.add(act, HOLIDAY, ELECTION)
    jobs.run_all(world.site)
    with world.site.sessions() as session:
        assert session.scalar(select(CalendarChange.moved)) == 2
        assert [session.get_one(Item, i).version for i in ids] == versions


def test_a_date_that_was_reckoned_by_the_former_calendar_meanwhile_is_found_later(world, number):
    with world.act("maya") as act:
        control.add(act, HOLIDAY, ELECTION)
    jobs.run_all(world.site)
    referral_id = course.sent(world, number)
    with world.site.act() as act:  # as if this had begun before the change was there
        late = act.session.scalars(select(Deadline).where(Deadline.step == "answer")).one()
        late.due_at, late.calendar_version = late.due_at.replace(day=27), 0
    world.site.clock.move(minutes=11)
    jobs.run_all(world.site, names=[moving.MOVE])
    assert answer_date(world, referral_id) == date(2026, 3, 30)
