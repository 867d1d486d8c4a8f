"""Reminding partners that are late: one rung a day at most, each once, and none while an answer or a pause stands."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal import jobs, journal
from portal.acts import SYSTEM, Act, Reason, Refused, Site
from portal.cases.model import Case
from portal.content import catalog
from portal.content.item import Item
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.deadlines import day_of
from portal.directory.model import Organisation
from portal.i18n import _, translate
from portal.referrals import ladder, reminding
from portal.referrals.chasemodel import ChaseStep, Reminder
from portal.referrals.ladder import Decision, due_on
from portal.referrals.model import Referral
from portal.referrals.workflow import THEIRS

log = logging.getLogger(__name__)

TICK = "referral.tick"
BATCH = 100

journal.declare(
    referral_reminded=_("Instansi diingatkan: ${rung}"),
    referral_reminder_skipped=_("Pengingat dilewati (${rung}): ${why}"),
    referral_lapse_proposed=_("Rujukan belum dijawab walau sudah diingatkan; pimpinan memutuskan jalan lain"),
)


@dataclass(frozen=True)
class Line:
    """One late referral in the dry run: what today's run does about it, and why, or why nothing."""

    referral: Referral
    case_number: str
    office: Organisation
    decision: Decision
    to: Any

    @property
    def is_to_act(self) -> bool:
        """Whether the run does something about it."""
        return self.decision.rung is not None or (self.decision.is_exhausted and self.referral.next_action != "lapse")


def late(now: datetime, after: int = 0) -> Any:
    """Referrals whose partner is late, in the order of their numbers."""
    query = select(Referral).where(Referral.state.in_(THEIRS), Referral.due_at <= now, Referral.id > after)
    return query.order_by(Referral.id)


def plan(session: Session, now: datetime, found: Iterable[Referral]) -> Iterator[Line]:
    """What a run now would do about each of these; nothing is written."""
    for referral in found:
        decision = ladder.decide(session, referral, now)
        office = session.get_one(Organisation, referral.organisation_id)
        case_number = session.scalar(select(Item.name).where(Item.id == referral.dossier_id)) or ""
        yield Line(referral, case_number, office, decision, _to_whom(session, office, decision.rung))


def plan_of_all(session: Session, now: datetime) -> Iterator[Line]:
    """The same for everything that is late, batch by batch."""
    after = 0
    while found := session.scalars(late(now, after).limit(BATCH)).all():
        yield from plan(session, now, found)
        after = found[-1].id
        session.expunge_all()


def climbed_since(session: Session, moment: datetime) -> int:
    """How many rungs have been climbed from then on."""
    return session.scalar(select(func.count(Reminder.id)).where(Reminder.at >= moment)) or 0


def _to_whom(session: Session, office: Organisation, rung: ChaseStep | None) -> Any:
    if rung is None:
        return ""
    if rung.way == "head":
        return _("pimpinan kita")
    if rung.level == "superior":
        above = session.get(Organisation, office.superior_id) if office.superior_id else None
        return above.title if above else _("atasan belum dicatat di direktori")
    if rung.way == "mail":
        return office.email or _("pos-el belum dicatat di direktori")
    return office.title


def chase(act: Act, referral: Referral) -> bool:
    """Climb the next rung if it is due today; False when there was none, or another run has climbed it."""
    if referral.state not in THEIRS or referral.due_at is None or referral.due_at > act.at:
        return False
    decision = ladder.decide(act.session, referral, act.at)
    if decision.is_exhausted:
        return not list(ladder.is_climbed(act, referral)) and _propose_lapse(act, referral)
    return decision.rung is not None and _climb(act, referral, decision.rung)


def _climb(act: Act, referral: Referral, rung: ChaseStep) -> bool:
    done = list(ladder.climbed(act.session, referral).values())
    reminder = _claim(act, referral, rung)
    if reminder is None:
        return False
    try:
        with act.session.begin_nested():
            why = _do(act, referral, rung, reminder, done)
    except Refused as refusal:
        why = "; ".join(reason.text("id") for reason in refusal.reasons)
    reminder.skipped = why
    if why:
        journal.record(act, "referral_reminder_skipped", referral, rung=rung.name, why=why, step=rung.code)
    elif rung.way != "head":
        journal.record(act, "referral_reminded", referral, rung=rung.name, step=rung.code)
    return True


