"""How urgent a case is by its matters, and when its first answer is due."""

from __future__ import annotations

from typing import Any

from portal import deadlines, vocabulary
from portal.acts import Act
from portal.cases.model import Case


def urgency_of(act: Act, case: Case) -> int:
    known = vocabulary.terms(act.session, "category")
    grades = [int(known[c.code].extra.get("urgency", 3)) for c in case.categories if c.code in known]
    return min(grades, default=3)


def first_answer_due(act: Act, case: Case) -> Any:
    # An emergency is acted on at once; otherwise the first answer is due in three days (SP4N-LAPOR!).
    if case.is_emergency:
        return act.at
    return deadlines.by_rule(act.session, "SP4N_FIRST", case.received_at)
