"""The consents of a case: what may be told to whom, recording another one, proposing a ground in its place; and one on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal import vocabulary
from portal.accounts import staff
from portal.accounts.views import refuse
from portal.acts import Act, Refused
from portal.cases.model import Case
from portal.clock import WIB
from portal.consents import coverage, verbs
from portal.consents.forms import Propose, Record
from portal.consents.model import Consent
from portal.consents.workflow import GIVERS, MANNERS, WORKFLOW
from portal.content.item import Item
from portal.content.tree import Resource, path
from portal.content.views.frame import frame
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.forms import Button, Form, ValidationFailure, form
from portal.i18n import _, day, moment, translate
from portal.pages import Fact
from portal.people.model import Person

CASE = {"context": Resource, "kind": "case", "permission": "consent:record", "renderer": "content/edit.pt"}
HEADINGS = {"@record-consent": _("Catat persetujuan"), "@propose-ground": _("Usulkan dasar lain")}

RESTING: list[Callable[[Act, Consent], list[tuple[Item, bool]]]] = []
"""What went out on a consent, and whether it may still be read: features above tell theirs (referrals)."""


@view_config(
    context=Resource,
    kind="case",
    name="@consents",
    request_method="GET",
    permission="consent:list",
    renderer="consents/list.pt",
)
def overview(request: Request) -> dict[str, Any]:
    """Every consent and every other ground, the newest first."""
    case: Case = request.context.item
    found = coverage.consents_of(request.db, case.id)
    lines = [
        (c, WORKFLOW.state(c.state), path(c, case.name), facts(request, c)[:4], coverage.why_not(c, request.at))
        for c in found
    ]
    return frame(request, "@consents") | {
        "consents": lines,
        "may_record": request.context.permits(request, "consent:record"),
        "to": f"?to={kind}" if (kind := _kind(request)) else "",
    }


@view_config(context=Resource, kind="consent", request_method="GET", permission="view", renderer="consents/consent.pt")
def view(request: Request) -> dict[str, Any]:
    """What it covers, who gave it and how, and what went out on it."""
    consent: Consent = request.context.item
    case_name = request.context.__parent__.item.name
    resting = [pair for tell in RESTING for pair in tell(request.act, consent)]
    return frame(request) | {
        "consent": consent,
        "facts": facts(request, consent) + _proof(request, consent, case_name) + _end(request, consent),
        "resting": [(item.title, path(item, case_name), is_open) for item, is_open in resting],
        "has_ended": consent.state in {"withdrawn", "expired"},
    }


def facts(request: Request, consent: Consent) -> list[Fact]:
    """To whom, what for, what, until when."""
    db, lang = request.db, request.locale_name
    told = coverage.scope(consent)
    organisation = db.get(Organisation, consent.organisation_id) if consent.organisation_id else None
    names = [organisation.title] if organisation else []
    names += [vocabulary.name(db, "stakeholder_type", code, lang) for code in consent.recipient_types]
    return [
        Fact(_("Penerima"), "; ".join(names)),
        Fact(_("Untuk apa"), consent.purpose),
        Fact(_("Data dan dokumen"), told.words(db, lang)),
        Fact(_("Berlaku sampai"), day(consent.valid_until, lang) if consent.valid_until else _("dicabut")),
        Fact(_("Dasar"), vocabulary.name(db, "processing_ground", consent.ground, lang)),
    ]


def _proof(request: Request, consent: Consent, case_name: str) -> list[Fact]:
    """Who gave it and what proves it; of another ground, why and by which two persons."""
    lang = request.locale_name
    if consent.is_override:
        decided = moment(consent.decided_at, WIB, lang) if consent.decided_at else None
        found = [
            Fact(_("Diusulkan oleh"), staff.name_of(request.db, consent.created_by)),
            Fact(_("Mengapa tanpa persetujuan"), consent.reason),
            Fact(_("Diputuskan oleh orang kedua"), f"{consent.decided_by}, {decided}" if decided else None),
            Fact(_("Catatan orang kedua"), consent.decision_note),
        ]
        return [f for f in found if f.value or f.title == _("Diputuskan oleh orang kedua")]
    document = request.db.get(Document, consent.document_id) if consent.document_id else None
    call = f"{moment(consent.call_at, WIB, lang)}: {consent.call_note}" if consent.call_at else ""
    proof = Fact(_("Bukti"), document.title, path(document, case_name)) if document else Fact(_("Bukti"), call or None)
    return [
        Fact(_("Diberikan oleh"), f"{consent.giver} ({translate(GIVERS[consent.given_by], lang)})"),
        Fact(_("Cara"), MANNERS[consent.manner]),
        Fact(_("Bahasa"), vocabulary.name(request.db, "consent_language", consent.language, lang)),
        Fact(_("Tanggal persetujuan"), day(consent.given_on, lang) if consent.given_on else None),
        proof,
    ]


def _end(request: Request, consent: Consent) -> list[Fact]:
    if consent.withdrawn_at is None:
        return []
    how = vocabulary.name(request.db, "channel", consent.withdrawn_how, request.locale_name)
    found = [
        Fact(_("Dicabut pada"), moment(consent.withdrawn_at, WIB, request.locale_name)),
        Fact(_("Dicabut oleh"), f"{consent.withdrawn_by} ({how})"),
        Fact(_("Catatan pencabutan"), consent.withdrawal_note),
    ]
    return [f for f in found if f.value]


@view_config(**CASE, name="@record-consent", request_method="GET")
@view_config(**CASE, name="@propose-ground", request_method="GET")
def ask(request: Request) -> dict[str, Any]:
    """The form, filled with what the profile of the chosen kind (`?to=`) allows, and with who would say so."""
    return _page(request, _form(request, _suggested(request)))


@view_config(**CASE, name="@record-consent", request_method="POST")
@view_config(**CASE, name="@propose-ground", request_method="POST")
def keep(request: Request) -> Any:
    """Record the consent, or propose the ground; refused with every reason, the answers kept."""
    asked, verb = _form(request), verbs.record if _is_consent(request) else verbs.propose
    try:
        values = asked.schema.arrange(dict(asked.validate(request.POST.items())))
        consent = verb(request.act, request.context.item, **values)
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons)
        return _page(request, asked)
    words = _("Persetujuan dicatat.") if _is_consent(request) else _("Usul dicatat; menunggu orang kedua.")
    request.session.flash(words)
    return HTTPSeeOther(path(consent, request.context.item.name))


def _is_consent(request: Request) -> bool:
    return request.view_name == "@record-consent"


def _form(request: Request, values: dict[str, Any] | None = None) -> Form:
    schema, title = (Record(), _("Catat")) if _is_consent(request) else (Propose(), _("Usulkan"))
    known = {k: v for k, v in (values or {}).items() if k in {node.name for node in schema.children}}
    return form(schema, request, buttons=(Button("keep", title),), values=known if values is not None else None)


def _kind(request: Request) -> str:
    """The kind of recipient that is asked about."""
    asked = request.GET.get("to", "")
    return asked if asked in vocabulary.terms(request.db, "stakeholder_type") else ""


def _suggested(request: Request) -> dict[str, Any]:
    kind = _kind(request)
    allowed = coverage.allowed(request.db, kind)
    worker = request.db.get(Person, request.context.item.worker_id or 0)
    return {
        "recipient_types": (kind,) if kind else (),
        "data": tuple(sorted(allowed.data)),
        "documents": tuple(sorted(allowed.documents)),
        "given_on": request.at.astimezone(WIB).date(),
        "giver": worker.title if worker else "",
    }


def _page(request: Request, asked: Form) -> dict[str, Any]:
    return frame(request, "@consents") | {"heading": HEADINGS[request.view_name], "form": asked}
