"""The door of an answer link: what the page is for, the code of the letter, and whom to ask when it does not open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy.orm import Session

from portal import registry
from portal.accounts.views import refuse
from portal.acts import Act, Reason, Refused, Site
from portal.content.views.api import answer, body_of, refused_json, wants_json
from portal.correspondence import disclosures
from portal.correspondence.issuing import spelled
from portal.correspondence.model import Letter
from portal.correspondence.settings import CONTACT
from portal.db import outside_transaction
from portal.desk import door
from portal.desk.door import Answers, ByLink, Door
from portal.directory.model import Organisation
from portal.forms import Button, Form, Line, Schema, ValidationFailure, form
from portal.i18n import _
from portal.limits import TooMany, forgive, throttle
from portal.referrals import links
from portal.referrals.model import AnswerLink, Referral

PER_LINK, PER_ADDRESS, WINDOW = 10, 60, timedelta(minutes=15)
WRONG = Reason(
    _("Kode tidak cocok dengan tautan ini, atau tautannya tidak berlaku lagi. Periksa keduanya pada surat."),
    field="code",
)
CLOSED = {"context": Door, "permission": NO_PERMISSION_REQUIRED, "renderer": "desk/door.pt"}


class Key(Schema):
    """What opens the door, and who comes in."""

    code = Line(
        _("Kode jawaban"),
        max=40,
        help=_("Delapan huruf dan angka, tercetak pada surat di bawah “Jawaban melalui”."),
        own={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "short"},
    )
    name = Line(_("Nama Anda"), max=100, own={"autocomplete": "name"})
    office = Line(
        _("Jabatan dan satuan kerja"),
        max=100,
        help=_("Misalnya: Kanit PPA"),
        own={"autocomplete": "organization-title"},
    )


@dataclass(frozen=True)
class Entry:
    """Where a right code led: to the referral, or to the reason why the link is dead."""

    link_id: int
    why: str
    """"" when it is open."""
    number: str
    office: str
    phone: str
    email: str


@view_config(context=Answers, request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer="desk/door.pt")
def find(request: Request) -> Any:
    """For who reads the address from paper: a box for its last part."""
    typed = request.GET.get("token", "").strip()
    if token := links.normal(typed, links.TOKEN_LENGTH):
        return HTTPSeeOther(f"{request.resource_path(request.context)}{spelled(token)}/")
    return _page(request, None) | {"typed": typed[:60]}


@view_config(**CLOSED, request_method="GET")
def ask(request: Request) -> Any:
    """The question for the code: the same for every address, be there such a link or not."""
    if wants_json(request):
        token = request.session.get_csrf_token()
        needed = ["code", "name", "office"]
        return answer(request, {"@id": _here(request), "csrf_token": token, "needed": needed}, 401)
    return _page(request, _form(request))


@view_config(**CLOSED, request_method="POST")
def enter(request: Request) -> Any:
    """Open the door; a wrong code and an unknown link get the same answer after the same work."""
    asked = _form(request)
    if not wants_json(request) and "code" not in request.POST:
        request.response.status_int = 422  # an answer that was on its way when the door closed
        return _page(request, asked) | {"is_lost": True}
    try:
        given = asked.validate(body_of(request).items() if wants_json(request) else request.POST.items())
        person = f"{given['name']}, {given['office']}"
        with outside_transaction(request):
            entry = open_(request.registry["site"], request.context.token, given["code"], person, _from(request))
    except ValidationFailure as failure:
        return _refused(request, asked, [Reason(_("Isi ketiganya."))] if wants_json(request) else [], failure)
    except TooMany as many:
        return _refused(request, asked, many.reasons, many)
    return _led(request, asked, entry, person)


def _led(request: Request, asked: Form, entry: Entry | None, person: str) -> Any:
    if entry is None:
        return _refused(request, asked, [WRONG])
    if entry.why:
        return _dead(request, entry)
    door.let_in(request, entry.link_id, person)
    if wants_json(request):
        return answer(request, {"@id": _here(request), "csrf_token": request.session.get_csrf_token()})
    return HTTPSeeOther(_here(request))


def _form(request: Request) -> Form:
    return form(Key(), request, buttons=(Button("open", _("Buka surat")),), action=_here(request))


def _here(request: Request) -> str:
    return request.resource_path(request.context)


def _from(request: Request) -> str:
    return request.remote_addr or ""


def _page(request: Request, asked: Form | None) -> dict[str, Any]:
    return {
        "title": _("Jawab surat kami"),
        "form": asked,
        "typed": "",
        "entry": None,
        "is_lost": False,
        "contact": registry.value(request.db, CONTACT),
    }


def _refused(request: Request, asked: Form, reasons: Any, cause: Exception | None = None) -> Any:
    """The same page with what is wrong; what was typed stays, the code too."""
    status = cause.status if isinstance(cause, Refused) else 422
    if wants_json(request):
        closed = refused_json(cause if isinstance(cause, Refused) else Refused(reasons), request)
        closed.status_int = 401 if status == 422 else status
        return closed
    request.response.status_int = status
    if reasons:
        refuse(request, asked, reasons, status=status)
    return _page(request, asked)


def _dead(request: Request, entry: Entry) -> Any:
    """Who has the right code is told why the link is dead, and whom to ask; nothing about any person."""
    if wants_json(request):
        raise Refused([Reason(DEAD[entry.why])])
    request.response.status_int = 410
    return _page(request, None) | {"title": _("Tautan ini tidak berlaku lagi"), "entry": entry, "why": DEAD[entry.why]}


DEAD: dict[str, Any] = {
    "unsent": _("Surat ini belum dikirim. Coba lagi setelah surat Anda terima."),
    "over": _("Masa berlakunya sudah lewat. Minta kami mengaktifkannya lagi, lalu buka alamat yang sama."),
    "renewed": _("Tautan ini diganti dengan yang baru. Pakai alamat dan kode yang terakhir kami berikan."),
    "revoked": _("Tautan ini kami cabut. Minta tautan baru."),
    "recalled": _("Rujukan ini sudah kami tarik. Mohon tidak menindaklanjuti suratnya."),
    "ground": _(
        "Dasar penyampaian datanya sudah berakhir. Mohon tidak memakai isi suratnya; kami akan menghubungi Anda."
    ),
}
"""Why a link opens nothing, and what to do."""


def open_(site: Site, token: str, typed: str, person: str, address: str) -> Entry | None:
    """Where token and code lead. Works in short transactions of its own; raises TooMany."""
    with site.act() as act:
        throttle(act.session, f"answer {address}", limit=PER_ADDRESS, per=WINDOW, now=act.at)
        throttle(act.session, f"answer {token}", limit=PER_LINK, per=WINDOW, now=act.at)
    code = links.normal(typed, links.CODE_LENGTH)
    with site.act() as act:
        link = links.opened_with(act.session, token, code)
        if link is None:
            return None
        forgive(act.session, f"answer {token}")
        referral = act.session.get_one(Referral, link.referral_id)
        why = _why_dead(link, referral, act)
        if not why:
            bearer = links.Bearer.of(link, referral, person)
            links.note_opening(Act(act.session, bearer, act.at, site, origin="web"), link)
        return _entry(act.session, link, referral, why)


def _why_dead(link: AnswerLink, referral: Referral, act: Act) -> str:
    if link.ended_at is not None:
        return link.ended_by
    if links.is_over(link, act.at):
        return "over"
    if referral.sent_at is None:
        return "unsent"
    return "" if disclosures.stands(act, referral.letter_id or 0, referral.organisation_id) else "ground"


def _entry(session: Session, link: AnswerLink, referral: Referral, why: str) -> Entry:
    letter = session.get_one(Letter, referral.letter_id)
    office = session.get(Organisation, referral.office_id) if referral.office_id else None
    told = (office.title, office.phone, office.email) if office else ("", "", "")
    return Entry(link.id, why, letter.number or "", *told)


@view_config(context=ByLink, name="@leave", request_method="POST", permission="view")
def leave(request: Request) -> HTTPSeeOther:
    """Close the page in this browser: the next one has to give the code again."""
    door.let_out(request, request.identity.link_id)
    return HTTPSeeOther(_here(request))
