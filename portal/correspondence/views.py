"""The page of a letter, its file, and its exact previews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from portal import pdf, reads, vocabulary
from portal.accounts.delegations import SHORT
from portal.acts import Reason, Refused
from portal.content.tree import Resource, may
from portal.content.views.frame import frame
from portal.correspondence import (
    approval_rules,
    chain,
    disclosures,
    guards,
    letters,
    looks,
    remarks,
    rendering,
    wording,
)
from portal.correspondence.dispatching import CHANNELS, STATES, deliveries, filename
from portal.correspondence.forms import RemarkSchema
from portal.correspondence.house import framed, tabled
from portal.correspondence.issuing import spelled
from portal.correspondence.model import Incoming, Letter, Recipient
from portal.correspondence.signing_views import signature_facts
from portal.edge.downloads import attachment
from portal.forms import Button, Form, form
from portal.i18n import _, day
from portal.journal import declare
from portal.pages import Fact
from portal.pdf import RenderFailed

declare(letter_read=_("${by} membuka surat"), letter_downloaded=_("${by} mengunduh berkas surat Nomor ${number}"))

DECISIONS = {
    "submitted": _("Diajukan"),
    "initialled": _("Diparaf"),
    "approved": _("Disetujui"),
    "returned": _("Dikembalikan"),
    "voided_by_change": _("Gugur karena isi berubah"),
}
PHASES = {
    "hard_failed": "stopped",
    "uncertain": "stopped",
    "soft_failed": "waiting",
    "queued": "new",
    "rerouted": "done",
}


@dataclass(frozen=True)
class Sent:
    """One delivery as the page shows it."""

    office: str
    channel: Any
    address: str
    title: Any
    phase: str
    at: Any
    response: str


@view_config(
    context=Resource, kind="letter", request_method="GET", permission="view", renderer="correspondence/letter.pt"
)
def show(request: Request) -> dict[str, Any]:
    """Status, the letter as it reads, decisions, deliveries, file."""
    return page(request, remark_form(request))


def page(request: Request, asked: Form) -> dict[str, Any]:
    """All that the page of a letter shows; `asked` is the form of a new remark."""
    letter: Letter = request.context.item
    reads.note(request, letter, "letter_read")
    replies = request.db.scalars(select(Incoming).where(Incoming.letter_id == letter.id).order_by(Incoming.id))
    return frame(request) | {
        "letter": letter,
        "type": letters.type_of(letter),
        "sheet": sheet(request, letter),
        "facts": facts(request, letter),
        "missing": [label for _name, label in gaps_of(request, letter)] if letter.snapshot is None else [],
        "decisions": [(DECISIONS[d.decision], d) for d in letter.decisions],
        "deliveries": [_sent(request, d) for d in deliveries(request.db, letter)],
        "replies": [r for r in replies if may(request, r, "view")],
        "may_edit": request.context.permits(request, "edit"),
        "may_render": request.context.permits(request, "letter:render"),
        "may_have_frozen": bool(letter.pdf_sha256) and request.context.permits(request, "letter:frozen"),
        "signatures": signature_facts(request, letter),
        "code": spelled(letter.check_code or ""),
        **_review(request, letter, asked),
    }


def _review(request: Request, letter: Letter, asked: Form) -> dict[str, Any]:
    """What those see who write and judge it: whose turn it is, what changed since they looked, remarks on passages."""
    if letter.snapshot is not None or not request.context.permits(request, "comment"):
        return {"turns": [], "is_deputy": False, "changed": None, "remarks": [], "remark_form": None}
    found = remarks.remarks_on(request.db, letter)
    lines = chain.lines_of(request.act, letter)
    shown = sheet(request, letter) | ({"signer": lines} if lines else {})
    return {
        "turns": turns(request, letter),
        "is_deputy": bool(lines),
        "changed": looks.changed_since_last_look(request.db, letter, request.identity.account_id),
        "remarks": found,
        "remark_form": asked,
        "sheet": shown | {"body": remarks.marked(shown["body"], found)},
    }


def turns(request: Request, letter: Letter) -> list[dict[str, Any]]:
    """Whose turn it is, with those who can act, deputies included, and since when; of a draft, whose it would be."""
    if letter.state not in {"draft", "in_review"}:
        return []
    steps = approval_rules.chain_of(request.db, letter) if letter.state == "draft" else letter.chain
    return [
        {
            "title": turn.title,
            "since": turn.since if letter.state == "in_review" else None,
            "people": [person.name for person in turn.people],
            "deputies": [f"{who.name} ({SHORT[d.kind]})" for d, who in chain.deputies(request.act, letter, turn)],
        }
        for turn in chain.waiting(request.db, letter, steps)
    ]


def remark_form(request: Request) -> Form:
    """The form of a new remark."""
    action = f"{request.resource_path(request.context)}@remarks"
    return form(RemarkSchema(), request, action=action, buttons=(Button("remark", _("Tambahkan catatan")),))


def _sent(request: Request, delivery: Any) -> Sent:
    office = request.db.get_one(Recipient, delivery.recipient_id).office
    title = STATES[delivery.state]
    if delivery.channel == "email" and delivery.state == "delivered":
        title = _("Diterima server pos-el mereka")  # not the same as read (demands 10)
    phase = PHASES.get(delivery.state, "done" if delivery.state in {"opened", "acknowledged"} else "running")
    channel = CHANNELS[delivery.channel]
    return Sent(office, channel, delivery.address, title, phase, delivery.at, delivery.response)


def sheet(request: Request, letter: Letter) -> dict[str, Any]:
    """The letter as data for the page-like view: the frozen one once it is issued."""
    return twin(letter.snapshot["page"] if letter.snapshot else letters.as_data(request.db, letter))


def twin(data: dict[str, Any]) -> dict[str, Any]:
    """The data of a letter's page as its HTML shows it: the same words in the same frame."""
    house = letters.house()
    frame = framed(data, house.texts[data["lang"]])
    return data | {"agency": house.agency, "body": tabled(wording.clean(data["body_html"])), "frame": frame}


