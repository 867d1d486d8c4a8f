"""Late partners are reminded rung by rung, each once, and not while an answer, a promise or a pause stands."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from portal import cli, jobs, journal
from portal.acts import Refused
from portal.content import due
from portal.correspondence import incoming as agenda
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.directory import verbs as directory
from portal.directory.model import Organisation
from portal.i18n import translate
from portal.mail import Mail
from portal.panel.control import tables
from portal.panel.control import verbs as control
from portal.referrals import rounds, verbs
from portal.referrals.chasemodel import ChaseSilence, ChaseStep, Reminder
from portal.referrals.model import Referral
from tests.referrals import course

DUE = date(2026, 3, 5)
"""Sent on Monday 2 March at 10.00; to be received in 72 hours."""
POLITE, FORMAL, ABOVE, HEAD = (datetime(2026, *day, 3, tzinfo=UTC) for day in ((3, 6), (3, 12), (3, 27), (4, 6)))
"""1, 5, 10 and 15 working days after that; Nyepi and Idulfitri lie between, and each rung waits for the one below."""


@pytest.fixture
def number(world):
    return world.case()


def run(world, at=None):
    """The daily run, at that moment."""
    world.site.clock.at = at or world.site.clock.at
    rounds.tick(world.site, {})
    jobs.run_all(world.site, names=[rounds.TICK, "mail.send"])


def answer(world, referral_id, verb, who="polres", **answers):
    with world.act(who) as act:
        verb(act, course.referral_of(act, referral_id), **answers)


def climbed(world):
    with world.site.sessions() as session:
        return {r.step: r for r in session.scalars(select(Reminder).order_by(Reminder.id))}


def letter(world, step="FORMAL"):
    with world.site.sessions() as session:
        return session.get_one(Letter, climbed(world)[step].letter_id)


def send(world, letter_id):
    """The reminder goes the way of all letters."""
    for who, verb in (("rina", correspondence.approve), ("tono", correspondence.issue)):
        with world.act(who) as act:
            verb(act, act.session.get_one(Letter, letter_id))
    with world.act("tono") as act:
        found = act.session.get_one(Letter, letter_id)
        course.lay_in(act, found)
        correspondence.dispatch(act, found)


def put_above(world, partner="polres", above="bpjs"):
    with world.act("maya") as act:
        office = act.session.get_one(Organisation, world.organisations[partner])
        directory.amend(act, office, superior_id=world.organisations[above])


def reasons(world, referral_id):
    with world.site.sessions() as session:
        referral = session.get_one(Referral, referral_id)
        (line,) = rounds.plan(session, world.site.clock.now(), [referral])
        return translate(line.decision.reason, "id")


def test_the_first_reminder_is_a_message_that_quotes_the_letter_and_its_proof(world, number):
    referral_id = course.sent(world, number)
    run(world, datetime(2026, 3, 5, 4, tzinfo=UTC))
    assert climbed(world) == {}
    run(world, POLITE)
    with world.site.sessions() as session:
        sent = session.scalars(select(Mail).where(Mail.item_id == referral_id)).one()
        number_of_letter = session.get_one(Letter, session.get_one(Referral, referral_id).letter_id).number
    assert sent.address == "polres@mitra.example"
    assert f"surat Nomor {number_of_letter} tanggal 2 Maret 2026: lewat portal, sampai 2 Maret 2026" in sent.text
    assert "paling lambat 5 Maret 2026" in sent.text
    assert "Siti" not in sent.text
    assert "/answer/" in sent.text


def test_no_rung_is_climbed_twice_however_often_the_run_is_started(world, number):
    course.sent(world, number)
    for _again in range(3):
        run(world, POLITE)
    assert list(climbed(world)) == ["MESSAGE"]


def test_two_runs_at_once_remind_once(world, number):
    course.sent(world, number)
    course.sent(world, number, "imigrasi")
    world.site.clock.at = POLITE
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _n: rounds.tick(world.site, {}), range(2)))
    with world.site.sessions() as session:
        assert session.scalar(select(func.count(Reminder.id))) == 2
        assert session.scalar(select(func.count(Mail.id)).where(Mail.subject.startswith("Mohon kabar"))) == 2
        assert list(journal.problems(session)) == []


def test_the_next_reminder_is_a_letter_that_waits_for_its_signer(world, number):
    course.sent(world, number)
    run(world, POLITE)
    run(world, FORMAL)
    reminder = letter(world)
    assert (reminder.state, reminder.created_by) == ("in_review", None)
    assert reminder.title.startswith("Pengingat Kesatu")
    assert "lewat portal, sampai 2 Maret 2026" in reminder.fields["earlier"][0]
    assert (
        "pesan pos-el 6 Maret 2026 ke polres@mitra.example, diterima peladen penerima" in reminder.fields["earlier"][1]
    )
    run(world, ABOVE)
    assert "belum dikirim" in reasons(world, climbed(world)["FORMAL"].referral_id)
    send(world, reminder.id)
    assert letter(world).number is not None


def test_the_third_goes_to_the_office_above_with_a_copy_to_the_partner(world, number):
    put_above(world)
    course.sent(world, number)
    run(world, POLITE)
    run(world, FORMAL)
    send(world, letter(world).id)
    run(world, ABOVE)
    above = letter(world, "SUPERIOR")
    assert [(r.role, r.organisation_id) for r in above.recipients] == [
        ("to", world.organisations["bpjs"]),
        ("cc", world.organisations["polres"]),
    ]
    assert above.fields["office"] == "Polres Indramayu"
    assert len(above.fields["earlier"]) == 3
    assert f"surat Nomor {letter(world).number} tanggal 12 Maret 2026" in above.fields["earlier"][2]


def test_only_at_the_end_of_the_ladder_may_a_referral_be_given_up(enter, world, number):
    put_above(world)
    referral_id = course.sent(world, number)
    for at, step in ((POLITE, None), (FORMAL, "FORMAL"), (ABOVE, "SUPERIOR"), (HEAD, None)):
        world.site.clock.at = at
        with pytest.raises(Refused):
            answer(world, referral_id, verbs.lapse, "dewi")
        run(world)
        if step:
            send(world, letter(world, step).id)
    assert list(climbed(world)) == ["MESSAGE", "FORMAL", "SUPERIOR", "HEAD"]
    assert "Polres Indramayu" in enter("rina").get("/@worklist/silent-partners")
    answer(world, referral_id, verbs.lapse, "dewi")


def test_what_is_missing_before_giving_up_is_told_rung_by_rung(world, number):
    referral_id = course.sent(world, number)
    run(world, POLITE)
    with pytest.raises(Refused) as refusal:
        answer(world, referral_id, verbs.lapse, "dewi")
    told = [reason.text("id") for reason in refusal.value.reasons]
    assert told == [
        "Belum dilakukan: Surat pengingat.",
        "Belum dilakukan: Surat kepada atasan instansi.",
        "Belum dilakukan: Lapor kepada pimpinan kita.",
    ]


def test_a_rung_that_can_not_be_climbed_is_passed_with_its_reason(world, number):
    with world.act("maya") as act:
        police = act.session.get_one(Organisation, world.organisations["polres"])
        directory.amend(act, police, email="", by_email=False)
    course.sent(world, number)
    run(world, POLITE)
    assert "pos-el" in climbed(world)["MESSAGE"].skipped


def claimed(world, letter_id):
    with world.act("tono") as act:
        found = act.session.get_one(Letter, letter_id)
        agenda.register(act, channel="LETTER", subject="Jawaban", sender="Polres", letter=found)


def test_a_written_answer_that_nobody_has_read_yet_holds_the_ladder(world, number):
    referral_id = course.sent(world, number)
    with world.site.sessions() as session:
        letter_id = session.get_one(Referral, referral_id).letter_id
    claimed(world, letter_id)
    run(world, POLITE)
    assert climbed(world) == {}
    assert "tampaknya menjawab" in reasons(world, referral_id)
    answer(world, referral_id, verbs.set_claim_aside, "tono")
    run(world)
    assert list(climbed(world)) == ["MESSAGE"]


def test_who_answers_the_reminder_answers_the_referral(world, number):
    referral_id = course.sent(world, number)
    run(world, POLITE)
    run(world, FORMAL)
    send(world, letter(world).id)
    claimed(world, letter(world).id)
    with world.site.sessions() as session:
        assert session.get_one(Referral, referral_id).claimed


def test_a_promise_ahead_stops_it_and_a_broken_one_begins_it_anew(world, number):
    referral_id = course.sent(world, number)
    run(world, POLITE)
    answer(world, referral_id, verbs.accept, officer="Ipda Rahmat", promised_on=date(2026, 4, 15))
    run(world, FORMAL)
    assert list(climbed(world)) == ["MESSAGE"]
    run(world, datetime(2026, 4, 16, 3, tzinfo=UTC))
    with world.site.sessions() as session:
        days = session.scalars(select(Reminder.due_on).where(Reminder.step == "MESSAGE").order_by(Reminder.id)).all()
    assert days == [DUE, date(2026, 4, 15)]


@pytest.mark.parametrize("step", ["in_review", "issued"])
def test_an_answer_makes_the_reminder_unneeded(world, number, step):
    referral_id = course.sent(world, number)
    run(world, POLITE)
    run(world, FORMAL)
    reminder = letter(world)
    if step == "issued":
        for who, verb in (("rina", correspondence.approve), ("tono", correspondence.issue)):
            with world.act(who) as act:
                verb(act, act.session.get_one(Letter, reminder.id))
    answer(world, referral_id, verbs.accept, officer="Ipda Rahmat", promised_on=date(2026, 4, 15))
    with world.site.sessions() as session:
        now = session.get_one(Letter, reminder.id).state
    assert now == ("voided" if step == "in_review" else "issued")
    if step == "issued":
        with world.act("tono") as act:
            found = act.session.get_one(Letter, reminder.id)
            course.lay_in(act, found)
            with pytest.raises(Refused) as refusal:
                correspondence.dispatch(act, found)
        assert "tidak perlu dikirim" in refusal.value.reasons[0].text("id")


def test_more_time_stops_the_ladder(world, number):
    referral_id = course.sent(world, number)
    run(world, POLITE)
    run(world, FORMAL)
    answer(world, referral_id, due.extend, "dewi", reason="Saksi di laut.", until=date(2026, 4, 15))
    run(world, ABOVE)
    assert list(climbed(world)) == ["MESSAGE"]


def test_a_recalled_referral_is_not_chased(world, number):
    referral_id = course.sent(world, number)
    answer(world, referral_id, verbs.recall, "dewi", reason="Salah alamat.")
    run(world, FORMAL)
    assert climbed(world) == {}


def test_nobody_is_reminded_on_a_holiday_or_while_the_office_keeps_silent(world, number):
    referral_id = course.sent(world, number)
    with world.act("maya") as act:
        span = {"first_day": "2026-03-06", "last_day": "2026-03-09", "reason": "Pindah kantor."}
        control.add(act, tables.TABLES["silence"], {"organisation_id": str(world.organisations["polres"])} | span)
    run(world, POLITE)
    assert "Pindah kantor." in reasons(world, referral_id)
    run(world, datetime(2026, 3, 14, 3, tzinfo=UTC))  # a Saturday
    assert "bukan hari kerja" in reasons(world, referral_id)
    run(world, datetime(2026, 3, 16, 3, tzinfo=UTC))
    assert list(climbed(world)) == ["MESSAGE"]


def test_the_office_may_change_its_ladder(world, number):
    course.sent(world, number)
    with world.act("maya") as act:
        rung = act.session.get_one(ChaseStep, "MESSAGE")
        rung.days = 3
    run(world, POLITE)
    assert climbed(world) == {}
    run(world, datetime(2026, 3, 10, 3, tzinfo=UTC))
    assert list(climbed(world)) == ["MESSAGE"]


def test_a_reminder_written_by_hand_counts(world, number):
    course.sent(world, number)
    world.site.clock.at = FORMAL
    with world.act("dewi") as act:
        case = course.case_of(act, number)
        own = correspondence.draft(act, case, type_code="reminder", to=[world.organisations["polres"]])
        course.fill(act, own)
        own_id = own.id
    course.send_letter(world, own_id)
    found = climbed(world)
    assert found["FORMAL"].letter_id == own_id
    assert "lebih dulu" in found["MESSAGE"].skipped


def test_a_reminder_that_is_given_up_before_it_went_out_was_not_sent(world, number):
    course.sent(world, number)
    run(world, POLITE)
    run(world, FORMAL)
    with world.act("dewi") as act:
        found = act.session.get_one(Letter, letter(world).id)
        correspondence.revise(act, found)
        correspondence.discard(act, found)
    assert list(climbed(world)) == ["MESSAGE"]


def test_a_holiday_for_a_day_that_was_chased_sends_nothing_again(world, number):
    referral_id = course.sent(world, number)
    answer(world, referral_id, verbs.acknowledge)
    run(world, datetime(2026, 3, 30, 3, tzinfo=UTC))
    with world.act("maya") as act:
        values = {"day": "2026-03-27", "name": "Pemilihan daerah", "kind": "libur_nasional", "country_code": "ID"}
        control.add(act, tables.TABLES["holiday"], values)
    jobs.run_all(world.site)
    assert climbed(world)["MESSAGE"].due_on == date(2026, 3, 30)
    run(world, datetime(2026, 3, 31, 3, tzinfo=UTC))
    assert len(climbed(world)) == 1


def test_the_dry_run_says_what_and_why_and_writes_nothing(enter, world, number):
    course.sent(world, number)
    course.sent(world, number, "imigrasi")
    with world.act("maya") as act:
        quiet = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31), "reason": "Pindah kantor."}
        act.session.add(ChaseSilence(organisation_id=world.organisations["imigrasi"], **quiet))
    world.site.clock.at = POLITE
    page = " ".join(enter("dewi").get("/@chasing").html.select_one("main").get_text(" ").split())
    assert "polres@mitra.example Pesan pengingat lewat pos-el: 1 hari kerja sesudah batas waktu 5 Maret 2026." in page
    assert "Tidak diingatkan sampai 31 Maret 2026: Pindah kantor." in page
    assert climbed(world) == {}
    assert enter("polres").get("/@chasing", expect_errors=True).status_int == 404
    assert "Polres" not in enter("joko").get("/@chasing").html.select_one("main").text


def test_the_command_line_tells_the_same(world, number, capsys, monkeypatch):
    course.sent(world, number)
    world.site.clock.at = POLITE
    monkeypatch.setattr(cli, "_site", lambda _args: world.site)
    assert cli.main(["chase", "--dry-run"]) == 0
    assert f"+ | {number} | " in capsys.readouterr().out
    assert climbed(world) == {}
    assert cli.main(["chase"]) == 0
    assert "1 reminders." in capsys.readouterr().out


def test_one_referral_that_can_not_be_chased_stops_no_other(world, number, caplog):
    course.sent(world, number)
    broken = course.sent(world, number, "imigrasi")
    with world.site.act() as act:
        act.session.get_one(Referral, broken).letter_id = None
    run(world, POLITE)
    with world.site.sessions() as session:
        chased = session.scalars(select(Reminder.referral_id)).all()
    assert broken not in chased
    assert len(chased) == 1
    assert "could not be chased" in caplog.text
