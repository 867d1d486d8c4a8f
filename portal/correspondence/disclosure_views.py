"""The register of disclosures: who was told what about whom, when, and on which ground."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import Select, select

from portal import vocabulary
from portal.clock import WIB
from portal.correspondence import disclosures
from portal.correspondence.disclosures import Disclosure
from portal.correspondence.place import Letters
from portal.correspondence.register_files import as_csv, cell
from portal.correspondence.register_views import MAY, REGISTER, link_to, page_of, register_frame
from portal.directory.model import Organisation
from portal.edge.downloads import attachment
from portal.i18n import _, moment, translate
from portal.pages import Chip, Column, Empty

COLUMNS = (
    Column("case", _("Kasus"), "link", below="number"),
    Column("organisation", _("Kepada"), below="at_below"),
    Column("data", _("Data"), below="documents"),
    Column("ground", _("Dasar"), below="reason"),
)
CSV = (
    ("at", _("Waktu")),
    ("organisation", _("Kepada")),
    ("case", _("Kasus")),
    ("data", _("Data")),
    ("documents", _("Dokumen")),
    ("number", _("Surat")),
    ("ground", _("Dasar")),
    ("reason", _("Alasan melebihi profil")),
)


@view_config(context=Letters, name="disclosures", request_method="GET", permission=MAY, renderer=REGISTER)
def register(request: Request) -> Any:
    """The lines that the person may see, the newest first; `kind` of recipient and `case` narrow them."""
    kind, case = request.GET.get("kind", ""), request.GET.get("case", "").strip()[:60]
    query = disclosures.register(request.act, kind=kind, case=case)
    if request.GET.get("format") == "csv":
        return _as_csv(request, query)
    part, batch = page_of(request, query)
    rows = [disclosures.line(request.db, x, request.locale_name) for x in request.db.scalars(part)]
    title = _("Register pengungkapan data")
    return register_frame(request, title) | {
        "columns": COLUMNS,
        "rows": [_row(request, row) for row in rows],
        "caption": title,
        "empty": Empty(_("Belum ada data yang diungkapkan kepada instansi mana pun.")),
        "filters": _chips(request, kind),
        "batch": batch,
        "years": [],
        "files": [("CSV", link_to(request, format="csv"))],
    }


def _row(request: Request, line: dict[str, Any]) -> dict[str, Any]:
    told = {"at_below": moment(line["at"], WIB, request.locale_name), "data": line["data"] or None}
    return line | told | {"url": f"/cases/{line['case']}/{line['letter']}"}


def _as_csv(request: Request, query: Select[Any]) -> Response:
    lang = request.locale_name
    lines = (disclosures.line(request.db, one, lang) for one in request.db.scalars(query))
    headings = [translate(words, lang) for _key, words in CSV]
    body = as_csv(headings, ([cell(line[key], lang) for key, _words in CSV] for line in lines))
    return attachment(body, filename="register-pengungkapan.csv", media_type="text/csv")


def _chips(request: Request, kind: str) -> list[Chip]:
    """The kinds that have been told anything."""
    told = select(Organisation.stakeholder_type).where(Organisation.id.in_(select(Disclosure.organisation_id)))
    codes = set(request.db.scalars(told.distinct()))
    names = vocabulary.choices(request.db, "stakeholder_type", request.locale_name)
    chips = [Chip(_("Semua"), link_to(request, kind=""), not kind)]
    return chips + [Chip(name, link_to(request, kind=code), code == kind) for code, name in names if code in codes]
