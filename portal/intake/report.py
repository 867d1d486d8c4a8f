"""The public complaint form: one short page, answers to check, then number and PIN. It needs no JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config

from portal import vocabulary
from portal.cases import verbs as cases
from portal.cases.forms import codes
from portal.content.tree import Root
from portal.documents import media
from portal.documents import verbs as documents
from portal.documents.examination import ahead
from portal.forms import Button, Choice, Files, Kept, Line, Mail, Schema, Text, Tick, ValidationFailure, form
from portal.i18n import _
from portal.intake.public import TRACKED, act_of, recall, receiving_office, remember
from portal.limits import throttle
from portal.people import verbs as people
from portal.people.verbs import UNKNOWN

OPEN = {"context": Root, "name": "report", "permission": NO_PERMISSION_REQUIRED}
DRAFT, TOLD = "report", "told"
PER_ADDRESS, WINDOW = 30, timedelta(hours=1)
"""Complaints from one address: many people share one in a shelter or behind a telephone company."""
WHO = (
    ("PMI", _("Saya sendiri, pekerja migran")),
    ("CPMI", _("Saya sendiri, calon pekerja migran")),
    ("FAMILY", _("Keluarga saya")),
    ("OTHER", _("Orang lain")),
)
SELF = frozenset({"PMI", "CPMI"})
EVIDENCE = "CHAT_EVIDENCE"


class Report(Schema):
    """What a complainant is asked; two answers are enough."""

    complainant_type = Choice(WHO, title=_("Siapa yang mengalami masalah?"), look="radios")
    worker_name = Line(title=_("Nama yang mengalami masalah"), required=False, help=_("Sesuai paspor, bila tahu."))
    name = Line(
        title=_("Nama Saudara/i, bila mengadu untuk orang lain"),
        required=False,
        help=_("Boleh dikosongkan. Nama pengadu dirahasiakan."),
        own={"autocomplete": "name"},
    )
    phone = Line(
        title=_("Nomor telepon atau WhatsApp Saudara/i"),
        max=40,
        required=False,
        help=_("Tanpa nomor kami hanya dapat menjawab lewat halaman pemantauan."),
        own={"autocomplete": "tel", "inputmode": "tel"},
    )
    email = Mail(title=_("Surel Saudara/i"), required=False)
    country_code = Choice(codes("country"), title=_("Di negara mana?"), look="search", required=False)
    whereabouts = Text(
        title=_("Di mana ia sekarang?"),
        max=1000,
        rows=2,
        required=False,
        help=_("Alamat, kota, atau tanda di sekitar."),
    )
    employer = Line(title=_("Majikan atau perusahaan yang memberangkatkan, bila tahu"), required=False)
    narrative = Text(title=_("Apa yang terjadi?"), max=20_000, rows=8, help=_("Ceritakan dengan kata-kata sendiri."))
    demand = Text(title=_("Apa yang Saudara/i harapkan?"), max=4000, rows=2, required=False)
    is_emergency = Tick(title=_("Ada bahaya sekarang: kekerasan, disekap, atau ancaman jiwa"))
    files = Files(
        title=_("Foto atau berkas"),
        most=5,
        max_bytes=20_000_000,
        accept=media.ENDINGS,
        required=False,
        help=_("Paling banyak 5, masing-masing sampai 20 MB. Boleh menyusul."),
    )


@view_config(**OPEN, path_info=r"^/report/?$", request_method="GET", renderer="intake/report.pt")
def ask(request: Request) -> dict[str, Any]:
    """The form, with what was answered before; a portal without an office of its own takes no complaints."""
    if receiving_office(request.db) is None:
        raise HTTPNotFound
    draft = recall(request, DRAFT)
    asked = _form(request, draft["values"] if draft else None)
    if draft and draft["files"]:
        asked.keep("files", [Kept(*file) for file in draft["files"]])
    return _page(request, asked)


def _page(request: Request, asked: Any) -> dict[str, Any]:
    return {"form": asked, "office": receiving_office(request.db)}


def _form(request: Request, values: dict[str, Any] | None = None) -> Any:
    return form(Report(), request, buttons=(Button("check", _("Lanjut: periksa jawaban")),), values=values)


@view_config(**OPEN, path_info=r"^/report/?$", request_method="POST", renderer="intake/report.pt")
def answer(request: Request) -> Any:
    """Keep the answers in the visitor's session and show them once more."""
    asked = _form(request)
    try:
        values = dict(asked.validate(request.POST.items()))
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    blobs = request.registry["site"].blobs
    files = []
    for sent in values.pop("files"):
        kept = sent
        if not isinstance(sent, Kept):
            blob = blobs.put(sent.file)
            kept = Kept(blob.sha256, media.plain_name(str(sent.filename)), blob.size)
        files.append([kept.hash, kept.name, kept.size])
    remember(request, DRAFT, values=values, files=files)
    return HTTPSeeOther("/report/check")


