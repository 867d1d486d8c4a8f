"""Following a case with number and PIN: where it stands, what is missing, and sending it from a telephone."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import colander
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select

from portal import journal
from portal.accounts.views import refuse
from portal.acts import Act, Reason, Refused, Site
from portal.cases import pins
from portal.cases.model import Case
from portal.content.item import numbered
from portal.content.tree import Root
from portal.db import outside_transaction, paused_transaction
from portal.directory.model import Organisation
from portal.documents import media
from portal.documents import verbs as documents
from portal.documents.examination import ahead, uploads
from portal.documents.model import Document
from portal.forms import Button, File, Files, Line, Schema, Secret, ValidationFailure, form
from portal.i18n import _
from portal.intake import progress
from portal.intake.public import COMPLAINANT, TRACKED, act_of, remember, tracked_case
from portal.limits import TooMany, forgive, throttle
from portal.requirements import verbs as requirements
from portal.requirements.model import Requirement

OPEN = {"context": Root, "name": "track", "permission": NO_PERMISSION_REQUIRED}
FRONT = r"^/track/?$"
SEND = r"^/track/send/requirement-[1-9][0-9]{0,3}$"
PER_NUMBER, PER_ADDRESS, WINDOW = 10, 60, timedelta(minutes=15)
UPLOADS, PER_HOUR = 40, timedelta(hours=1)
WRONG = Reason(_("Nomor pengaduan atau PIN tidak cocok. Periksa lagi, atau minta PIN baru kepada petugas."))

journal.declare(case_tracked=_("${by} membuka halaman pemantauan dengan PIN"))


class Key(Schema):
    """What opens a case to its complainant."""

    number = Line(title=_("Nomor pengaduan"), max=40, help=_("Seperti PMI-2026-000123."), own={"autocomplete": "off"})
    pin = Secret(title=_("PIN"), autocomplete="off", help=_("Delapan angka pada tanda terima."))


class Send(Schema):
    """A document, straight from the camera or from what is stored on the telephone."""

    photo = File(
        title=_("Ambil foto"),
        max_bytes=media.LARGEST,
        accept=(".jpg", ".jpeg", ".png", ".heic"),
        capture="environment",
        required=False,
    )
    files = Files(title=_("Atau pilih berkas"), most=5, max_bytes=media.LARGEST, accept=media.ENDINGS, required=False)

    def validator(self, _node: Any, values: dict[str, Any]) -> None:
        """One of the two."""
        if not values.get("photo") and not values.get("files"):
            raise colander.Invalid(self, _("Ambil foto atau pilih berkas."))


@view_config(**OPEN, path_info=FRONT, request_method="GET", renderer="intake/track.pt")
def show(request: Request) -> dict[str, Any]:
    """The case that this session has opened; else the question for number and PIN."""
    case = tracked_case(request)
    return _case_page(request, case) if case else {"case": None, "form": _key_form(request)}


def _key_form(request: Request) -> Any:
    return form(Key(), request, buttons=(Button("open", _("Lihat pengaduan")),))


def _case_page(request: Request, case: Case) -> dict[str, Any]:
    db, lang = request.db, request.locale_name
    title, meaning = progress.STANDS[case.state]
    return {
        "case": case,
        "stands": title,
        "meaning": meaning,
        "wanted": progress.wanted(db, case, lang),
        "helpers": progress.helpers(db, case, lang),
        "steps": list(progress.steps(db, case, lang)),
        "office": db.get(Organisation, case.office_id),
    }


@view_config(**OPEN, path_info=FRONT, request_method="POST", renderer="intake/track.pt")
def admit(request: Request) -> Any:
    """Open the case; a wrong number and a wrong PIN get the same answer after the same work."""
    asked = _key_form(request)
    page = {"case": None, "form": asked}
    try:
        given = asked.validate(request.POST.items())
        with outside_transaction(request):
            case_id = find(request.registry["site"], given["number"], given["pin"], request.remote_addr or "")
    except ValidationFailure:
        request.response.status_int = 422
        return page
    except TooMany as many:
        refuse(request, asked, many.reasons, status=many.status)
        return page
    if case_id is None:
        refuse(request, asked, [WRONG])
        return page
    if request.identity is None:
        request.session.invalidate()  # nobody else may know the session that has opened a case
    remember(request, TRACKED, id=case_id)
    return HTTPSeeOther("/track")


def find(site: Site, number: str, pin: str, address: str) -> int | None:
    """The case of that number, if the PIN is right. Works in short transactions of its own; raises TooMany."""
    name = re.sub(r"[\W_]+", "-", number.upper()).strip("-")
    with site.act() as act:
        throttle(act.session, f"track {address}", limit=PER_ADDRESS, per=WINDOW, now=act.at)
        throttle(act.session, f"track {name}", limit=PER_NUMBER, per=WINDOW, now=act.at)
    with site.sessions(bind=site.readers) as session:
        case = session.scalar(select(Case).where(numbered(Case, name)))
    if not pins.fits(case, re.sub(r"\s", "", pin)) or case is None:
        return None
    with site.act(COMPLAINANT) as act:
        forgive(act.session, f"track {name}")
        journal.record(Act(act.session, act.by, act.at, site, origin="web"), "case_tracked", case)
    return case.id


@view_config(**OPEN, path_info=r"^/track/leave$", request_method="POST")
def leave(request: Request) -> HTTPSeeOther:
    """Close the case in this browser."""
    request.session.pop(TRACKED, None)
    request.session.flash(_("Halaman pengaduan sudah ditutup."))
    return HTTPSeeOther("/track")


@view_config(**OPEN, path_info=SEND, request_method="GET", renderer="intake/send.pt")
def choose(request: Request) -> Any:
    """One missing document: take a photo of it or choose a file."""
    case = tracked_case(request)
    return _send_page(request, _wanted(request, case)) if case else HTTPSeeOther("/track")


def _wanted(request: Request, case: Case) -> progress.Wanted:
    name = request.subpath[1]
    found = (w for w in progress.wanted(request.db, case, request.locale_name) if w.gap.name == name and w.can_send)
    wanted = next(found, None)
    if wanted is None:
        raise HTTPNotFound
    return wanted


def _send_page(request: Request, wanted: progress.Wanted, asked: Any = None) -> dict[str, Any]:
    asked = asked or form(Send(), request, buttons=(Button("send", _("Kirim")),))
    return {"wanted": wanted, "form": asked}


@view_config(**OPEN, path_info=SEND, request_method="POST", renderer="intake/send.pt")
def take(request: Request) -> Any:
    """Take the document in for what was asked."""
    asked = form(Send(), request, buttons=(Button("send", _("Kirim")),))
    case = tracked_case(request, to_change=True)
    if case is None:
        return HTTPSeeOther("/track")
    wanted, tracked = _wanted(request, case), case.id
    try:
        with paused_transaction(request), request.registry["site"].act() as act:
            throttle(act.session, f"send {tracked}", limit=UPLOADS, per=PER_HOUR, now=act.at)
        values = asked.validate(request.POST.items())
        ahead(request, uploads(_sent(values)))
        with request.db.begin_nested():
            kept = [_keep(request, case, wanted, sent) for sent in _sent(values)]
            best = next((document for document in kept if not document.finding), kept[0])
            requirement = request.db.get_one(Requirement, wanted.gap.id)
            requirements.receive(act_of(request), requirement, document_id=best.id)
    except ValidationFailure:
        request.response.status_int = 422
        return _send_page(request, wanted, asked)
    except Refused as refusal:
        refuse(request, asked, [Reason(reason.message) for reason in refusal.reasons], status=refusal.status)
        return _send_page(request, wanted, asked)
    if best.finding:
        reason = media.FINDINGS[best.finding]
        request.session.flash(_("Berkas belum dapat dipakai: ${reason}.", mapping={"reason": reason}), "warning")
    else:
        request.session.flash(_("Terima kasih. Dokumen sudah kami terima dan akan diperiksa."))
    return HTTPSeeOther("/track")


def _sent(values: dict[str, Any]) -> list[Any]:
    return [*([values["photo"]] if values["photo"] else []), *values["files"]]


def _keep(request: Request, case: Case, wanted: progress.Wanted, sent: Any) -> Document:
    return documents.add(
        act_of(request),
        case,
        document_type=wanted.gap.document_type,
        content=sent.file,
        filename=str(sent.filename),
        provider="complainant",
    )
