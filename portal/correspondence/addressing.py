"""Who and what a letter carries: recipients from the directory, enclosures from the case, the signer's block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from portal import vocabulary
from portal.accounts.model import Account, Membership
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.correspondence import letters
from portal.correspondence.lettermodel import LetterType
from portal.correspondence.model import Enclosure, Letter, Recipient
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _
from portal.people.model import Person

COMPLAINANT = "COMPLAINANT"


def organisation_recipient(organisation: Organisation, role: str) -> Recipient:
    """An office of the directory as it will stand in the letter; later changes of the directory do not reach it."""
    address = ", ".join(part for part in (organisation.address, organisation.city) if part)
    return Recipient(
        role=role,
        organisation_id=organisation.id,
        office=organisation.addressee or organisation.title,
        attention=organisation.attention,
        place=organisation.city,
        address=address,
        email=organisation.email if organisation.by_email else "",
        by_portal=organisation.by_portal,
    )


def complainant(act: Act, case: Case) -> list[Recipient]:
    """The complainant, else the worker; nobody when the complaint is anonymous."""
    person_id = case.complainant_id or case.worker_id
    person = act.session.get(Person, person_id) if person_id else None
    if person is None:
        return []
    address = person.address or vocabulary.name(act.session, "district", person.district_code)
    return [
        Recipient(
            role="to",
            person_id=person.id,
            office=f"Saudara/i {person.title}",
            attention="",
            place="",
            address=address,
            email=person.email,
            by_portal=False,
        )
    ]


def recipients(act: Act, case: Case, type_: LetterType, to: Sequence[int], cc: Sequence[int | str]) -> list[Recipient]:
    """Addressees and copies in their order; a copy is an organisation's id or a line as the letter prints it."""
    found = [organisation_recipient(_organisation(act, i, type_), "to") for i in dict.fromkeys(to)]
    if not found and COMPLAINANT in type_.addressees:
        found = complainant(act, case)
    for copy in dict.fromkeys(cc):
        if isinstance(copy, int):
            found.append(organisation_recipient(_organisation(act, copy, None), "cc"))
        elif copy.strip():
            line = " ".join(copy.split())[:200]
            found.append(
                Recipient(role="cc", office=line, attention="", place="", address="", email="", by_portal=False)
            )
    for position, recipient in enumerate(found):
        recipient.position = position
    return found


def _organisation(act: Act, organisation_id: int, type_: LetterType | None) -> Organisation:
    organisation = act.session.get(Organisation, organisation_id)
    if organisation is None or organisation.state != "active":
        raise Refused([Reason(_("Lembaga tidak ada di direktori atau tidak aktif."), field="to")])
    if type_ is not None and not type_.goes_to(organisation.stakeholder_type):
        known = {"type": type_.name, "office": organisation.title}
        raise Refused([Reason(_("“${type}” tidak ditujukan kepada ${office}.", mapping=known), field="to")])
    return organisation


def enclosures(act: Act, letter: Letter, wanted: Mapping[int, str] | Sequence[int]) -> list[Enclosure]:
    """Accepted documents of the case under a neutral title: never the sender's file name (demands 31)."""
    titles = dict(wanted) if isinstance(wanted, Mapping) else dict.fromkeys(wanted, "")
    found = []
    for position, (document_id, title) in enumerate(titles.items()):
        document = act.session.get(Document, document_id)
        if document is None or document.parent_id != letter.parent_id or document.state != "accepted":
            raise Refused([Reason(_("Lampiran harus dokumen kasus ini yang sudah diterima."), field="enclosures")])
        usual = vocabulary.name(act.session, "document_type", document.document_type, letter.language)
        found.append(
            Enclosure(
                document_id=document.id,
                position=position,
                title=" ".join(title.split())[:200] or usual,
                sha256=document.copy_sha256,
                media_type=document.copy_media_type,
                pages=document.pages,
            )
        )
    return found


def signer_block(account: Account | None, prefix_lines: Sequence[str] = ()) -> dict[str, object]:
    """The signer as the letter prints him or her; `prefix_lines` are a.n., u.b. and Plt. lines."""
    if account is None:
        return {}
    return {
        "prefix_lines": [line.strip() for line in prefix_lines if line.strip()][:3],
        "office": account.office_title,
        "name": account.name,
        "nip": account.staff_number or None,
    }


def signers(act: Act, office_id: int | None, type_: LetterType) -> list[Account]:
    """Who may sign such a letter of that office: holders of the type's own role first, then the heads."""
    members = select(Account, Membership.roles).join(Membership, Membership.account_id == Account.id)
    rows = act.session.execute(members.where(Membership.unit_id == office_id, Account.is_active).order_by(Account.id))
    ranked = [(role, account) for account, roles in rows for role in (type_.signatory, "SIGNER") if role in roles]
    ranked.sort(key=lambda pair: pair[0] != type_.signatory)
    return list(dict.fromkeys(account for _role, account in ranked))


def usual_signer(act: Act, letter: Letter) -> Account | None:
    """The first who may sign and did not write the letter."""
    found = signers(act, letter.office_id, letters.type_of(letter))
    return next((account for account in found if account.id != letter.created_by), None)
