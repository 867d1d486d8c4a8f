"""What people fill in about a person: the record itself, and with which other record it is merged."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request
from sqlalchemy import select

from portal import i18n, vocabulary
from portal.content.item import numbered
from portal.content.sharing import may_read
from portal.content.views.editing import Seen
from portal.forms import Choice, Day, Line, Mail, Rows, Schema, Text
from portal.i18n import _
from portal.people.doubles import Match, recognise
from portal.people.model import Person
from portal.people.verbs import UNKNOWN

SEXES = (("F", _("Perempuan")), ("M", _("Laki-laki")))


def districts(request: Request) -> list[tuple[str, str]]:
    """All districts and towns."""
    return vocabulary.choices(request.db, "district", request.locale_name)


class Edit(Schema):
    """A person's record."""

    seen = Seen()
    name = Line(title=_("Nama lengkap"))
    aliases = Rows(Line(title=_("Nama lain"), name="alias", required=False), title=_("Nama lain"), add=_("Tambah nama"))
    sex = Choice(SEXES, title=_("Jenis kelamin"), required=False, look="radios")
    birth_place = Line(title=_("Tempat lahir"), max=120, required=False)
    birth_date = Day(title=_("Tanggal lahir"), required=False)
    nik = Line(
        title=_("NIK"), max=20, required=False, help=_("16 angka. NIK yang ganjil tetap disimpan, dengan tanda.")
    )
    passports = Rows(
        Line(title=_("Nomor paspor"), max=20, name="passport", required=False),
        title=_("Paspor, yang terbaru dulu"),
        add=_("Tambah paspor"),
    )
    phones = Rows(
        Line(title=_("Telepon"), max=40, name="phone", required=False), title=_("Telepon"), add=_("Tambah telepon")
    )
    email = Mail(title=_("Surel"), required=False)
    address = Text(title=_("Alamat"), max=600, rows=2, required=False)
    district_code = Choice(districts, title=_("Kabupaten/kota"), look="search", required=False)


def values_of(person: Person) -> dict[str, Any]:
    """A record as the form's values."""
    return {node.name: getattr(person, node.name) for node in Edit().children if node.name not in {"seen", "name"}} | {
        "name": person.title
    }


def columns_of(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values as `people.verbs.amend` takes them."""
    lists = {key: list(dict.fromkeys(filter(None, values[key]))) for key in ("aliases", "passports", "phones")}
    texts = {key: value or "" for key, value in values.items() if key not in {"seen", "birth_date", *lists}}
    return texts | lists | {"birth_date": values["birth_date"]}


def alike(request: Request, person: Person) -> list[Match]:
    """Other records that may be the same person."""
    name = person.title if person.title != UNKNOWN else ""
    asked: dict[str, Any] = {"name": name, "nik": person.nik, "birth_date": person.birth_date}
    ways = [(p, "") for p in person.passports] + [("", p) for p in person.phones] or [("", "")]
    found: dict[int, Match] = {}
    for passport, phone in ways:
        for match in recognise(request.db, request.identity, request.at, passport=passport, phone=phone, **asked):
            if match.person_id != person.id and match.score > getattr(found.get(match.person_id), "score", -1):
                found[match.person_id] = match
    return sorted(found.values(), key=lambda m: (-m.score, m.name))


def candidates(request: Request) -> list[tuple[str, str]]:
    """Those records as choices, each with the reason."""
    lang = request.locale_name
    return [
        (str(m.person_id), f"{m.name} · {m.number} · " + ", ".join(i18n.translate(why, lang) for why in m.why))
        for m in alike(request, request.context.item)
    ]


class Merge(Schema):
    """The record that stays."""

    into_id = Choice(candidates, title=_("Catatan yang dipertahankan"), look="radios", required=False)
    number = Line(title=_("Atau nomor catatan lain"), max=20, required=False, help=_("Seperti O-0000123."))

    def after_bind(self, _node: Any, known: dict[str, Any]) -> None:
        """Remember whose rights count."""
        self.request = known["request"]

    def validator(self, _node: Any, values: dict[str, Any]) -> None:
        """Exactly one record, and one that the person may see."""
        if bool(values.get("into_id")) == bool(values.get("number")):
            raise colander.Invalid(self, _("Pilih satu catatan, atau tulis satu nomor."))
        if values.get("number") and self._id_of(values["number"]) is None:
            error = colander.Invalid(self)
            error["number"] = _("Tidak ada catatan dengan nomor itu.")
            raise error

    def arrange(self, values: dict[str, Any]) -> dict[str, Any]:
        """As the verb takes it."""
        return {"into_id": int(values["into_id"]) if values["into_id"] else self._id_of(values["number"])}

    def _id_of(self, number: str) -> int | None:
        readable = may_read(self.request.identity, self.request.at, Person.id)
        query = select(Person.id).where(numbered(Person, number.upper()), readable)
        return self.request.db.scalar(query)


TRANSITIONS = {"merge": Merge}
