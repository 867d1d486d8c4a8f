"""One referral as its addressee sees it: what is asked, the letter, the answers, and a receipt for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import limits, reads
from portal.acts import Refused
from portal.content import comments
from portal.content.item import Item
from portal.content.tree import Resource
from portal.content.views import comments as messages
from portal.content.views import workflow
from portal.content.views.api import answer as as_json
from portal.content.views.api import offer_json, wants_json
from portal.content.views.frame import offers
from portal.content.workflow import Transition
from portal.correspondence.model import Letter
from portal.desk import papers
from portal.desk.place import AtDesk, code
from portal.desk.words import BUTTONS
from portal.directory.model import Organisation
from portal.forms import Button, Form, Schema, Text, ValidationFailure, form
from portal.i18n import _
from portal.referrals import dates, questions, story
from portal.referrals.links import Bearer
from portal.referrals.model import Referral
from portal.referrals.workflow import THEIRS

ANSWER = {"context": AtDesk, "name": "@workflow", "permission": "view", "renderer": "desk/answer.pt"}
PAGE = "desk/referral.pt"
PER_HOUR = 40
"""Answers and messages through one link."""


class Message(Schema):
    """A remark to the other side."""

    text = Text(_("Pesan kepada petugas kami"), max=5000, rows=3)


@dataclass(frozen=True)
class File:
    """Something to read: the letter, an enclosure, a document given later."""

    title: str
    url: str
    pages: int


@view_config(context=AtDesk, request_method="GET", permission="view", renderer=PAGE)
def show(request: Request) -> dict[str, Any]:
    """The whole referral on a page for a telephone."""
    reads.note(request, request.context.item, "referral_read")
    return _page(request, _message_form(request))


def _page(request: Request, asked: Form) -> dict[str, Any]:
    resource: AtDesk = request.context
    referral: Referral = resource.item
    letter = request.db.get_one(Letter, referral.letter_id)
    office = request.db.get(Organisation, referral.office_id) if referral.office_id else None
    is_readable = resource.permits(request, "content")
    return {
        "title": referral.title,
        "referral": referral,
        "state": resource.kind.workflow.state(referral.state),
        "due": referral.due_at if is_readable and referral.state in THEIRS else None,
        "answer_due": dates.answer_due(request.db, referral) if is_readable else None,
        "base": request.resource_path(resource),
        "letter": letter,
        "sender": office.title if office else "",
        "office": {"office": office.title, "phone": office.phone, "email": office.email} if office else None,
        "is_readable": is_readable,
        "is_recalled": referral.state == "recalled",
        "files": _files(request, referral, letter) if is_readable else [],
        "supplied": referral.supplied if is_readable else [],
        "answers": story.answers(request.db, referral, request.locale_name) if is_readable else [],
        "buttons": buttons(request),
        "asks": tuple(resource.kind.forms),
        "messages": comments.listing(request.db, referral, {comments.SHARED}) if is_readable else [],
        "form": asked if resource.permits(request, "comment") else None,
        "code": resource.code,
    }


def buttons(request: Request) -> list[tuple[Transition, Any, Any]]:
    """The answers that are possible now: step, button, explanation."""
    possible = {o.transition.name: o.transition for o in offers(request, request.context) if o.is_open}
    return [(possible[name], *words) for name, words in BUTTONS.items() if name in possible]


def _files(request: Request, referral: Referral, letter: Letter) -> list[File]:
    base = request.resource_path(request.context)
    found = [File(_("Surat Nomor ${number}", mapping={"number": letter.number or ""}), f"{base}@letter", 0)]
    found += [File(e.title, f"{base}@enclosure/{e.document_id}", e.pages) for e in letter.enclosures]
    given = [d for entry in referral.supplied for d in entry["documents"]]
    return found + [File(d["title"], f"{base}@enclosure/{d['id']}", 0) for d in given]


@view_config(**ANSWER, request_method="GET")
def ask(request: Request) -> Any:
    """The questions of one answer."""
    return _answer_page(request, workflow.show(request))


@view_config(**ANSWER, request_method="POST")
def reply(request: Request) -> Any:
    """Take the answer, and lead to its receipt."""
    _restrain(request)
    result = workflow.do(request)
    if wants_json(request):
        here = request.resource_path(request.context).rstrip("/")
        number = papers.last(request).name
        return as_json(request, {"@id": here, "state": request.context.item.state, "number": number})
    if isinstance(result, HTTPSeeOther):
        request.session.pop_flash()  # the receipt says it, with the number
        # Relative: what is kept of the form, for who posts it twice, then holds no answer link.
        return HTTPSeeOther(f"../@receipt/{papers.last(request).name}")
    return _answer_page(request, result)


def _restrain(request: Request) -> None:
    """A link that many have must not fill the office's agenda."""
    if isinstance(request.identity, Bearer):
        key = f"answers {request.identity.link_id}"
        limits.throttle(request.db, key, limit=PER_HOUR, per=timedelta(hours=1), now=request.at)


