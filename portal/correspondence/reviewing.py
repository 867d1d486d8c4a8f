"""What becomes of a draft before its approval: submitted, initialled, given back, taken back, given up."""

from __future__ import annotations

from typing import Any

from portal import journal
from portal.accounts.delegations import SHORT
from portal.acts import Act
from portal.content import catalog, locks
from portal.content.workflow import advance
from portal.correspondence import approval_rules, chain, letters
from portal.correspondence.model import Approval, Letter
from portal.i18n import _

journal.declare(
    letter_submitted=_("${by} mengajukan surat untuk diperiksa"),
    letter_initialled=_("${by} memaraf surat"),
    letter_returned=_("${by} mengembalikan surat: ${note}"),
    letter_revised=_("${by} menarik surat ke konsep; paraf dan persetujuan gugur"),
    letter_discarded=_("${by} membatalkan konsep surat"),
)


def decide(
    act: Act, letter: Letter, decision: str, note: str = "", role: str = "", part: chain.Part | None = None
) -> dict[str, Any]:
    """Write down a decision over the content as it is now, for whom it was taken; gives the same for the journal."""
    held, giver = (part.delegation, part.giver) if part else (None, None)
    letter.decisions.append(
        Approval(
            decision=decision,
            by_id=act.by.account_id,
            by_name=act.by.name,
            role=role,
            at=act.at,
            content_hash=letters.approved_hash(letter),
            note=note,
            step=part.step if part and part.step != chain.SIGNING else None,
            for_id=giver.id if giver else None,
            for_name=giver.name if giver else "",
            delegation_id=held.id if held else None,
        )
    )
    act.session.flush()
    if held is None or giver is None:
        return {}
    return {"for_name": giver.name, "delegation": held.id, "basis": f"{SHORT[held.kind]}, {held.basis}"}


def submit(act: Act, letter: Letter) -> None:
    """Put the draft before reviewers and signer; its content is bound from now on."""
    advance(act, letter, "submit")
    letter.content_hash = letters.content_hash(letter)
    letter.chain = approval_rules.chain_of(act.session, letter)
    decide(act, letter, "submitted")
    locks.release(act, letter)
    chain.share(act, letter)
    journal.record(act, "letter_submitted", letter, hash=letter.content_hash, chain=letter.chain)
    catalog.index(act.session, letter)


def initial(act: Act, letter: Letter, *, note: str = "") -> None:
    """Initial the letter (paraf): somebody has read it and stands for it, or for whom he or she stands in."""
    part = chain.part_of(act, letter)
    advance(act, letter, "initial")
    act = chain.on_behalf(act, part)
    known = decide(act, letter, "initialled", note, chain.PARAF, part)
    journal.record(act, "letter_initialled", letter, hash=letter.content_hash, **known)
    catalog.index(act.session, letter)


def give_back(act: Act, letter: Letter, *, note: str) -> None:
    """Return the letter to its writer and say why."""
    part = chain.part_of(act, letter) if letter.state == "in_review" else None
    advance(act, letter, "give_back")
    letter.acting_id, letter.acting = None, {}
    act = chain.on_behalf(act, part)
    known = decide(act, letter, "returned", note, part=part)
    journal.record(act, "letter_returned", letter, note=note, **known)
    catalog.index(act.session, letter)


def revise(act: Act, letter: Letter) -> None:
    """Take a submitted or approved letter back to draft; initials and approval end."""
    advance(act, letter, "revise")
    letter.acting_id, letter.acting = None, {}
    decide(act, letter, "voided_by_change")
    journal.record(act, "letter_revised", letter)
    catalog.index(act.session, letter)


def discard(act: Act, letter: Letter) -> None:
    """Give up a draft; it never had a number."""
    advance(act, letter, "discard")
    journal.record(act, "letter_discarded", letter)
    catalog.index(act.session, letter)
