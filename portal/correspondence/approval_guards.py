"""Who may initial, approve and sign a letter, and over which content: guards with the reasons they tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.accounts.delegations import Delegation, running
from portal.acts import Act, Reason
from portal.content import sharing
from portal.correspondence import approval_rules, chain, letters
from portal.correspondence.model import Letter
from portal.i18n import _


def is_not_the_author(act: Act, letter: Letter) -> Iterable[Reason]:
    """Four eyes: whoever wrote or submitted the letter neither initials nor approves it, nor does a deputy for him."""
    part = chain.part_of(act, letter)
    giver = part.giver.id if part is not None and part.giver is not None else None
    if {act.by.account_id, giver} & chain.authors(letter):
        yield Reason(_("Penyusun surat tidak dapat memaraf atau menyetujui suratnya sendiri, juga lewat pengganti."))


def chain_can_be_walked(act: Act, letter: Letter) -> Iterable[Reason]:
    """Every paraf that the office's rules ask for has somebody who can give it."""
    for step in approval_rules.chain_of(act.session, letter):
        if not chain.candidates(act.session, letter, step):
            known = {"step": chain.step_title(act.session, step, letter)}
            yield Reason(_("Tidak ada pejabat lain yang dapat memberi “${step}”.", mapping=known))


def it_is_their_turn(act: Act, letter: Letter) -> Iterable[Reason]:
    """The person, or whom he or she stands in for, is asked for a paraf now."""
    part = chain.part_of(act, letter)
    if part is None or part.step == chain.SIGNING:
        yield Reason(_("Bukan giliran Anda memaraf; ${turn}.", mapping={"turn": _turn(act, letter)}))


def _turn(act: Act, letter: Letter) -> Any:
    names = [person.name for turn in chain.waiting(act.session, letter) for person in turn.people]
    return _("ditunggu: ${names}", mapping={"names": ", ".join(dict.fromkeys(names)) or "–"})


def parafs_are_complete(act: Act, letter: Letter) -> Iterable[Reason]:
    """Every step of the letter's chain has a paraf over exactly this content, none of them by its author."""
    writers = chain.authors(letter)
    good = {number for number, row in chain.standing(letter).items() if not {row.by_id, row.for_id} & writers}
    for number, step in enumerate(letter.chain):
        if number not in good:
            known = {"step": chain.step_title(act.session, step, letter)}
            yield Reason(_("Belum diparaf: ${step}.", mapping=known))


def is_the_signer(act: Act, letter: Letter) -> Iterable[Reason]:
    """The named signer approves, who holds the role the letter type asks for, or who stands in for the signer now."""
    if act.by.account_id != letter.signer_id:
        part = chain.part_of(act, letter)
        if part is None or part.step != chain.SIGNING:
            name = letter.signer.get("name", "")
            yield Reason(
                _("Surat ini ditandatangani oleh ${name}.", mapping={"name": name}), mend="@edit", field="signer_id"
            )
        return
    held = sharing.local_roles(act.by, sharing.grants_on(act.session, [letter.id, letter.parent_id or 0]), act.at)
    if not held & {"SIGNER", letters.type_of(letter).signatory}:
        yield Reason(_("Jenis surat ini tidak dapat Anda tanda tangani."))


def signs_by_own_hand(act: Act, letter: Letter) -> Iterable[Reason]:
    """The electronic signature is given by who approved: the named signer, or the deputy of the letter's block."""
    if act.by.account_id != letter.signing_id:
        name = (letter.acting or letter.signer).get("name", "")
        yield Reason(_("Surat ini ditandatangani oleh ${name}.", mapping={"name": name}))


def deputy_is_in_office(act: Act, letter: Letter) -> Iterable[Reason]:
    """A letter that a deputy approved is numbered, dated and signed only while the deputy stands in."""
    known = letter.acting.get("delegation")
    if known and act.session.scalar(running(act.at).where(Delegation.id == known)) is None:
        name = letter.acting.get("name", "")
        yield Reason(
            _("Masa pelimpahan kepada ${name} sudah berakhir; surat harus disetujui lagi.", mapping={"name": name})
        )


def is_as_submitted(_act: Act, letter: Letter) -> Iterable[Reason]:
    """The content is what was submitted, byte for byte."""
    if letter.content_hash != letters.content_hash(letter):
        yield Reason(_("Isi surat berubah sejak diajukan; tarik ke konsep dan ajukan lagi."))


def is_as_approved(_act: Act, letter: Letter) -> Iterable[Reason]:
    """The approval binds to exactly this content."""
    approval = letters.last_decision(letter, "approved")
    if approval is None or approval.content_hash != letters.approved_hash(letter):
        yield Reason(_("Isi surat berubah sejak disetujui; surat harus disetujui lagi."))
