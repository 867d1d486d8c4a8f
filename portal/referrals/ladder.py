"""The ladder of reminders: which rung comes next for a referral that is late, on which day, and why not today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, func, or_, select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Act, Reason
from portal.content.item import Item
from portal.correspondence.model import Incoming, Letter, Recipient
from portal.deadlines import day_of
from portal.directory.model import Organisation
from portal.i18n import _, day
from portal.referrals.chasemodel import ChaseSilence, ChaseStep, Reminder
from portal.referrals.model import Referral
from portal.workdays import calendar

GONE_OUT = ("dispatched", "answered", "closed", "withdrawn")
"""States of a letter that has reached its addressees."""


# Written once: building a statement takes longer than asking it, and the daily round asks for each late referral.
_REFERRAL: Any = bindparam("referral")
_OFFICE: Any = bindparam("office")
_TODAY: Any = bindparam("today", type_=Date)
_CLIMBED = (
    select(Reminder)
    .where(Reminder.referral_id == _REFERRAL, Reminder.due_on == bindparam("on", type_=Date))
    .order_by(Reminder.id)
)
_SILENCE = (
    select(ChaseSilence)
    .where(ChaseSilence.organisation_id == _OFFICE, ChaseSilence.first_day <= _TODAY, ChaseSilence.last_day >= _TODAY)
    .order_by(ChaseSilence.last_day.desc())
    .limit(1)
)
_REMINDED = select(Reminder.letter_id).where(Reminder.referral_id == _REFERRAL, Reminder.letter_id.is_not(None))
_LAST_WORD = (
    select(func.max(Incoming.received_at))
    .where(or_(Incoming.letter_id == bindparam("letter"), Incoming.letter_id.in_(_REMINDED)))
    .where(Incoming.organisation_id == _OFFICE, Incoming.state != "junk")
)


@dataclass(frozen=True)
class Decision:
    """What the ladder says of one late referral today: a rung to climb, or why none is climbed."""

    rung: ChaseStep | None
    reason: Any
    on: date | None = None
    """When the next rung is due, where that is known."""
    is_exhausted: bool = False


def load(session: Session) -> int:
    """The office's ladder begins as the reference has it."""
    same = ("code", "way", "level", "letter_type")
    reference = (
        ChaseStep(name=row["name_id"], days=int(row["days"]), **{name: row[name] for name in same})
        for row in vocabulary.rows("chase_steps")
    )
    return vocabulary.fill(session, ChaseStep, reference)


def rungs(session: Session) -> list[ChaseStep]:
    """All rungs from below; read once in a session."""
    if "rungs" not in session.info:
        session.info["rungs"] = list(session.scalars(select(ChaseStep).order_by(ChaseStep.days, ChaseStep.code)))
    return list(session.info["rungs"])


def due_on(referral: Referral) -> date:
    """The day the ladder counts from."""
    if referral.due_at is None:
        raise ValueError("nothing is due")
    return day_of(referral.due_at)


def climbed(session: Session, referral: Referral) -> dict[str, Reminder]:
    """The rungs that have been climbed for the present due date."""
    found = session.scalars(_CLIMBED, {"referral": referral.id, "on": due_on(referral)})
    return {reminder.step: reminder for reminder in found}


def decide(session: Session, referral: Referral, now: datetime) -> Decision:
    """What is to be done today about a referral whose partner is late."""
    if referral.claimed:
        known = {"number": referral.claimed.get("number", "")}
        return Decision(None, _("Surat masuk ${number} tampaknya menjawab; catat atau sisihkan dulu.", mapping=known))
    today, done = day_of(now), climbed(session, referral)
    if quiet := silence(session, referral.organisation_id, today):
        known = {"day": day(quiet.last_day, "id"), "why": quiet.reason}
        return Decision(None, _("Tidak diingatkan sampai ${day}: ${why}", mapping=known))
    left = [rung for rung in rungs(session) if rung.code not in done]
    if not left:
        return Decision(None, _("Semua pengingat sudah dikirim dan belum dijawab."), is_exhausted=True)
    if waiting := next(_on_its_way(session, done.values()), None):
        return Decision(None, waiting)
    return _when(session, referral, done, left[0], today)


