"""What can be read of a referral: the letter as file and as page, what went along, and a receipt for each answer."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from portal import reads
from portal.correspondence.dispatching import filename
from portal.correspondence.model import Enclosure, Incoming, Letter
from portal.correspondence.views import sheet
from portal.desk.place import AtDesk
from portal.documents.model import Document
from portal.edge.downloads import attachment
from portal.i18n import _
from portal.referrals.model import Referral


@view_config(context=AtDesk, name="@letter", request_method="GET", permission="content")
def letter_file(request: Request) -> Response:
    """The issued letter; that it was opened is written down."""
    referral: Referral = request.context.item
    letter = request.db.get_one(Letter, referral.letter_id)
    reads.note(request, referral, "referral_letter_read", file=letter.number)
    body = request.registry["site"].blobs.read(letter.final_sha256)
    return attachment(body, filename=filename(letter), media_type="application/pdf", inline="inline" in request.GET)


@view_config(context=AtDesk, name="@text", request_method="GET", permission="content", renderer="desk/letter.pt")
def letter_text(request: Request) -> dict[str, Any]:
    """The same letter as a page: for small screens, slow lines and screen readers."""
    referral: Referral = request.context.item
    letter = request.db.get_one(Letter, referral.letter_id)
    reads.note(request, referral, "referral_letter_read", file=letter.number)
    known = {"base": request.resource_path(request.context), "subject": referral.title}
    return known | {
        "title": _("Surat Nomor ${number}", mapping={"number": letter.number or ""}),
        "sheet": sheet(request, letter),
    }


@view_config(context=AtDesk, name="@enclosure", request_method="GET", permission="content")
def enclosure_file(request: Request) -> Response:
    """A document that went with the letter or was given later: the copy without hidden data, under our name for it."""
    referral: Referral = request.context.item
    number = request.subpath[0] if len(request.subpath) == 1 else ""
    given = {str(d["id"]) for entry in referral.supplied for d in entry["documents"]}
    query = select(Enclosure.document_id).where(Enclosure.letter_id == referral.letter_id)
    if number not in given | {str(i) for i in request.db.scalars(query)}:
        raise HTTPNotFound
    document = request.db.get_one(Document, int(number))
    reads.note(request, referral, "referral_letter_read", file=document.name)
    body = request.registry["site"].blobs.read(document.copy_sha256)
    ending = document.copy_filename.rpartition(".")[2]
    return attachment(body, filename=f"{document.title}.{ending}", media_type=document.copy_media_type)


def own(request: Request) -> Any:
    """The answers of the addressee to this letter, the last one first."""
    referral: Referral = request.context.item
    query = select(Incoming).where(Incoming.letter_id == referral.letter_id)
    return query.where(Incoming.organisation_id == referral.organisation_id).order_by(Incoming.id.desc())


def last(request: Request) -> Incoming:
    """The last of them."""
    return request.db.scalars(own(request)).first()
