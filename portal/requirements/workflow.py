"""The machine of a document requirement (state-machines.md, Document requirement)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.acts import STAFF, Act, Reason
from portal.content.due import is_due
from portal.content.workflow import State, Transition, Workflow
from portal.i18n import _

KEEPERS = frozenset(
    {"OPERATOR", "FRONT_OFFICER", "CASE_OFFICER", "COORDINATOR", "REGIONAL_OFFICER", "LEGAL_COMPANION", "DRAFTER"}
)
"""Who asks for documents and takes them in."""
CHECKERS = frozenset({"FRONT_OFFICER", "CASE_OFFICER", "COORDINATOR", "REGIONAL_OFFICER", "LEGAL_COMPANION"})
DECIDERS = frozenset({"CASE_OFFICER", "COORDINATOR", "REGIONAL_OFFICER"})
"""Who may let a case go on without a document."""
NOBODY: frozenset[str] = frozenset()
"""Transitions that only facts and clock make."""

SATISFIED = frozenset({"accepted", "waived", "substituted", "not_applicable"})
MISSING = ("needed", "requested", "rejected", "expired", "withdrawn")
UNDECIDED = ("received", "checking")


def has_document(_act: Act, requirement: Any) -> Iterable[Reason]:
    """Only something that is there can be checked."""
    if requirement.document_id is None:
        yield Reason(_("Belum ada berkas untuk dokumen ini."), mend="@receive")


def is_insisted(_act: Act, requirement: Any) -> Iterable[Reason]:
    """What the office's table makes mandatory is waived with a reason, not made optional."""
    if not requirement.insisted:
        yield Reason(_("Hanya dokumen yang diwajibkan petugas yang dapat dijadikan tidak wajib lagi."))
    if not requirement.by_rule:
        yield Reason(_("Dokumen ini diminta khusus untuk kasus ini; kecualikan bila tidak diperlukan lagi."))


def is_not_mandatory(_act: Act, requirement: Any) -> Iterable[Reason]:
    """What is mandatory can't be made so."""
    if requirement.is_mandatory:
        yield Reason(_("Dokumen ini sudah wajib."))


WORKFLOW = Workflow(
    kind="requirement",
    initial="needed",
    permissions={
        "view": STAFF,
        "history": STAFF,
        "comment": STAFF,
        "requirement:receive": KEEPERS,
        "requirement:check": CHECKERS,
    },
    states=(
        State("needed", _("Diperlukan"), "new"),
        State("requested", _("Sudah diminta"), "waiting"),
        State("received", _("Diterima, belum diperiksa")),
        State("checking", _("Sedang diperiksa")),
        State("accepted", _("Diterima dan sah"), "done"),
        State("rejected", _("Ditolak, perlu diminta lagi"), "stopped"),
        State("waived", _("Dikecualikan"), "waiting"),
        State("substituted", _("Diganti dokumen lain"), "done"),
        State("not_applicable", _("Tidak berlaku untuk kasus ini"), "stopped"),
        State("expired", _("Habis masa berlaku, perlu diminta lagi"), "stopped"),
        State("withdrawn", _("Ditarik, perlu diminta lagi"), "stopped"),
    ),
    transitions=(
        Transition("request", _("Minta"), ("needed",), "requested", KEEPERS, prominent=True),
        Transition(
            "receive",
            _("Catat dokumen diterima"),
            (*MISSING, *UNDECIDED, "waived"),
            "received",
            KEEPERS,
            hint=_("Dokumen dapat datang tanpa diminta, dan dapat diganti selama belum diputuskan."),
        ),
        Transition("check", _("Periksa"), ("received",), "checking", CHECKERS, guards=(has_document,), prominent=True),
        Transition(
            "accept", _("Nyatakan sah"), ("checking",), "accepted", CHECKERS, guards=(has_document,), prominent=True
        ),
        Transition("reject", _("Tolak"), ("checking",), "rejected", CHECKERS),
        Transition(
            "ask_again", _("Minta lagi"), ("rejected", "expired", "withdrawn"), "requested", KEEPERS, prominent=True
        ),
        Transition(
            "waive",
            _("Kecualikan"),
            (*MISSING, *UNDECIDED),
            "waived",
            DECIDERS,
            hint=_("Kasus dapat berjalan tanpa dokumen ini, dengan alasan dan, bila perlu, batas waktu."),
        ),
        Transition("end_waiver", _("Akhiri pengecualian"), ("waived",), "needed", DECIDERS),
        Transition(
            "substitute",
            _("Ganti dengan dokumen lain"),
            (*MISSING, *UNDECIDED, "waived"),
            "substituted",
            DECIDERS,
            hint=_("Dokumen lain dalam kasus ini membuktikan hal yang sama."),
        ),
        Transition("expire", _("Nyatakan kedaluwarsa"), ("accepted", "substituted"), "expired", NOBODY),
        Transition("withdraw", _("Tarik"), ("accepted", "substituted"), "withdrawn", NOBODY),
        Transition("insist", _("Wajibkan"), (*MISSING, *UNDECIDED), None, CHECKERS, guards=(is_not_mandatory,)),
        Transition("extend", _("Perpanjang batas waktu"), (*MISSING, *UNDECIDED), None, DECIDERS, suits=is_due),
        Transition("relent", _("Tidak wajib lagi"), (*MISSING, *UNDECIDED), None, DECIDERS, guards=(is_insisted,)),
        Transition(
            "not_applicable",
            _("Tidak berlaku"),
            (*MISSING, *UNDECIDED, "accepted", "waived", "substituted"),
            "not_applicable",
            NOBODY,
        ),
        Transition(
            "apply_again",
            _("Berlaku lagi"),
            ("not_applicable",),
            None,
            NOBODY,
            targets=(*MISSING, *UNDECIDED, "accepted", "waived", "substituted"),
        ),
    ),
)
