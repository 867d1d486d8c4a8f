"""When the next step of a referral is due, and whose step it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal import deadlines
from portal.acts import Act, Reason, Refused
from portal.clock import WIB
from portal.content import due
from portal.correspondence.model import Letter
from portal.deadlines import Terms
from portal.directory.model import Organisation
from portal.i18n import _, day, translate
from portal.referrals.model import Referral
from portal.referrals.workflow import TAKEN, THEIRS

RECEIPT_RULES = {1: "REF_RECEIPT_URGENT"}
USUAL_RECEIPT_RULE, OURS_RULE = "REF_RECEIPT", "REF_OURS"
IN_LETTER = _("Batas jawaban yang diminta dalam surat")

due.declare(
    {
        "receipt": _("Instansi menyatakan surat diterima"),
        "answer": _("Instansi menjawab"),
        "ours": _("Langkah kita"),
    },
    {
        "letter_sent": _("surat Nomor ${reference} dikirim"),
        "promise": _("tanggal yang dijanjikan instansi"),
        "their_word": _("jawaban atau pertanyaan instansi diterima"),
    },
)


def begin(act: Act, referral: Referral, letter: Letter) -> None:
    """The clock starts when the letter has gone out: receipt in 24 or 72 hours, the answer as the letter says."""
    country = act.session.get_one(Organisation, referral.organisation_id).country_code
    known: dict[str, Any] = {"start": "letter_sent", "reference": letter.number or "", "country": country}
    rule = RECEIPT_RULES.get(referral.urgency, USUAL_RECEIPT_RULE)
    due.begin(act, referral, "receipt", deadlines.terms(act.session, rule), **known)
    if letter.reply_days:
        asked = Terms(letter.reply_days, "workday", text=translate(IN_LETTER, "id"))
        due.begin(act, referral, "answer", asked, **known)


def set_next(act: Act, referral: Referral) -> None:
    """Only what this state waits for is due: their clock stands still while we owe something; in the end nothing runs."""
    if referral.state == "sent":
        due.keep(act, referral, "receipt", "answer")
    elif referral.state in {"received", *TAKEN}:
        due.keep(act, referral, "answer")
    elif referral.state in {"info_wanted", "service_given"} or referral.next_action:
        waits = () if referral.next_action else ("answer",)
        due.keep(act, referral, stopped=waits)
        due.begin(act, referral, "ours", deadlines.terms(act.session, OURS_RULE), start="their_word")
    else:
        due.keep(act, referral)


def promise(act: Act, referral: Referral, promised_on: date) -> None:
    """They have named the day of their next word."""
    referral.promised_on = promised_on
    due.promise(act, referral, "answer", promised_on)


def answer_due(session: Session, referral: Referral) -> datetime | None:
    """When the answer is due, whatever else is due before it."""
    return next((d.due_at for d in due.of(session, referral) if d.step == "answer"), None)


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
