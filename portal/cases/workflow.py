"""The machine of a case: from the complaint's number to the closing reason (state-machines.md, Case)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from portal import deadlines
from portal.acts import STAFF, Act, Reason
from portal.cases.model import Contact
from portal.content.due import is_due
from portal.content.workflow import Guard, State, Transition, Workflow
from portal.i18n import _

CHECKS: dict[str, list[Guard]] = defaultdict(list)
"""Transition → further guards, added by the features above (requirements, letters, referrals)."""

FRONT = frozenset({"OPERATOR", "FRONT_OFFICER", "COORDINATOR"})
BACK = frozenset({"CASE_OFFICER", "COORDINATOR", "REGIONAL_OFFICER", "LEGAL_COMPANION", "MEDIATOR"})
HEADS = frozenset({"COORDINATOR", "SIGNER"})
WRITERS = FRONT | BACK | {"DRAFTER"}


def _further(name: str) -> Guard:
    def guard(act: Act, case: Any) -> Iterable[Reason]:
        return [reason for check in CHECKS[name] for reason in check(act, case)]

    return guard


def is_sorted(act: Act, case: Any) -> list[Reason]:
    """What the verb triage wants once its answers are in; as guards they would hide the form that asks for them."""
    return [*has_category(act, case), *emergency_was_acted_on(act, case)]


def has_category(_act: Act, case: Any) -> Iterable[Reason]:
    """A case is sorted under at least one matter before it moves."""
    if not case.categories:
        yield Reason(_("Jenis masalah belum dipilih."), mend="@edit", field="categories")


def emergency_was_acted_on(_act: Act, case: Any) -> Iterable[Reason]:
    """An emergency leaves the front office only with the action that was taken at once."""
    if case.is_emergency and not case.emergency_action.strip():
        yield Reason(_("Kasus darurat: tindakan segera belum dicatat."), mend="@edit", field="emergency_action")


def has_outcome(_act: Act, case: Any) -> Iterable[Reason]:
    """A resolved case says what came out of it."""
    if not case.outcome.strip():
        yield Reason(_("Hasil penanganan belum ditulis."), mend="@edit", field="outcome")


def _since(act: Act, code: str, start: Any, message: Any) -> Iterable[Reason]:
    end = deadlines.by_rule(act.session, code, start) if start else None
    if end is None or act.at < end:
        yield Reason(message)


def incomplete_for_30_days(act: Act, case: Any) -> Iterable[Reason]:
    """Perban 6/2024 art. 30(1)a: thirty days since registration."""
    yield from _since(
        act,
        "DOCS_COMPLETE",
        case.received_at,
        _("Batas 30 hari sejak pendaftaran belum lewat (Perban 6/2024 Pasal 30)."),
    )
    if case.due_at is not None and act.at < case.due_at:
        yield Reason(_("Batas waktu melengkapi dokumen diperpanjang dan belum lewat."))


def unreachable_for_60_days(act: Act, case: Any) -> Iterable[Reason]:
    """Perban 6/2024 art. 30(1)c: 60 days in a row without contact, attempts on at least two channels."""
    yield from _since(
        act, "CONTACT_LOST", case.last_contact_at, _("Belum 60 hari berturut-turut sejak komunikasi terakhir.")
    )
    tried = act.session.scalar(
        select(func.count(func.distinct(Contact.channel))).where(
            Contact.case_id == case.id, Contact.was_reached.is_(False), Contact.at >= case.last_contact_at
        )
    )
    if (tried or 0) < 2:
        yield Reason(_("Upaya menghubungi harus tercatat lewat sedikitnya dua kanal."), mend="@contacts")


def told_for_six_months(act: Act, case: Any) -> Iterable[Reason]:
    """Perban 6/2024 art. 30(1)e: told that it can't be solved, and six months without an answer."""
    if case.told_unsolvable_at is None:
        yield Reason(
            _("Pengadu belum diberi tahu secara tertulis bahwa masalah tidak dapat diselesaikan."), mend="@edit"
        )
    else:
        yield from _since(act, "NO_RESPONSE", case.told_unsolvable_at, _("Belum enam bulan tanpa tanggapan."))


OPEN = ("registered", "triaged", "verifying", "clarifying", "in_process", "resolved", "reopened")

