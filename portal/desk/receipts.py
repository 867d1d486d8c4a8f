"""The receipt of an answer: its agenda number, what it said and what happens next, as a page and as a file to keep."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import limits, pdf
from portal.acts import Reason, Refused
from portal.clock import WIB
from portal.correspondence import letters, lettertypes
from portal.correspondence.model import Incoming, Letter
from portal.desk import papers
from portal.desk.place import AtDesk
from portal.desk.words import AFTERWARDS
from portal.directory.model import Organisation
from portal.edge.downloads import attachment
from portal.i18n import _, moment, translate
from portal.pages import Fact
from portal.referrals import story
from portal.referrals.model import Referral

MOST, WINDOW = 30, timedelta(minutes=10)
"""Setting a page costs half a second; nobody needs more than some receipts."""


@view_config(context=AtDesk, name="@receipt", request_method="GET", permission="view", renderer="desk/receipt.pt")
def receipt(request: Request) -> dict[str, Any]:
    """The agenda number of an answer, what it said, and what happens next; made to be printed."""
    found = _asked_for(request)
    referral: Referral = request.context.item
    told = next(a for a in story.answers(request.db, referral, request.locale_name) if a.number == found.name)
    base = request.resource_path(request.context)
    return {
        "title": _("Jawaban diterima"),
        "answer": told,
        "referral": referral,
        "parties": _parties(request, referral),
        "afterwards": AFTERWARDS.get(found.answers.get("act", "")),
        "base": base,
        "file": f"{base}@receipt-pdf/{found.name}",
    }


def _asked_for(request: Request) -> Incoming:
    number = request.subpath[0] if len(request.subpath) == 1 else ""
    found: Incoming | None = request.db.scalars(papers.own(request).where(Incoming.name == number)).first()
    if found is None:
        raise HTTPNotFound
    return found


def _parties(request: Request, referral: Referral) -> list[Fact]:
    """From whom, to whom, about what."""
    office = request.db.get(Organisation, referral.office_id) if referral.office_id else None
    organisation = request.db.get_one(Organisation, referral.organisation_id)
    letter = request.db.get_one(Letter, referral.letter_id)
    found = [
        Fact(_("Dari"), organisation.title),
        Fact(_("Kepada"), office.title if office else ""),
        Fact(_("Rujukan"), request.context.code),
        Fact(_("Surat"), letter.number),
    ]
    return [fact for fact in found if fact.value]


@view_config(context=AtDesk, name="@receipt-pdf", request_method="GET", permission="view")
def receipt_file(request: Request) -> Response:
    """The same as a file in the house style, set when it is asked for: all that it says is kept with the answer."""
    found = _asked_for(request)
    with request.registry["site"].act(at=request.at) as act:  # a page that only reads can't count
        limits.throttle(act.session, f"receipt {request.context.item.id}", limit=MOST, per=WINDOW, now=request.at)
    html, assets = lettertypes.page(_sheet(request, found), letters.house())
    title = translate(_("Tanda terima ${number}", mapping={"number": found.name}), request.locale_name)
    lang = request.locale_name
    try:
        body = pdf.render(html, assets, title=title, lang=lang, attachment=None, created=found.received_at)
    except pdf.RenderFailed as failure:
        raise Refused([Reason(_("PDF tidak dapat dibuat sekarang. Cetak atau simpan halamannya."))]) from failure
    name = f"tanda-terima-{found.name}.pdf"
    return attachment(body, filename=name, media_type="application/pdf", inline="inline" in request.GET)


def _sheet(request: Request, found: Incoming) -> dict[str, Any]:
    """The receipt as the data of a titled sheet."""
    referral, lang = request.context.item, request.locale_name
    told = next(a for a in story.answers(request.db, referral, lang) if a.number == found.name)
    facts = [Fact(_("Diterima"), moment(told.at, WIB, lang)), Fact(_("Jawaban"), told.title), *told.facts]
    facts += [Fact(_("Berkas"), file.title) for file in told.files]
    facts += _parties(request, referral)
    office = request.db.get(Organisation, referral.office_id) if referral.office_id else None
    after = translate(AFTERWARDS.get(found.answers.get("act", ""), ""), lang)
    return {
        "type": "receipt",
        "layout": "form",
        "lang": lang,
        "security": "B",
        "speed_title": "",
        "subject": translate(_("Tanda Terima Jawaban"), lang),
        "place": (office.city if office else "") or "Jakarta",
        "number": found.name,
        "date": found.received_at.astimezone(WIB).date().isoformat(),
        "draft": False,
        "letterhead": {"kind": "agency", "unit": office.title.upper() if office else ""},
        "recipients": [],
        "body_html": _body(facts, after, lang),
        "enclosures": [],
        "cc": [],
        "signer": {
            "prefix_lines": [],
            "office": office.title if office else "",
            "name": translate(_("dibuat otomatis, tanpa tanda tangan"), lang),
            "nip": None,
        },
        "check": None,
        "automatic": True,
    }


def _body(facts: list[Fact], after: str, lang: str) -> str:
    """Partners' words are text here, whatever they hold."""
    cells = [(translate(f.title, lang), translate(f.value, lang)) for f in facts]
    rows = "".join(f"<tr><th>{escape(title)}</th><td>{_lines(value)}</td></tr>" for title, value in cells)
    return f"<table><tbody>{rows}</tbody></table><p>{escape(after)}</p>"


def _lines(value: str) -> str:
    return "<br>".join(escape(line) for line in value.splitlines())