def _claim(act: Act, referral: Referral, rung: ChaseStep) -> Reminder | None:
    """The rung's one row for this due date; None when it is there already."""
    insert = postgresql.insert if act.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    key = {"referral_id": referral.id, "step": rung.code, "due_on": due_on(referral)}
    row = insert(Reminder).values(**key, at=act.at, way=rung.way, skipped="")
    claimed = act.session.scalar(row.on_conflict_do_nothing().returning(Reminder.id))
    return act.session.get_one(Reminder, claimed) if claimed else None


def _do(act: Act, referral: Referral, rung: ChaseStep, reminder: Reminder, done: list[Reminder]) -> str:
    """Send, draft or tell; gives why nothing could go out."""
    office = act.session.get_one(Organisation, referral.organisation_id)
    if rung.way == "head":
        _propose_lapse(act, referral)
    elif rung.way == "mail" and not office.email:
        return translate(_("pos-el instansi belum dicatat di direktori"), "id")
    elif rung.way == "mail":
        reminder.outbox_id = reminding.post(act, referral, done).id
    elif rung.level == "superior" and office.superior_id is None:
        return translate(_("atasan instansi belum dicatat di direktori"), "id")
    else:
        reminder.letter_id = _draft(act, referral, rung, office, done).id
    return ""


def _draft(act: Act, referral: Referral, rung: ChaseStep, office: Organisation, done: list[Reminder]) -> Letter:
    """The letter goes the way of all letters: reviewed, approved, numbered, sent. Only the first step is ours."""
    case = act.session.get_one(Case, referral.dossier_id)
    above = rung.level == "superior"
    letter = correspondence.draft(
        act,
        case,
        type_code=rung.letter_type,
        to=[office.superior_id if above and office.superior_id else office.id],
        cc=[office.id] if above else [],
        fields=reminding.fields(act, referral, rung.letter_type, done, office.language),
        language=office.language,
    )
    try:
        with act.session.begin_nested():
            correspondence.submit(act, letter)
    except Refused:
        act.session.refresh(letter)  # what it still lacks, a person adds: it waits as a draft
    return letter


def _propose_lapse(act: Act, referral: Referral) -> bool:
    """The head decides what follows when nothing has helped."""
    if referral.next_action == "lapse":
        return False
    referral.next_action = "lapse"
    journal.record(act, "referral_lapse_proposed", referral)
    catalog.index(act.session, referral)
    return True


def tick(site: Site, payload: dict[str, Any]) -> None:
    """The daily run, a batch at a time; the next batch is the next job."""
    after = payload.get("after_id", 0)
    last = run_batch(site, after)
    with site.act() as act:
        if last:
            jobs.enqueue(act, TICK, dedup=f"{TICK}/{day_of(act.at)}/{last}", after_id=last)
        if not after:
            schedule(act, after=timedelta(days=1))


def run(site: Site) -> None:
    """All of today's run at once."""
    last = run_batch(site, 0)
    while last:
        last = run_batch(site, last)


def run_batch(site: Site, after: int) -> int:
    """Chase the next late referrals; gives the last one's number, 0 when there was none.

    Who is to be reminded is asked without a lock; each that is gets an act of its own, so one that fails stops no other.
    """
    with site.sessions(bind=site.readers) as session:
        now = site.clock.now()
        found = session.scalars(late(now, after).limit(BATCH)).all()
        chosen = [line.referral.id for line in plan(session, now, found) if line.is_to_act]
        last = found[-1].id if found else 0
    for referral_id in chosen:
        try:
            with site.act(SYSTEM) as act:
                chase(replace(act, origin="job"), _locked(act.session, referral_id))
        except Exception:
            log.exception("a referral could not be chased", extra={"referral": referral_id})
    return last


def schedule(act: Act, after: timedelta = timedelta(0)) -> None:
    """Queue the run of a day, once, while anything is out."""
    if act.session.scalar(select(Referral.id).where(Referral.state.in_(THEIRS)).limit(1)) is not None:
        jobs.enqueue(act, TICK, dedup=f"{TICK}/{day_of(act.at + after)}", after=after)


