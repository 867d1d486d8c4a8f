"""Numbers for paper: set aside for a day without the portal, then filled with the letter that bears each, or voided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import journal, series
from portal.accounts.model import Account, Membership
from portal.acts import Act, Identity, Reason, Refused
from portal.blobs import Blob
from portal.cases.model import Case
from portal.clock import WIB
from portal.content import catalog, item
from portal.correspondence import addressing, incoming, letters, numbering
from portal.correspondence.model import Letter, Recipient
from portal.correspondence.numbermodel import NumberRule, ReservedNumber
from portal.correspondence.signing import prepare_scan
from portal.correspondence.workflow import SIGNATORIES
from portal.directory.model import Organisation
from portal.i18n import _
from portal.i18n import day as day_in

MOST = 200
"""So many numbers are set aside at once; a paper day needs no more, and each has to be accounted for."""

journal.declare(
    numbers_reserved=_("${by} mencadangkan nomor ${first}–${last} untuk surat kertas ${day}: ${reason}"),
    reserved_number_voided=_("${by} membatalkan nomor cadangan ${number}: ${reason}"),
    letter_entered=_("${by} mencatat surat kertas Nomor ${number}"),
)


@dataclass(frozen=True)
class PaperLetter:
    """What is written down of a letter that went out on paper."""

    type_code: str
    security: str
    subject: str
    summary: str
    dated: date
    signer_id: int
    to: Sequence[int] = ()
    """Offices of the directory."""
    recipient: str = ""
    """Whoever is in no directory, as the letter says."""
    records_class: str = ""


def reserve(act: Act, *, security: str, day: date, count: int, reason: str) -> list[ReservedNumber]:
    """Set the next numbers of the office's book aside for letters that will be written on paper that day."""
    office = act.session.get(Organisation, act.by.unit_id or 0)
    if office is None or not office.unit_code.strip():
        raise Refused([Reason(_("Unit penerbit belum punya kode untuk nomor surat."), mend="/directory")])
    today = act.at.astimezone(WIB).date()
    if day.year not in {today.year, today.year + 1}:
        raise Refused([Reason(_("Nomor dicadangkan untuk tahun ini atau tahun depan."), field="day")])
    if not 1 <= count <= MOST:
        raise Refused([Reason(_("Paling banyak ${most} nomor sekaligus.", mapping={"most": MOST}), field="count")])
    way = numbering.way_of(act.session, office.id, security)
    key = numbering.series_key(office.unit_code, day.year, way.book)
    rows = [
        ReservedNumber(
            series=key,
            sequence=sequence,
            office_id=office.id,
            day=day,
            pattern=way.pattern,
            reason=reason,
            state="open",
            reserved_at=act.at,
            reserved_by=act.by.name,
        )
        for sequence in series.take_block(act.session, key, count)
    ]
    act.session.add_all(rows)
    act.session.flush()
    first, last = rows[0].sequence, rows[-1].sequence
    journal.record(act, "numbers_reserved", day=day.isoformat(), reason=reason, series=key, first=first, last=last)
    return rows


def securities_of(act: Act, reserved: ReservedNumber) -> list[str]:
    """The secrecies of letters that are numbered in the book of that number."""
    book = numbering.Key.of(reserved.series).book
    known = sorted(set(act.session.scalars(select(NumberRule.security))) | {book})
    return [s for s in known if numbering.way_of(act.session, reserved.office_id, s).book == book]


def written_number(reserved: ReservedNumber, day: date | None = None, **decided: str) -> str:
    """The number as it is to be written by hand; what only the writer decides (`sec`, `class`) is left open."""
    unit = numbering.Key.of(reserved.series).unit
    return numbering.dated_number(reserved.pattern, day or reserved.day, seq=reserved.sequence, unit=unit, **decided)


def signers(session: Session, office_id: int) -> list[Account]:
    """Who signs letters of that office."""
    members = select(Account, Membership.roles).join(Membership, Membership.account_id == Account.id)
    rows = session.execute(members.where(Membership.unit_id == office_id, Account.is_active).order_by(Account.name))
    return [account for account, roles in rows if SIGNATORIES & set(roles)]


def prepare_entering(act: Act) -> Callable[..., Blob]:
    """What `enter` needs: the work that looks into the scan."""
    look = prepare_scan(act, Letter())
    return lambda file: look(file=file, is_sent=True)["scanned"]


