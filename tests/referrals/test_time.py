"""Whatever clock, calendar, partner and office do in whatever order: dates stay honest, and nobody is chased unduly."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from portal import deadlines, jobs, journal, workdays
from portal.acts import Refused
from portal.content import due, moving
from portal.content.due import RUNNING, Deadline
from portal.correspondence import incoming as agenda
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.deadlines import day_of
from portal.directory import verbs as directory
from portal.directory.model import Organisation
from portal.mail import Mail
from portal.panel.control import tables
from portal.panel.control import verbs as control
from portal.referrals import rounds, verbs
from portal.referrals.chasemodel import ChaseStep, Reminder
from portal.referrals.model import Referral
from portal.referrals.workflow import THEIRS
from portal.registry import fingerprint
from portal.workdays import Holiday, calendar
from tests.conftest import NOW
from tests.referrals import course

HOLIDAY = tables.TABLES["holiday"]
PARTNERS_WAYS: dict[str, Any] = {
    "acknowledge": {},
    "accept": {"officer": "Ipda Rahmat"},
    "need_info": {"info": "Mohon salinan paspor."},
    "progress": {"note": "Saksi diperiksa."},
    "provide": {"extent": "partial", "note": "Laporan dibuat."},
    "decline": {"code": "out_of_area"},
}
OUR_WAYS: dict[str, Any] = {
    "supply": {"note": "Paspor terlampir."},
    "dispute": {"note": "Belum diterima."},
    "recall": {"reason": "Persetujuan dicabut."},
}
NEXT = {
    "in_review": ("rina", correspondence.approve),
    "approved": ("tono", correspondence.issue),
    "issued": ("tono", correspondence.dispatch),
}


class Time(RuleBasedStateMachine):
    """One referral to the police of Indramayu, whose office above is known, and a calendar that does not stand."""

    world: Any

    @initialize()
    def begin(self) -> None:
        self.site = self.world.site
        self.site.clock.at = NOW
        with self.site.act() as act:  # each example begins with the calendar of the reference
            act.session.execute(delete(Holiday))
            workdays.load(act.session)
        self.number = self.world.case()
        with self.world.act("maya") as act:
            police = act.session.get_one(Organisation, self.world.organisations["polres"])
            directory.amend(act, police, superior_id=self.world.organisations["bpjs"])
        self.id = course.sent(self.world, self.number)

    def look(self) -> Referral:
        with self.site.sessions(bind=self.site.readers) as session:
            return session.get_one(Referral, self.id)

    def do(self, who: str, name: str, **answers: Any) -> bool:
        verb = due.extend if name == "extend" else verbs.TRANSITIONS[name]
        try:
            with self.world.act(who) as act:
                verb(act, act.session.get_one(Referral, self.id, with_for_update=True), **answers)
        except Refused:
            return False
        return True

    def reminders(self) -> list[Reminder]:
        with self.site.sessions(bind=self.site.readers) as session:
            query = select(Reminder).where(Reminder.referral_id == self.id).order_by(Reminder.id)
            return list(session.scalars(query))

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        self.site.clock.move(hours=hours)

    @rule()
    def the_daily_run_comes(self) -> None:
        before, referral = self.reminders(), self.look()
        rounds.tick(self.site, {})
        after = self.reminders()
        may = referral.state in THEIRS and referral.due_at and referral.due_at <= self.site.clock.now()
        if not may or referral.claimed:
            assert len(after) == len(before), "reminded without cause"
        assert len(after) - len(before) <= 1, "two rungs in one run"

    @rule(on=st.dates(date(2026, 3, 1), date(2026, 5, 30)))
    def a_holiday_comes(self, on: date) -> None:
        values = {"day": on.isoformat(), "name": "Hari besar", "kind": "libur_nasional", "country_code": "ID"}
        try:
            with self.world.act("maya") as act:
                control.add(act, HOLIDAY, values)
        except Refused:
            return
        jobs.run_all(self.site, names=[moving.MOVE])

    @rule(data=st.data())
    def a_holiday_goes(self, data: st.DataObject) -> None:
        with self.world.act("maya") as act:
            spring = select(Holiday).where(Holiday.day.between(date(2026, 3, 1), date(2026, 5, 30)))
            found = list(act.session.scalars(spring.order_by(Holiday.id)))
            row = data.draw(st.sampled_from(found)) if found else None
            if row is not None:
                control.remove(act, HOLIDAY, row, seen=fingerprint(tables.values(HOLIDAY, row)))
        jobs.run_all(self.site, names=[moving.MOVE])

    @rule(name=st.sampled_from(sorted(PARTNERS_WAYS)), promise=st.none() | st.integers(0, 20))
    def the_partner_says_something(self, name: str, promise: int | None) -> None:
        answers = dict(PARTNERS_WAYS[name])
        if promise is not None and name in {"accept", "progress"}:
            answers["promised_on"] = day_of(self.site.clock.now()) + timedelta(days=promise)
        self.do("polres", name, **answers)

    @rule(name=st.sampled_from(sorted(OUR_WAYS)), really=st.integers(0, 9))
    def we_do_something(self, name: str, really: int) -> None:
        if name != "recall" or really == 9:
            self.do("dewi", name, **OUR_WAYS[name])

    @rule(days=st.none() | st.integers(0, 40))
    def we_give_more_time(self, days: int | None) -> None:
        until = day_of(self.site.clock.now()) + timedelta(days=days) if days is not None else None
        before = self.look().due_at
        if self.do("dewi", "extend", reason="Saksi di laut.", until=until):
            assert self.look().due_at > before

    @rule()
    def a_written_answer_comes(self) -> None:
        with self.world.act("tono") as act:
            letter = act.session.get_one(Letter, act.session.get_one(Referral, self.id).letter_id)
            agenda.register(act, channel="LETTER", subject="Jawaban", sender="Polres", letter=letter)

    @rule()
    def it_is_set_aside(self) -> None:
        self.do("tono", "set_claim_aside")

    @rule()
    def a_reminder_goes_its_way(self) -> None:
        with self.site.sessions(bind=self.site.readers) as session:
            ids = [r.letter_id for r in self.reminders() if r.letter_id]
            waiting = select(Letter).where(Letter.id.in_(ids), Letter.state.in_(NEXT)).limit(1)
            letter = session.scalars(waiting).first()
        if letter is None:
            return
        who, verb = NEXT[letter.state]
        referral = self.look()
        wanted = referral.state in THEIRS and not referral.claimed and referral.due_at <= self.site.clock.now()
        try:
            with self.world.act(who) as act:
                found = act.session.get_one(Letter, letter.id)
                if found.state == "issued":
                    course.lay_in(act, found)
                verb(act, found)
        except Refused:
            return
        assert wanted, "a reminder went on although nobody waits"

    @rule(times=st.integers(2, 8))
    def nobody_answers_for_long(self, times: int) -> None:
        for _time in range(times):
            self.site.clock.move(days=7)
            self.the_daily_run_comes()
            for _step in NEXT:
                self.a_reminder_goes_its_way()
        if self.look().state in THEIRS:
            self.somebody_gives_up()

    @precondition(lambda self: self.look().state in THEIRS)
    @rule()
    def somebody_gives_up(self) -> None:
        before = self.look()
        if self.do("dewi", "lapse"):
            with self.site.sessions(bind=self.site.readers) as session:
                rungs = set(session.scalars(select(ChaseStep.code)))
            done = {r.step for r in self.reminders() if r.due_on == day_of(before.due_at)}
            assert done == rungs, "given up before the end of the ladder"

    @invariant()
    def all_holds(self) -> None:
        if not hasattr(self, "id"):
            return
        with self.site.sessions(bind=self.site.readers) as session:
            for broken in self.broken(session):
                raise AssertionError(broken)

    def broken(self, session: Any) -> Iterator[str]:
        days, referral = calendar(session), session.get_one(Referral, self.id)
        running = list(session.scalars(select(Deadline).where(Deadline.item_id == self.id, Deadline.state == RUNNING)))
        if referral.due_at != min((d.due_at for d in running), default=None):
            yield "the item is not due when its first deadline is"
        for found in running:
            if found.due_at < found.started_at:
                yield "due before it began"
            terms = (found.started_at, found.value, found.unit, found.country_code, found.course)
            if deadlines.reckon(days, *terms) != found.due_at:
                yield "reckoned anew, it is another day"
            is_promised = bool(found.course) and found.course[-1]["what"] == "promise"
            if found.unit == "workday" and not is_promised and not days.is_working(day_of(found.due_at)):
                yield "due on a day without office hours"
        sent = session.scalar(
            select(func.count(Mail.id)).where(Mail.item_id == self.id, Mail.subject.startswith("Mohon kabar"))
        )
        told = sum(r.way == "mail" and not r.skipped for r in self.reminders())
        if sent != told:
            yield "a message that no rung knows of"
        if len({(r.step, r.due_on) for r in self.reminders()}) < len(self.reminders()):
            yield "a rung climbed twice"

    def teardown(self) -> None:
        self.do("dewi", "recall", reason="Contoh berikutnya.")
        with self.world.site.sessions() as session:
            assert list(journal.problems(session)) == []


def test_no_order_of_days_and_acts_makes_dates_or_reminders_wrong(world):
    Time.world = world
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    how = {"max_examples": 25, "stateful_step_count": 40, "deadline": None, "derandomize": True}
    run_state_machine_as_test(Time, settings=settings(suppress_health_check=checks, **how))