def _answer_page(request: Request, page: Any) -> Any:
    if not isinstance(page, dict):
        return page
    name = page["transition"].name
    button, help_ = BUTTONS.get(name, (page["transition"].title, ""))
    page["form"].buttons[0].title = _("Kirim jawaban")
    return page | {"title": button, "help": help_, "subject": request.context.item.title}


def _message_form(request: Request) -> Form:
    action = f"{request.resource_path(request.context)}@comments"
    return form(Message(), request, buttons=(Button("send", _("Kirim pesan")),), action=action)


@view_config(context=AtDesk, name="@comments", request_method="GET", permission="comment")
def read_messages(request: Request) -> Any:
    """The messages stand on the page itself."""
    if wants_json(request):
        return messages.show(request)
    return HTTPSeeOther(f"{request.resource_path(request.context)}#messages")


@view_config(context=AtDesk, name="@comments", request_method="POST", permission="comment", renderer=PAGE)
def write_message(request: Request) -> Any:
    """Write to the other side."""
    _restrain(request)
    if wants_json(request):
        return messages.write(request)
    asked = _message_form(request)
    try:
        comments.add(request.act, request.context.item, asked.validate(request.POST.items())["text"], comments.SHARED)
    except (ValidationFailure, Refused):
        request.response.status_int = 422
        return _page(request, asked)
    request.session.flash(_("Pesan terkirim."))
    return HTTPSeeOther("./#messages")


@view_config(context=Resource, kind="referral", addressee=True, request_method="GET", permission="view")
def lead(request: Request) -> HTTPSeeOther:
    """An addressee who finds a referral in a search or a link reads it at the desk."""
    referral = request.context.item
    case = request.db.get_one(Item, referral.parent_id)
    return HTTPSeeOther(f"/desk/{code(referral, case.name)}")


@view_config(context=AtDesk, json=True, request_method="GET", permission="view")
@view_config(context=Resource, kind="referral", addressee=True, json=True, request_method="GET", permission="view")
def referral_json(request: Request) -> Response:
    """What an addressee's system may know: the ask, the dates, its own answers; no number of ours inside."""
    resource: Resource = request.context
    referral: Referral = resource.item
    reads.note(request, referral, "referral_read")
    letter = request.db.get_one(Letter, referral.letter_id)
    here = request.resource_path(resource).rstrip("/")
    known = {"@id": here, "@type": "referral", "title": referral.title, "state": referral.state}
    known |= {"version": referral.version, "letter": letter.number, "sent_at": referral.sent_at}
    if resource.permits(request, "content"):
        fields = "ask due_at officer partner_number promised_on info_wanted service served_on".split()
        known |= {name: getattr(referral, name) for name in fields}
        told = story.answers(request.db, referral, request.locale_name)
        lang = request.locale_name
        open_ = questions.unanswered(request.db, referral)
        known["questions"] = [{"id": q["id"], "type": q["type"], "text": questions.text(q, lang)} for q in open_]
        known["answers"] = [{"number": a.number, "at": a.at, "late": a.is_late} for a in told]
    return as_json(request, known | {"transitions": [offer_json(request, o) for o in offers(request, resource)]})
