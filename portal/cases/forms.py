"""What people fill in about a case: editing its facts, contacts, and the answers that transitions ask for."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from portal import vocabulary
from portal.accounts import staff
from portal.content.dueform import Extend
from portal.content.sharing import may_read
from portal.content.views.editing import Seen
from portal.directory.model import Organisation
from portal.forms import Choice, Day, Line, Moment, Schema, Text, Tick
from portal.i18n import _

PROCEDURAL = (("yes", _("Prosedural")), ("no", _("Nonprosedural")), ("unknown", _("Belum diketahui")))
URGENCIES = (("1", _("1 – segera")), ("2", _("2 – cepat")), ("3", _("3 – biasa")))
OTHER_CLOSINGS = frozenset({"INVALID", "WITHDRAWN", "REPORTED_PARTY_UNREACHABLE", "NO_CLARITY", "DUPLICATE"})


def codes(name: str) -> Any:
    """The terms of a vocabulary as choices, in the person's language."""

    def values(request: Request) -> list[tuple[str, str]]:
        return vocabulary.choices(request.db, name, request.locale_name)

    return values


def agencies(request: Request) -> list[tuple[str, str]]:
    """The placement agencies of the directory that the person may see."""
    readable = may_read(request.identity, request.at, Organisation.id)
    query = (
        select(Organisation.id, Organisation.title)
        .where(Organisation.stakeholder_type == "P3MI", Organisation.state == "active", readable)
        .order_by(Organisation.title)
    )
    return [(str(row.id), row.title) for row in request.db.execute(query)]


def colleagues(request: Request) -> list[tuple[str, str]]:
    """The people of the case's office who handle cases."""
    return staff.colleagues(request.db, request.context.item.office_id)


def other_closings(request: Request) -> list[tuple[str, str]]:
    """Closing reasons that have no transition of their own."""
    return [(c, label) for c, label in codes("closure_reason")(request) if c in OTHER_CLOSINGS]


class Edit(Schema):
    """The facts of a case."""

    seen = Seen()
    main_category = Choice(codes("category"), title=_("Masalah utama"), look="search")
    second_category = Choice(codes("category"), title=_("Masalah kedua"), look="search", required=False)
    third_category = Choice(codes("category"), title=_("Masalah ketiga"), look="search", required=False)
    narrative = Text(title=_("Apa yang terjadi"), max=20_000, rows=8)
    demand = Text(title=_("Yang diminta pengadu"), max=4000, rows=3, required=False)
    happened_on = Day(title=_("Tanggal kejadian"), required=False)
    departed_on = Day(title=_("Tanggal berangkat"), required=False)
    country_code = Choice(codes("country"), title=_("Negara"), look="search", required=False)
    city = Line(title=_("Kota"), max=120, required=False)
    whereabouts = Text(title=_("Keberadaan PMI sekarang"), max=1000, rows=2, required=False)
    employer = Line(title=_("Majikan / pemberi kerja"), required=False)
    employer_contact = Line(title=_("Alamat atau telepon majikan"), max=400, required=False)
    overseas_agency = Line(title=_("Agensi di luar negeri"), required=False)
    agency_id = Choice(agencies, title=_("P3MI"), look="search", required=False)
    is_procedural = Choice(PROCEDURAL, title=_("Cara penempatan"))
    urgency = Choice(URGENCIES, title=_("Kegawatan"))
    is_emergency = Tick(title=_("Darurat: ada ancaman jiwa, kekerasan, atau kehilangan kebebasan"))
    emergency_action = Text(title=_("Tindakan segera yang diambil"), max=2000, rows=2, required=False)
    told_unsolvable_at = Moment(title=_("Diberi tahu tertulis bahwa tidak dapat diselesaikan"), required=False)
    outcome = Text(title=_("Hasil penanganan"), max=4000, rows=3, required=False)


MATTERS = ("main_category", "second_category", "third_category")


def matters_of(values: dict[str, Any]) -> list[str]:
    """The chosen matters, the main one first, taken out of the form's values."""
    return list(dict.fromkeys(code for code in (values.pop(name, None) for name in MATTERS) if code))


def matters_in(case: Any) -> dict[str, Any]:
    """The matters of a case as the form's values."""
    return dict(zip(MATTERS, case.matters, strict=False))


class Triage(Schema):
    """Sorting a new case."""

    main_category = Choice(codes("category"), title=_("Masalah utama"), look="search")
    second_category = Choice(codes("category"), title=_("Masalah kedua"), look="search", required=False)
    urgency = Choice(URGENCIES, title=_("Kegawatan"))
    is_emergency = Tick(title=_("Darurat: ada ancaman jiwa, kekerasan, atau kehilangan kebebasan"))
    emergency_action = Text(title=_("Tindakan segera yang diambil"), max=2000, rows=2, required=False, missing="")

    def prefill(self, case: Any) -> dict[str, Any]:
        """What is known already."""
        return matters_in(case) | {
            "urgency": str(case.urgency),
            "is_emergency": case.is_emergency,
            "emergency_action": case.emergency_action,
        }

    def arrange(self, values: dict[str, Any]) -> dict[str, Any]:
        """As the verb takes them."""
        categories = matters_of(values)
        action = values["emergency_action"] or ""
        return values | {"categories": categories, "urgency": int(values["urgency"]), "emergency_action": action}


class Resolve(Schema):
    """How the matter was solved."""

    outcome = Text(title=_("Hasil penanganan"), max=4000, rows=4)

    def prefill(self, case: Any) -> dict[str, Any]:
        """What was written before."""
        return {"outcome": case.outcome}


class HandOver(Schema):
    """To whom, and on what word of theirs."""

    note = Text(title=_("Diserahkan kepada siapa, dan bukti penerimaannya"), max=2000, rows=3)


class CloseOtherwise(Schema):
    """A reason of the office's list, in more words."""

    reason = Choice(other_closings, title=_("Alasan penutupan"))
    note = Text(title=_("Penjelasan"), max=2000, rows=3)


class Reopen(Schema):
    """Why the case is taken up again."""

    reason = Text(title=_("Alasan membuka kembali"), max=1000, rows=2)


class Assign(Schema):
    """Who becomes responsible."""

    account_id = Choice(colleagues, title=_("Penanggung jawab"), look="select")


class ContactNote(Schema):
    """One contact with the complainant, or an attempt."""

    channel = Choice(codes("channel"), title=_("Lewat"))
    was_reached = Tick(title=_("Tersambung"))
    note = Text(title=_("Isi pembicaraan atau hasil upaya"), max=4000, rows=3)


TRANSITIONS = {
    "triage": Triage,
    "resolve": Resolve,
    "hand_over": HandOver,
    "close_otherwise": CloseOtherwise,
    "reopen": Reopen,
    "extend": Extend,
}
