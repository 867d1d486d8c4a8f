"""The referral on one page for the office, and a case's asks and stakeholders as a matrix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from portal import reads, vocabulary
from portal.clock import WIB
from portal.content import sharing
from portal.content.item import Item
from portal.content.tree import Resource, may, path
from portal.content.views.api import answer, wants_json
from portal.content.views.frame import frame
from portal.content.workflow import Offer, State
from portal.correspondence import disclosures, letters
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.i18n import _, day, moment
from portal.pages import Fact
from portal.referrals import dates, ladder, links, story
from portal.referrals.model import Referral
from portal.referrals.workflow import LINK_ACTS, NEXT_ACTIONS, PARTNER_ACTS, WORKFLOW

REFERRAL = {"context": Resource, "kind": "referral"}
LATE = {"theirs": _("instansi terlambat"), "ours": _("kita terlambat"), "": ""}

NEXT_STEPS = {
    "drafted": _("kita: lengkapi dan setujui surat"),
    "approved": _("kita: beri nomor dan kirim"),
    "sent": _("instansi: nyatakan diterima dan jawab"),
    "received": _("instansi: jawab"),
    "info_wanted": _("kita: beri keterangan"),
    "accepted": _("instansi: laporkan kemajuan"),
    "in_progress": _("instansi: laporkan hasil"),
    "service_given": _("kita: pastikan layanan sampai"),
    "confirmed": _("kita: selesaikan rujukan"),
}
"""State → whose turn it is, and for what; a next action says it more exactly."""


@view_config(**REFERRAL, request_method="GET", permission="story", renderer="referrals/referral.pt")
def view(request: Request) -> dict[str, Any]:
    """What we asked, how it went, what came back, what is next."""
    referral: Referral = request.context.item
    reads.note(request, referral, "referral_read")
    case = request.db.get_one(Item, referral.dossier_id)
    organisation = request.db.get_one(Organisation, referral.organisation_id)
    letter = request.db.get_one(Letter, referral.letter_id)
    page = frame(request)
    offers = [o for o in page["offers"] if o.transition.name != "set_claim_aside" or referral.claimed]
    return page | {
        "referral": referral,
        "organisation": organisation,
        "offers": [o for o in offers if o.transition.name not in {*PARTNER_ACTS, *LINK_ACTS}],
        "link_steps": sorted((o for o in offers if o.transition.name in LINK_ACTS), key=_by_use),
        "recorded": [o.transition for o in offers if o.transition.name in PARTNER_ACTS and o.is_open],
        "facts": facts(request, referral, organisation, letter, case),
        "next_action": NEXT_ACTIONS.get(referral.next_action),
        "refer_on": _refer_on(request, referral, case),
        "lateness": dates.who_is_late(referral, request.at),
        "link": link_facts(request, referral) if referral.sent_at else [],
        "chapters": story.chapters(request.db, referral, case.name, request.locale_name),
        "chain": _chain(request, referral, case),
        "inside": may(request, referral, "history"),
    }


def _by_use(offer: Offer) -> int:
    return LINK_ACTS.index(offer.transition.name)


def _refer_on(request: Request, referral: Referral, case: Item) -> str:
    """Where the next step after a refusal begins."""
    if not referral.next_action or referral.next_action == "lapse" or not may(request, case, "referral:draft"):
        return ""
    to = request.db.get(Organisation, referral.redirect_to_id) if referral.redirect_to_id else None
    return f"{path(case)}/@refer?after={referral.name}" + (f"&to={to.name}" if to else "")


def _chain(request: Request, referral: Referral, case: Item) -> list[tuple[Any, str, str, State]]:
    """What came before a redirection, and what followed it."""
    found = []
    former = request.db.get(Referral, referral.redirected_from_id) if referral.redirected_from_id else None
    if former is not None:
        found.append((_("Menggantikan"), former))
    query = select(Referral).where(Referral.redirected_from_id == referral.id).order_by(Referral.id)
    found += [(_("Dilanjutkan dengan"), r) for r in request.db.scalars(query)]
    return [
        (word, r.title, path(r, case.name), WORKFLOW.state(r.state)) for word, r in found if may(request, r, "view")
    ]


def facts(request: Request, referral: Referral, organisation: Organisation, letter: Letter, case: Item) -> list[Fact]:
    """The summary list of a referral."""
    word = request.locale_name
    number = letter.number or _("konsep")
    found = [
        Fact(_("Kepada"), organisation.title, f"/directory/{organisation.name}"),
        Fact(_("Surat"), number, path(letter, case.name)),
        *_ground_facts(request, referral),
        Fact(_("Petugas di instansi"), referral.officer),
        Fact(_("Nomor berkas di instansi"), referral.partner_number),
        Fact(_("Ditolak karena"), vocabulary.name(request.db, "decline_reason", referral.decline_code, word)),
        Fact(_("Dialihkan ke"), referral.redirect_to),
        Fact(_("Dipastikan oleh"), referral.confirmed_by),
        Fact(_("Hasil"), referral.outcome),
        Fact(_("Pengingat"), _reminding(request, referral)),
    ]
    return [f for f in found if f.value]


def _reminding(request: Request, referral: Referral) -> Any:
    """What the ladder says of a late partner today; for the office only."""
    if dates.who_is_late(referral, request.at) != "theirs" or not may(request, referral, "history"):
        return None
    return ladder.decide(request.db, referral, request.at).reason


def _ground_facts(request: Request, referral: Referral) -> list[Fact]:
    """On which ground it went out; before that, what would hold if it went out now."""
    lines = disclosures.of_letter(request.db, referral.letter_id or 0, referral.organisation_id)
    if referral.sent_at is None:
        against = disclosures.may_be_told(request.act, request.db.get_one(Letter, referral.letter_id))
        return [Fact(_("Belum boleh keluar"), reason.message, reason.address) for reason in against]
    told = [disclosures.line(request.db, line, request.locale_name) for line in lines]
    grounds = dict.fromkeys((one["ground"], one["consent"]) for one in told)
    return [
        Fact(_("Dasar pengungkapan"), ground, path(consent, request.context.__parent__.item.name) if consent else None)
        for ground, consent in grounds
    ]


def link_facts(request: Request, referral: Referral) -> list[Fact]:
    """How it stands with the way to answer without an account."""
    link, lang = links.last(request.db, referral), request.locale_name
    if link is None:
        return [Fact(_("Keadaan"), _("belum ada"))]
    until = day(link.expires_at, lang) if link.expires_at else ""
    if link.ended_at is not None:
        stands: Any = _(
            "berakhir ${day}: ${why}",
            mapping={"day": moment(link.ended_at, WIB, lang), "why": links.ENDS[link.ended_by]},
        )
    elif links.is_over(link, request.at):
        stands = _("kedaluwarsa sejak ${day}", mapping={"day": until})
    else:
        stands = _("berlaku sampai ${day}", mapping={"day": until}) if until else _("berlaku")
    printed = _("tercetak pada surat") if link.is_printed else _("dibuat sesudah surat; kode disampaikan lewat telepon")
    opened = moment(link.opened_at, WIB, lang) if link.opened_at else _("belum pernah dibuka")
    found = [Fact(_("Keadaan"), stands), Fact(_("Kode"), printed), Fact(_("Pertama dibuka"), opened)]
    if link.mailed_at:
        found.append(Fact(_("Terakhir dikirim"), f"{link.mailed_to}, {moment(link.mailed_at, WIB, lang)}"))
    return found


@dataclass(frozen=True)
class Cell:
    """One ask to one stakeholder."""

    state: State
    url: str
    note: Any
    next: Any
    whom: str = ""


@dataclass(frozen=True)
class Line:
    """One kind of ask."""

    title: str
    cells: list[Cell | None]
    url: str = ""


@view_config(
    context=Resource,
    kind="case",
    name="@referrals",
    request_method="GET",
    permission="view",
    renderer="referrals/matrix.pt",
)
def matrix(request: Request) -> Any:
    """Asks in rows, stakeholders in columns: how far, how old, who is late; and who holds what."""
    case = request.context.item
    readable = sharing.may_read(request.identity, request.at, Referral.id)
    query = select(Referral).where(Referral.parent_id == case.id, readable)
    found = list(request.db.scalars(query.order_by(Referral.id)))
    if wants_json(request):
        return answer(request, {"items": [_json(r, case, request.at) for r in found]})
    columns = _organisations(request, found)
    return frame(request, "@referrals") | {
        "heads": list(columns.values()),
        "lines": _lines(request, found, case, list(columns)),
        "holders": [
            disclosures.line(request.db, told, request.locale_name)
            for told in request.db.scalars(disclosures.register(request.act, case=case.name))
        ],
        "may_refer": request.context.permits(request, "referral:draft"),
    }


def _json(referral: Referral, case: Item, now: datetime) -> dict[str, Any]:
    return {
        "@id": path(referral, case.name),
        "title": referral.title,
        "state": referral.state,
        "sent_at": referral.sent_at,
        "due_at": referral.due_at,
        "lateness": dates.who_is_late(referral, now),
    }


def _organisations(request: Request, found: list[Referral]) -> dict[int, str]:
    ids = dict.fromkeys(r.organisation_id for r in found)
    titles = {row.id: row.title for row in request.db.execute(select(Item.id, Item.title).where(Item.id.in_(ids)))}
    return {i: titles[i] for i in ids}


def _lines(request: Request, found: list[Referral], case: Item, columns: list[int]) -> list[Line]:
    last = {(r.letter_type, r.organisation_id): r for r in found}
    types = letters.letter_types()
    english = request.locale_name == "en"
    lines = []
    for code in dict.fromkeys(r.letter_type for r in found):
        title = (types[code].name_en if english else types[code].name) if code in types else code
        cells = [
            cell(found_, case.name, request.at) if (found_ := last.get((code, column))) else None for column in columns
        ]
        lines.append(Line(title, cells))
    return lines


def cell(referral: Referral, case_name: str, now: datetime, whom: str = "") -> Cell:
    """How far it is, how old, who is late, and what is next."""
    age = {"days": (now - (referral.sent_at or referral.created_at)).days}
    late = dates.who_is_late(referral, now)
    sentence = _("${days} hari", mapping=age)
    note = _("${age} · ${late}", mapping={"age": sentence, "late": LATE[late]}) if late else sentence
    then = NEXT_ACTIONS.get(referral.next_action) or NEXT_STEPS.get(referral.state, "")
    return Cell(WORKFLOW.state(referral.state), path(referral, case_name), note, then, whom)
