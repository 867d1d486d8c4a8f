"""The machine of a referral: our ask, the partner's answers, our word that the service arrived (state-machines.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.acts import STAFF, Act, Reason
from portal.cases.workflow import BACK
from portal.content.due import is_due
from portal.content.workflow import State, Transition, Workflow
from portal.i18n import _
from portal.referrals import ladder, links

ADDRESSEE = "ADDRESSEE"
NOBODY: frozenset[str] = frozenset()
"""Transitions that follow the letter."""
HANDLERS = BACK | {"SIGNER"}
RECORDERS = BACK | {"REGISTRAR"}
"""Who writes down what a partner said on paper, by e-mail or by telephone."""
PARTNER = RECORDERS | {ADDRESSEE}

OUTSIDE = frozenset({ADDRESSEE, "ADVOCATE"})
UNSENT = {"view": STAFF, "content": STAFF, "story": STAFF, "comment": STAFF}
"""Until the letter has gone out, only the office knows of it."""
TAKEN_BACK = UNSENT | {"view": STAFF | {ADDRESSEE}}
"""Whom it was sent to is told that it was recalled; it may also have been recalled before anybody outside knew."""

ASKED = ("sent", "received")
TAKEN = ("accepted", "in_progress")
THEIRS = (*ASKED, *TAKEN)
"""The next step is the partner's."""
OPEN = ("drafted", "approved", *ASKED, "info_wanted", *TAKEN, "service_given")
ENDED = ("confirmed", "closed", "declined", "redirected", "recalled", "lapsed")
"""A case may close over these only (invariant 3)."""
LATE = ("confirmed", "declined", "redirected", "closed", "lapsed")
ANSWERABLE = (*THEIRS, "info_wanted", "service_given", *LATE)
"""Sent and not taken back: the partner can still say something."""

NEXT_ACTIONS = {
    "not_competent": _("Rujuk ke instansi yang berwenang"),
    "capacity_full": _("Cari instansi lain, atau minta jadwal"),
    "incomplete": _("Lengkapi data atau dokumen, lalu rujuk kembali"),
    "out_of_area": _("Rujuk ke kantor di wilayah yang tepat"),
    "duplicate": _("Cocokkan dengan rujukan yang sudah ditangani"),
    "conflict_of_interest": _("Rujuk ke instansi lain"),
    "other": _("Baca alasannya dan putuskan langkah berikutnya"),
    "redirected": _("Rujuk ke instansi yang ditunjuk"),
    "lapse": _("Semua pengingat sudah dikirim, belum dijawab: nyatakan tidak dijawab, atau cari jalan lain"),
    "ground": _("Persetujuannya berakhir: tarik rujukan dan kirim surat penarikan, atau catat dasar baru"),
}
"""What has to follow a refusal, by its code: no refusal is left without a next step (invariant 5)."""


def has_claim(_act: Act, referral: Any) -> Iterable[Reason]:
    """There is a written answer that nobody has looked at yet."""
    if not referral.claimed:
        yield Reason(_("Tidak ada jawaban tertulis yang menunggu."))


def _theirs(name: str, title: Any, sources: tuple[str, ...], target: str | None, **more: Any) -> Transition:
    return Transition(name, title, sources, target, PARTNER, **more)


STATES = (
    State("drafted", _("Disiapkan"), "new", permissions=UNSENT),
    State("approved", _("Disetujui, belum dikirim"), "waiting", permissions=UNSENT),
    State("sent", _("Terkirim"), "waiting"),
    State("received", _("Diterima instansi"), "waiting"),
    State("info_wanted", _("Menunggu keterangan kami")),
    State("accepted", _("Disanggupi")),
    State("in_progress", _("Dikerjakan")),
    State("service_given", _("Layanan dilaporkan"), "waiting"),
    State("confirmed", _("Layanan dipastikan"), "done"),
    State("closed", _("Selesai"), "done", final=True),
    State("declined", _("Ditolak"), "stopped"),
    State("redirected", _("Dialihkan"), "stopped"),
    State("recalled", _("Ditarik"), "stopped", permissions=TAKEN_BACK, final=True),
    State("lapsed", _("Tidak dijawab"), "stopped", final=True),
)

