"""The machine of an organisation: in use, or no longer."""

from __future__ import annotations

from portal.content.workflow import State, Transition, Workflow
from portal.i18n import _

KEEPERS = frozenset({"ADMIN", "REGISTRAR", "COORDINATOR"})
COLLEAGUE = "COLLEAGUE"
"""Role that every member of staff has on every organisation."""

WORKFLOW = Workflow(
    kind="organisation",
    initial="active",
    permissions={
        "view": frozenset({COLLEAGUE}) | KEEPERS,
        "edit": KEEPERS,
        "history": KEEPERS,
        "versions": KEEPERS,
        "comment": frozenset({COLLEAGUE}),
    },
    states=(State("active", _("Aktif")), State("inactive", _("Tidak aktif"), "stopped")),
    transitions=(
        Transition("retire", _("Nonaktifkan"), ("active",), "inactive", KEEPERS),
        Transition("revive", _("Aktifkan kembali"), ("inactive",), "active", KEEPERS),
    ),
)