def enter(act: Act, reserved: ReservedNumber, told: PaperLetter, *, case_number: str, scanned: Blob) -> Letter:
    """Fill a reserved number with the letter that was written on paper under it: a letter like any other from then on."""
    _expect_open(act, reserved)
    case = incoming.find(act, case_number)
    if not isinstance(case, Case):
        raise Refused([Reason(_("Tidak ada kasus Anda dengan nomor itu."), field="case_number")])
    _expect(act, reserved, told)
    letter = _letter_of(act, case, told)
    letter.series, letter.sequence, letter.number_note = reserved.series, reserved.sequence, reserved.reason
    letter.number = written_number(reserved, told.dated, **{"sec": told.security, "class": letter.records_class})
    letter.signature, letter.state = "ink", "issued"  # it was issued on paper: its way begins there
    letter.pdf_sha256, letter.pdf_size, letter.scan_sha256 = scanned.sha256, scanned.size, scanned.sha256
    page = letters.as_data(act.session, letter) | {"number": letter.number, "date": told.dated.isoformat()}
    letter.snapshot = {"page": page | {"draft": False}, "paper": scanned.sha256}
    letter.snapshot_hash, letter.content_hash = letters.sha256(letter.snapshot), letters.content_hash(letter)
    reserved.state, reserved.letter_id = "used", letter.id
    journal.record(act, "letter_entered", letter, number=letter.number, sha256=scanned.sha256, note=reserved.reason)
    catalog.index(act.session, letter)
    return letter


def _expect_open(act: Act, reserved: ReservedNumber) -> None:
    act.session.refresh(reserved, with_for_update=True)
    if reserved.state != "open":
        raise Refused([Reason(_("Nomor ini sudah terisi atau dibatalkan."))])


def _expect(act: Act, reserved: ReservedNumber, told: PaperLetter) -> None:
    reasons = []
    if told.security not in securities_of(act, reserved):
        reasons.append(Reason(_("Surat dengan keamanan ini bernomor di buku lain."), field="security"))
    if told.dated < reserved.day or told.dated.year != reserved.day.year:
        known = {"day": day_in(reserved.day, act.by.language)}
        words = _("Nomor ini dicadangkan mulai ${day}, untuk tahun itu saja.", mapping=known)
        reasons.append(Reason(words, field="dated"))
    if told.dated > act.at.astimezone(WIB).date():
        reasons.append(Reason(_("Tanggal surat ada di masa depan."), field="dated"))
    if not told.to and not told.recipient.strip():
        reasons.append(Reason(_("Penerima surat belum dipilih."), field="recipient"))
    if reasons:
        raise Refused(reasons)


def _letter_of(act: Act, case: Case, told: PaperLetter) -> Letter:
    type_ = letters.letter_types()[told.type_code]
    signer = act.session.get_one(Account, told.signer_id)
    letter: Letter = item.create(
        act,
        Letter,
        parent=case,
        title=told.subject,
        type_code=type_.code,
        language="id",
        speed=type_.speed,
        security=told.security,
        records_class=told.records_class or type_.records_class,
        reply_days=type_.reply_days,
        fields={},
        body=f"<p>{escape(told.summary)}</p>",
        urgency=case.urgency,
        signer_id=signer.id,
        signer=addressing.signer_block(signer),
        dated=told.dated,
        issued_at=act.at,
        signed_by_id=signer.id,
        signed_at=act.at,
    )
    letter.recipients = _recipients(act, case, told)
    act.session.flush()
    return letter


def _recipients(act: Act, case: Case, told: PaperLetter) -> list[Recipient]:
    """Paper goes by post or by hand: neither portal nor mail send it once more."""
    type_ = letters.letter_types()[told.type_code]
    found = addressing.recipients(act, case, type_, told.to, ()) if told.to else []
    if told.recipient.strip():
        office = " ".join(told.recipient.split())[:200]
        found.append(Recipient(role="to", office=office, attention="", place="", address=office))
    for position, one in enumerate(found):
        one.position, one.by_portal, one.email, one.address = position, False, "", one.address or one.office
    return found


def void_reserved(act: Act, reserved: ReservedNumber, *, reason: str) -> None:
    """Say that a reserved number was never used; its line stays, and nobody else gets it."""
    _expect_open(act, reserved)
    reserved.state, reserved.void_reason = "void", reason
    number = f"{reserved.sequence} ({reserved.series})"
    journal.record(act, "reserved_number_voided", number=number, reason=reason)


def reserved_by_units(act: Act, by: Identity, year: int) -> list[ReservedNumber]:
    """The reserved numbers of a year that belong to the person's units, by book and number."""
    query = (
        select(ReservedNumber)
        .where(ReservedNumber.office_id.in_(list(by.memberships)), ReservedNumber.series.like(f"letter/%/{year}/%"))
        .order_by(ReservedNumber.series, ReservedNumber.sequence)
    )
    return list(act.session.scalars(query))


def overdue(act: Act) -> int:
    """How many reserved numbers of the person's units wait to be accounted for, their day being over."""
    today = act.at.astimezone(WIB).date()
    query = select(func.count()).where(
        ReservedNumber.state == "open",
        ReservedNumber.day < today,
        ReservedNumber.office_id.in_(list(act.by.memberships)),
    )
    return act.session.scalar(query) or 0
