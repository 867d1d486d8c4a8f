"""The intake screen's form: five fields for an emergency, the rest when there is time."""

from __future__ import annotations

from typing import Any

import colander
from colander import null
from pyramid.request import Request

from portal.cases.forms import PROCEDURAL, agencies, codes, matters_of
from portal.forms import Choice, Day, Line, Mail, Schema, Text, Tick
from portal.forms.widgets import Group
from portal.i18n import _
from portal.people.forms import SEXES
from portal.people.verbs import UNKNOWN


class Folded(Group):
    """A part of a form that opens when it is used."""

    template = "folded"

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """Open when something stands in it or is wrong with it."""
        values = cstruct.values() if isinstance(cstruct, dict) else ()
        is_used = field.error is not None or any(value not in (null, None, "") for value in values)
        return super().serialize(field, cstruct, is_used=is_used, **kw)


class Start(Choice):
    """The field where one begins to type."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """With the cursor in it."""
        super().__init__(*args, **more)
        self.widget.own["autofocus"] = "autofocus"


class LiveLine(Line):
    """A line that looks for doubles while one types."""

    def __init__(self, title: Any, **more: Any) -> None:
        """The answer goes into the box below the field set."""
        live = {"data-live": "/intake/@doubles", "data-target": "#doubles", "autocomplete": "off"}
        super().__init__(title, own=live, required=False, **more)


class First(Schema):
    """What an emergency call gives."""

    title = _("Pengaduan")
    channel = Start(codes("channel"), title=_("Diterima lewat"), look="select")
    complainant_type = Choice(codes("complainant_type"), title=_("Siapa yang mengadu"), look="select")
    name = LiveLine(_("Nama PMI/CPMI"), help=_("Sesuai paspor bila ada. Boleh kosong bila belum diketahui."))
    main_category = Choice(codes("category"), title=_("Masalah utama"), look="search")
    narrative = Text(title=_("Apa yang terjadi"), max=20_000, rows=6)
    is_emergency = Tick(title=_("Darurat: ada ancaman jiwa, kekerasan, atau kehilangan kebebasan"))
    emergency_action = Text(
        title=_("Tindakan segera yang diambil"), max=2000, rows=2, required=False, help=_("Wajib bila darurat.")
    )

    def validator(self, _node: Any, values: dict[str, Any]) -> None:
        """An emergency says what was done at once."""
        if values.get("is_emergency") and not values.get("emergency_action"):
            error = colander.Invalid(self)
            error["emergency_action"] = _("Tulis tindakan segera yang diambil.")
            raise error


class Worker(Schema):
    """Who the worker is."""

    title = _("Pekerja: paspor, NIK, telepon, alamat")
    widget = Folded()
    passport = LiveLine(_("Nomor paspor"), max=20)
    nik = LiveLine(_("NIK"), max=20)
    phone = LiveLine(_("Telepon"), max=40)
    birth_date = Day(title=_("Tanggal lahir"), required=False)
    sex = Choice(SEXES, title=_("Jenis kelamin"), required=False, look="radios")
    address = Text(title=_("Alamat asal"), max=600, rows=2, required=False)
    district_code = Choice(codes("district"), title=_("Kabupaten/kota asal"), look="search", required=False)


class Complainant(Schema):
    """Who calls, when it is not the worker."""

    title = _("Pengadu, bila bukan PMI sendiri")
    widget = Folded()
    name = Line(title=_("Nama pengadu"), required=False)
    relationship_code = Choice(codes("relationship"), title=_("Hubungan dengan PMI"), look="select", required=False)
    phone = Line(title=_("Telepon pengadu"), max=40, required=False)
    email = Mail(title=_("Surel pengadu"), required=False)
    address = Text(title=_("Alamat pengadu"), max=600, rows=2, required=False)


class Place(Schema):
    """Where, with whom."""

    title = _("Tempat kerja dan penempatan")
    widget = Folded()
    country_code = Choice(codes("country"), title=_("Negara"), look="search", required=False)
    city = Line(title=_("Kota"), max=120, required=False)
    whereabouts = Text(title=_("Keberadaan PMI sekarang"), max=1000, rows=2, required=False)
    employer = Line(title=_("Majikan / pemberi kerja"), required=False)
    overseas_agency = Line(title=_("Agensi di luar negeri"), required=False)
    agency_id = Choice(agencies, title=_("P3MI"), look="search", required=False)
    is_procedural = Choice(PROCEDURAL, title=_("Cara penempatan"), required=False, look="radios")
    happened_on = Day(title=_("Tanggal kejadian"), required=False)


class More(Schema):
    """Further matters and what is asked for."""

    title = _("Masalah lain dan permintaan")
    widget = Folded()
    second_category = Choice(codes("category"), title=_("Masalah kedua"), look="search", required=False)
    third_category = Choice(codes("category"), title=_("Masalah ketiga"), look="search", required=False)
    demand = Text(title=_("Yang diminta pengadu"), max=4000, rows=3, required=False)


class Intake(Schema):
    """From the ring to the case, on one screen."""

    first = First()
    worker = Worker()
    complainant = Complainant()
    place = Place()
    more = More()


def case_columns(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values as `cases.verbs.receive` takes them; people apart."""
    first, place, more = dict(values["first"]), dict(values["place"]), dict(values["more"])
    first.pop("name")
    categories = matters_of(first | more)
    procedural = {"yes": True, "no": False}.get(place.pop("is_procedural") or "")
    agency = place.pop("agency_id")
    happened = place.pop("happened_on")
    return {
        "channel": first["channel"],
        "complainant_type": first["complainant_type"],
        "narrative": first["narrative"],
        "is_emergency": first["is_emergency"],
        "emergency_action": first["emergency_action"] or "",
        "categories": categories,
        "demand": more["demand"] or "",
        "relationship_code": values["complainant"]["relationship_code"] or "",
        "is_procedural": procedural,
        "agency_id": int(agency) if agency else None,
        "happened_on": happened,
    } | {key: value or "" for key, value in place.items()}


def worker_columns(values: dict[str, Any]) -> dict[str, Any] | None:
    """The worker as `people.verbs.record` takes it; None when nothing is known."""
    name, worker = values["first"]["name"], values["worker"]
    if not name and not any(worker.values()):
        return None
    return {
        "name": name or UNKNOWN,
        "passports": [worker["passport"]] if worker["passport"] else [],
        "phones": [worker["phone"]] if worker["phone"] else [],
        "nik": worker["nik"] or "",
        "birth_date": worker["birth_date"],
        "sex": worker["sex"] or "",
        "address": worker["address"] or "",
        "district_code": worker["district_code"] or "",
    }


def complainant_columns(values: dict[str, Any]) -> dict[str, Any] | None:
    """The complainant as `people.verbs.record` takes him or her; None: anonymous, or the worker."""
    who = values["complainant"]
    if not any(who[key] for key in ("name", "phone", "email", "address")):
        return None
    return {
        "name": who["name"] or UNKNOWN,
        "phones": [who["phone"]] if who["phone"] else [],
        "email": who["email"] or "",
        "address": who["address"] or "",
    }


def live_words(request: Request) -> dict[str, Any]:
    """What the doubles box is asked with while somebody types."""
    return {k: request.GET.get(k, "").strip()[:200] for k in ("name", "passport", "nik", "phone")}


def asked_words(values: dict[str, Any]) -> dict[str, Any]:
    """What the doubles are looked up with once the form was sent."""
    worker = values["worker"]
    words = {key: worker[key] or "" for key in ("passport", "nik", "phone")}
    return words | {"name": values["first"]["name"] or "", "birth_date": worker["birth_date"]}