WORKFLOW = Workflow(
    kind="case",
    initial="registered",
    permissions={
        "view": STAFF | {"ADVOCATE"},
        "edit": WRITERS,
        "history": STAFF,
        "versions": STAFF,
        "comment": STAFF,
        "share": frozenset({"COORDINATOR", "CASE_OFFICER"}),
        "case:contact": WRITERS,
        "case:assign": frozenset({"COORDINATOR"}),
        "document:add": WRITERS,
        "letter:draft": BACK | {"DRAFTER"},
        "referral:draft": BACK | {"DRAFTER"},
        "consent:list": STAFF,
        "consent:record": WRITERS,
        "casefile:view": frozenset({"ADVOCATE", "CASE_OFFICER", "COORDINATOR", "LEGAL_COMPANION", "PPNS"}),
    },
    states=(
        State("registered", _("Terdaftar"), "new"),
        State("triaged", _("Dipilah"), "new"),
        State("verifying", _("Validasi dokumen")),
        State("clarifying", _("Klarifikasi")),
        State("in_process", _("Ditangani")),
        State("resolved", _("Selesai, belum ditutup"), "waiting"),
        State("reopened", _("Dibuka kembali"), "new"),
        State(
            "closed",
            _("Ditutup"),
            "done",
            permissions=dict.fromkeys(
                ("edit", "document:add", "letter:draft", "referral:draft", "consent:record"), frozenset()
            ),
        ),
    ),
    transitions=(
        Transition(
            "triage",
            _("Pilah"),
            ("registered",),
            "triaged",
            FRONT | BACK,
            prominent=True,
            hint=_("Tetapkan jenis masalah dan tingkat kegawatan."),
        ),
        Transition(
            "open_requirements",
            _("Minta dokumen"),
            ("triaged", "reopened"),
            "verifying",
            FRONT | BACK,
            guards=(has_category,),
            prominent=True,
            hint=_("Susun daftar dokumen yang diperlukan menurut jenis masalah."),
        ),
        Transition(
            "complete",
            _("Dokumen lengkap"),
            ("verifying",),
            "clarifying",
            BACK,
            guards=(_further("complete"),),
            prominent=True,
        ),
        Transition(
            "begin",
            _("Mulai penanganan"),
            ("clarifying", "triaged", "reopened"),
            "in_process",
            BACK,
            guards=(_further("begin"),),
            prominent=True,
            hint=_("Setelah ada rujukan, mediasi, atau tindakan advokasi."),
        ),
        Transition(
            "resolve",
            _("Nyatakan selesai"),
            ("in_process",),
            "resolved",
            BACK,
            guards=(_further("resolve"),),
        ),
        Transition(
            "close", _("Tutup kasus"), ("resolved",), "closed", HEADS | {"CASE_OFFICER"}, guards=(_further("close"),)
        ),
        Transition(
            "lapse",
            _("Tutup: dokumen tidak dilengkapi"),
            ("verifying",),
            "closed",
            HEADS,
            guards=(incomplete_for_30_days, _further("lapse")),
        ),
        Transition(
            "close_unreachable",
            _("Tutup: pengadu tidak dapat dihubungi"),
            OPEN,
            "closed",
            HEADS,
            guards=(unreachable_for_60_days, _further("close_early")),
        ),
        Transition(
            "hand_over",
            _("Serahkan kepada instansi lain"),
            OPEN,
            "closed",
            HEADS,
            guards=(_further("hand_over"), _further("close_early")),
        ),
        Transition(
            "close_unsolvable",
            _("Tutup: tidak dapat diselesaikan"),
            OPEN,
            "closed",
            HEADS,
            guards=(told_for_six_months, _further("close_early")),
        ),
        Transition(
            "close_otherwise",
            _("Tutup dengan alasan lain"),
            OPEN,
            "closed",
            HEADS,
            guards=(_further("close_early"),),
            hint=_("Dicabut pengadu, tidak valid, atau duplikat."),
        ),
        Transition("reopen", _("Buka kembali"), ("closed",), "reopened", HEADS | BACK),
        Transition("extend", _("Perpanjang batas waktu"), OPEN, None, HEADS | {"CASE_OFFICER"}, suits=is_due),
    ),
)
