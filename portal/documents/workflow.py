"""The machine of a document: received, then accepted or rejected; accepted ones expire or are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.acts import STAFF, Act, Reason
from portal.clock import WIB
from portal.content.workflow import State, Transition, Workflow
from portal.i18n import _

CHECKERS = frozenset({"FRONT_OFFICER", "CASE_OFFICER", "COORDINATOR", "REGIONAL_OFFICER", "LEGAL_COMPANION"})
OPENERS = frozenset({"CASE_OFFICER", "COORDINATOR"})
"""Who may take a file out of quarantine, onto a machine prepared for that."""
NOBODY: frozenset[str] = frozenset()
"""Transitions that only the portal itself makes."""


def has_expired(act: Act, document: Any) -> Iterable[Reason]:
    """A document expires by its own date only."""
    if document.expires_on is None:
        yield Reason(_("Masa berlaku dokumen belum diisi."), mend="@edit", field="expires_on")
    elif document.expires_on >= act.at.astimezone(WIB).date():
        yield Reason(_("Masa berlaku dokumen belum habis."))


WORKFLOW = Workflow(
    kind="document",
    initial="received",
    permissions={
        "view": STAFF,
        "download": STAFF,
        "edit": CHECKERS,
        "history": STAFF,
        "versions": STAFF,
        "comment": STAFF,
    },
    states=(
        State("received", _("Diterima, belum diperiksa"), "new"),
        State("quarantined", _("Dikarantina"), "stopped", permissions={"download": OPENERS, "edit": NOBODY}),
        State(
            "accepted",
            _("Sah"),
            "done",
            permissions={"view": STAFF | {"ADVOCATE"}, "download": STAFF | {"ADVOCATE"}},
        ),
        State("rejected", _("Ditolak"), "stopped", permissions={"edit": NOBODY}, final=True),
        State("expired", _("Habis masa berlaku"), "stopped", permissions={"edit": NOBODY}, final=True),
        State("withdrawn", _("Ditarik"), "stopped", permissions={"edit": NOBODY}, final=True),
    ),
    transitions=(
        Transition("accept", _("Nyatakan sah"), ("received",), "accepted", CHECKERS, prominent=True),
        Transition(
            "reject",
            _("Tolak"),
            ("received", "quarantined"),
            "rejected",
            CHECKERS,
            hint=_("Berkas tetap tersimpan dan terlihat, dengan alasannya."),
        ),
        Transition("quarantine", _("Karantina"), ("received",), "quarantined", NOBODY),
        Transition("expire", _("Nyatakan kedaluwarsa"), ("accepted",), "expired", CHECKERS, guards=(has_expired,)),
        Transition(
            "withdraw",
            _("Tarik"),
            ("accepted",),
            "withdrawn",
            CHECKERS,
            hint=_("Pemberi dokumen menariknya kembali, atau dokumen ternyata salah."),
        ),
    ),
)
