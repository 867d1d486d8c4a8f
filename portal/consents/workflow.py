"""The machine of a consent: in force until it is withdrawn or its day has passed; another ground needs two persons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.acts import STAFF, Act, Reason
from portal.cases.workflow import BACK, FRONT, HEADS
from portal.clock import WIB
from portal.content.workflow import State, Transition, Workflow
from portal.i18n import _

NOBODY: frozenset[str] = frozenset()
"""Transitions that the clock and the referrals make."""
HEARERS = FRONT | BACK | {"DRAFTER"}
"""Who hears the person's word, on the telephone as at the desk."""

GIVERS = {
    "person": _("Yang bersangkutan sendiri"),
    "guardian": _("Orang tua, wali, atau pengampu"),
    "mandate": _("Keluarga atau wakil dengan surat kuasa"),
}
MANNERS = {
    "written": _("Tertulis, ditandatangani"),
    "thumbprint": _("Tertulis, dengan cap jempol"),
    "spoken": _("Lisan, direkam atau dicatat"),
}
ENDED = ("withdrawn", "expired")
"""Its time is over, and somebody who was told something has still to be seen to."""


def is_another_person(act: Act, consent: Any) -> Iterable[Reason]:
    """Two persons answer for it: who proposed it does not decide, nor does anybody in that person's name."""
    if consent.created_by in {act.by.account_id, act.on_behalf_id}:
        yield Reason(_("Pengusul tidak dapat memutuskan usulnya sendiri; harus orang kedua."))


def day_has_passed(act: Act, consent: Any) -> Iterable[Reason]:
    """It expires by its own date only."""
    if consent.valid_until is None or consent.valid_until >= act.at.astimezone(WIB).date():
        yield Reason(_("Masa berlakunya belum habis."))


WORKFLOW = Workflow(
    kind="consent",
    initial="proposed",
    permissions={"view": STAFF, "history": STAFF, "comment": STAFF},
    states=(
        State("proposed", _("Menunggu orang kedua"), "waiting"),
        State("in_force", _("Berlaku"), "done"),
        State("withdrawn", _("Dicabut, harus ditindaklanjuti")),
        State("expired", _("Habis masa berlaku, harus ditindaklanjuti")),
        State("settled", _("Berakhir"), "stopped", final=True),
        State("refused", _("Tidak disetujui"), "stopped", final=True),
    ),
    transitions=(
        Transition(
            "confirm",
            _("Setujui sebagai orang kedua"),
            ("proposed",),
            "in_force",
            HEADS,
            guards=(is_another_person,),
            assured=True,
            prominent=True,
            hint=_(
                "Data boleh keluar tanpa persetujuan yang bersangkutan; Anda dan pengusul bertanggung jawab atasnya."
            ),
        ),
        Transition("refuse", _("Tolak usul"), ("proposed",), "refused", HEADS, guards=(is_another_person,)),
        Transition(
            "withdraw",
            _("Catat pencabutan"),
            ("proposed", "in_force"),
            "withdrawn",
            HEARERS,
            hint=_("Berlaku seketika: tidak ada lagi yang keluar, dan tautan jawaban yang bersandar padanya berakhir."),
        ),
        Transition("expire", _("Nyatakan habis"), ("in_force",), "expired", NOBODY, guards=(day_has_passed,)),
        Transition("settle", _("Selesai ditindaklanjuti"), ENDED, "settled", NOBODY),
    ),
)