def gaps_of(request: Request, letter: Letter) -> list[tuple[str, str]]:
    """Ids and labels of what the text still lacks."""
    english = request.locale_name == "en"
    labels = {f.id: f.label_en if english else f.label for f in letters.type_of(letter).fields}
    return [(name, labels[name]) for name in letters.missing(letter)]


def facts(request: Request, letter: Letter) -> list[Fact]:
    """What stands beside the text."""
    lang = request.locale_name
    found = [
        Fact(_("Jenis"), letters.type_of(letter).name_en if lang == "en" else letters.type_of(letter).name),
        Fact(_("Nomor"), letter.number),
        Fact(_("Tanggal"), day(letter.dated, lang) if letter.dated else None),
        Fact(_("Sifat"), vocabulary.name(request.db, "speed", letter.speed, lang)),
        Fact(_("Keamanan"), vocabulary.name(request.db, "security", letter.security, lang)),
        Fact(_("Penanda tangan"), _signer(letter)),
        Fact(
            _("Jawaban ditunggu"), _("${n} hari kerja", mapping={"n": letter.reply_days}) if letter.reply_days else "–"
        ),
    ]
    if letter.state in guards.UNISSUED:
        found += [
            Fact(_("Belum boleh keluar"), reason.message, reason.address)
            for reason in disclosures.may_be_told(request.act, letter)
        ]
    if letter.beyond_reason:
        more = disclosures.beyond(request.db, letter).words(request.db, lang)
        found.append(Fact(_("Melebihi profil penerima"), more or "–"))
        found.append(Fact(_("Alasan melebihi profil penerima"), letter.beyond_reason))
    if letter.void_reason:
        found.append(Fact(_("Alasan pembatalan"), letter.void_reason))
    if letter.number_note:
        found.append(Fact(_("Catatan nomor"), letter.number_note))
    if letter.superseded_by_id:
        other = request.db.get_one(Letter, letter.superseded_by_id)
        found.append(Fact(_("Digantikan oleh"), other.number, f"../{other.name}/"))
    return found


def _signer(letter: Letter) -> Any:
    if not letter.acting:
        return letter.signer.get("name")
    names = {"deputy": letter.acting["name"], "giver": letter.signer["name"]}
    return _("${deputy} untuk ${giver}", mapping=names)


@view_config(context=Resource, kind="letter", name="@pdf", request_method="GET", permission="view")
def download(request: Request) -> Response:
    """The issued file and no other, its hash checked while it is read; not before it is signed."""
    letter: Letter = request.context.item
    if not letter.final_sha256:
        raise HTTPNotFound
    reads.note(request, letter, "letter_downloaded", number=letter.number)
    body = request.registry["site"].blobs.read(letter.final_sha256)
    inline = "inline" in request.GET
    return attachment(body, filename=filename(letter), media_type="application/pdf", inline=inline)


def exact(request: Request, letter: Letter) -> bytes:
    """The letter as it would be printed: with KONSEP on each page until it is issued."""
    if sha256 := letter.final_sha256 or letter.pdf_sha256:
        return request.registry["site"].blobs.read(sha256)
    html, assets = letters.preview_html(request.db, letter, chain.lines_of(request.act, letter))
    try:
        return pdf.render(html, assets, title=letter.title, lang=letter.language, attachment=None, created=request.at)
    except RenderFailed as failure:
        why = {"reason": failure.reason}
        raise Refused([Reason(_("Pratinjau tidak dapat dibuat (${reason}).", mapping=why), mend="@edit")]) from failure


@view_config(context=Resource, kind="letter", name="@preview.pdf", request_method="GET", permission="view")
def preview_pdf(request: Request) -> Response:
    """The exact preview as PDF."""
    letter: Letter = request.context.item
    reads.note(request, letter, "letter_read")
    name = f"konsep-{letter.name}.pdf"
    return attachment(exact(request, letter), filename=name, media_type="application/pdf", inline=True)


@view_config(context=Resource, kind="letter", name="@page", request_method="GET", permission="view")
def preview_page(request: Request) -> Response:
    """One page of the exact preview as a picture, for phones: `@page/1.png`."""
    number, dot, ending = "".join(request.subpath[:1]).partition(".")
    if len(request.subpath) != 1 or (dot, ending) != (".", "png") or not (number.isascii() and number.isdigit()):
        raise HTTPNotFound
    pages = pdf.pages_as_png(exact(request, request.context.item))
    if not 1 <= int(number) <= len(pages):
        raise HTTPNotFound
    reads.note(request, request.context.item, "letter_read")
    return attachment(pages[int(number) - 1], filename=f"{number}.png", media_type="image/png", inline=True)


@view_config(context=Resource, kind="letter", name="@render", request_method="POST", permission="letter:render")
def render_again(request: Request) -> HTTPSeeOther:
    """Try once more to make the file."""
    rendering.render_again(request.act, request.context.item)
    request.session.flash(_("Berkas PDF akan dibuat lagi."))
    return HTTPSeeOther(request.resource_path(request.context))
