"""Worklists: what waits for whom, as data; counted in one statement, due first, only what the person may view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from portal.acts import Identity
from portal.content import catalog
from portal.content.item import KINDS, Item
from portal.content.sharing import Reader, tokens
from portal.db import Base, Instant
from portal.i18n import _
from portal.referrals.chasemodel import Reminder
from portal.referrals.model import Referral

COUNTED = 99
"""Counts stop here: "99+" says enough, and a count must not cost more than the page."""

OPEN_CASE = ("registered", "triaged", "verifying", "clarifying", "in_process", "resolved", "reopened")
OUT = ("sent", "received", "accepted", "in_progress")
"""States of a referral in which the partner has the next step."""


_referrals, _reminders = (Base.metadata.tables[model.__tablename__] for model in (Referral, Reminder))


@dataclass(frozen=True)
class Worklist:
    """One list: of which kind, in which states, for which roles, and what else must hold."""

    name: str
    title: Any
    roles: frozenset[str]
    kind: str
    states: tuple[str, ...]
    is_mine: bool = False
    """Only what the person is responsible for."""
    is_own: bool = False
    """Only what the person wrote."""
    is_overdue: bool = False
    is_unassigned: bool = False
    urgency: int | None = None
    also: str = ""
    """A further condition: a name of ALSO."""


ALSO: dict[str, Any] = {
    "in_vain": exists().where(_referrals.c.id == Item.id, _referrals.c.next_action == "lapse"),
    "reminds": exists().where(_reminders.c.letter_id == Item.id),
}


def _roles(text: str) -> frozenset[str]:
    return frozenset(text.split())


BACK = _roles("CASE_OFFICER COORDINATOR REGIONAL_OFFICER LEGAL_COMPANION MEDIATOR")
HEADS = _roles("COORDINATOR SIGNER CASE_OFFICER")
FRONT = _roles("OPERATOR FRONT_OFFICER COORDINATOR")

WORKLISTS = (
    Worklist("emergencies", _("Darurat"), FRONT | BACK, "case", OPEN_CASE[:5], urgency=1),
    Worklist("untriaged", _("Belum dipilah"), FRONT | BACK, "case", ("registered",)),
    Worklist("mine", _("Kasus saya"), FRONT | BACK, "case", OPEN_CASE, is_mine=True),
    Worklist("overdue", _("Kasus lewat tenggat"), FRONT | BACK, "case", OPEN_CASE, is_overdue=True),
    Worklist("unassigned", _("Belum ditugaskan"), _roles("COORDINATOR"), "case", OPEN_CASE, is_unassigned=True),
    Worklist("to-check", _("Dokumen untuk diperiksa"), FRONT | BACK, "requirement", ("received", "checking")),
    Worklist(
        "answers",
        _("Jawaban mitra"),
        BACK | _roles("DRAFTER"),
        "referral",
        ("info_wanted", "service_given", "declined", "redirected"),
    ),
    Worklist("late-partners", _("Mitra terlambat"), BACK | _roles("DRAFTER"), "referral", OUT, is_overdue=True),
    Worklist("silent-partners", _("Mitra tetap diam"), HEADS, "referral", OUT, is_overdue=True, also="in_vain"),
    Worklist(
        "reminders",
        _("Surat pengingat untuk diproses"),
        BACK | _roles("DRAFTER"),
        "letter",
        ("draft", "in_review", "approved", "issued"),
        also="reminds",
    ),
    Worklist(
        "to-confirm", _("Dasar lain menunggu orang kedua"), _roles("COORDINATOR SIGNER"), "consent", ("proposed",)
    ),
    Worklist("consent-ended", _("Persetujuan berakhir"), FRONT | BACK, "consent", ("withdrawn", "expired")),
    Worklist("drafts", _("Konsep surat saya"), BACK | _roles("DRAFTER"), "letter", ("draft",), is_own=True),
    Worklist(
        "to-initial", _("Menunggu paraf / tanda tangan"), _roles("REVIEWER SIGNER DEPUTY"), "letter", ("in_review",)
    ),
    Worklist("to-issue", _("Siap diberi nomor"), _roles("REGISTRAR SIGNER"), "letter", ("approved",)),
    Worklist(
        "to-sign",
        _("Menunggu tanda tangan elektronik"),
        _roles("SIGNER CASE_OFFICER FRONT_OFFICER"),
        "letter",
        ("signing",),
    ),
    Worklist("to-dispatch", _("Siap dikirim"), _roles("REGISTRAR CASE_OFFICER"), "letter", ("issued",)),
    Worklist(
        "unmatched",
        _("Surat masuk belum dicocokkan"),
        _roles("REGISTRAR COORDINATOR"),
        "incoming",
        ("registered", "unmatched"),
    ),
    Worklist("resolved", _("Siap ditutup"), _roles("COORDINATOR SIGNER CASE_OFFICER"), "case", ("resolved",)),
    Worklist("case-files", _("Berkas perkara saya"), _roles("ADVOCATE"), "case", (*OPEN_CASE, "closed")),
)


def for_person(identity: Identity) -> list[Worklist]:
    """The lists of the person's roles."""
    return [w for w in WORKLISTS if w.roles & identity.roles]


