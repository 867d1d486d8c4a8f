"""`@refer`: from a case to the letter desk: whom, which letter, what we ask, what goes along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal import vocabulary
from portal.acts import Reason, Refused
from portal.cases.model import Case
from portal.consents import coverage
from portal.consents.coverage import Basis, Told
from portal.content.item import KINDS, numbered
from portal.content.tree import Resource, path
from portal.content.views.frame import frame
from portal.content.workflow import State
from portal.correspondence import letters, lettertypes
from portal.correspondence.lettermodel import LetterType
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.forms import Button, Choice, Choices, Form, Schema, Text, Tick, ValidationFailure, form
from portal.i18n import _
from portal.referrals import packages, suggestions, verbs
from portal.referrals.model import Referral
from portal.requirements import gaps

WHERE = {"context": Resource, "kind": "case", "name": "@refer", "permission": "referral:draft"}


@dataclass(frozen=True)
class Earlier:
    """What was sent to the same office before."""

    title: str
    url: str
    state: State
    at: Any
    is_open: bool


@dataclass(frozen=True)
class Shown:
    """What one type of letter would tell its reader, on which ground, and what it still lacks."""

    title: str
    lines: list[tuple[str, str]]
    held: str
    """What the profile keeps back."""
    ground: str
    against: list[Reason]
    """Why it may not be told now."""
    gaps: list[tuple[str, str]]


@view_config(**WHERE, request_method="GET", renderer="referrals/refer.pt")
def choose(request: Request) -> dict[str, Any]:
    """First whom, with suggestions and a search; then, with `?to=`, the rest."""
    office = _office(request)
    if office is None:
        return _directory(request)
    return _page(request, office, _form(request, office))


@view_config(**WHERE, request_method="POST", renderer="referrals/refer.pt")
def refer(request: Request) -> Any:
    """Draft the referral with its letter, and go on at the letter desk."""
    office, case = _office(request), request.context.item
    if office is None:
        raise HTTPNotFound
    asked = _form(request, office)
    try:
        values = dict(asked.validate(request.POST.items()))
        with request.db.begin_nested():
            referral = verbs.draft(
                request.act,
                case,
                organisation_id=office.id,
                letter_type=values["letter_type"],
                ask=values["ask"],
                redirected_from=_former(request),
                again=bool(values.get("again")),
                **package_of(values),
            )
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, office, asked)
    except Refused as refusal:
        request.response.status_int = refusal.status
        return _page(request, office, asked, refusal)
    letter = request.db.get_one(Letter, referral.letter_id)
    request.session.flash(_("Rujukan dan konsep suratnya dibuat. Lengkapi surat, lalu ajukan."))
    return HTTPSeeOther(f"{path(letter, case.name)}/@edit")


def _office(request: Request) -> Organisation | None:
    """The chosen office; an unknown one is no page of ours."""
    name = request.GET.get("to")
    if not name:
        return None
    query = select(Organisation).where(numbered(Organisation, name), Organisation.state == "active")
    office = request.db.scalar(query.where(Organisation.stakeholder_type != "OFFICE"))
    if office is None:
        raise HTTPNotFound
    return office


def _former(request: Request) -> Referral | None:
    """The refused referral that this one takes the place of."""
    name = request.GET.get("after")
    if not name:
        return None
    query = select(Referral).where(Referral.parent_id == request.context.item.id, Referral.name == name)
    former = request.db.scalar(query)
    if former is None:
        raise HTTPNotFound
    return former


def types_to(office: Organisation) -> list[LetterType]:
    """The letters that ask something of such an office; what may go to anybody, such as a reminder, asks nothing new."""
    fitting = lettertypes.types_for(office.stakeholder_type, letters.letter_types().values())
    return [type_ for type_ in fitting if "*" not in type_.addressees]


def package_of(values: dict[str, Any]) -> dict[str, Any]:
    """What goes along, as `verbs.draft` takes it: the usual, and what was added to it with its reason."""
    added = values.get("more") or ()
    papers = [*(values.get("enclosures") or ()), *(v.partition("/")[2] for v in added if v.startswith("paper/"))]
    return {
        "enclosures": [int(number) for number in papers],
        "more": [v for v in added if not v.startswith("paper/")],
        "beyond_reason": values.get("beyond_reason") or "",
    }


def add_package(schema: Schema, request: Request, office: Organisation, types: list[LetterType]) -> None:
    """Fields for what goes along: papers that the profile allows, and the rest, which needs a reason."""
    case, lang, db = request.context.item, request.locale_name, request.db
    allowed = coverage.allowed(db, office.stakeholder_type)
    papers = [
        (document.document_type in allowed.documents, str(document.id), title_of(request, document))
        for document in packages.documents(db, case)
    ]
    if usual := [(number, title) for is_usual, number, title in papers if is_usual]:
        schema.add(Choices(usual, _("Lampiran"), name="enclosures", required=False))
    held = Told()
    for type_ in types:
        held |= packages.package(request.act, case, office, type_, lang).held
    rest = [*held.named(db, lang), *((f"paper/{number}", title) for is_usual, number, title in papers if not is_usual)]
    if rest:
        about = _("Di luar profil penerima ini; hanya bila memang perlu, dan dengan alasan.")
        schema.add(Choices(rest, _("Tambahan"), name="more", required=False, help=about))
        reason = {"name": "beyond_reason", "required": False, "missing": ""}
        schema.add(Text(_("Mengapa tambahan itu perlu"), max=1000, rows=2, **reason))


def title_of(request: Request, document: Document) -> str:
    """A document of the case, in a list of them."""
    kind = vocabulary.name(request.db, "document_type", document.document_type, request.locale_name)
    return f"{kind} · {document.name}"


def _form(request: Request, office: Organisation) -> Form:
    types, case = types_to(office), request.context.item
    english = request.locale_name == "en"
    schema = Schema()
    choices = [(t.code, t.name_en if english else t.name) for t in types]
    schema.add(Choice(choices, _("Surat"), name="letter_type", look="radios"))
    schema.add(asked_in_a_sentence())
    add_package(schema, request, office, types)
    if any(verbs.twins(request.db, case, office.id, t.code) for t in types):
        schema.add(Tick(_("Rujukan yang sama memang perlu dikirim lagi"), name="again"))
    values = {"letter_type": types[0].code} if request.method == "GET" and len(types) == 1 else None
    return form(schema, request, buttons=(Button("draft", _("Buat rujukan dan suratnya")),), values=values)


def asked_in_a_sentence() -> Text:
    """The field for what is asked."""
    return Text(
        _("Yang kami minta, dalam satu kalimat"),
        name="ask",
        max=500,
        rows=2,
        help=_("Penerima membaca kalimat ini di atas suratnya. Jangan sebut nama atau nomor identitas."),
    )


def _directory(request: Request) -> dict[str, Any]:
    case: Case = request.context.item
    lang = request.locale_name
    words, kind = request.GET.get("q", "").strip()[:100], request.GET.get("type", "")
    offices = suggestions.found(request.db, case, words, kind, lang) if words or kind else []
    former = _former(request)
    return frame(request) | {
        "office": None,
        "words": words,
        "type": kind,
        "types": vocabulary.choices(request.db, "stakeholder_type", lang),
        "searched": bool(words or kind),
        "offices": offices,
        "groups": suggestions.suggested(request.db, case, lang),
        "former": former,
        "after": f"&after={former.name}" if former else "",
    }


def _page(request: Request, office: Organisation, asked: Form, refusal: Refused | None = None) -> dict[str, Any]:
    case: Case = request.context.item
    types = types_to(office)
    return frame(request) | {
        "office": office,
        "kind_of_office": vocabulary.name(request.db, "stakeholder_type", office.stakeholder_type, request.locale_name),
        "earlier": _earlier(request, case, office),
        "letters": [_shown(request, case, office, type_) for type_ in types],
        "form": asked if types else None,
        "refusal": refusal,
        "former": _former(request),
    }


def _earlier(request: Request, case: Case, office: Organisation) -> list[Earlier]:
    query = select(Referral).where(Referral.parent_id == case.id, Referral.organisation_id == office.id)
    machine = KINDS["referral"].workflow
    return [
        Earlier(r.title, path(r, case.name), machine.state(r.state), r.sent_at or r.created_at, r.state in verbs.OPEN)
        for r in request.db.scalars(query.order_by(Referral.id.desc()))
    ]


def _shown(request: Request, case: Case, office: Organisation, type_: LetterType) -> Shown:
    lang = request.locale_name
    found = packages.package(request.act, case, office, type_, lang)
    lacking = gaps.blocking(request.db, case, type_.enclosures)
    name = type_.name_en if lang == "en" else type_.name
    ground, against = "", []
    if isinstance(found.ground, Basis):
        ground = vocabulary.name(request.db, "processing_ground", found.ground.ground, lang)
        ground += f" ({found.ground.consent.name})" if found.ground.consent else ""
    else:
        against = found.ground
    places = [(r.title, path(r, case.name)) for r in lacking]
    return Shown(name, found.lines, found.held.words(request.db, lang), ground, against, places)
