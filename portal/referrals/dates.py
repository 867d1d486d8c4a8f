"""When the next step of a referral is due, and whose step it is."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal import deadlines
from portal.acts import Act, Reason, Refused
from portal.clock import WIB
from portal.i18n import _, day
from portal.referrals.model import Referral
from portal.referrals.workflow import TAKEN, THEIRS

RECEIPT_HOURS = {1: 24}
USUAL_RECEIPT_HOURS = 72
OUR_DAYS = 3
"""Working days that we allow ourselves to supply information, to confirm a service, to go on after a refusal."""


def begin(session: Session, referral: Referral, reply_days: int) -> None:
    """The clock starts when the letter has gone out: receipt in 24 or 72 hours, the answer as the letter says."""
    sent = referral.sent_at
    if sent is None:
        raise ValueError("not sent")
    hours = RECEIPT_HOURS.get(referral.urgency, USUAL_RECEIPT_HOURS)
    referral.receipt_due_at = deadlines.due(session, sent, hours, "hour")
    referral.answer_due_at = deadlines.due(session, sent, reply_days, "workday") if reply_days else None


def resume(session: Session, referral: Referral, now: datetime) -> None:
    """The partner's clock stood still while we owed an answer: as many working days as were left are left now."""
    stopped, end = referral.info_wanted_at, referral.answer_due_at
    if stopped is not None and end is not None:
        left = 1
        while deadlines.due(session, stopped, left, "workday") < end:
            left += 1
        referral.answer_due_at = deadlines.due(session, now, left, "workday")
    referral.info_wanted_at = None


def set_next(act: Act, referral: Referral) -> None:
    """Move `due_at` to the next step of this state; nothing is due once all is done."""
    if referral.state == "sent":
        found = [d for d in (referral.receipt_due_at, referral.answer_due_at) if d]
        referral.due_at = min(found, default=None)
    elif referral.state == "received":
        referral.due_at = referral.answer_due_at
    elif referral.state in TAKEN:
        promised = referral.promised_on
        referral.due_at = datetime.combine(promised, deadlines.END_OF_DAY, WIB) if promised else referral.answer_due_at
    elif referral.state in {"info_wanted", "service_given"} or referral.next_action:
        referral.due_at = deadlines.due(act.session, act.at, OUR_DAYS, "workday")
    else:
        referral.due_at = None


def who_is_late(referral: Referral, now: datetime) -> str:
    """`theirs` or `ours`; "" when nobody is late."""
    if referral.due_at is None or referral.due_at > now:
        return ""
    return "theirs" if referral.state in THEIRS else "ours"


def expect_day(act: Act, value: date | None, field: str, *, not_before: date | None = None, ahead: bool) -> None:
    """Refuse a day that can't be: a promise in the past, a service before the letter or in the future."""
    if value is None:
        return
    today = act.at.astimezone(WIB).date()
    if ahead and value < today:
        raise Refused([Reason(_("Tanggal ini sudah lewat."), field=field)])
    if not ahead and value > today:
        raise Refused([Reason(_("Tanggal ini masih di masa depan."), field=field)])
    if not_before and value < not_before:
        known = {"day": day(not_before, "id")}
        raise Refused([Reason(_("Tanggal ini sebelum tanggal surat (${day}).", mapping=known), field=field)])
