"""The pages of letters that came in: register one with its scan, see it, match it by ranked suggestions."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import reads, vocabulary
from portal.acts import Refused
from portal.content.item import Item, expect_version
from portal.content.tree import Resource
from portal.content.views.frame import frame
from portal.correspondence import incoming
from portal.correspondence.forms import SCANS, Scans, offices
from portal.correspondence.matching import guesses
from portal.correspondence.model import Incoming, Letter
from portal.correspondence.place import Letters
from portal.correspondence.register_views import path_of, register_frame
from portal.edge.downloads import attachment
from portal.forms import Button, Choice, Day, Files, Form, Line, Moment, Number, Schema, Text, ValidationFailure, form
from portal.i18n import _, day
from portal.journal import declare
from portal.pages import Fact

declare(
    incoming_read=_("${by} membuka surat masuk ${number}"),
    incoming_downloaded=_("${by} mengunduh berkas surat masuk ${number}"),
    incoming_scanned=_("${by} menambahkan pindaian surat masuk ${number}"),
)
RECEIVE = "correspondence/receive.pt"


def _channels(request: Any) -> list[tuple[str, str]]:
    return vocabulary.choices(request.db, "channel", request.locale_name)


class Receipt(Schema):
    """What the registrar writes down; only the sender and the subject are a must (the scan may follow)."""

    subject = Line(_("Hal"), max=300)
    sender = Line(_("Asal surat"), max=200, help=_("Seperti tertulis pada kop surat."))
    organisation_id = Choice(offices, _("Lembaga di direktori"), look="search", required=False)
    channel = Choice(_channels, _("Diterima lewat"), look="select", default="LETTER")
    received_at = Moment(_("Waktu terima"), required=False)
    sender_number = Line(_("Nomor surat mereka"), max=100, required=False)
    sender_date = Day(_("Tanggal surat mereka"), required=False)
    summary = Text(_("Isi ringkas"), max=5000, rows=4, required=False, help=_("Tulis nomor surat kita bila disebut."))
    pages = Number(_("Jumlah halaman"), least=0, most=5000, required=False)
    kept_at = Line(_("Tempat surat asli"), max=100, required=False)
    files = Files(_("Pindaian"), accept=SCANS, most=20, required=False)


@view_config(context=Letters, name="receive", request_method="GET", permission="incoming:register", renderer=RECEIVE)
def receive(request: Request) -> dict[str, Any]:
    """The form for a letter that came on paper or by mail."""
    return _receive_page(request, _receipt(request))


@view_config(context=Letters, name="receive", request_method="POST", permission="incoming:register", renderer=RECEIVE)
def register(request: Request) -> Any:
    """Give it its agenda number, then show whom it may be about."""
    asked = _receipt(request)
    try:
        values = dict(asked.validate(request.POST.items()))
        organisation = values.pop("organisation_id")
        given = {k: v for k, v in values.items() if v is not None}
        found = incoming.register(request.act, organisation_id=int(organisation) if organisation else None, **given)
    except ValidationFailure:
        request.response.status_int = 422
        return _receive_page(request, asked)
    except Refused as refusal:
        request.response.status_int = refusal.status
        return _receive_page(request, asked, refusal)
    request.session.flash(_("Teragenda dengan nomor ${number}.", mapping={"number": found.name}))
    return HTTPSeeOther(f"/incoming/{found.name}/")


def _receipt(request: Request) -> Form:
    return form(Receipt(), request, buttons=(Button("register", _("Agendakan")),))


def _receive_page(request: Request, asked: Form, refusal: Refused | None = None) -> dict[str, Any]:
    return register_frame(request, _("Agendakan surat masuk")) | {"form": asked, "refusal": refusal}


@view_config(
    context=Resource, kind="incoming", request_method="GET", permission="view", renderer="correspondence/incoming.pt"
)
def show(request: Request) -> dict[str, Any]:
    """What came, from whom, its files, and the likeliest cases while it has none."""
    found: Incoming = request.context.item
    reads.note(request, found, "incoming_read", number=found.name)
    is_open = found.state in {"registered", "unmatched"} and request.context.permits(request, "edit")
    return frame(request) | {
        "incoming": found,
        "facts": _facts(request, found),
        "guesses": guesses(request.act, found) if is_open else [],
        "is_open": is_open,
        "scans": form(Scans(), request, action="@files", buttons=(Button("add", _("Tambahkan pindaian")),))
        if request.context.permits(request, "edit")
        else None,
    }


def _facts(request: Request, found: Incoming) -> list[Fact]:
    lang = request.locale_name
    dossier = request.db.get(Item, found.dossier_id) if found.dossier_id else None
    letter = request.db.get(Letter, found.letter_id) if found.letter_id else None
    reply = request.db.get(Letter, found.reply_id) if found.reply_id else None
    facts = [
        Fact(_("Asal"), found.sender),
        Fact(_("Nomor surat"), found.sender_number or None),
        Fact(_("Tanggal surat"), day(found.sender_date, lang) if found.sender_date else None),
        Fact(_("Lewat"), vocabulary.name(request.db, "channel", found.channel, lang)),
        Fact(_("Surat asli"), found.kept_at or None),
        Fact(_("Kasus"), dossier.name if dossier else None, f"/cases/{dossier.name}/" if dossier else None),
    ]
    if letter:
        facts.append(Fact(_("Menanggapi surat"), letter.number, path_of(request, letter) + "/"))
    if reply:
        facts.append(Fact(_("Dijawab dengan surat"), reply.number, path_of(request, reply) + "/"))
    if found.match_reason:
        facts.append(Fact(_("Dasar pencocokan"), found.match_reason))
    if found.handling_note:
        facts.append(Fact(_("Catatan"), found.handling_note))
    return facts


@view_config(context=Resource, kind="incoming", name="@file", request_method="GET", permission="view")
def download(request: Request) -> Response:
    """One of its files, as bytes of a type of our own table."""
    found: Incoming = request.context.item
    number = request.subpath[0] if len(request.subpath) == 1 else ""
    file = next((f for f in found.files if str(f.id) == number), None)
    if file is None:
        raise HTTPNotFound
    reads.note(request, found, "incoming_downloaded", number=found.name)
    body = request.registry["site"].blobs.read(file.sha256)
    return attachment(body, filename=file.filename, media_type=file.media_type)


@view_config(context=Resource, kind="incoming", name="@files", request_method="POST", permission="edit")
def add_scans(request: Request) -> HTTPSeeOther:
    """Scans that follow the register line."""
    found: Incoming = request.context.item
    asked = form(Scans(), request)
    try:
        values = asked.validate(request.POST.items())
    except ValidationFailure:
        for fault in asked.faults:
            request.session.flash(f"{fault.title}: {fault.message}", "fault")
    else:
        expect_version(found, asked.version)
        incoming.add_files(request.act, found, files=values["files"])
        request.session.flash(_("Pindaian ditambahkan."))
    return HTTPSeeOther(request.resource_path(request.context))