def _when(session: Session, referral: Referral, done: dict[str, Reminder], rung: ChaseStep, today: date) -> Decision:
    country = session.get_one(Organisation, referral.organisation_id).country_code
    days = calendar(session)
    on = days.after(max(due_on(referral), last_word(session, referral)), rung.days, country)
    for former in (other for other in rungs(session) if other.code in done):
        # As long after the rung below as the office says, however late that one was climbed.
        on = max(on, days.after(_sent_on(session, done[former.code]), max(rung.days - former.days, 1), country))
    known = {"rung": rung.name, "day": day(max(on, today), "id")}
    if today < on:
        return Decision(None, _("${rung} menyusul pada ${day}.", mapping=known), on)
    if not days.is_working(today, country):
        on = days.not_before(today, country)
        return Decision(None, _("Hari ini bukan hari kerja; ${rung} menyusul.", mapping=known), on)
    late = {"rung": rung.name, "due": day(due_on(referral), "id"), "days": rung.days}
    return Decision(rung, _("${rung}: ${days} hari kerja sesudah batas waktu ${due}.", mapping=late), today)


def last_word(session: Session, referral: Referral) -> date:
    """When the partner last said something: a late one that has just reported is not reminded the next day."""
    known = {"referral": referral.id, "letter": referral.letter_id, "office": referral.organisation_id}
    at = session.scalar(_LAST_WORD, known)
    return day_of(at) if at else date.min


def _sent_on(session: Session, reminder: Reminder) -> date:
    letter = session.get(Letter, reminder.letter_id) if reminder.letter_id else None
    return day_of(letter.issued_at if letter is not None and letter.issued_at else reminder.at)


def silence(session: Session, organisation_id: int, today: date) -> ChaseSilence | None:
    """Why that organisation is not reminded today."""
    return session.scalars(_SILENCE, {"office": organisation_id, "today": today}).first()


def _on_its_way(session: Session, done: Iterable[Reminder]) -> Iterator[Any]:
    """The reminders that were drafted and have not gone out yet."""
    for reminder in done:
        letter = session.get(Letter, reminder.letter_id) if reminder.letter_id else None
        if letter is not None and letter.state not in GONE_OUT:
            yield _("Surat pengingat “${title}” belum dikirim.", mapping={"title": letter.title})


def is_climbed(act: Act, referral: Any) -> Iterable[Reason]:
    """Giving up needs a date that has passed and a ladder that was climbed to its end in vain."""
    if referral.due_at is None or referral.due_at > act.at:
        yield Reason(_("Batas waktunya belum lewat."))
        return
    if referral.claimed:
        yield Reason(_("Ada jawaban tertulis yang belum dicatat atau disisihkan."))
    every, done = rungs(act.session), climbed(act.session, referral)
    if not every and not _was_reminded(act, referral):
        case = act.session.get_one(Item, referral.dossier_id)
        mend = f"/cases/{case.name}/@draft-letter"
        yield Reason(_("Surat pengingat kepada penerima rujukan belum dikirim."), mend=mend)
    for rung in every:
        if rung.code not in done:
            yield Reason(_("Belum dilakukan: ${rung}.", mapping={"rung": rung.name}), mend="/@chasing")
    yield from map(Reason, _on_its_way(act.session, done.values()))


def _was_reminded(act: Act, referral: Any) -> bool:
    query = (
        select(Letter.id)
        .join(Recipient, Recipient.letter_id == Letter.id)
        .where(Letter.dossier_id == referral.dossier_id, Letter.type_code == "reminder")
        .where(Recipient.organisation_id == referral.organisation_id, Letter.issued_at > referral.sent_at)
        .where(Letter.state.in_(GONE_OUT))
    )
    return act.session.scalar(query.limit(1)) is not None


def letters_about(session: Session, referral: Referral) -> Sequence[int]:
    """The referral's letter and those that reminded of it: whoever answers one of them answers the referral."""
    found = (referral.letter_id, *session.scalars(_REMINDED, {"referral": referral.id}))
    return [letter for letter in found if letter is not None]
