"""Reminding partners that are late: one rung a day at most, each once, and none while an answer or a pause stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal import journal
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.content import catalog
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.i18n import _, translate
from portal.referrals import ladder, reminding
from portal.referrals.chasemodel import ChaseStep, Reminder
from portal.referrals.ladder import due_on
from portal.referrals.model import Referral
from portal.referrals.workflow import THEIRS

journal.declare(
    referral_reminded=_("Instansi diingatkan: ${rung}"),
    referral_reminder_skipped=_("Pengingat dilewati (${rung}): ${why}"),
    referral_lapse_proposed=_("Rujukan belum dijawab walau sudah diingatkan; pimpinan memutuskan jalan lain"),
)


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


def _give_time(act: Act, item: Any, entry: Any) -> None:
    """Who has been given more time is not chased, and not given up."""
    if isinstance(item, Referral):
        item.next_action = "" if item.next_action == "lapse" else item.next_action
        drop_pending(act, item, entry)
