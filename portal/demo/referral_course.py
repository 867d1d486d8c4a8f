"""The course of one demo referral: letter, reviews, sending, and what the partner answers, late or never."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random

from portal.correspondence.lettermodel import types_for
from portal.correspondence.letters import letter_types
from portal.demo import stories
from portal.demo.cast import Cast, Partner
from portal.demo.chronicle import REFERRAL_AFTER, Event, Line, last
from portal.demo.names import names, origin, texts
from portal.demo.proportions import share
from portal.demo.stories import Slots
from portal.vocabulary import rows

OUTCOMES = {"served": 56, "asked": 14, "declined": 10, "redirected": 7, "unanswered": 8, "disputed": 5}
"""What becomes of a referral: served; served after a question; declined; sent on; never answered; served in parts."""

LATE_SHARE = 0.18
DUE_DAYS = {"P3MI": 7, "LEGAL_AID": 3, "SOCIAL_SHELTER": 3, "WOMEN_CHILD": 3, "HOSPITAL": 3, "INSURER_BPJS": 7}
"""Days to answer by type of partner; 14 for all others, 3 in an emergency."""

NEXT_DOOR = {
    "POLICE": ["POLICE"],
    "MISSION": ["MISSION", "MOFA"],
    "MOFA": ["MISSION"],
    "IMMIGRATION": ["IMMIGRATION"],
    "LABOUR_MINISTRY": ["SUPERVISION_UNIT"],
    "LABOUR_OFFICE_DISTRICT": ["LABOUR_OFFICE_PROV", "LABOUR_MINISTRY"],
    "INSURER_CONSORTIUM": ["INSURER_BPJS"],
    "TRANSPORT_MINISTRY": ["FISHERIES_MINISTRY"],
    "SOCIAL_SHELTER": ["WOMEN_CHILD"],
    "WOMEN_CHILD": ["KOMNAS_PEREMPUAN", "SOCIAL_SHELTER"],
    "LEGAL_AID": ["NGO", "LEGAL_AID"],
}
"""To whom a partner of a type sends on what is not theirs."""

OWN_REASON_SHARE = 0.7
"""So many decline for the reason that is usual among their type."""

REASONS = {
    "not_competent": 35,
    "incomplete": 20,
    "out_of_area": 20,
    "capacity_full": 12,
    "duplicate": 8,
    "conflict_of_interest": 3,
    "other": 2,
}
LETTERS = {row["type"]: row["typical_letter"] for row in rows("stakeholders")}


@dataclass(frozen=True)
class ReferralPlan:
    """One referral. `outcome`: what was to become of it; `state`: how far it has come until now."""

    number: int
    stakeholder: str
    partner: str
    letter: str
    outcome: str
    reason: str
    """Of declining."""
    due: datetime | None
    """When the answer was due; None as long as it is not sent."""
    is_overdue: bool
    """Whether the answer came late, or is late now."""
    parent: int | None
    state: str


@dataclass(frozen=True)
class Desk:
    """Who handles a case's letters."""

    officer: str
    reviewer: str
    signer: str
    registrar: str


@dataclass(frozen=True)
class Running:
    """A referral on its way; `finished` makes the plan of it when all events of the case are known."""

    partner: Partner
    outcome: str
    reason: str
    due: datetime
    parent: int | None
    line: Line

    @property
    def state(self) -> str:
        """How far it has come."""
        return last(self.line.events, REFERRAL_AFTER, "")

    def finished(self) -> ReferralPlan:
        """The referral as it stands in the end."""
        events, partner = self.line.events, self.partner
        due = self.due if any(event.verb == "send" for event in events) else None
        number = self.line.referral or 0
        late = _is_late(events, due, self.line.end)
        return ReferralPlan(
            number,
            partner.type,
            partner.code,
            letter_for(partner),
            self.outcome,
            self.reason,
            due,
            late,
            self.parent,
            self.state,
        )