def _locked(session: Session, referral_id: int) -> Referral:
    # As in requests, the case's row comes first: whoever works in the case is waited for, and nobody waits crosswise.
    dossier = select(Item.dossier_id).where(Item.id == referral_id).scalar_subquery()
    session.scalar(select(Case).where(Case.id == dossier).with_for_update(of=Item))
    return session.get_one(Referral, referral_id, populate_existing=True)


def is_still_wanted(act: Act, letter: Any) -> Iterable[Reason]:
    """A reminder goes out only while its referral still waits for an answer."""
    for referral in _reminded_by(act.session, letter):
        if referral.state not in THEIRS or referral.due_at is None or referral.due_at > act.at:
            yield Reason(_("Instansi sudah menjawab atau diberi waktu lagi; pengingat ini tidak perlu dikirim."))
        elif referral.claimed:
            yield Reason(_("Ada jawaban tertulis yang belum dicatat; pengingat ditahan."))


def _reminded_by(session: Session, letter: Any) -> list[Referral]:
    query = select(Referral).join(Reminder, Reminder.referral_id == Referral.id)
    return list(session.scalars(query.where(Reminder.letter_id == letter.id)))


def drop_pending(act: Act, referral: Any, _entry: Any) -> None:
    """The reminders that have no number yet are not needed any more."""
    query = select(Letter).join(Reminder, Reminder.letter_id == Letter.id).where(Reminder.referral_id == referral.id)
    for letter in act.session.scalars(query.where(Letter.state.in_(("draft", "in_review", "approved")))).all():
        if letter.state != "draft":
            correspondence.revise(act, letter)
        correspondence.discard(act, letter)


def free_rung(act: Act, letter: Any, _entry: Any) -> None:
    """A reminder that was given up before it went out has not been sent: its rung may be climbed again."""
    act.session.execute(delete(Reminder).where(Reminder.letter_id == letter.id))


def note_by_hand(act: Act, letter: Any, _entry: Any) -> None:
    """Who writes a reminder himself has climbed the rungs up to the first letter that was not sent yet."""
    to = [r.organisation_id for r in letter.recipients if r.role == "to"]
    waiting = select(Referral).where(Referral.dossier_id == letter.dossier_id, Referral.state.in_(THEIRS))
    waiting = waiting.where(Referral.organisation_id.in_(to), Referral.due_at <= act.at)
    types = {rung.letter_type for rung in ladder.rungs(act.session) if rung.way == "letter" and rung.level == "office"}
    if letter.type_code not in types or _reminded_by(act.session, letter):
        return
    for referral in act.session.scalars(waiting).all():
        done = ladder.climbed(act.session, referral)
        for rung in ladder.rungs(act.session):
            if rung.code not in done and rung.way != "head" and rung.level == "office":
                _take_over(act, referral, rung, letter)
                if rung.way == "letter":
                    break


def _take_over(act: Act, referral: Referral, rung: ChaseStep, letter: Letter) -> None:
    reminder = _claim(act, referral, rung)
    if reminder is not None and rung.way == "letter":
        reminder.letter_id = letter.id
    elif reminder is not None:
        reminder.skipped = translate(_("surat pengingat dikirim lebih dulu"), "id")


def follow_date(act: Act, item: Any, entry: Any) -> None:
    """The calendar has moved a date that was chased already: what was sent for it counts for the new one."""
    former, now = (date.fromisoformat(entry.data[name]) for name in ("from", "to"))
    chased = (Reminder.referral_id == item.id) & (Reminder.due_on == former)
    act.session.execute(update(Reminder).where(chased).values(due_on=now))


def subscribe() -> None:
    """Listen to letters, answers and the calendar."""
    for event in ("answered", "recalled", "lapsed", "closed"):
        journal.subscribe(f"referral_{event}", drop_pending)
    journal.subscribe("due_extended", _give_time)
    journal.subscribe("letter_discarded", free_rung)
    journal.subscribe("letter_voided", free_rung)
    journal.subscribe("letter_dispatched", note_by_hand)
    journal.subscribe("due_moved", follow_date)
    jobs.work(TICK, tick)


def _give_time(act: Act, item: Any, entry: Any) -> None:
    """Who has been given more time is not chased, and not given up."""
    if isinstance(item, Referral):
        item.next_action = "" if item.next_action == "lapse" else item.next_action
        drop_pending(act, item, entry)
