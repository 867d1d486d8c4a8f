"""The case's list of documents, one requirement, taking a file in for it, and the quick check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal import reads, vocabulary
from portal.acts import Refused
from portal.content import sharing
from portal.content.item import Item, expect_version
from portal.content.tree import Resource, path
from portal.content.views.frame import frame
from portal.documents import verbs as documents
from portal.documents.model import Document
from portal.documents.previews import previews
from portal.documents.views import keep_all, listed
from portal.forms import Button, ValidationFailure, form
from portal.i18n import _, day
from portal.pages import Fact
from portal.requirements import checks, gaps, verbs
from portal.requirements.forms import Check, Need, Receive
from portal.requirements.model import Requirement
from portal.requirements.workflow import SATISFIED, UNDECIDED, WORKFLOW

CASE = {"context": Resource, "kind": "case"}
REQUIREMENT = {"context": Resource, "kind": "requirement"}
SEND = (Button("send", _("Unggah")),)
DECIDE = (Button("accept", _("Terima: dokumen sah")), Button("reject", _("Tolak"), css_class="danger"))
NECESSITY = {"mandatory": _("wajib"), "conditional": _("bila berlaku"), "optional": _("bila ada")}


@view_config(**CASE, name="@documents", request_method="GET", permission="view", renderer="requirements/documents.pt")
def overview(request: Request) -> dict[str, Any]:
    """What is missing first, with who has to bring it; then what is settled; then all files."""
    case = request.context.item
    rights = sharing.may_read(request.identity, request.at, Item.id)
    readable = set(request.db.scalars(select(Item.id).where(Item.parent_id == case.id, rights)))
    letters = {code: types for tell in gaps.LETTERS for code, types in tell(request.db, case).items()}
    missing = [g for g in gaps.gaps(request.db, case, letters, request.locale_name) if g.id in readable]
    settled = [r for r in gaps.requirements(request.db, case) if r.state in SATISFIED and r.id in readable]
    query = select(Document).where(Document.parent_id == case.id).order_by(Document.id.desc())
    files = [d for d in request.db.scalars(query) if d.id in readable]
    return frame(request, "@documents") | {
        "missing": missing,
        "settled": [(r, WORKFLOW.state(r.state), settling(request, r), path(r, case.name)) for r in settled],
        "files": listed(request, files, case.name),
        "necessity": NECESSITY,
        "may_add": request.context.permits(request, "document:add"),
        "may_check": bool(request.context.roles & WORKFLOW.permissions["requirement:check"]),
    }


def settling(request: Request, requirement: Requirement) -> Any:
    """Why a requirement needs nothing more."""
    lang = request.locale_name
    if requirement.state == "waived":
        reason = vocabulary.name(request.db, "waive_reason", requirement.waive_reason, lang)
        known = {"reason": reason, "by": requirement.waived_by}
        if requirement.waived_until is None:
            return _("${reason} (${by})", mapping=known)
        known["day"] = day(requirement.waived_until, lang)
        return _("${reason} (${by}), sampai ${day}", mapping=known)
    if requirement.state == "substituted":
        other = request.db.get(Document, requirement.substitute_id)
        return _("Diganti ${title} (${name})", mapping={"title": other.title, "name": other.name})
    return requirement.override or ""


@view_config(**REQUIREMENT, request_method="GET", permission="view", renderer="requirements/requirement.pt")
def view(request: Request) -> dict[str, Any]:
    """Why it is needed, from whom, what came, and what became of it."""
    requirement: Requirement = request.context.item
    case = request.context.__parent__.item
    query = select(Document).where(Document.parent_id == case.id, Document.document_type == requirement.document_type)
    return frame(request) | {
        "requirement": requirement,
        "facts": facts(request, requirement),
        "files": listed(request, list(request.db.scalars(query.order_by(Document.id.desc()))), case.name),
        "may_receive": request.context.permits(request, "requirement:receive") and requirement.state not in SATISFIED,
        "may_check": request.context.permits(request, "requirement:check") and requirement.state in UNDECIDED,
    }


def facts(request: Request, requirement: Requirement) -> list[Fact]:
    """The summary list of a requirement."""
    lang = request.locale_name
    rejected = vocabulary.name(request.db, "requirement_reject_reason", requirement.reject_reason, lang)
    asked = requirement.requested_at
    return [
        Fact(_("Keharusan"), NECESSITY["mandatory" if requirement.is_mandatory else requirement.necessity]),
        Fact(_("Mengapa"), requirement.why or None),
        Fact(_("Dasar"), requirement.source or None),
        Fact(_("Biasanya diterbitkan oleh"), gaps.deliverer(request.db, requirement.document_type) or None),
        *([Fact(_("Diminta kepada"), requirement.requested_from)] if asked else []),
        *([Fact(_("Diminta pada"), day(asked.date(), lang))] if asked else []),
        *([Fact(_("Alasan penolakan terakhir"), rejected)] if rejected else []),
        *([Fact(_("Penjelasan"), requirement.reject_note)] if requirement.reject_note else []),
        *([Fact(_("Penyelesaian"), settling(request, requirement))] if requirement.state in SATISFIED else []),
        *([Fact(_("Penjelasan pengecualian"), requirement.waive_note)] if requirement.state == "waived" else []),
    ]


@view_config(
    **REQUIREMENT,
    name="@receive",
    request_method="GET",
    permission="requirement:receive",
    renderer="requirements/receive.pt",
)
def choose(request: Request) -> dict[str, Any]:
    """Choose files for the requirement, or take photos of the paper."""
    return frame(request) | {"form": form(Receive(), request, buttons=SEND)}


@view_config(
    **REQUIREMENT,
    name="@receive",
    request_method="POST",
    permission="requirement:receive",
    renderer="requirements/receive.pt",
)
def receive(request: Request) -> Any:
    """Keep the files and take the first usable one as what was asked for, in one act."""
    requirement = request.context.item
    case = request.context.__parent__.item
    asked = form(Receive(), request, buttons=SEND)
    try:
        values = dict(asked.validate(request.POST.items()))
        kept = keep_all(request, case, document_type=requirement.document_type, **values)
        chosen = next((document for document in kept if not document.finding), kept[0])
        verbs.receive(request.act, requirement, document_id=chosen.id)
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | {"form": asked}
    except Refused as refusal:
        request.response.status_int = refusal.status
        return frame(request) | {"form": asked, "refusal": refusal}
    return HTTPSeeOther(request.resource_path(request.context.__parent__, "@documents"))


@view_config(
    **REQUIREMENT, name="@check", request_method="GET", permission="requirement:check", renderer="requirements/check.pt"
)
def look(request: Request) -> Any:
    """The document beside the decision."""
    requirement = request.context.item
    document = request.db.get(Document, requirement.document_id) if requirement.document_id else None
    if document is None or requirement.state not in UNDECIDED:
        return HTTPSeeOther(request.resource_path(request.context).rstrip("/"))
    values = {name: getattr(document, name) for name in ("holder", "number", "dated", "expires_on")}
    asked = form(Check(), request, buttons=DECIDE, version=requirement.version, values=values)
    return _check_page(request, document, asked)


def _check_page(request: Request, document: Document, asked: Any, refusal: Refused | None = None) -> dict[str, Any]:
    reads.note(request, document, "document_read", title=document.title)
    doubts = refusal.reasons if refusal else checks.warnings(request.db, document, request.at)
    return frame(request) | {
        "form": asked,
        "document": document,
        "pages": [p for p in previews(request.db, [document.id]).get(document.id, []) if p.page],
        "where": path(document, request.context.__parent__.item.name) + "/",
        "doubts": doubts,
        "refused": refusal is not None,
    }


@view_config(
    **REQUIREMENT,
    name="@check",
    request_method="POST",
    permission="requirement:check",
    renderer="requirements/check.pt",
)
def decide(request: Request) -> Any:
    """Keep what stands on the document, then accept or reject it; on to the next one that waits."""
    requirement = request.context.item
    document = request.db.get(Document, requirement.document_id) if requirement.document_id else None
    if document is None:
        return HTTPSeeOther(request.resource_path(request.context).rstrip("/"))
    asked = form(Check(), request, buttons=DECIDE)
    try:
        values = dict(asked.validate(request.POST.items()))
        expect_version(requirement, asked.version)
        with request.db.begin_nested():
            _decide(request, requirement, document, values)
    except ValidationFailure:
        request.response.status_int = 422
        return _check_page(request, document, asked)
    except Refused as refusal:
        request.response.status_int = refusal.status
        return _check_page(request, document, asked, refusal)
    request.session.flash(_("Keputusan untuk ${title} tersimpan.", mapping={"title": requirement.title}))
    return HTTPSeeOther(_next(request))


def _decide(request: Request, requirement: Requirement, document: Document, values: Mapping[str, Any]) -> None:
    read = {name: values[name] for name in ("holder", "number", "dated", "expires_on")}
    documents.describe(request.act, document, **read)
    if "reject" in request.POST:
        verbs.reject(request.act, requirement, reason=values["reason"], note=values["note"])
    else:
        verbs.accept(request.act, requirement, override=values["override"])


def _next(request: Request) -> str:
    case = request.context.__parent__
    waiting = select(Requirement).where(Requirement.parent_id == case.item.id, Requirement.state.in_(UNDECIDED))
    following = request.db.scalars(waiting.order_by(Requirement.id).limit(1)).first()
    here = request.resource_path(case)
    return f"{here}{following.name}/@check" if following else f"{here}@documents"


@view_config(
    **CASE, name="@require", request_method="GET", permission="document:add", renderer="requirements/require.pt"
)
def wish(request: Request) -> dict[str, Any]:
    """One more document for this case."""
    return frame(request) | {"form": form(Need(), request)}


@view_config(
    **CASE, name="@require", request_method="POST", permission="document:add", renderer="requirements/require.pt"
)
def require(request: Request) -> Any:
    """Put it on the list."""
    asked = form(Need(), request)
    try:
        values = dict(asked.validate(request.POST.items()))
    except ValidationFailure:
        request.response.status_int = 422
        return frame(request) | {"form": asked}
    verbs.need(request.act, request.context.item, **values)
    request.session.flash(_("Kebutuhan dokumen ditambahkan."))
    return HTTPSeeOther(request.resource_path(request.context, "@documents"))
