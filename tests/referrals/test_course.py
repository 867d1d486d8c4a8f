"""A referral follows its letter, the partner's answers move its dates, and a case does not close over it."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.acts import Refused
from portal.cases import verbs as cases
from portal.content.sharing import Grant
from portal.correspondence import incoming as agenda
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Delivery, Incoming, Letter
from portal.mail import Mail
from portal.referrals import verbs
from portal.referrals.model import Referral
from tests.consents import giving
from tests.referrals import course


@pytest.fixture
def number(world):
    return world.case()


def answer(world, referral_id, verb, who="polres", **answers):
    with world.act(who) as act:
        verb(act, course.referral_of(act, referral_id), **answers)


def look(world, referral_id):
    with world.site.sessions() as session:
        return session.get_one(Referral, referral_id)


def reasons(refusal):
    return " ".join(reason.text("id") for reason in refusal.value.reasons)


def test_sending_the_letter_starts_the_clock_and_opens_the_partners_desk(world, number):
    referral_id = course.sent(world, number)
    with world.site.act() as act:
        referral = course.referral_of(act, referral_id)
        waits = course.due_dates(act.session, referral)
        assert waits["receipt"] == datetime(2026, 3, 5, 3, 0, tzinfo=UTC)
        assert waits["answer"].date() == date(2026, 3, 27)  # 14 working days; Nyepi and Idulfitri do not count
        assert referral.due_at == waits["receipt"]
        grant = act.session.scalars(select(Grant).where(Grant.item_id == referral_id)).one()
        letter = act.session.get_one(Letter, referral.letter_id)
        assert (grant.role, grant.cause, grant.reference) == ("ADDRESSEE", "referral", letter.number)
        states = dict(act.session.execute(select(Delivery.channel, Delivery.state)).all())
        assert states["portal"] == "delivered"


def test_an_emergency_is_to_be_received_in_a_day(world):
    number = world.case(is_emergency=True, emergency_action="Polisi setempat dihubungi.")
    referral = look(world, course.sent(world, number))
    assert referral.due_at == datetime(2026, 3, 3, 3, 0, tzinfo=UTC)


def test_the_title_names_the_ask_and_the_office_and_nobody(world, number):
    assert look(world, course.drafted(world, number)).title == "Penerusan dugaan tindak pidana – Polres Indramayu"


def test_a_letter_changed_after_its_approval_takes_the_referral_back(world, number):
    referral_id = course.drafted(world, number)
    letter_id = look(world, referral_id).letter_id
    steps = (("dewi", correspondence.submit), ("rudi", correspondence.initial), ("rina", correspondence.approve))
    for who, verb in steps:
        with world.act(who) as act:
            verb(act, act.session.get_one(Letter, letter_id))
    assert look(world, referral_id).state == "approved"
    with world.act("dewi") as act:
        correspondence.amend(act, act.session.get_one(Letter, letter_id), subject="Hal lain")
    assert look(world, referral_id).state == "drafted"


def test_a_letter_addressed_to_somebody_else_is_not_approved(world, number):
    letter_id = look(world, course.drafted(world, number, "kbri")).letter_id
    with world.act("dewi") as act:
        correspondence.amend(act, act.session.get_one(Letter, letter_id), to=[])
    with pytest.raises(Refused), world.act("dewi") as act:
        correspondence.submit(act, act.session.get_one(Letter, letter_id))


def test_data_that_needs_consent_waits_for_its_ground(world, number):
    referral_id = course.drafted(world, number, "obh")
    letter_id = look(world, referral_id).letter_id
    with world.act("dewi") as act:
        correspondence.submit(act, act.session.get_one(Letter, letter_id))
    with world.act("rudi") as act:
        correspondence.initial(act, act.session.get_one(Letter, letter_id))
    with pytest.raises(Refused, match="1 reason") as refusal, world.act("rina") as act:
        correspondence.approve(act, act.session.get_one(Letter, letter_id))
    assert "Belum ada persetujuan atau dasar lain yang berlaku untuk LBH Pantura." in reasons(refusal)
    giving.agreed(world, number, "LEGAL_AID")
    with world.act("rina") as act:
        correspondence.approve(act, act.session.get_one(Letter, letter_id))
    assert look(world, referral_id).state == "approved"


def test_a_second_open_referral_of_the_same_kind_has_to_be_meant(world, number):
    course.sent(world, number)
    with pytest.raises(Refused) as refusal:
        course.drafted(world, number)
    assert "masih berjalan" in reasons(refusal)
    assert look(world, course.drafted(world, number, again=True)).name == "referral-2"


def test_the_partners_clock_stands_still_while_we_owe_an_answer(world, number):
    referral_id = course.sent(world, number)
    answer(world, referral_id, verbs.need_info, info="Mohon salinan paspor.")
    asked = look(world, referral_id)
    with world.site.sessions() as session:
        before = course.due_dates(session, asked)["answer"]
    world.site.clock.move(days=7)
    answer(world, referral_id, verbs.supply, "dewi", note="Terlampir.")
    supplied = look(world, referral_id)
    assert asked.due_at.date() == date(2026, 3, 5)  # ours: three working days
    with world.site.sessions() as session:
        after = course.due_dates(session, supplied)["answer"]
    assert after > before
    assert supplied.due_at == after


def test_a_promise_is_the_next_due_date_and_moving_it_is_written_down(world, number):
    referral_id = course.sent(world, number)
    answer(world, referral_id, verbs.accept, officer="Ipda Rahmat", promised_on=date(2026, 3, 20))
    assert look(world, referral_id).due_at.date() == date(2026, 3, 20)
    answer(world, referral_id, verbs.progress, note="Saksi diperiksa.", promised_on=date(2026, 4, 10))
    assert look(world, referral_id).due_at.date() == date(2026, 4, 10)
    with pytest.raises(Refused):
        answer(world, referral_id, verbs.progress, note="Mundur.", promised_on=date(2026, 2, 1))


def test_a_redirection_leads_to_a_new_referral_that_names_the_old_one(world, number):
    referral_id = course.sent(world, number)
    answer(world, referral_id, verbs.redirect, to="Kantor  Imigrasi Cirebon", note="Soal paspor.")
    former = look(world, referral_id)
    assert former.redirect_to_id == world.organisations["imigrasi"]
    assert former.next_action == "redirected"
    child = look(world, course.drafted(world, number, "imigrasi", after=referral_id))
    assert child.redirected_from_id == referral_id
    assert (look(world, referral_id).next_action, look(world, referral_id).due_at) == ("", None)


def test_a_written_answer_waits_for_a_person_and_is_registered_once(world, number):
    referral_id = course.sent(world, number)
    with world.act("tono") as act:
        letter = act.session.get_one(Letter, course.referral_of(act, referral_id).letter_id)
        scan = agenda.register(act, channel="LETTER", subject="Jawaban", sender="Polres", letter=letter)
        scan_id = scan.id
    assert look(world, referral_id).claimed["incoming"] == scan_id
    assert look(world, referral_id).state == "sent"
    answer(world, referral_id, verbs.decline, "tono", code="out_of_area")
    with world.site.act() as act:
        assert [i.id for i in act.session.scalars(select(Incoming))] == [scan_id]
        assert course.referral_of(act, referral_id).claimed == {}


def test_a_recalled_referral_is_told_by_mail_and_ends_the_way_of_its_letter(world, number):
    referral_id = course.sent(world, number)
    answer(world, referral_id, verbs.recall, "dewi", reason="Persetujuan dicabut.")
    with world.site.act() as act:
        mails = [m.subject for m in act.session.scalars(select(Mail).where(Mail.item_id == referral_id))]
        assert len(mails) == 1
        assert "Penarikan rujukan" in mails[0]
    drafted = course.drafted(world, number)
    answer(world, drafted, verbs.recall, "dewi", reason="Tidak jadi.")
    with world.site.act() as act:
        assert act.session.get_one(Letter, course.referral_of(act, drafted).letter_id).state == "voided"


def test_no_case_is_closed_over_an_open_referral_and_none_begins_without_one(world, number):
    with world.act("dewi") as act:
        case = course.case_of(act, number)
        cases.triage(act, case)
        with pytest.raises(Refused, match="1 reason") as refusal:
            cases.begin(act, case)
    assert "Belum ada rujukan" in reasons(refusal)
    referral_id = course.sent(world, number)
    with world.act("dewi") as act:
        cases.begin(act, course.case_of(act, number))
    with pytest.raises(Refused) as refusal, world.act("dewi") as act:
        cases.resolve(act, course.case_of(act, number), outcome="Gaji dibayar.")
    assert "masih berjalan" in reasons(refusal)
    answer(world, referral_id, verbs.decline, code="duplicate")
    with world.act("dewi") as act:
        cases.resolve(act, course.case_of(act, number), outcome="Gaji dibayar.")


def test_a_case_is_handed_over_only_to_a_body_that_says_it_received_it(world, number):
    referral_id = course.sent(world, number)
    with pytest.raises(Refused) as refusal, world.act("maya") as act:
        cases.hand_over(act, course.case_of(act, number), note="Polres")
    assert "menyatakan menerima" in reasons(refusal)
    answer(world, referral_id, verbs.accept, officer="Ipda Rahmat")
    answer(world, referral_id, verbs.provide, extent="full", note="Perkara diambil alih.")
    answer(world, referral_id, verbs.confirm, "dewi", confirmed_by="Surat Polres")
    with world.act("maya") as act:
        cases.hand_over(act, course.case_of(act, number), note="Polres Indramayu")
        assert course.case_of(act, number).is_monitored
