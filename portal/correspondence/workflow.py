"""The machines of outgoing and incoming letters (state-machines.md, Outgoing letter and Incoming letter)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.acts import DEPUTY, STAFF, Act, Reason
from portal.cases.workflow import BACK
from portal.content.workflow import Guard, State, Transition, Workflow
from portal.correspondence import approval_guards as approval
from portal.correspondence import disclosures, guards
from portal.correspondence.chain import COORDINATION
from portal.correspondence.model import ELECTRONIC
from portal.i18n import _

CHECKS = guards.CHECKS
"""Transition → further guards, added by the features above (referrals)."""

DRAFTERS = BACK | {"DRAFTER"}
REGISTRARS = frozenset({"REGISTRAR", "SIGNER"})
SIGNATORIES = frozenset({"SIGNER", "CASE_OFFICER", "FRONT_OFFICER"})
"""Who signs some type of letter; which one it is says the letter type."""
REVIEWERS = frozenset({"REVIEWER", DEPUTY, COORDINATION})
SENDERS = frozenset({"REGISTRAR", "CASE_OFFICER"})
HANDLERS = SENDERS | {"COORDINATOR", "SIGNER", "REGIONAL_OFFICER"}
UNSEEN = {"view": STAFF | {DEPUTY, COORDINATION}}
"""Until a letter is issued, only the office knows of it."""
FROZEN = {"edit": frozenset[str]()}
HANDED = {"letter:frozen": SIGNATORIES | {DEPUTY, "REGISTRAR"}}
"""The file without its signature is handed to those who sign it or bring it back signed, and to nobody else."""


def _further(name: str) -> Guard:
    def guard(act: Act, letter: Any) -> Iterable[Reason]:
        return [reason for check in CHECKS[name] for reason in check(act, letter)]

    return guard


NUMBERING: tuple[Guard, ...] = (
    approval.parafs_are_complete,
    approval.is_as_approved,
    approval.deputy_is_in_office,
    guards.unit_has_a_code,
    guards.signer_has_a_certificate,
    disclosures.may_be_told,
    _further("issue"),
)
COMPLETE = (guards.fields_are_filled, guards.recipients_can_be_reached, guards.signer_is_named)
SENT = ("dispatched", "answered", "closed")

LETTER = Workflow(
    kind="letter",
    initial="draft",
    permissions={
        "view": STAFF | {DEPUTY, COORDINATION, "ADVOCATE"},
        "edit": DRAFTERS | {"REVIEWER", "SIGNER"},
        "history": STAFF,
        "versions": STAFF,
        "comment": STAFF | {DEPUTY, COORDINATION},
        "share": frozenset(),
        "letter:render": SENDERS | REGISTRARS,
        "letter:frozen": frozenset(),
    },
    states=(
        State("draft", _("Konsep"), "new", permissions=UNSEEN),
        State("in_review", _("Diperiksa"), permissions=UNSEEN),
        State("approved", _("Disetujui, menunggu nomor"), "waiting", permissions=UNSEEN),
        State(
            "signing", _("Bernomor, menunggu tanda tangan elektronik"), "waiting", permissions=UNSEEN | FROZEN | HANDED
        ),
        State("issued", _("Terbit, belum dikirim"), permissions=FROZEN),
        State("dispatched", _("Terkirim"), "waiting", permissions=FROZEN),
        State("answered", _("Terjawab"), permissions=FROZEN),
        State("closed", _("Selesai"), "done", permissions=FROZEN, final=True),
        State("voided", _("Batal"), "stopped", permissions=UNSEEN | FROZEN, final=True),
        State("withdrawn", _("Ditarik"), "stopped", permissions=FROZEN, final=True),
    ),
    transitions=(
        Transition(
            "submit",
            _("Ajukan untuk diperiksa"),
            ("draft",),
            "in_review",
            DRAFTERS,
            guards=(*COMPLETE, approval.chain_can_be_walked),
            prominent=True,
            hint=_("Konsep diperiksa pemaraf, lalu disetujui penanda tangan."),
        ),
        Transition("discard", _("Batalkan konsep"), ("draft",), "voided", DRAFTERS),
        Transition(
            "initial",
            _("Paraf"),
            ("in_review",),
            None,
            REVIEWERS,
            guards=(approval.is_not_the_author, approval.it_is_their_turn, approval.is_as_submitted),
            prominent=True,
            suits=lambda letter: bool(letter.chain),
        ),
        Transition(
            "give_back",
            _("Kembalikan"),
            ("in_review", "approved"),
            "draft",
            REVIEWERS | SIGNATORIES,
        ),
        Transition(
            "revise",
            _("Tarik ke konsep"),
            ("in_review", "approved"),
            "draft",
            DRAFTERS | {"REVIEWER", "SIGNER"},
            hint=_("Paraf dan persetujuan gugur."),
        ),
        Transition(
            "approve",
            _("Setujui"),
            ("in_review",),
            "approved",
            SIGNATORIES | {DEPUTY},
            guards=(
                approval.is_not_the_author,
                approval.is_the_signer,
                approval.is_as_submitted,
                approval.parafs_are_complete,
                *COMPLETE,
                guards.reply_date_lies_ahead,
                guards.enclosures_are_accepted,
                guards.required_documents_are_there,
                guards.comments_are_settled,
                disclosures.may_be_told,
                _further("approve"),
            ),
            assured=True,
            prominent=True,
        ),
        Transition(
            "issue",
            _("Beri nomor dan terbitkan"),
            ("approved",),
            None,
            REGISTRARS,
            targets=("issued", "signing"),
            guards=NUMBERING,
            assured=True,
            prominent=True,
            hint=_("Nomor dan tanggal ditetapkan dan isi surat dibekukan; tidak dapat diurungkan, hanya dibatalkan."),
        ),
        Transition(
            "issue_supplement",
            _("Terbitkan dengan nomor sisipan"),
            ("approved",),
            None,
            REGISTRARS,
            targets=("issued", "signing"),
            guards=(*NUMBERING, guards.supplements_are_in_use),
            assured=True,
            hint=_("Nomor surat terdahulu dengan huruf di belakangnya, misalnya 12a. Tanggal surat tetap hari ini."),
        ),
        Transition(
            "sign",
            _("Tanda tangani"),
            ("signing",),
            "issued",
            SIGNATORIES | {DEPUTY},
            guards=(
                guards.file_is_set,
                approval.signs_by_own_hand,
                approval.deputy_is_in_office,
                guards.person_has_a_certificate,
            ),
            assured=True,
            prominent=True,
            hint=_("Tanda tangan elektronik dibubuhkan pada berkas yang sudah dibekukan; isinya tidak berubah."),
            suits=lambda letter: letter.signature == "portal",
        ),
        Transition(
            "attach",
            _("Unggah berkas bertanda tangan"),
            ("signing",),
            "issued",
            SIGNATORIES | {"REGISTRAR"},
            guards=(guards.file_is_set,),
            prominent=True,
            hint=_(
                "Unduh naskah beku, tanda tangani di layanan penerbit sertifikat, lalu unggah hasilnya tanpa diubah."
            ),
            suits=lambda letter: letter.signature == "external",
        ),
        Transition(
            "scan",
            _("Unggah pindaian bertanda tangan basah"),
            ("issued", "dispatched"),
            None,
            SENDERS | REGISTRARS,
            guards=(guards.file_is_ready,),
            suits=lambda letter: letter.signature not in ELECTRONIC,
        ),
        Transition("void", _("Batalkan nomor"), ("issued", "signing"), "voided", REGISTRARS, assured=True),
        Transition(
            "dispatch",
            _("Kirim"),
            ("issued",),
            "dispatched",
            SENDERS,
            guards=(
                guards.file_is_ready,
                guards.recipients_can_be_reached,
                disclosures.may_be_told,
                _further("dispatch"),
            ),
            prominent=True,
        ),
        Transition(
            "send_again",
            _("Kirim ulang"),
            SENT,
            None,
            SENDERS,
            guards=(guards.file_is_ready, disclosures.may_be_told),
        ),
        Transition("note_delivery", _("Catat bukti kirim"), SENT, None, SENDERS),
        Transition("answer", _("Tandai terjawab"), ("dispatched",), "answered", HANDLERS, guards=(guards.has_reply,)),
        Transition("close", _("Tutup surat"), ("dispatched", "answered"), "closed", HANDLERS, guards=(guards.is_done,)),
        Transition(
            "supersede",
            _("Nyatakan digantikan"),
            ("issued", *SENT),
            None,
            frozenset({"SIGNER"}),
            assured=True,
            hint=_("Halaman pemeriksaan keaslian menyebut surat ini tidak lagi berlaku."),
            suits=lambda letter: letter.superseded_by_id is None,
        ),
        Transition(
            "withdraw", _("Tarik surat"), ("dispatched", "answered"), "withdrawn", frozenset({"SIGNER"}), assured=True
        ),
    ),
)

KEEPERS = frozenset({"REGISTRAR", "FRONT_OFFICER", "CASE_OFFICER", "COORDINATOR", "REGIONAL_OFFICER"})
OPEN_INCOMING = ("registered", "unmatched")

INCOMING = Workflow(
    kind="incoming",
    initial="registered",
    permissions={
        "view": STAFF,
        "edit": KEEPERS,
        "history": STAFF,
        "versions": STAFF,
        "comment": STAFF,
        "share": frozenset(),
    },
    states=(
        State("registered", _("Teragenda"), "new"),
        State("unmatched", _("Belum ada kasusnya"), "waiting"),
        State("matched", _("Dicocokkan")),
        State("noted", _("Dicatat")),
        State("answered", _("Dijawab")),
        State("filed", _("Diberkaskan"), "done", final=True),
        State("junk", _("Bukan surat untuk kami"), "stopped", final=True),
    ),
    transitions=(
        Transition("match", _("Cocokkan"), OPEN_INCOMING, "matched", KEEPERS, prominent=True),
        Transition("set_aside", _("Kasusnya belum ditemukan"), ("registered",), "unmatched", KEEPERS),
        Transition("note", _("Catat tanpa jawaban"), (*OPEN_INCOMING, "matched"), "noted", KEEPERS),
        Transition("answer", _("Sudah dijawab"), ("matched", "noted"), "answered", KEEPERS),
        Transition(
            "file_documents",
            _("Masukkan berkas ke kasus"),
            ("matched", "noted", "answered"),
            None,
            KEEPERS,
            guards=(guards.has_unfiled_files,),
        ),
        Transition("file", _("Berkaskan"), ("noted", "answered"), "filed", KEEPERS, prominent=True),
        Transition("discard", _("Singkirkan"), OPEN_INCOMING, "junk", frozenset({"REGISTRAR"})),
    ),
)
