"""The ladder of reminders, and when an organisation is not reminded, as tables of the office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from portal.acts import Reason
from portal.correspondence import letters
from portal.directory.forms import offices
from portal.directory.model import Organisation
from portal.forms import Choice, Day, Line, Number, Text
from portal.i18n import _, day
from portal.pages import Column
from portal.panel.control.tables import Table, Values, declare
from portal.referrals.chasemodel import ChaseSilence, ChaseStep
from portal.vocabulary import in_language

WAYS = {
    "mail": _("Pesan pos-el tanpa nomor"),
    "letter": _("Surat bernomor"),
    "head": _("Pemberitahuan kepada pimpinan kita"),
}
LEVELS = {"office": _("Instansi yang diminta"), "superior": _("Atasannya")}
CODE = re.compile(r"[A-Z0-9_]{2,40}\Z")


def _reminding_types(request: Any) -> list[tuple[str, str]]:
    """Letters that may go to anybody and ask nothing new."""
    types = [t for t in letters.letter_types().values() if "*" in t.addressees]
    return [(t.code, in_language(request.locale_name, t.name, t.name_en)) for t in types]


def _rung(_session: Session, rung: ChaseStep, _lang: str) -> dict[str, Any]:
    level = LEVELS[rung.level] if rung.way != "head" else None
    return {"title": rung.name, "days": rung.days, "way": WAYS[rung.way], "level": level}


def _is_a_rung(_session: Session, _table: Table, values: Values, _row: Any) -> Iterator[Reason]:
    if not CODE.match(values.get("code", "")):
        yield Reason(_("Huruf besar, angka, garis bawah."), field="code")
    if values["way"] == "letter" and not values["letter_type"]:
        yield Reason(_("Pilih jenis suratnya."), field="letter_type")
    if values["way"] == "mail" and values["level"] == "superior":
        yield Reason(_("Atasan ditulisi dengan surat bernomor."), field="way")


def _silence(session: Session, silence: ChaseSilence, lang: str) -> dict[str, Any]:
    office = session.get_one(Organisation, silence.organisation_id)
    until = f"{day(silence.first_day, lang)} – {day(silence.last_day, lang)}"
    return {"title": office.title, "span": until, "reason": silence.reason}


def _is_a_span(_session: Session, _table: Table, values: Values, _row: Any) -> Iterator[Reason]:
    if values["last_day"] < values["first_day"]:
        yield Reason(_("Hari terakhir sebelum hari pertama."), field="last_day")


declare(
    Table(
        name="ladder",
        title=_("Tangga pengingat"),
        about=_(
            "Cara mitra yang terlambat diingatkan, dari yang paling halus. Tiap anak tangga satu kali untuk satu batas waktu."
        ),
        model=ChaseStep,
        fixed={"code": lambda: Line(_("Kode"), max=40)},
        fields={
            "name": lambda: Line(_("Nama"), max=120),
            "days": lambda: Number(_("Hari kerja sesudah batas waktu"), least=1, most=365),
            "way": lambda: Choice(WAYS.items(), _("Cara"), look="radios"),
            "level": lambda: Choice(LEVELS.items(), _("Kepada"), look="radios"),
            "letter_type": lambda: Choice(
                _reminding_types, _("Jenis surat"), look="select", required=False, missing=""
            ),
        },
        columns=(
            Column("title", _("Nama"), "link"),
            Column("days", _("Hari kerja"), "number"),
            Column("way", _("Cara")),
            Column("level", _("Kepada")),
        ),
        line=_rung,
        group=lambda rung: (rung.way, WAYS[rung.way]),
        order=(ChaseStep.days, ChaseStep.code),
        can_remove=True,
        check=_is_a_rung,
    ),
    Table(
        name="silence",
        title=_("Masa jeda pengingat"),
        about=_(
            "Selama hari-hari ini instansi tidak diingatkan: libur setempat, pindah kantor, atau kesepakatan lewat telepon."
        ),
        model=ChaseSilence,
        fields={
            "organisation_id": lambda: Choice(offices, _("Instansi"), look="search"),
            "first_day": lambda: Day(_("Hari pertama")),
            "last_day": lambda: Day(_("Hari terakhir")),
            "reason": lambda: Text(_("Alasan"), max=400, rows=2),
        },
        columns=(
            Column("title", _("Instansi"), "link"),
            Column("span", _("Masa")),
            Column("reason", _("Alasan")),
        ),
        line=_silence,
        group=lambda silence: (str(silence.first_day.year), str(silence.first_day.year)),
        order=(ChaseSilence.first_day.desc(), ChaseSilence.id),
        can_remove=True,
        check=_is_a_span,
    ),
)
