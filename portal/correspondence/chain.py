"""Where a letter is on its way to approval: whose paraf it has over this content, whose turn it is, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.delegations import ABSENCES, SHORT, Delegation, given_to, mandate_of, running
from portal.accounts.model import Account, Membership
from portal.acts import DEPUTY, Act
from portal.content import sharing
from portal.correspondence import letters
from portal.correspondence.approval_rules import KINDS
from portal.correspondence.model import Approval, Letter
from portal.directory.model import Organisation
from portal.i18n import _

PARAF = "REVIEWER"
"""Whoever gives initials holds this role in the unit that they are asked of."""
COORDINATION = "COORDINATION"
"""What they are on a letter of another unit: they read it, remark on it, initial it or give it back, and no more."""
SIGNING = -1
"""The last step: the signer's approval."""
ENDS = frozenset({"submitted", "returned", "voided_by_change"})
"""Decisions behind which no paraf counts any more."""


@dataclass(frozen=True)
class Turn:
    """A step that waits: for whom, and since when."""

    step: int
    title: Any
    people: tuple[Account, ...]
    since: datetime


@dataclass(frozen=True)
class Part:
    """What one person can do for a letter now: which step, and in whose place."""

    step: int
    title: Any
    since: datetime
    delegation: Delegation | None
    giver: Account | None


def standing(letter: Letter) -> dict[int, Approval]:
    """Step → the paraf that stands over exactly this content."""
    found: dict[int, Approval] = {}
    now = letters.content_hash(letter)
    for row in letter.decisions:
        if row.decision in ENDS:
            found.clear()
        elif row.decision == "initialled" and row.step is not None and row.content_hash == now:
            found[row.step] = row
    return found


def authors(letter: Letter) -> set[int]:
    """Who wrote or submitted it."""
    last = letters.last_decision(letter, "submitted")
    return {who for who in (letter.created_by, last.by_id if last else None) if who is not None}


def candidates(session: Session, letter: Letter, step: dict[str, Any]) -> list[Account]:
    """Who can give that paraf: reviewers of the unit, of that office if the step names one, none of the authors."""
    members = select(Account, Membership.roles).join(Membership, Membership.account_id == Account.id)
    rows = session.execute(members.where(Membership.unit_id == step["unit_id"], Account.is_active).order_by(Account.id))
    wanted, writers = step["office_title"].casefold(), authors(letter)
    return [
        account
        for account, roles in rows
        if PARAF in roles and account.id not in writers and wanted in {"", account.office_title.casefold()}
    ]


def step_title(session: Session, step: dict[str, Any], letter: Letter) -> Any:
    """What a step is called: which paraf, of which office, of which unit when it is another."""
    words = KINDS[step["kind"]]
    unit = session.get(Organisation, step["unit_id"]) if step["unit_id"] != letter.office_id else None
    of = " – ".join(part for part in (step["office_title"], unit.title if unit else "") if part)
    return _("${kind}: ${of}", mapping={"kind": words, "of": of}) if of else words


def waiting(session: Session, letter: Letter, chain: Sequence[dict[str, Any]] | None = None) -> Iterator[Turn]:
    """The steps whose turn it is: all of the first stage that lacks one, side by side; when none lacks, the signer's."""
    steps, given = letter.chain if chain is None else chain, standing(letter)
    submitted = letters.last_decision(letter, "submitted")
    since = submitted.at if submitted else letter.modified_at
    for stage in sorted({step["stage"] for step in steps}):
        here = [number for number, step in enumerate(steps) if step["stage"] == stage]
        if open_ := [number for number in here if number not in given]:
            for number in open_:
                people = tuple(candidates(session, letter, steps[number]))
                yield Turn(number, step_title(session, steps[number], letter), people, since)
            return
        since = max([since, *(given[number].at for number in here)])
    signer = session.get(Account, letter.signer_id) if letter.signer_id else None
    yield Turn(SIGNING, _("Persetujuan penanda tangan"), (signer,) if signer else (), since)


