"""Approving and issuing a letter: the decision bound to a hash, then number, date and frozen content in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from portal import jobs, journal, registry
from portal.acts import Act, Reason, Refused, Site
from portal.clock import WIB
from portal.content import catalog
from portal.content.workflow import advance
from portal.correspondence import chain, letters, numbering
from portal.correspondence.certificates import certificate_of
from portal.correspondence.model import ELECTRONIC, Letter
from portal.correspondence.reviewing import decide, initial
from portal.correspondence.settings import ISSUER, way_of_signing
from portal.directory.model import Organisation
from portal.i18n import _

RENDER = "letter.render"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, O, 1, I and L: people read these codes to each other on the telephone."""
CODE_LENGTH = 12
REPLIES: list[Callable[[Act, Letter], dict[str, str] | None]] = []
"""Who opens a place where the addressee can answer a letter that is being issued: `{url, code}` as it will be printed.

Features above add theirs (referrals: the answer link); the first that has one wins.
"""

journal.declare(
    letter_approved=_("${by} menyetujui surat"),
    letter_issued=_("${by} menerbitkan surat Nomor ${number}"),
    letter_voided=_("${by} membatalkan surat Nomor ${number}: ${reason}"),
)


def approve(act: Act, letter: Letter, *, note: str = "") -> None:
    """Approve exactly this content; any later change ends the approval. A deputy's own block is settled with it."""
    part = chain.part_of(act, letter)
    advance(act, letter, "approve")
    if part is not None and part.delegation is not None:
        letter.acting_id, letter.acting = act.by.account_id, chain.block(act, letter, part.delegation)
        act = chain.on_behalf(act, part)
    known = decide(act, letter, "approved", note, "SIGNER", part)
    journal.record(act, "letter_approved", letter, hash=letters.approved_hash(letter), **known)
    catalog.index(act.session, letter)


def decide_many(act: Act, chosen: Sequence[Letter]) -> dict[int, tuple[Reason, ...]]:
    """Initial or approve several letters, whichever is the person's part in each; gives the reasons against each."""
    results: dict[int, tuple[Reason, ...]] = {}
    for letter in chosen:
        part = chain.part_of(act, letter)
        try:
            with act.session.begin_nested():
                (approve if part is None or part.step == chain.SIGNING else initial)(act, letter)
            results[letter.id] = ()
        except Refused as refusal:
            results[letter.id] = refusal.reasons
    return results


def issue(act: Act, letter: Letter) -> None:
    """Give number and date, freeze the content, and queue the file: all of it or nothing (reliability rule 5)."""
    _issue(act, letter, "issue")


def issue_supplement(act: Act, letter: Letter, *, number: str, reason: str) -> None:
    """Issue with a supplement to the number of a letter that went before it, such as 12a; dated today like any other."""
    base = numbering.base_of(act, letter, number)
    letter.number_note = reason
    _issue(act, letter, "issue_supplement", base)
    journal.record(act, "letter_supplemented", letter, number=letter.number, reason=reason, to=base.number)


def _issue(act: Act, letter: Letter, step: str, base: Letter | None = None) -> None:
    act.session.flush()
    act.session.refresh(letter, with_for_update=True)
    way = way_of_signing(act.session, letter)
    advance(act, letter, step, "signing" if way in ELECTRONIC else "issued")
    letter.signature = way
    office = act.session.get_one(Organisation, letter.office_id)
    today = act.at.astimezone(WIB).date()
    letter.dated, letter.issued_at = today, act.at
    letter.check_code = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_LENGTH))
    frozen = snapshot(act, letter, today)
    numbering.give(act, letter, office, today, base)
    frozen["page"]["number"] = letter.number
    letter.snapshot, letter.snapshot_hash = frozen, letters.sha256(frozen)
    journal.record(
        act, "letter_issued", letter, number=letter.number, dated=today.isoformat(), snapshot=letter.snapshot_hash
    )
    jobs.enqueue(act, RENDER, dedup=f"letter.render/{letter.id}", letter_id=letter.id)
    catalog.index(act.session, letter)


def check_url(site: Site, code: str) -> str:
    """Where anybody can check a letter."""
    return f"{site.settings.public_url.rstrip('/')}/verify/{code}"


def snapshot(act: Act, letter: Letter, today: date) -> dict[str, Any]:
    """All that the file is rendered from, as plain JSON; the number is added last."""
    type_ = letters.type_of(letter)
    code = letter.check_code or ""
    page = letters.as_data(act.session, letter) | {
        "date": today.isoformat(),
        "check": {"url": check_url(act.site, code), "code": spelled(code)},
        "reply": next(filter(None, (open_(act, letter) for open_ in REPLIES)), None),
        "signature": letter.signature,
        "issuer": printed_issuer(act, letter),
        "draft": False,
    }
    return {
        "page": page,
        "content_hash": letters.content_hash(letter),
        "created": act.at.isoformat(),
        "type": {"code": type_.code, "version": letters.type_version(type_.code), "name": type_.name}
        | {"text": letter.text_version},
        "values": letters.values(letter),
        "questions": [{"id": q.id, "text": q.text, "text_en": q.text_en, "type": q.type} for q in type_.questions],
        "reply_days": letter.reply_days,
        "enclosures": [
            {"title": e.title, "sha256": e.sha256, "media_type": e.media_type, "pages": e.pages}
            for e in letter.enclosures
        ],
    }


def printed_issuer(act: Act, letter: Letter) -> str:
    """Whose certificate the letter says it is signed with: the signer's own, or of whom the office goes to; "" for ink."""
    if letter.signature == "portal":
        kept = certificate_of(act.session, letter.signing_id)
        return kept.issuer if kept is not None else ""
    return str(registry.value(act.session, ISSUER)) if letter.signature == "external" else ""


def spelled(code: str) -> str:
    """A check code in groups of four, as it is printed."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def machine_readable(frozen: Mapping[str, Any]) -> bytes:
    """What the file carries for other systems: the letter's facts as JSON."""
    page = frozen["page"]
    facts = {name: page[name] for name in ("number", "date", "type", "subject", "security", "lang")}
    more = {name: frozen[name] for name in ("values", "questions", "reply_days", "enclosures")}
    return letters.canonical(facts | more | {"check": page["check"], "reply": page.get("reply")}).encode()


def void(act: Act, letter: Letter, *, reason: str) -> None:
    """Void an issued letter before it is sent; number and line stay in the register."""
    advance(act, letter, "void")
    letter.void_reason = reason
    journal.record(act, "letter_voided", letter, number=letter.number, reason=reason)
    catalog.index(act.session, letter)