@dataclass
class Course:
    """What all referrals of one case share."""

    rng: Random
    cast: Cast
    desk: Desk
    slots: Slots
    place: tuple[str, str, str]
    """Home province, country and city of the worker."""
    is_emergency: bool
    asked: set[str] = field(default_factory=set)
    """Codes of the partners that have been written to."""

    def partners(self, stakeholder: str, agency: str) -> list[Partner]:
        """Whom to ask of that type; of the agencies only the one that placed the worker."""
        if stakeholder == "P3MI":
            return [self.cast.partner(agency)] if agency else []
        return self.cast.serving(stakeholder, *self.place)

    def refer(
        self, main: Line, number: int, partner: Partner, outcome: str, stop: str = "", parent: int | None = None
    ) -> list[Running]:
        """The referral to that partner, and the one it was sent on to. `stop`: the last thing that has happened."""
        line = main.branch(number)
        child = self._next(partner) if outcome == "redirected" and parent is None else None
        if outcome == "redirected" and not child:
            outcome = "served"
        reason = self._reason(partner) if outcome == "declined" else ""
        self.asked.add(partner.code)
        self._write(line, partner)
        days = 3 if self.is_emergency else DUE_DAYS.get(partner.type, 14)
        running = Running(partner, outcome, reason, line.at + timedelta(days=days), parent, line)
        self._answers(line, running, child, stop, days)
        if child and running.state == "redirected":
            return [running, *self.refer(line, number + 1, child, "served", parent=number)]
        return [running]

    def _next(self, partner: Partner) -> Partner | None:
        found = [
            other
            for kind in NEXT_DOOR.get(partner.type, [])
            for other in self.cast.serving(kind, *self.place)
            if has_letter(kind) and other.code not in self.asked | {partner.code}
        ]
        return found[0] if found else None

    def _reason(self, partner: Partner) -> str:
        if self.rng.random() < OWN_REASON_SHARE:
            return str(texts("answers")[partner.type]["decline_reason"])
        return share(REASONS, self.rng.random())

    def _refuses(self, line: Line, partner: Partner, reason: str) -> str:
        if reason == texts("answers")[partner.type]["decline_reason"]:
            return self._says(line, partner, "decline")
        return stories.remark(self.rng, "decline", self.slots, reason)

    def _write(self, line: Line, partner: Partner) -> None:
        rng, desk = self.rng, self.desk
        line.wait(1, 50)
        line.do(
            "draft_letter", desk.officer, stakeholder=partner.type, partner=partner.code, letter=letter_for(partner)
        )
        line.wait(0.5, 20)
        line.do("submit", desk.officer)
        if rng.random() < 0.22:
            line.wait(0.5, 24)
            line.do("return", desk.reviewer, stories.remark(rng, "return_letter", self.slots))
            line.wait(0.5, 24)
            line.do("submit", desk.officer, stories.remark(rng, "revised", self.slots))
        line.wait(0.5, 24)
        line.do("initial", desk.reviewer, stories.remark(rng, "review", self.slots))
        line.wait(0.5, 30)
        line.do("sign", desk.signer)
        line.wait(0.2, 8)
        line.do("send", desk.registrar)

    def _answers(self, line: Line, running: Running, child: Partner | None, stop: str, days: int) -> None:
        rng, partner, outcome = self.rng, running.partner, running.outcome
        who = rng.choice(partner.people).login
        if outcome == "unanswered" and not stop:
            self._remind(line, days, 2)
            line.wait_days(5, 15)
            line.do("lapse", self.desk.officer)
        if outcome == "unanswered" or stop == "sent":
            return
        line.wait(2, 24 * min(days, 3))
        line.do("acknowledge", who, self._says(line, partner, "acknowledge"))
        if stop == "acknowledged":
            return
        if rng.random() < LATE_SHARE:
            self._remind(line, days, 1)
        line.wait(4, 24 * max(1, days - 7))
        if outcome == "declined":
            line.do("decline", who, self._refuses(line, partner, running.reason), reason=running.reason)
        elif child:
            line.do("redirect", who, self._says(line, partner, "decline"), to=child.code)
        else:
            self._serve(line, partner, who, outcome, stop)

    def _serve(self, line: Line, partner: Partner, who: str, outcome: str, stop: str) -> None:
        rng = self.rng
        if outcome == "asked":
            line.do("need_info", who, self._says(line, partner, "need_info"))
            line.wait(8, 120)
            line.do("supply", self.desk.officer, stories.remark(rng, "supply", self.slots))
            line.wait(8, 120)
        line.do("accept", who, self._says(line, partner, "accept"))
        if stop == "accepted":
            return
        if stop == "ongoing":
            while line.at <= line.end:
                line.wait_days(10, 25)
                line.do("progress", who, self._says(line, partner, "progress"))
            return
        for _ in range(rng.randint(0, 2) if outcome != "disputed" else 2):
            line.wait_days(2, 14)
            line.do("progress", who, self._says(line, partner, "progress"))
        if stop == "progress":
            return
        line.wait_days(2, 25)
        line.do(
            "provide", who, self._says(line, partner, "result"), extent="partial" if outcome == "disputed" else "full"
        )
        line.wait(8, 100)
        line.do("confirm", self.desk.officer, stories.remark(rng, "confirm", self.slots))

    def _remind(self, line: Line, days: int, times: int) -> None:
        line.wait_days(days + 1, days + 4)
        for _ in range(times):
            line.do("remind", self.desk.officer, stories.remark(self.rng, "remind", self.slots))
            line.wait_days(3, 7)

    def _says(self, line: Line, partner: Partner, kind: str) -> str:
        rng = self.rng
        file_number = f"{rng.randint(10, 999)}/{partner.code.upper()}/{self.rng.randint(1, 12):02}"
        officer = names(rng, origin(rng), rng.choice("MF"))[0]
        lately, soon = (stories.day(line.at.date() + timedelta(days=days)) for days in (-2, rng.randint(4, 9)))
        slots = Slots(self.slots, nomor=file_number, petugas=officer, tgl=lately, nanti=soon)
        return stories.answer(rng, partner.type, kind, slots)


def letter_for(partner: Partner) -> str:
    """The letter to such a partner: the usual one, else the first that may go there."""
    usual = LETTERS[partner.type].lower()
    found = _letters(partner.type)
    return usual if usual in found else found[0]


def has_letter(stakeholder: str) -> bool:
    """Whether the office has a letter for partners of that type."""
    return bool(_letters(stakeholder))


@cache
def _letters(stakeholder: str) -> tuple[str, ...]:
    # What may go to anybody, such as a reminder or minutes, asks nothing new.
    fitting = types_for(stakeholder, letter_types().values())
    return tuple(one.code for one in fitting if "*" not in one.addressees)


def _is_late(events: list[Event], due: datetime | None, now: datetime) -> bool:
    if due is None:
        return False
    answered = [event.at for event in events if event.verb in {"accept", "need_info", "decline", "redirect"}]
    return (answered[0] if answered else now) > due
