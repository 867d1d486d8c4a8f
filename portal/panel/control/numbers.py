"""The books that letters are numbered in, as a table of the office: per unit and secrecy, with the next number shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import registry
from portal.acts import Reason
from portal.clock import WIB, Clock
from portal.correspondence import numbering
from portal.correspondence.model import Letter
from portal.correspondence.numbermodel import NumberRule
from portal.directory.model import Organisation
from portal.forms import Choice, Line
from portal.i18n import _, translate
from portal.pages import Column
from portal.panel.control.tables import Table, Values, declare
from portal.panel.control.vocabularies import terms_of

EVERY_OFFICE = _("Semua unit")
BOOK = re.compile(r"[A-Z]{1,4}")


def _units(session: Session) -> list[Organisation]:
    query = select(Organisation).where(Organisation.unit_code != "", Organisation.state == "active")
    return list(session.scalars(query.order_by(Organisation.title)))


def _offices(request: Any) -> list[tuple[str, Any]]:
    return [("", EVERY_OFFICE), *((str(unit.id), unit.title) for unit in _units(request.db))]


def _line(session: Session, rule: NumberRule, lang: str) -> dict[str, Any]:
    office = session.get(Organisation, rule.office_id) if rule.office_id else None
    return {
        "title": f"{office.title if office else translate(EVERY_OFFICE, lang)}: {rule.security}",
        "book": rule.book,
        "pattern": rule.pattern or registry.value(session, numbering.NUMBER_PATTERN),
        "next": _next(session, {"office_id": rule.office_id, "security": rule.security, "pattern": rule.pattern}, lang),
    }


def _next(session: Session, values: Values, _lang: str) -> str:
    """The next number by a rule as it is, or as it is being tried; of a rule for all units that of the first."""
    wanted = values.get("office_id")
    units = [unit for unit in _units(session) if not wanted or unit.id == int(wanted)]
    today = Clock().now().astimezone(WIB).date()
    return "; ".join(
        numbering.next_number(session, unit, values["security"], today, values.get("pattern") or "")
        for unit in units[:1]
    )


def _objections(session: Session, _table: Table, values: Values, rule: NumberRule | None) -> Iterator[Reason]:
    office, security = int(values["office_id"] or 0) or None, values["security"]
    if not BOOK.fullmatch(values["book"]):
        yield Reason(_("Satu sampai empat huruf besar, misalnya B."), field="book")
    if values["pattern"]:
        yield from (Reason(reason.message, field="pattern") for reason in numbering.objections(values["pattern"]))
    if rule is None:
        same = select(NumberRule.id).where(NumberRule.office_id.is_not_distinct_from(office))
        if session.scalar(same.where(NumberRule.security == security)):
            yield Reason(_("Aturan untuk unit dan keamanan ini sudah ada."), field="security")
    if _moves(session, office, security, values["book"]):
        words = _("Tahun ini sudah ada nomor di buku lain; ganti bukunya mulai tahun depan.")
        yield Reason(words, field="book")


def _moves(session: Session, office: int | None, security: str, book: str) -> bool:
    """Whether letters of this year are in another book: two books of one year would give one number twice."""
    year = Clock().now().astimezone(WIB).year
    query = select(Letter.series).where(Letter.security == security, Letter.series.like(f"letter/%/{year}/%"))
    if office is not None:
        query = query.where(Letter.office_id == office)
    else:
        own = select(NumberRule.office_id).where(NumberRule.security == security, NumberRule.office_id.is_not(None))
        query = query.where(Letter.office_id.not_in(own))
    other = query.where(Letter.series.not_like(f"letter/%/{year}/{book}"))
    return bool(session.scalar(select(func.count()).select_from(other.limit(1).subquery())))


declare(
    Table(
        name="numbering",
        title=_("Buku nomor surat"),
        about=_(
            "Surat dengan keamanan apa bernomor di buku mana, dan bagaimana nomornya ditulis. "
            "Aturan satu unit didahulukan dari aturan semua unit."
        ),
        model=NumberRule,
        fixed={
            "office_id": lambda: Choice(_offices, _("Unit"), look="select", required=False),
            "security": lambda: Choice(terms_of("security"), _("Keamanan surat"), look="select"),
        },
        fields={
            "book": lambda: Line(_("Buku"), max=4, help=_("Setiap buku menghitung sendiri dari 1 setiap tahun.")),
            "pattern": lambda: Line(
                _("Pola nomor"),
                max=numbering.LONGEST,
                required=False,
                missing="",
                help=_("Kosong: seperti setelan pola nomor."),
            ),
        },
        columns=(
            Column("title", _("Unit dan keamanan"), "link"),
            Column("book", _("Buku")),
            Column("next", _("Nomor berikutnya"), below="pattern"),
        ),
        line=_line,
        group=lambda rule: ("one", _("Satu unit")) if rule.office_id else ("every", EVERY_OFFICE),
        order=(NumberRule.office_id, NumberRule.id),
        can_remove=True,
        check=_objections,
        example=_next,
    )
)