def named(identity: Identity, name: str) -> Worklist | None:
    """One of the person's lists."""
    return next((w for w in for_person(identity) if w.name == name), None)


ME: Any = bindparam("me")
NOW: Any = bindparam("now", type_=Instant)
TOKENS: Any = bindparam("tokens", expanding=True)
"""Who asks and when: statements are built once and kept, since building one takes longer than asking it."""


def _asker(identity: Identity, now: datetime) -> dict[str, Any]:
    return {"me": identity.account_id, "now": now, "tokens": tokens(identity)}


def _matching(worklist: Worklist) -> list[Any]:
    conditions: list[Any] = [Item.kind == worklist.kind, Item.state.in_(worklist.states)]
    if worklist.is_mine:
        conditions.append(Item.assignee_id == ME)
    if worklist.is_own:
        conditions.append(Item.created_by == ME)
    if worklist.is_unassigned:
        conditions.append(Item.assignee_id.is_(None))
    if worklist.is_overdue:
        conditions.append(Item.due_at < NOW)
    if worklist.also:
        conditions.append(ALSO[worklist.also])
    if worklist.urgency is not None:
        conditions.append(Item.urgency <= worklist.urgency)
    lasting = or_(Reader.expires_at.is_(None), Reader.expires_at > NOW)
    return [*conditions, exists().where(Reader.item_id == Item.id, Reader.token.in_(TOKENS), lasting)]


@cache
def _counting(worklists: tuple[Worklist, ...]) -> Any:
    parts = [
        select(literal(one.name), func.count()).select_from(
            select(Item.id).where(*_matching(one)).limit(COUNTED + 1).subquery()
        )
        for one in worklists
    ]
    return union_all(*parts)


def counts(session: Session, identity: Identity, now: datetime) -> dict[str, int]:
    """How many each of the person's lists holds, up to COUNTED + 1, in one statement."""
    worklists = tuple(for_person(identity))
    return dict(session.execute(_counting(worklists), _asker(identity, now)).all()) if worklists else {}


@cache
def _listing(worklist: Worklist) -> Any:
    found = catalog.spine().where(*_matching(worklist))
    return found.order_by(Item.due_at.is_(None), Item.due_at, Item.urgency, Item.modified_at, Item.id)


def rows(
    session: Session, identity: Identity, now: datetime, worklist: Worklist, *, limit: int = 50, offset: int = 0
) -> Sequence[catalog.Row]:
    """The lines of a list: what is due first, then the most urgent, then the oldest change."""
    query = _listing(worklist).limit(limit).offset(offset)
    return [catalog.row(r) for r in session.execute(query, _asker(identity, now))]


def faults() -> list[str]:
    """Worklists that name a kind or state that does not exist; a test wants none."""
    found = []
    for worklist in WORKLISTS:
        kind = KINDS.get(worklist.kind)
        known = {s.name for s in kind.workflow.states} if kind else set()
        found += [f"{worklist.name}: {worklist.kind}/{s}" for s in worklist.states if s not in known]
    return found