TRANSITIONS = (
    Transition("approve", _("Setujui"), ("drafted",), "approved", NOBODY),
    Transition("return_to_draft", _("Kembali disiapkan"), ("approved",), "drafted", NOBODY),
    Transition("send", _("Kirim"), ("approved",), "sent", NOBODY),
    _theirs("acknowledge", _("Nyatakan diterima"), ("sent",), "received", prominent=True),
    _theirs("accept", _("Sanggupi"), ASKED, "accepted", prominent=True),
    _theirs("need_info", _("Minta keterangan"), ASKED, "info_wanted"),
    _theirs("decline", _("Tolak"), ASKED, "declined"),
    _theirs("redirect", _("Alihkan ke instansi lain"), (*ASKED, "accepted"), "redirected"),
    _theirs("progress", _("Laporkan kemajuan"), TAKEN, "in_progress"),
    _theirs("provide", _("Laporkan hasil"), TAKEN, "service_given", prominent=True),
    _theirs("send_late", _("Kirim jawaban susulan"), LATE, None),
    Transition("supply", _("Beri keterangan"), ("info_wanted",), "received", HANDLERS, prominent=True),
    Transition(
        "confirm",
        _("Pastikan layanan sampai"),
        ("service_given",),
        "confirmed",
        HANDLERS,
        prominent=True,
        hint=_("Tanyakan kepada pengadu, atau periksa buktinya."),
    ),
    Transition("dispute", _("Layanan belum sampai"), ("service_given",), "in_progress", HANDLERS),
    Transition("close", _("Selesaikan rujukan"), ("confirmed", "declined", "redirected"), "closed", HANDLERS),
    Transition(
        "recall",
        _("Tarik rujukan"),
        OPEN,
        "recalled",
        HANDLERS,
        hint=_("Instansi tidak dapat lagi membuka surat dan lampirannya, dan diberi tahu bahwa rujukan ditarik."),
    ),
    Transition(
        "write_recall",
        _("Susun surat penarikan"),
        (*ANSWERABLE, "recalled"),
        None,
        BACK | {"DRAFTER"},
        prominent=True,
        hint=_("Meminta instansi berhenti memakai data dan memusnahkan atau mengembalikan salinannya."),
        suits=lambda referral: (
            referral.sent_at is not None and (referral.next_action == "ground" or referral.state == "recalled")
        ),
    ),
    Transition("extend", _("Perpanjang batas waktu"), OPEN, None, HANDLERS, suits=is_due),
    Transition("lapse", _("Nyatakan tidak dijawab"), THEIRS, "lapsed", HANDLERS, guards=(ladder.is_climbed,)),
    Transition(
        "set_claim_aside",
        _("Bukan jawaban rujukan ini"),
        ANSWERABLE,
        None,
        RECORDERS,
        guards=(has_claim,),
    ),
    Transition(
        "send_link",
        _("Kirim tautan jawaban"),
        ANSWERABLE,
        None,
        RECORDERS,
        guards=(links.has_link, links.can_be_mailed, links.ground_stands),
        hint=_("Lewat pos-el, tanpa kode: kodenya tercetak pada surat. Tautan yang kedaluwarsa berlaku lagi."),
    ),
    Transition(
        "renew_link",
        _("Buat tautan jawaban baru"),
        ANSWERABLE,
        None,
        RECORDERS,
        guards=(links.ground_stands,),
        hint=_("Tautan dan kode yang tercetak pada surat tidak berlaku lagi. Kode baru disampaikan lewat telepon."),
    ),
    Transition(
        "revoke_link",
        _("Cabut tautan jawaban"),
        ANSWERABLE,
        None,
        RECORDERS,
        guards=(links.has_link,),
        hint=_("Instansi tidak dapat lagi menjawab lewat tautan; portal dan surat tetap dapat dipakai."),
    ),
)

WORKFLOW = Workflow(
    kind="referral",
    initial="drafted",
    permissions={
        "view": STAFF | OUTSIDE,
        "content": STAFF | OUTSIDE,
        "story": STAFF | {"ADVOCATE"},
        "history": STAFF,
        "comment": STAFF | {ADDRESSEE},
        "share": NOBODY,
    },
    states=STATES,
    transitions=TRANSITIONS,
)
PARTNER_ACTS = tuple(t.name for t in TRANSITIONS if ADDRESSEE in t.roles)
"""What only the partner can say, and what staff write down on the partner's behalf."""
LINK_ACTS = ("send_link", "renew_link", "revoke_link")
"""What is done with the answer link and moves nothing else."""