@view_config(**OPEN, path_info=r"^/report/check$", request_method="GET", renderer="intake/check.pt")
def check(request: Request) -> Any:
    """The answers as they will be sent."""
    draft = recall(request, DRAFT)
    if draft is None:
        return HTTPSeeOther("/report")
    return {"answers": _answers(request, draft)}


def _answers(request: Request, draft: dict[str, Any]) -> list[tuple[Any, str]]:
    values = draft["values"]
    said = values | {
        "complainant_type": dict(WHO)[values["complainant_type"]],
        "country_code": vocabulary.name(request.db, "country", values["country_code"], request.locale_name),
        "is_emergency": _("Ya") if values["is_emergency"] else "",
        "files": ", ".join(name for _hash, name, _size in draft["files"]),
    }
    return [(node.title, said[node.name]) for node in Report().children if said[node.name]]


@view_config(**OPEN, path_info=r"^/report/check$", request_method="POST")
def send(request: Request) -> HTTPSeeOther:
    """Register the complaint: once, and not too often from one place."""
    draft = recall(request, DRAFT)
    if draft is None:
        return HTTPSeeOther("/report/done" if recall(request, TOLD) else "/report")
    site, key = request.registry["site"], f"report {request.remote_addr or ''}"
    ahead(request, ((site.blobs.read(sha256), name) for sha256, name, _size in draft["files"]))
    throttle(request.db, key, limit=PER_ADDRESS, per=WINDOW, now=request.at)
    office = receiving_office(request.db)
    if office is None:
        raise HTTPNotFound
    case, pin = _register(request, office.id, draft["values"])
    for sha256, name, _size in draft["files"]:
        documents.add(
            act_of(request),
            case,
            document_type=EVIDENCE,
            content=site.blobs.read(sha256),
            filename=name,
            provider="complainant",
        )
    del request.session[DRAFT]
    remember(request, TOLD, number=case.name, pin=pin)
    remember(request, TRACKED, id=case.id)
    return HTTPSeeOther("/report/done")


def _register(request: Request, office: int, values: dict[str, Any]) -> tuple[Any, str]:
    act = act_of(request)
    kind = values["complainant_type"]
    own = {"phones": [values["phone"]] if values["phone"] else [], "email": values["email"] or ""}
    worker, name = values["worker_name"], values["name"]
    worker_id = complainant_id = None
    if kind in SELF:
        worker_id = people.record(act, name=worker or name or UNKNOWN, office_id=office, **own).id
        complainant_id = worker_id
    else:
        if worker:
            worker_id = people.record(act, name=worker, office_id=office).id
        if name or any(own.values()):
            complainant_id = people.record(act, name=name or UNKNOWN, office_id=office, **own).id
        elif kind == "OTHER":
            kind = "ANONYMOUS"
    facts: dict[str, Any] = {
        key: values[key] or "" for key in ("narrative", "demand", "country_code", "whereabouts", "employer")
    }
    return cases.receive(
        act,
        office_id=office,
        channel="WEB",
        complainant_type=kind,
        categories=[],
        worker_id=worker_id,
        complainant_id=complainant_id,
        is_emergency=values["is_emergency"],
        **facts,
    )


@view_config(**OPEN, path_info=r"^/report/done$", request_method="GET", renderer="intake/done.pt")
def done(request: Request) -> Any:
    """Number and PIN in large type, and what happens next."""
    told = recall(request, TOLD)
    if told is None:
        return HTTPSeeOther("/track")
    return {"number": told["number"], "pin": f"{told['pin'][:4]} {told['pin'][4:]}"}


@view_config(**OPEN, path_info=r"^/report/done$", request_method="POST")
def forget(request: Request) -> HTTPSeeOther:
    """The complainant has written number and PIN down: they are shown no more."""
    request.session.pop(TOLD, None)
    return HTTPSeeOther("/track")
