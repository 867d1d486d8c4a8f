"""`@casefile`: the advocate sees the file in order, has it bound, and downloads it; each read is in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from portal import reads
from portal.casefile import verbs
from portal.casefile.contents import SECTIONS, exhibits
from portal.casefile.model import CaseFile
from portal.content.assurance import step_up_address
from portal.content.tree import Resource
from portal.content.views.frame import frame
from portal.edge import attachment
from portal.i18n import _

HERE = {"context": Resource, "kind": "case", "name": "@casefile", "permission": "casefile:view"}
FORMS = {"pdf": ("pdf_sha256", "application/pdf"), "zip": ("zip_sha256", "application/zip")}


@dataclass(frozen=True)
class Export:
    """What asks for the second factor, like a transition does."""

    assured: bool = True


@view_config(**HERE, request_method="GET", renderer="casefile/casefile.pt")
def show(request: Request) -> Any:
    """The contents in order, and the bundles that were made; with a number behind it, a download."""
    if request.subpath:
        return download(request)
    case = request.context.item
    found = exhibits(request.db, request.identity, request.at, case, request.locale_name)
    reads.note(request, case, "casefile_read")
    mine = select(CaseFile).where(CaseFile.case_id == case.id, CaseFile.asked_by == request.identity.account_id)
    return frame(request, "@casefile") | {
        "sections": [(title, [e for e in found if e.section == s]) for s, title in SECTIONS.items()],
        "bundles": list(request.db.scalars(mine.order_by(CaseFile.id.desc()).limit(10))),
        "count": len(found),
    }


@view_config(**HERE, request_method="POST")
def ask(request: Request) -> Any:
    """Have the file bound."""
    if address := step_up_address(request, Export()):
        return HTTPSeeOther(address)
    verbs.ask(request.act, request.context.item)
    request.session.flash(_("Berkas perkara sedang disusun; halaman ini memperlihatkannya bila sudah siap."))
    return HTTPSeeOther(request.resource_path(request.context, "@casefile"))


def download(request: Request) -> Response:
    """One's own bundle, as PDF or ZIP."""
    number, _dot, form = request.subpath[0].partition(".")
    column, media_type = FORMS.get(form, ("", ""))
    made = request.db.get(CaseFile, int(number)) if number.isascii() and number.isdigit() and column else None
    if made is None or made.asked_by != request.identity.account_id:
        raise HTTPNotFound
    if made.case_id != request.context.item.id or made.state != "ready":
        raise HTTPNotFound
    if address := step_up_address(request, Export()):
        return HTTPSeeOther(address)
    reads.note(request, request.context.item, "casefile_downloaded", form=form, bundle=made.id)
    body = request.registry["site"].blobs.read(getattr(made, column))
    return attachment(body, filename=f"{request.context.item.name}.{form}", media_type=media_type)
