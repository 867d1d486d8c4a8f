"""What is done with a case. Only these functions write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from portal import deadlines, journal, series, vocabulary
from portal.acts import Act, Reason, Refused
from portal.cases import pins
from portal.cases.model import Case, Contact
from portal.cases.urgency import await_first_answer, urgency_of
from portal.cases.workflow import has_outcome, is_sorted
from portal.clock import WIB
from portal.content import catalog, due, item, sharing, versions
from portal.content.workflow import advance, require
from portal.i18n import _

EDITABLE = frozenset(
    """channel complainant_type complainant_id worker_id relationship_code narrative demand happened_on departed_on
    country_code city whereabouts employer employer_contact overseas_agency agency_id is_procedural is_emergency
    emergency_action told_unsolvable_at outcome is_monitored external_numbers""".split()
)

due.declare(
    {"first_answer": _("Tanggapan pertama kepada pengadu"), "documents": _("Data dan dokumen dilengkapi")},
    {"complaint": _("pengaduan diterima")},
)
journal.declare(
    case_registered=_("${by} mencatat pengaduan ${number} melalui ${channel}"),
    case_triaged=_("${by} memilah kasus: ${category}, kegawatan ${urgency}"),
    case_amended=_("${by} mengubah data kasus: ${fields}"),
    case_assigned=_("${by} menugaskan kasus kepada ${assignee}"),
    case_contact=_("${by} menghubungi pengadu lewat ${channel}"),
    case_contact_failed=_("${by} mencoba menghubungi pengadu lewat ${channel}, tidak tersambung"),
    case_requirements_opened=_("${by} membuka daftar kebutuhan dokumen"),
    case_documents_complete=_("${by} menyatakan dokumen lengkap"),
    case_handling_began=_("${by} memulai penanganan"),
    case_resolved=_("${by} menyatakan masalah selesai"),
    case_closed=_("${by} menutup kasus: ${reason}"),
    case_reopened=_("${by} membuka kembali kasus: ${reason}"),
    case_read=_("${by} membuka kasus"),
)


def receive(
    act: Act,
    *,
    office_id: int,
    channel: str,
    complainant_type: str,
    categories: Sequence[str],
    narrative: str,
    urgency: int | None = None,
    pin: pins.Pin | None = None,
    **columns: Any,
) -> tuple[Case, str]:
    """Register a complaint: number, PIN for the complainant, access for the office. Gives the case and the PIN.

    `pin`: one that was made before, for invented cases; a complainant always gets a new one. Only the facts of an emergency call are needed (channel, who, what); documents come later (reference.md §0.2).
    """
    _expect(columns, EDITABLE | {"received_at"})
    received_at = columns.pop("received_at", act.at)
    number = next_number(act)
    pin = pin or pins.new()
    case = item.create(
        act,
        Case,
        parent=None,
        name=number,
        title=number,
        office_id=office_id,
        channel=channel,
        complainant_type=complainant_type,
        narrative=narrative,
        received_at=received_at,
        last_contact_at=received_at,
        pin_hash=pin.kept,
        **columns,
    )
    _enter(act, case, categories, urgency)
    return case, pin.digits


def _enter(act: Act, case: Case, categories: Sequence[str], urgency: int | None) -> None:
    case.dossier_id = case.id
    _sort(act, case, categories)
    case.urgency = urgency or (1 if case.is_emergency else urgency_of(act, case))
    _retitle(act, case)
    await_first_answer(act, case)
    versions.keep(act, case)
    journal.record(
        act, "case_registered", case, number=case.name, channel=vocabulary.name(act.session, "channel", case.channel)
    )
    sharing.give(act, case, f"unit:{case.office_id}", sharing.OFFICE, cause="intake", reference=case.name, quietly=True)
    catalog.index(act.session, case)


def _expect(columns: dict[str, Any], known: frozenset[str] | set[str]) -> None:
    if unknown := set(columns) - known:
        raise TypeError(f"not of a case: {', '.join(sorted(unknown))}")


def next_number(act: Act) -> str:
    """The next number of the year in which the act falls."""
    year = act.at.astimezone(WIB).year
    return f"PMI-{year}-{series.take(act.session, f'case/{year}'):06d}"


def _sort(act: Act, case: Case, codes: Sequence[str]) -> None:
    known = vocabulary.terms(act.session, "category")
    if wrong := [c for c in codes if c not in known]:
        message = _("Jenis masalah tidak dikenal: ${codes}", mapping={"codes": ", ".join(wrong)})
        raise Refused([Reason(message, field="categories")])
    case.matters = list(codes)


def _retitle(act: Act, case: Case) -> None:
    worker = act.session.get(item.Item, case.worker_id) if case.worker_id else None
    matter = vocabulary.name(act.session, "category", case.main_category) or str(_("Belum dipilah"))
    case.title = f"{worker.title if worker else '–'} · {matter}"


def _refuse(reasons: Iterable[Reason]) -> None:
    if found := list(reasons):
        raise Refused(found)


def triage(
    act: Act,
    case: Case,
    *,
    categories: Sequence[str] | None = None,
    urgency: int | None = None,
    is_emergency: bool | None = None,
    emergency_action: str | None = None,
) -> None:
    """Sort the case: matters (the first is the main one), urgency, and in an emergency what was done at once."""
    if categories is not None:
        _sort(act, case, categories)
    if is_emergency is not None:
        case.is_emergency = is_emergency
    if emergency_action is not None:
        case.emergency_action = emergency_action
    _refuse(is_sorted(act, case))
    advance(act, case, "triage")
    case.urgency = urgency or (1 if case.is_emergency else urgency_of(act, case))
    _retitle(act, case)
    versions.keep(act, case)
    category = vocabulary.name(act.session, "category", case.main_category)
    journal.record(act, "case_triaged", case, category=category, urgency=case.urgency)
    catalog.index(act.session, case)


def amend(act: Act, case: Case, *, categories: Sequence[str] | None = None, **columns: Any) -> list[str]:
    """Change facts of the case; gives the names of the columns that did change."""
    _expect(columns, EDITABLE | {"urgency"})
    changed = [name for name, value in columns.items() if getattr(case, name) != value]
    for name in changed:
        setattr(case, name, columns[name])
    if categories is not None and list(dict.fromkeys(categories)) != case.matters:
        _sort(act, case, categories)
        changed.append("categories")
    if changed:
        item.touch(act, case)
        _retitle(act, case)
        versions.keep(act, case)
        journal.record(act, "case_amended", case, fields=", ".join(sorted(changed)))
        catalog.index(act.session, case)
    return changed


def assign(act: Act, case: Case, *, account_id: int, name: str) -> None:
    """Make somebody responsible for the case."""
    case.assignee_id = account_id
    item.touch(act, case)
    journal.record(act, "case_assigned", case, assignee=name, account=account_id)
    catalog.index(act.session, case)


def note_contact(act: Act, case: Case, *, channel: str, was_reached: bool, note: str) -> Contact:
    """Write down a contact with the complainant, or an attempt at one."""
    contact = Contact(
        case_id=case.id,
        at=act.at,
        channel=channel,
        was_reached=was_reached,
        note=note,
        by_id=act.by.account_id,
        by_name=act.by.name,
    )
    act.session.add(contact)
    if was_reached:
        case.last_contact_at = act.at
    item.touch(act, case)
    way = vocabulary.name(act.session, "channel", channel)
    journal.record(act, "case_contact" if was_reached else "case_contact_failed", case, channel=way)
    catalog.index(act.session, case)
    return contact


def _step(act: Act, case: Case, name: str, event: str, **data: Any) -> None:
    advance(act, case, name)
    versions.keep(act, case)
    journal.record(act, event, case, **data)
    catalog.index(act.session, case)


def open_requirements(act: Act, case: Case) -> None:
    """Begin to gather documents; the feature requirements follows and makes the list."""
    require(act, case, "open_requirements")
    terms = deadlines.terms(act.session, "DOCS_COMPLETE")
    due.begin(act, case, "documents", terms, start="complaint", at=case.received_at, alone=True)
    _step(act, case, "open_requirements", "case_requirements_opened")


def complete(act: Act, case: Case) -> None:
    """Say that the blocking documents are there, waived or replaced."""
    require(act, case, "complete")
    due.keep(act, case)
    _step(act, case, "complete", "case_documents_complete")


def begin(act: Act, case: Case) -> None:
    """Say that handling has begun: a referral, mediation or advocacy exists."""
    _step(act, case, "begin", "case_handling_began")


def resolve(act: Act, case: Case, *, outcome: str | None = None) -> None:
    """Say that the matter is solved, and how."""
    if outcome is not None:
        case.outcome = outcome
    _refuse(has_outcome(act, case))
    _step(act, case, "resolve", "case_resolved")


def _close(act: Act, case: Case, name: str, reason: str, **facts: Any) -> None:
    require(act, case, name)
    for column, value in facts.items():
        setattr(case, column, value)
    case.closure_reason, case.closed_at = reason, act.at
    due.keep(act, case)
    _step(act, case, name, "case_closed", reason=vocabulary.name(act.session, "closure_reason", reason), code=reason)


def close(act: Act, case: Case) -> None:
    """Close a resolved case."""
    _close(act, case, "close", "DEMAND_MET")


def lapse(act: Act, case: Case) -> None:
    """Close because documents were not completed in 30 days (Perban 6/2024 art. 30(1)a)."""
    _close(act, case, "lapse", "DOCS_INCOMPLETE")


def close_unreachable(act: Act, case: Case) -> None:
    """Close because the complainant could not be reached for 60 days in a row (art. 30(1)c)."""
    _close(act, case, "close_unreachable", "COMPLAINANT_UNREACHABLE")


def hand_over(act: Act, case: Case, *, note: str) -> None:
    """Close because another body has taken the case over; it stays watched (art. 30(1)d and (3))."""
    _close(act, case, "hand_over", "HANDED_OVER", outcome=note, is_monitored=True)


def close_unsolvable(act: Act, case: Case) -> None:
    """Close because it can't be solved and six months passed without an answer (art. 30(1)e)."""
    _close(act, case, "close_unsolvable", "UNRESOLVABLE_NO_RESPONSE")


def close_otherwise(act: Act, case: Case, *, reason: str, note: str) -> None:
    """Close for another reason of the office's list."""
    _close(act, case, "close_otherwise", reason, outcome=note)


def reopen(act: Act, case: Case, *, reason: str) -> None:
    """Take a closed case up again."""
    advance(act, case, "reopen")
    case.closure_reason, case.closed_at, case.is_monitored = "", None, False
    versions.keep(act, case)
    journal.record(act, "case_reopened", case, reason=reason)
    catalog.index(act.session, case)


TRANSITIONS: dict[str, Callable[..., Any]] = {
    "triage": triage,
    "open_requirements": open_requirements,
    "complete": complete,
    "begin": begin,
    "resolve": resolve,
    "close": close,
    "lapse": lapse,
    "close_unreachable": close_unreachable,
    "hand_over": hand_over,
    "close_unsolvable": close_unsolvable,
    "close_otherwise": close_otherwise,
    "reopen": reopen,
    "extend": due.extend,
}
