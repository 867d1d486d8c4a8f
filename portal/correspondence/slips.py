"""Two sheets for the desk where paper arrives: the disposition slip of an incoming letter, and the receipt for its bearer."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import pdf, reads
from portal.acts import Reason, Refused
from portal.clock import WIB
from portal.content.tree import Resource
from portal.correspondence import letters, lettertypes, wording
from portal.correspondence.model import Incoming
from portal.directory.model import Organisation
from portal.edge.downloads import attachment
from portal.i18n import _, day, moment, translate

SLIP = "disposition_sheet"
DOTS = "." * 30
ROWS = 6
"""So many people a slip has room for; the rest of it is filled in with a pen."""


@view_config(context=Resource, kind="incoming", name="@disposition", request_method="GET", permission="view")
def disposition(request: Request) -> Response:
    """The slip with what the agenda knows; whom it goes to and what they are to do is written by hand."""
    found: Incoming = request.context.item
    type_ = letters.letter_types().get(SLIP)
    if type_ is None:
        raise HTTPNotFound
    office = request.db.get(Organisation, found.office_id) if found.office_id else None
    known = _known(found) | {
        "speed": " / ".join(next((f.choices for f in type_.fields if f.id == "speed"), ())),
        "forwarded_to": "\n".join([DOTS] * ROWS),
        "note": "\n".join([DOTS * 2] * 3),
    }
    values = {field.id: known.get(field.id) or wording.NOTHING for field in type_.fields}
    body = wording.fill(type_.wording["id"], values, missing="mark").html
    page = _page(found, office, "id", layout=type_.layout, subject=type_.subjects["id"], body=body)
    return _sheet(request, page, f"disposisi-{found.name}.pdf")


def _known(found: Incoming) -> dict[str, str]:
    return {
        "agenda_number": found.name,
        "arrived_on": day(found.received_at.astimezone(WIB).date(), "id"),
        "sender": found.sender,
        "their_number": found.sender_number,
        "their_date": day(found.sender_date, "id") if found.sender_date else "",
        "their_subject": found.title,
    }


@view_config(context=Resource, kind="incoming", name="@receipt", request_method="GET", permission="view")
def receipt(request: Request) -> Response:
    """For who brought the letter: that it arrived, when, and under which agenda number."""
    found, lang = request.context.item, request.locale_name
    office = request.db.get(Organisation, found.office_id) if found.office_id else None
    facts = (
        (_("Diterima"), moment(found.received_at, WIB, lang)),
        (_("Asal"), found.sender),
        (_("Nomor surat"), found.sender_number),
        (_("Tanggal surat"), day(found.sender_date, lang) if found.sender_date else ""),
        (_("Hal"), found.title),
        (_("Jumlah halaman"), str(found.pages) if found.pages else ""),
    )
    cells = ((escape(translate(title, lang)), escape(value)) for title, value in facts if value)
    body = f"<table><tbody>{''.join(f'<tr><th>{title}</th><td>{value}</td></tr>' for title, value in cells)}</tbody></table>"
    subject = translate(_("Tanda Terima Surat"), lang)
    page = _page(found, office, lang, layout="form", subject=subject, body=body)
    page["signatures"] = [{"kind": "hand", "role": translate(_("Yang menerima"), lang), "stamp": False}]
    return _sheet(request, page, f"tanda-terima-{found.name}.pdf")


def _page(found: Incoming, office: Organisation | None, lang: str, **more: str) -> dict[str, Any]:
    """The data of a sheet in the house style."""
    title = office.title if office else ""
    return {
        "type": SLIP,
        "layout": more["layout"],
        "lang": lang,
        "security": "B",
        "speed_title": "",
        "subject": more["subject"],
        "place": (office.city if office else "") or "Jakarta",
        "number": found.name,
        "date": found.received_at.astimezone(WIB).date().isoformat(),
        "draft": False,
        "letterhead": {"kind": "agency", "unit": title.upper()},
        "recipients": [],
        "body_html": more["body"],
        "enclosures": [],
        "cc": [],
        "signer": {"prefix_lines": [], "office": office.addressee if office else "", "name": "", "nip": None},
        "check": None,
    }


def _sheet(request: Request, page: Mapping[str, Any], name: str) -> Response:
    found: Incoming = request.context.item
    reads.note(request, found, "incoming_read", number=found.name)
    html, assets = lettertypes.page(page, letters.house())
    title = f"{page['subject']} {found.name}"
    try:
        body = pdf.render(html, assets, title=title, lang=page["lang"], attachment=None, created=found.received_at)
    except pdf.RenderFailed as failure:
        raise Refused([Reason(_("PDF tidak dapat dibuat sekarang; coba lagi sebentar lagi."))]) from failure
    return attachment(body, filename=name, media_type="application/pdf", inline=True)
