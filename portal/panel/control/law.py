"""Deadlines, days without office hours, and the documents that matters need, as tables of the office."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Reason
from portal.content.moving import Off
from portal.content.views.why import UNITS, terms_in_words
from portal.deadlines import DeadlineRule
from portal.forms import Choice, Day, Line, Number, Text, Tick
from portal.i18n import _, translate
from portal.pages import Column
from portal.panel.control.tables import Table, Values, declare
from portal.panel.control.vocabularies import optional, terms_of
from portal.requirements.model import RequirementRule
from portal.requirements.rules import EVERY
from portal.workdays import HOME, Holiday

DAY_KINDS = {"libur_nasional": _("Libur nasional"), "cuti_bersama": _("Cuti bersama")}
NECESSITIES = {"mandatory": _("Wajib"), "conditional": _("Bersyarat"), "optional": _("Bila ada")}
EVERY_CASE = _("Semua kasus")
CHECKED, UNCHECKED = ("checked", _("Sudah diperiksa")), ("unchecked", _("Belum diperiksa"))


def _deadline(_session: Session, rule: DeadlineRule, lang: str) -> dict[str, Any]:
    return {
        "title": rule.trigger,
        "code": rule.code,
        "term": terms_in_words(rule.value, rule.unit, lang),
        "text": rule.text,
        "law": rule.law or None,
        "source": rule.source,
        "state": _checked(rule)[1],
    }


def _checked(rule: DeadlineRule) -> tuple[str, Any]:
    return CHECKED if rule.checked else UNCHECKED


def _holiday(session: Session, holiday: Holiday, lang: str) -> dict[str, Any]:
    country = vocabulary.name(session, "country", holiday.country_code, lang)
    return {"title": holiday.name, "day": holiday.day, "kind": DAY_KINDS[holiday.kind], "country": country}


def _country(values: Values) -> str:
    # What was removed before the list knew of other countries was a holiday here.
    return values.get("country_code") or HOME


def _shift(old: Values | None, new: Values | None) -> list[Off]:
    """The former day goes, the new one comes; another name or kind for the same day moves nothing."""
    days = [
        Off(date.fromisoformat(values["day"]), _country(values), values["name"], is_added)
        for values, is_added in ((old, False), (new, True))
        if values is not None
    ]
    return [] if len({(off.day, off.country) for off in days}) < len(days) else days


def _is_one_of_its_kind(session: Session, _table: Table, values: Values, holiday: Holiday | None) -> Iterator[Reason]:
    same = select(Holiday.day).where(Holiday.id != _id(holiday), Holiday.country_code == _country(values))
    if values["day"] in {day.isoformat() for day in session.scalars(same)}:
        yield Reason(_("Tanggal ini sudah ada dalam daftar."), field="day")


def _id(row: Any) -> int:
    return 0 if row is None else row.id


def _category(session: Session, code: str, lang: str) -> str:
    return translate(EVERY_CASE, lang) if code == EVERY else vocabulary.name(session, "category", code, lang)


def _rule(session: Session, rule: RequirementRule, lang: str) -> dict[str, Any]:
    document = vocabulary.name(session, "document_type", rule.document_type, lang)
    category = _category(session, rule.category_code, lang)
    return {
        "title": f"{category}: {document}",
        "necessity": NECESSITIES[rule.necessity],
        "note": rule.note or None,
        "source": rule.source or None,
        "state": _("Konsep") if rule.is_draft else _("Berlaku"),
    }


def _is_the_only_rule(
    session: Session, _table: Table, values: Values, rule: RequirementRule | None
) -> Iterator[Reason]:
    if rule is None:
        pair = {"category_code": values["category_code"], "document_type": values["document_type"]}
        if session.scalar(select(RequirementRule.id).filter_by(**pair)):
            yield Reason(_("Aturan untuk masalah dan dokumen ini sudah ada."), field="document_type")


def _categories(request: Any) -> list[tuple[str, Any]]:
    return [(EVERY, EVERY_CASE), *terms_of("category")(request)]


declare(
    Table(
        name="deadline",
        title=_("Tenggat"),
        about=_("Berlaku untuk tenggat yang dihitung sesudah perubahan; tenggat yang sudah tercatat tidak bergeser."),
        model=DeadlineRule,
        fixed={"code": lambda: Line(_("Kode"))},
        fields={
            "value": lambda: Number(_("Lama"), least=1, most=1000),
            "unit": lambda: Choice(UNITS.items(), _("Satuan"), look="select"),
            "text": lambda: Text(_("Bunyi aturan"), max=1000, rows=3),
            "law": optional(_("Dasar hukum, dengan pasalnya")),
            "source": lambda: Line(_("Sumber")),
            "checked": lambda: Tick(_("Bunyi aturan sudah diperiksa pada sumbernya")),
        },
        columns=(
            Column("title", _("Terhitung sejak"), "link"),
            Column("term", _("Jangka waktu")),
            Column("text", _("Bunyi aturan")),
            Column("law", _("Dasar hukum")),
            Column("state", _("Keadaan")),
        ),
        line=_deadline,
        group=_checked,
        order=(DeadlineRule.trigger, DeadlineRule.code),
        can_add=False,
    ),
    Table(
        name="holiday",
        title=_("Hari libur"),
        about=_("Hari kerja tidak menghitung hari-hari ini. Isi setiap tahun menurut keputusan bersama tiga menteri."),
        model=Holiday,
        fields={
            "day": lambda: Day(_("Tanggal")),
            "name": lambda: Line(_("Nama")),
            "kind": lambda: Choice(DAY_KINDS.items(), _("Jenis"), look="radios"),
            "country_code": lambda: Choice(
                terms_of("country"),
                _("Negara"),
                look="search",
                default=HOME,
                help=_(
                    "Hari libur negara lain berlaku bagi tenggat instansi di negara itu, di samping hari libur kita."
                ),
            ),
        },
        columns=(
            Column("title", _("Nama"), "link"),
            Column("day", _("Tanggal"), "day"),
            Column("kind", _("Jenis")),
            Column("country", _("Negara")),
        ),
        line=_holiday,
        group=lambda holiday: (str(holiday.day.year), str(holiday.day.year)),
        order=(Holiday.day.desc(), Holiday.id),
        can_remove=True,
        check=_is_one_of_its_kind,
        shift=_shift,
    ),
    Table(
        name="requirement",
        title=_("Dokumen yang diperlukan"),
        about=_(
            "Dokumen apa yang diminta untuk masalah apa. Kasus yang sudah berjalan mengikuti saat daftarnya dihitung ulang."
        ),
        model=RequirementRule,
        fixed={
            "category_code": lambda: Choice(_categories, _("Masalah"), look="search"),
            "document_type": lambda: Choice(terms_of("document_type"), _("Jenis dokumen"), look="search"),
        },
        fields={
            "necessity": lambda: Choice(NECESSITIES.items(), _("Keperluan"), look="radios"),
            "note": lambda: Text(_("Catatan bagi petugas"), max=1000, rows=3, required=False, missing=""),
            "source": optional(_("Sumber")),
            "is_draft": lambda: Tick(_("Masih konsep")),
        },
        columns=(
            Column("title", _("Masalah dan dokumen"), "link"),
            Column("necessity", _("Keperluan")),
            Column("note", _("Catatan bagi petugas")),
            Column("source", _("Sumber")),
            Column("state", _("Keadaan")),
        ),
        line=_rule,
        group=lambda rule: (rule.necessity, NECESSITIES[rule.necessity]),
        order=(RequirementRule.category_code, RequirementRule.id),
        can_remove=True,
        check=_is_the_only_rule,
    ),
)
