"""Correspondence: official letters out, with number, approval and proof; letters in, with agenda number and match."""

from __future__ import annotations

from pyramid.config import Configurator
from sqlalchemy.orm import Session

from portal import security
from portal.acts import DEPUTY, STAFF
from portal.cases import workflow as cases
from portal.content.actions import add_place
from portal.content.item import Kind, register
from portal.correspondence import forms, guards, incoming, letters, numbermodel, rendering, textmodel, verbs, workflow
from portal.correspondence.model import Incoming, Letter
from portal.correspondence.place import Letters
from portal.i18n import _

__all__ = ["numbermodel", "rendering", "textmodel"]


def _letter_words(_session: Session, letter: Letter) -> str:
    offices = " ".join(r.office for r in letter.recipients)
    return f"{letter.title} {letter.number or ''} {offices}"


def _incoming_words(_session: Session, found: Incoming) -> str:
    return f"{found.title} {found.sender} {found.sender_number} {found.summary}"


register(
    Kind(
        "letter",
        _("Surat keluar"),
        Letter,
        workflow.LETTER,
        verbs=verbs.TRANSITIONS,
        preparations=verbs.PREPARATIONS,
        forms=forms.LETTER_FORMS,
        versioned=("title", "body", "fields", "language", "speed", "security", "records_class", "reply_days"),
        text=_letter_words,
        template="correspondence/letter.pt",
    )
)
register(
    Kind(
        "incoming",
        _("Surat masuk"),
        Incoming,
        workflow.INCOMING,
        verbs=incoming.TRANSITIONS,
        preparations={"file_documents": incoming.prepare_filing},
        forms=forms.INCOMING_FORMS,
        container="incoming",
        text=_incoming_words,
        template="correspondence/incoming.pt",
    )
)
for name in ("close", "close_early"):
    cases.CHECKS[name].append(guards.no_letter_is_underway)
add_place(_("Surat keluar"), "/letters", "letters:registers", order=20)
add_place(_("Surat masuk"), "/letters/incoming", "letters:registers", order=30)
add_place(_("Map persetujuan"), "/letters/approvals", "letters:approve", order=5)
add_place(_("Map tanda tangan"), "/letters/signatures", "letters:sign", order=6)
add_place(_("Pelimpahan wewenang"), "/delegations", "delegations:keep", order=40)
add_place(_("Teks surat"), "/letters/texts", "letters:texts", order=90)
cases.CHECKS["lapse"].append(guards.completion_was_asked)


def includeme(config: Configurator) -> None:
    """Site permissions, the place of the registers, the public check; the letter types are read now, so a bad one shows."""
    letters.letter_types()
    letters.house()
    security.allow("letters:registers", *STAFF)
    security.allow("letters:approve", "SIGNER", "REVIEWER", DEPUTY)
    security.allow("letters:texts", "COORDINATOR", "REVIEWER", "SIGNER", "ADMIN")
    security.allow("letters:texts-approve", "COORDINATOR", "SIGNER")
    security.allow("letters:number", *workflow.REGISTRARS)
    security.allow("letters:sign", *workflow.SIGNATORIES, DEPUTY)
    security.allow("delegations:keep", *STAFF, "ADMIN")
    security.allow("incoming:register", *workflow.KEEPERS)
    config.add_container("letters", Letters)
    config.add_route("delegations", "/delegations")
    config.add_route("delegations_end", r"/delegations/{id:\d{1,15}}/end")
    config.add_route("signing_certificate", "/account/certificate")
    config.add_route("signing_certificate_remove", "/account/certificate/remove")
    config.add_route("verify", "/verify")
    config.add_route("verify_code", "/verify/{code}")
