"""A document on one page, its file, its pictures, and new files for a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import reads, vocabulary
from portal.acts import Refused
from portal.content.item import expect_version
from portal.content.tree import Resource, may, path
from portal.content.views.frame import frame
from portal.documents import media, verbs
from portal.documents.examination import ahead, uploads
from portal.documents.forms import Description, Upload
from portal.documents.model import Document, Preview
from portal.documents.previews import previews
from portal.documents.workflow import WORKFLOW
from portal.edge import attachment
from portal.forms import Button, ValidationFailure, form
from portal.i18n import _, day
from portal.pages import Fact

DOCUMENT = {"context": Resource, "kind": "document"}
SAVE = (Button("save", _("Simpan")),)
SEND = (Button("send", _("Unggah")),)


@dataclass(frozen=True)
class File:
    """One document as a list shows it."""

    name: str
    url: str
    size: int
    title: str
    at: Any
    state: Any
    note: Any
    thumbnail: str | None


def listed(request: Request, documents: list[Document], case_name: str) -> list[File]:
    """Documents as lines of a list, with their thumbnails."""
    pictures = previews(request.db, [d.id for d in documents])
    return [_line(request, d, path(d, case_name), pictures.get(d.id)) for d in documents]


def _line(request: Request, document: Document, where: str, pictures: list[Preview] | None) -> File:
    return File(
        name=document.name,
        url=where,
        size=document.size,
        title=vocabulary.name(request.db, "document_type", document.document_type, request.locale_name),
        at=document.created_at,
        state=WORKFLOW.state(document.state),
        note=media.FINDINGS.get(document.finding) or document.note or None,
        thumbnail=f"{where}/@preview/0" if pictures else None,
    )


@view_config(**DOCUMENT, request_method="GET", permission="view", renderer="documents/document.pt")
def view(request: Request) -> dict[str, Any]:
    """What it is, who gave it, what stands on it, and how it looks."""
    document: Document = request.context.item
    reads.note(request, document, "document_read", title=document.title)
    case_name = request.context.__parent__.item.name
    pictures = previews(request.db, [document.id]).get(document.id, [])
    return frame(request) | {
        "document": document,
        "facts": facts(request, document),
        "pages": [p for p in pictures if p.page],
        "finding": media.FINDINGS.get(document.finding),
        "may_download": request.context.permits(request, "download"),
        "may_edit": request.context.permits(request, "edit"),
        "repeats": [
            (d.name, path(d, case_name)) for d in verbs.same_content(request.db, document) if may(request, d, "view")
        ],
    }


def facts(request: Request, document: Document) -> list[Fact]:
    """The summary list of a document."""
    kind = media.BY_TYPE.get(document.media_type)
    reason = vocabulary.name(request.db, "requirement_reject_reason", document.reject_reason, request.locale_name)
    return [
        Fact(_("Jenis berkas"), kind.title if kind else _("Tidak dikenali")),
        Fact(_("Nama pada dokumen"), document.holder or None),
        Fact(_("Nomor pada dokumen"), document.number or None),
        Fact(_("Tanggal dokumen"), _day(request, document.dated)),
        Fact(_("Berlaku sampai"), _day(request, document.expires_on)),
        Fact(_("Diberikan oleh"), verbs.PROVIDERS[document.provider]),
        Fact(_("Nama pemberi"), document.provider_name or None),
        Fact(_("Bentuk"), _("Asli sudah dilihat petugas") if document.is_original else _("Salinan")),
        Fact(_("Nama berkas dari pengirim"), document.sent_as or None),
        *([Fact(_("Catatan"), document.note)] if document.note else []),
        *([Fact(_("Alasan penolakan"), reason)] if reason else []),
        *([Fact(_("Penjelasan"), document.reject_note)] if document.reject_note else []),
    ]


def _day(request: Request, value: date | None) -> str | None:
    return day(value, request.locale_name) if value else None


@view_config(**DOCUMENT, name="@file", request_method="GET", permission="download")
def original(request: Request) -> Response:
    """The evidence, byte by byte as it came; never shown, only handed out."""
    return _handed_out(request, copy=False)


@view_config(**DOCUMENT, name="@copy", request_method="GET", permission="download")
def copy(request: Request) -> Response:
    """The copy without hidden data: what may be passed on. There is none of what lies in quarantine."""
    if request.context.item.finding:
        raise HTTPNotFound
    return _handed_out(request, copy=True)


def _handed_out(request: Request, *, copy: bool) -> Response:
    document: Document = request.context.item
    reads.note(request, document, "document_downloaded", title=document.title, copy=copy)
    blobs = request.registry["site"].blobs
    if copy:
        content = blobs.read(document.copy_sha256)
        return attachment(content, filename=document.copy_filename, media_type=document.copy_media_type)
    return attachment(blobs.read(document.sha256), filename=document.filename, media_type=document.media_type)


@view_config(**DOCUMENT, name="@preview", request_method="GET", permission="view")
def picture(request: Request) -> Response:
    """One page as a picture; page 0 is the thumbnail. The page that shows it has noted the reading."""
    document: Document = request.context.item
    wanted = request.subpath[0] if len(request.subpath) == 1 else ""
    found = previews(request.db, [document.id]).get(document.id, []) if document.state != "quarantined" else []
    preview = next((p for p in found if str(p.page) == wanted), None)
    if preview is None:
        raise HTTPNotFound
    content = request.registry["site"].blobs.read(preview.sha256)
    return attachment(content, filename=f"{document.name}-{preview.page}.webp", media_type="image/webp", inline=True)


@view_config(**DOCUMENT, name="@edit", request_method="GET", permission="edit", renderer="documents/form.pt")
def edit(request: Request) -> dict[str, Any]:
    """What it is and what stands on it, as a form."""
    document = request.context.item
    values = {name: getattr(document, name) for name in verbs.DESCRIBED}
    return frame(request) | {
        "form": form(Description(), request, version=document.version, values=values, buttons=SAVE)
    }


@view_config(**DOCUMENT, name="@edit", request_method="POST", permission="edit", renderer="documents/form.pt")
def save(request: Request) -> Any:
    """Keep what was typed; a stale form comes back with it."""
    document = request.context.item
    asked = form(Description(), request, buttons=SAVE)
    try:
        values = dict(asked.validate(request.POST.items()))
        expect_version(document, asked.version)
        verbs.describe(request.act, document, **values)
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | {"form": asked}
    except Refused as refusal:
        request.response.status_int = refusal.status
        return frame(request) | {"form": asked, "refusal": refusal}
    request.session.flash(_("Keterangan dokumen tersimpan."))
    return HTTPSeeOther(request.resource_path(request.context).rstrip("/"))


@view_config(
    context=Resource,
    kind="case",
    name="@upload",
    request_method="GET",
    permission="document:add",
    renderer="documents/form.pt",
)
def choose(request: Request) -> dict[str, Any]:
    """Choose files, or take photos of papers."""
    chosen = request.GET.get("type", "")
    known = chosen in vocabulary.terms(request.db, "document_type")
    values = {"document_type": chosen} if known else None
    return frame(request) | {"form": form(Upload(), request, values=values, buttons=SEND)}


@view_config(
    context=Resource,
    kind="case",
    name="@upload",
    request_method="POST",
    permission="document:add",
    renderer="documents/form.pt",
)
def upload(request: Request) -> Any:
    """Keep every file; say which are in quarantine and which are there already."""
    asked = form(Upload(), request, buttons=SEND)
    try:
        values = dict(asked.validate(request.POST.items()))
        keep_all(request, request.context.item, **values)
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | {"form": asked}
    except Refused as refusal:
        request.response.status_int = refusal.status
        return frame(request) | {"form": asked, "refusal": refusal}
    return HTTPSeeOther(request.resource_path(request.context, "@documents"))


def keep_all(request: Request, case: Any, *, files: Any, provider_name: str = "", **columns: Any) -> list[Document]:
    """Each file as a document of the case, with a message about each."""
    kept = []
    ahead(request, uploads(files))
    for sent in files:
        document = verbs.add(
            request.act,
            case,
            content=sent.file,
            filename=str(sent.filename),
            provider="complainant" if provider_name else "staff",
            provider_name=provider_name,
            **columns,
        )
        _tell(request, document)
        kept.append(document)
    return kept


def _tell(request: Request, document: Document) -> None:
    known = {"title": document.title, "name": document.name}
    if document.finding:
        known["reason"] = media.FINDINGS[document.finding]
        request.session.flash(_("${name} (${title}) tersimpan di karantina: ${reason}.", mapping=known), "warning")
    else:
        request.session.flash(_("${name} (${title}) tersimpan.", mapping=known))
    if repeats := verbs.same_content(request.db, document):
        known["earlier"] = repeats[0].name
        message = _("Isi ${name} persis sama dengan ${earlier}. Keduanya tetap disimpan.", mapping=known)
        request.session.flash(message, "warning")
