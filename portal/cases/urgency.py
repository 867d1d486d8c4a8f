"""How urgent a case is by its matters, and when its first answer is due."""

from __future__ import annotations

from portal import deadlines, vocabulary
from portal.acts import Act
from portal.cases.model import Case
from portal.content import due
from portal.deadlines import Terms
from portal.i18n import _, translate

AT_ONCE = _("Darurat: ditindaklanjuti seketika")


def urgency_of(act: Act, case: Case) -> int:
    known = vocabulary.terms(act.session, "category")
    grades = [int(known[c.code].extra.get("urgency", 3)) for c in case.categories if c.code in known]
    return min(grades, default=3)


def await_first_answer(act: Act, case: Case) -> None:
    # An emergency is acted on at once; otherwise the first answer is due in three days (SP4N-LAPOR!).
    if case.is_emergency:
        due.begin(act, case, "first_answer", Terms(0, "hour", text=translate(AT_ONCE, "id")), start="complaint")
    else:
        terms = deadlines.terms(act.session, "SP4N_FIRST")
        due.begin(act, case, "first_answer", terms, start="complaint", at=case.received_at)