def part_of(act: Act, letter: Letter) -> Part | None:
    """What the person can do for it now, as himself or in somebody's place; None when it is not his turn.

    Each paraf uses another official's power: who has given one gives no second in his own name.
    """
    me, used = act.by.account_id, {row.for_id or row.by_id for row in standing(letter).values()}
    turns = list(waiting(act.session, letter))
    for turn in turns:
        if any(person.id == me and (turn.step == SIGNING or me not in used) for person in turn.people):
            return Part(turn.step, turn.title, turn.since, None, None)
    for held in given_to(act.session, me, act.at):
        for turn in turns:
            power = power_of(act, letter, held, turn.step)
            giver = next((person for person in turn.people if person.id == power), None)
            if giver is not None and (turn.step == SIGNING or power not in used):
                return Part(turn.step, turn.title, turn.since, held, giver)
    return None


def power_of(act: Act, letter: Letter, held: Delegation, step: int) -> int | None:
    """Whose power a delegation gives for that step of the letter; None where it does not reach.

    A mandate is for signing only, an absence for initials too; by u.b. it is the power of who gave the a.n.
    """
    if not held.covers(letter.type_code) or (step != SIGNING and held.kind not in ABSENCES):
        return None
    if held.kind != "ub":
        return held.giver_id
    mandate = mandate_of(act.session, held.giver_id, act.at)
    return mandate.giver_id if mandate is not None and mandate.covers(letter.type_code) else None


def deputies(act: Act, letter: Letter, turn: Turn) -> list[tuple[Delegation, Account]]:
    """Who can act now for those whose turn it is."""
    people = {person.id for person in turn.people}
    held = act.session.scalars(running(act.at).order_by(Delegation.id))
    return [
        (d, act.session.get_one(Account, d.deputy_id)) for d in held if power_of(act, letter, d, turn.step) in people
    ]


def block(act: Act, letter: Letter, delegation: Delegation) -> dict[str, Any]:
    """The signature block of a deputy (TND): the office whose power is used above, the deputy's own office below.

    "Plh. DIREKTUR / KEPALA SUBDIREKTORAT," · "a.n. DIREKTUR / KEPALA SUBDIREKTORAT," ·
    "a.n. DIREKTUR / KEPALA SUBDIREKTORAT / u.b. / KEPALA SEKSI,"
    """
    deputy = act.session.get_one(Account, delegation.deputy_id)
    lines = [f"{SHORT[delegation.kind]} {letter.signer.get('office', '')}"]
    if delegation.kind == "ub":
        between = act.session.get_one(Account, delegation.giver_id).office_title
        lines = [f"{SHORT['an']} {letter.signer.get('office', '')}", between, SHORT["ub"]]
    return {
        "prefix_lines": lines,
        "office": deputy.office_title,
        "name": deputy.name,
        "nip": deputy.staff_number or None,
        "delegation": delegation.id,
    }


def lines_of(act: Act, letter: Letter) -> dict[str, Any] | None:
    """The block that the letter would bear if this person approved it now as a deputy; None for everybody else."""
    part = part_of(act, letter) if letter.state == "in_review" else None
    return (
        block(act, letter, part.delegation) if part is not None and part.step == SIGNING and part.delegation else None
    )


def on_behalf(act: Act, part: Part | None) -> Act:
    """The act as the journal tells it: by whom, for whom."""
    return replace(act, on_behalf_id=part.giver.id) if part is not None and part.giver is not None else act


def share(act: Act, letter: Letter) -> None:
    """Let other units read what they are asked to initial: the letter alone, and nobody but those who can do it."""
    known = {grant.principal for grant in sharing.grants_on(act.session, [letter.id])}
    for unit in sorted({step["unit_id"] for step in letter.chain} - {letter.office_id, None}):
        for post in (f"unit:{unit}#{PARAF}", f"unit:{unit}#{DEPUTY}"):
            if post not in known:
                sharing.give(act, letter, post, COORDINATION, cause="coordination", quietly=True)
