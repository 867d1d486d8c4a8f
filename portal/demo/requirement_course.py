"""The documents of one demo case: which are needed, when they come, and what the officer says to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from random import Random

from portal.demo import stories
from portal.demo.chronicle import COMPLAINANT, Event, Line, last
from portal.demo.facts import Facts
from portal.demo.proportions import share
from portal.vocabulary import rows

OUTCOMES = {"accepted": 76, "replaced": 12, "waived": 12}
"""Of a document that a case can't go on without: taken at once, taken at the second try, waived."""

REJECTIONS = {
    "illegible": 30,
    "incomplete": 25,
    "name_mismatch": 15,
    "wrong_document": 10,
    "expired": 8,
    "not_certified": 8,
    "other": 4,
}
WAIVERS = {
    "not_issued": 25,
    "lost": 20,
    "withheld": 20,
    "number_suffices": 10,
    "safety": 10,
    "detained": 10,
    "other": 5,
}
REQUIREMENT_AFTER = {
    "receive_document": "received",
    "accept_document": "accepted",
    "reject_document": "rejected",
    "waive_document": "waived",
}
"""Verbs that move a requirement, and the state they lead to."""

OPTIONAL_SHARE, CONDITIONAL_SHARE = 0.45, 0.25
AT_ONCE = {"WALK_IN", "LETTER", "EMAIL", "WEB", "MOBILE_APP", "PARTNER"}
"""Channels on which documents come with the complaint."""


@dataclass(frozen=True)
class RequirementPlan:
    """One required document. `outcome`: accepted, rejected, waived, received (not looked at yet) or missing.

    Before it is worked on also: replaced, for what is to be rejected first and then accepted.
    """

    document: str
    is_mandatory: bool
    outcome: str
    reason: str = ""
    """Of rejecting or waiving."""

    def as_done(self, events: Iterable[Event]) -> RequirementPlan:
        """The same with what has come of it until now."""
        own = [event for event in events if event.facts.get("document") == self.document]
        reason = own[-1].facts.get("reason", "") if own else ""
        return replace(self, outcome=last(own, REQUIREMENT_AFTER, "missing"), reason=reason)


@cache
def _rules() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows("document_requirements"):
        found.setdefault(row["category_code"], []).append((row["document_code"], row["mandatory"]))
    return found


def needed(rng: Random, case: Facts) -> dict[str, bool]:
    """Document → whether it is mandatory, for that case."""
    rules = [rule for code in ("*", case.category, *case.others) for rule in _rules().get(code, [])]
    wanted = dict(sorted(rules, key=lambda rule: "ncy".index(rule[1])))  # the strongest comes last and wins
    if case.relationship == "self":
        del wanted["KTP_WORKER"]
    if case.complainant is None:
        del wanted["KTP_COMPLAINANT"]
    wanted["POWER_OF_ATTORNEY"] = "y" if case.complainant_type in {"LAWYER", "NGO"} else ""
    likely = {"y": 1.0, "n": OPTIONAL_SHARE, "c": CONDITIONAL_SHARE, "": 0.0}
    return {document: rule == "y" for document, rule in wanted.items() if rng.random() < likely[rule]}


def verify(line: Line, case: Facts, ending: str, officer: str) -> tuple[RequirementPlan, ...]:
    """Ask for the documents, take, reject and waive them; before those two endings some stay away."""
    rng = line.rng
    line.wait(1, 20)
    line.do("open_requirements", officer)
    plans = _plans(rng, case, is_stuck=ending in {"verifying", "DOCS_INCOMPLETE"})
    late = [plan for plan in plans if rng.random() < (0.4 if case.channel in AT_ONCE else 0.9)]
    _take(line, case, officer, [plan for plan in plans if plan not in late])
    if any(plan.is_mandatory for plan in late):
        line.wait(4, 60)
        line.do("request_completion", officer, stories.remark(rng, "completion", case.slots))
        line.wait_days(1, 12)
    _take(line, case, officer, late)
    return tuple(plans)


def _plans(rng: Random, case: Facts, *, is_stuck: bool) -> list[RequirementPlan]:
    wanted = needed(rng, case)
    stuck = rng.choice([document for document, mandatory in wanted.items() if mandatory]) if is_stuck else ""
    return [_plan(rng, case, document, mandatory, document == stuck) for document, mandatory in wanted.items()]


def _plan(rng: Random, case: Facts, document: str, mandatory: bool, is_stuck: bool) -> RequirementPlan:
    outcome = share(OUTCOMES, rng.random())
    if is_stuck or not mandatory:
        weights = {"missing": 50, "rejected": 30, "accepted": 0 if is_stuck else 120}
        outcome = share(weights, rng.random())
    if outcome in {"rejected", "replaced"}:
        return RequirementPlan(document, mandatory, outcome, share(REJECTIONS, rng.random()))
    if outcome == "waived":
        reason = "emergency" if case.is_emergency else share(WAIVERS, rng.random())
        return RequirementPlan(document, mandatory, outcome, reason)
    return RequirementPlan(document, mandatory, outcome)


def _take(line: Line, case: Facts, officer: str, plans: list[RequirementPlan]) -> None:
    rng = line.rng
    for plan in plans:
        facts = {"document": plan.document}
        if plan.outcome == "waived":
            line.wait(0.2, 10)
            remark = stories.remark(rng, "waive", case.slots, plan.reason)
            line.do("waive_document", officer, remark, **facts, reason=plan.reason)
        if plan.outcome in {"accepted", "rejected", "replaced"}:
            line.do("receive_document", COMPLAINANT, **facts)
            line.wait(0.2, 12)
        if plan.outcome in {"rejected", "replaced"}:
            remark = stories.remark(rng, "reject_document", case.slots, plan.reason)
            line.do("reject_document", officer, remark, **facts, reason=plan.reason)
        if plan.outcome == "replaced":
            line.wait(10, 90)
            line.do("receive_document", COMPLAINANT, **facts)
            line.wait(0.2, 12)
        if plan.outcome in {"accepted", "replaced"}:
            line.do("accept_document", officer, **facts)
