"""The machine of a person's record: known, or merged into another record of the same person."""

from __future__ import annotations

from portal.acts import STAFF
from portal.content.workflow import State, Transition, Workflow
from portal.i18n import _

WRITERS = STAFF - {"ARCHIVIST", "SIGNER", "DPO"}

WORKFLOW = Workflow(
    kind="person",
    initial="known",
    permissions={"view": STAFF, "edit": WRITERS, "history": STAFF, "versions": STAFF, "comment": STAFF},
    states=(State("known", _("Tercatat")), State("merged", _("Digabung"), "stopped")),
    transitions=(
        Transition(
            "merge",
            _("Gabungkan"),
            ("known",),
            "merged",
            frozenset({"COORDINATOR", "CASE_OFFICER"}),
            hint=_("Orang yang sama tercatat dua kali. Tidak ada yang dihapus, dan dapat dipisahkan kembali."),
        ),
        Transition("unmerge", _("Pisahkan kembali"), ("merged",), "known", frozenset({"COORDINATOR", "CASE_OFFICER"})),
    ),
)
