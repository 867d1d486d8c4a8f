"""Who stands in for whom: absences with a deputy, and mandates to sign, each with its legal basis and its days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import journal
from portal.accounts.model import Account, Membership
from portal.acts import STAFF, Act, Reason, Refused
from portal.clock import WIB
from portal.db import Base, Id
from portal.i18n import _, day

KINDS = {
    "plh": _("Plh. – pelaksana harian, berhalangan sementara"),
    "plt": _("Plt. – pelaksana tugas, jabatan kosong atau berhalangan tetap"),
    "an": _("a.n. – atas nama, mandat menandatangani"),
    "ub": _("u.b. – untuk beliau, mandat lanjutan dari penerima a.n."),
}
SHORT = {"plh": "Plh.", "plt": "Plt.", "an": "a.n.", "ub": "u.b."}
"""How each stands before an office."""
ABSENCES = frozenset({"plh", "plt"})
"""The deputy does whatever the absent person would, initials included; a mandate is for signing only."""

journal.declare(
    delegation_recorded=_("${by} mencatat pelimpahan ${kind} dari ${giver} kepada ${deputy}, ${period} (${basis})"),
    delegation_ended=_("${by} mengakhiri pelimpahan ${kind} dari ${giver} kepada ${deputy}"),
)


class Delegation(Base):
    """One person's power in one unit, in another's hands from one day to another (both included, in WIB)."""

    __tablename__ = "delegation"
    __table_args__ = (
        Index("ix_delegation_deputy_id", "deputy_id", "until_day"),
        Index("ix_delegation_giver_id", "giver_id", "until_day"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str]
    """plh · plt · an · ub"""
    giver_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    from_day: Mapped[date] = mapped_column(Date)
    until_day: Mapped[date] = mapped_column(Date)
    basis: Mapped[str]
    """Number and date of the order that it rests on."""
    reason: Mapped[str] = mapped_column(default="")
    letter_types: Mapped[list[Any]]
    """Codes of the letters it is limited to; none: all."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]

    def covers(self, letter_type: str) -> bool:
        """Whether it reaches such a letter."""
        return not self.letter_types or letter_type in self.letter_types


def today(at: datetime) -> date:
    """The office's day at that moment."""
    return at.astimezone(WIB).date()


def running(at: datetime) -> Select[Any]:
    """The delegations that hold at that moment."""
    now = today(at)
    return select(Delegation).where(
        Delegation.ended_at.is_(None), Delegation.from_day <= now, Delegation.until_day >= now
    )


def given_to(session: Session, deputy_id: int | None, at: datetime) -> Sequence[Delegation]:
    """What holds in that person's hands now, the oldest first."""
    return session.scalars(running(at).where(Delegation.deputy_id == deputy_id).order_by(Delegation.id)).all()


def mandate_of(session: Session, giver_id: int, at: datetime) -> Delegation | None:
    """The a.n. that somebody who passes on by u.b. holds."""
    return next((d for d in given_to(session, giver_id, at) if d.kind == "an"), None)


def delegate(
    act: Act,
    *,
    giver_id: int,
    deputy_id: int,
    unit_id: int,
    kind: str,
    from_day: date,
    until_day: date,
    basis: str,
    reason: str = "",
    letter_types: Sequence[str] = (),
) -> Delegation:
    """Record who stands in for whom; one's own absence, or anybody's by an administrator."""
    giver, deputy = (act.session.get_one(Account, i) for i in (giver_id, deputy_id))
    if reasons := [*_of_people(act, giver, deputy, unit_id), *_of_days(act, kind, giver_id, from_day, until_day)]:
        raise Refused(reasons)
    made = Delegation(
        kind=kind,
        giver_id=giver_id,
        deputy_id=deputy_id,
        unit_id=unit_id,
        from_day=from_day,
        until_day=until_day,
        basis=" ".join(basis.split()),
        reason=reason.strip(),
        letter_types=sorted(letter_types),
        recorded_at=act.at,
        recorded_by=act.by.account_id,
    )
    act.session.add(made)
    act.session.flush()
    _record(act, "delegation_recorded", made, giver.name, deputy.name)
    return made


def _of_people(act: Act, giver: Account, deputy: Account, unit_id: int) -> Iterable[Reason]:
    """Both work in that unit, they are two, and nobody gives himself another's power."""
    if giver.id == deputy.id:
        yield Reason(_("Pilih pengganti selain yang digantikan."), field="deputy_id")
        return
    for account, field in ((giver, "giver_id"), (deputy, "deputy_id")):
        held = act.session.get(Membership, (account.id, unit_id))
        if not account.is_active or held is None or not STAFF & set(held.roles):
            known = {"name": account.name}
            yield Reason(_("${name} bukan petugas aktif di unit ini.", mapping=known), field=field)
    if act.by.account_id != giver.id and "ADMIN" not in act.by.roles:
        yield Reason(_("Hanya administrator yang mencatat ketidakhadiran orang lain."), field="giver_id")
    if act.by.account_id == deputy.id:
        yield Reason(_("Anda tidak dapat menunjuk diri sendiri sebagai pengganti."), field="deputy_id")
    if not deputy.office_title:
        yield Reason(_("Pengganti belum punya jabatan untuk ditulis dalam surat."), field="deputy_id")


def _of_days(act: Act, kind: str, giver_id: int, from_day: date, until_day: date) -> Iterable[Reason]:
    """The days follow each other and lie ahead; an office has one deputy at a time; u.b. rests on an a.n."""
    if until_day < from_day:
        yield Reason(_("Tanggal akhir mendahului tanggal mulai."), field="until_day")
    if from_day < today(act.at):
        yield Reason(_("Pelimpahan tidak berlaku surut; mulai paling awal hari ini."), field="from_day")
    same_days = select(Delegation).where(
        Delegation.giver_id == giver_id,
        Delegation.ended_at.is_(None),
        Delegation.from_day <= until_day,
        Delegation.until_day >= from_day,
    )
    if kind in ABSENCES and act.session.scalar(same_days.where(Delegation.kind.in_(ABSENCES)).limit(1)) is not None:
        yield Reason(_("Pada hari-hari itu sudah ada Plh. atau Plt."), field="from_day")
    if kind == "ub":
        received = select(Delegation.id).where(
            Delegation.deputy_id == giver_id,
            Delegation.kind == "an",
            Delegation.ended_at.is_(None),
            Delegation.from_day <= from_day,
            Delegation.until_day >= until_day,
        )
        if act.session.scalar(received.limit(1)) is None:
            yield Reason(_("u.b. hanya dari pejabat yang memegang a.n. selama hari-hari itu."), field="kind")


def end(act: Act, delegation: Delegation) -> None:
    """It ends now; what was signed under it stays signed."""
    if delegation.ended_at is not None:
        raise Refused([Reason(_("Pelimpahan ini sudah berakhir."))])
    delegation.ended_at = act.at
    giver, deputy = (act.session.get_one(Account, i) for i in (delegation.giver_id, delegation.deputy_id))
    _record(act, "delegation_ended", delegation, giver.name, deputy.name)


def _record(act: Act, event: str, made: Delegation, giver: str, deputy: str) -> None:
    period = f"{day(made.from_day, 'id')} – {day(made.until_day, 'id')}"
    known: dict[str, Any] = {"giver": giver, "deputy": deputy, "period": period, "basis": made.basis}
    journal.record(act, event, delegation=made.id, kind=SHORT[made.kind], **known)
