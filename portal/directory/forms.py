"""What people fill in about an organisation."""

from __future__ import annotations

from typing import Any

import colander
from pyramid.request import Request
from sqlalchemy import select

from portal import vocabulary
from portal.content.views.editing import Seen
from portal.directory.model import Organisation
from portal.forms import Choice, Line, Mail, Schema, Text, Tick
from portal.i18n import LANGUAGES, _

OWN_OFFICE = ("OFFICE", _("Kantor kita sendiri"))


def stakeholder_types(request: Request) -> list[tuple[str, Any]]:
    """Kinds of organisations, our own offices first."""
    return [OWN_OFFICE, *vocabulary.choices(request.db, "stakeholder_type", request.locale_name)]


def offices(request: Request) -> list[tuple[str, str]]:
    """The outside offices of the directory, but for the one that is edited."""
    query = select(Organisation.id, Organisation.title).where(Organisation.state == "active")
    query = query.where(Organisation.stakeholder_type != OWN_OFFICE[0]).order_by(Organisation.title)
    own = getattr(getattr(request.context, "item", None), "id", None)
    return [(str(row.id), row.title) for row in request.db.execute(query) if row.id != own]


def terms(name: str) -> Any:
    """The terms of a vocabulary as choices, in the person's language."""

    def values(request: Request) -> list[tuple[str, str]]:
        return vocabulary.choices(request.db, name, request.locale_name)

    return values


class Edit(Schema):
    """An organisation's entry."""

    seen = Seen()
    name = Line(title=_("Nama lembaga"))
    stakeholder_type = Choice(stakeholder_types, title=_("Jenis lembaga"), look="search")
    addressee = Line(
        title=_("Surat ditujukan kepada"), help=_("Jabatan, bukan nama orang: “Kepala Kepolisian Resor Indramayu”.")
    )
    attention = Line(title=_("u.p."), required=False)
    address = Text(title=_("Alamat"), max=600, rows=3, required=False)
    city = Line(title=_("Kota"), max=120, required=False)
    country_code = Choice(terms("country"), title=_("Negara"), look="search")
    district_code = Choice(terms("district"), title=_("Kabupaten/kota"), look="search", required=False)
    phone = Line(title=_("Telepon"), max=80, required=False)
    email = Mail(title=_("Surel"), required=False)
    language = Choice(tuple(LANGUAGES.items()), title=_("Bahasa surat"), look="radios")
    by_portal = Tick(title=_("Menjawab lewat portal ini"))
    by_email = Tick(title=_("Menerima surat lewat surel"))
    superior_id = Choice(
        offices,
        title=_("Atasan"),
        look="search",
        required=False,
        help=_("Kantor yang dapat dimintai dukungan bila lembaga ini tidak menjawab."),
    )
    unit_code = Line(
        title=_("Kode unit pada nomor surat"), max=40, required=False, help=_("Hanya untuk kantor kita sendiri.")
    )

    def validator(self, _node: Any, values: dict[str, Any]) -> None:
        """Letters by mail need an address for them."""
        if values.get("by_email") and not values.get("email"):
            error = colander.Invalid(self)
            error["email"] = _("Tulis surel, atau hapus tanda “Menerima surat lewat surel”.")
            raise error


def values_of(organisation: Organisation) -> dict[str, Any]:
    """An entry as the form's values."""
    names = [node.name for node in Edit().children if node.name not in {"seen", "name"}]
    known = {name: getattr(organisation, name) for name in names} | {"name": organisation.title}
    return known | {"superior_id": str(organisation.superior_id or "") or None}


def columns_of(values: dict[str, Any]) -> dict[str, Any]:
    """The form's values as the verbs take them."""
    texts = {key: "" if value is None else value for key, value in values.items() if key != "seen"}
    return texts | {"superior_id": int(values["superior_id"]) if values.get("superior_id") else None}
