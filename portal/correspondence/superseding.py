"""A letter that another has replaced: it keeps its state and number, and the check page says that it no longer holds."""

from __future__ import annotations

from portal import journal
from portal.acts import Act, Reason, Refused
from portal.content import catalog
from portal.content.workflow import advance
from portal.correspondence import incoming
from portal.correspondence.model import Letter
from portal.i18n import _

OPEN_SECURITY = "B"
"""Letters of this secrecy may be named to anybody who asks for the one they replace."""
IN_FORCE = frozenset({"issued", "dispatched", "answered", "closed"})

journal.declare(
    letter_superseded=_("${by} menyatakan surat Nomor ${number} digantikan surat Nomor ${by_number}: ${reason}")
)


def supersede(act: Act, letter: Letter, *, number: str, reason: str) -> None:
    """Say that another letter of the case holds instead of this one."""
    other = incoming.find(act, number)
    if not isinstance(other, Letter) or other.dossier_id != letter.dossier_id or other.id == letter.id:
        raise Refused([Reason(_("Tidak ada surat lain pada kasus ini dengan nomor itu."), field="number")])
    if other.state not in IN_FORCE or other.superseded_by_id is not None:
        raise Refused([Reason(_("Surat pengganti itu sendiri tidak berlaku."), field="number")])
    advance(act, letter, "supersede")
    letter.superseded_by_id = other.id
    known = {"number": letter.number, "by_number": other.number, "reason": reason}
    journal.record(act, "letter_superseded", letter, **known)
    catalog.index(act.session, letter)
