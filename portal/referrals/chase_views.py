"""`/@chasing`: what today's run would send, to whom and why, and why nothing to the others; nothing is written."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from portal.content import sharing
from portal.content.tree import Root, path
from portal.content.views.api import answer, wants_json
from portal.i18n import _, translate
from portal.pages import Batch, Column, Empty
from portal.referrals import ladder, rounds
from portal.referrals.model import Referral
from portal.referrals.rounds import Line

PAGE = 100
TODAY = (
    Column("title", _("Rujukan"), "link"),
    Column("case", _("Kasus"), "code"),
    Column("due", _("Batas waktu"), "day"),
    Column("to", _("Kepada")),
    Column("reason", _("Mengapa")),
)
HELD = (*TODAY[:3], Column("reason", _("Mengapa tidak hari ini")), Column("on", _("Berikutnya"), "day"))


@view_config(
    context=Root, name="@chasing", request_method="GET", permission="referrals:chase", renderer="referrals/chasing.pt"
)
def dry_run(request: Request) -> Any:
    """The late referrals that the person may see, a hundred at a time."""
    readable = sharing.may_read(request.identity, request.at, Referral.id)
    late = rounds.late(request.at).where(readable)
    total = request.db.scalar(select(func.count()).select_from(late.order_by(None).subquery())) or 0
    asked = request.GET.get("start", "")
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    found = request.db.scalars(late.limit(PAGE).offset(start)).all()
    lines = [_row(request, line) for line in rounds.plan(request.db, request.at, found)]
    if wants_json(request):
        return answer(request, {"items": lines, "total": total})
    return {
        "title": _("Pengingat mitra"),
        "today": [line for line in lines if line["step"]],
        "held": [line for line in lines if not line["step"]],
        "today_columns": TODAY,
        "held_columns": HELD,
        "none": Empty(_("Tidak ada pengingat yang harus dikirim hari ini.")),
        "rungs": ladder.rungs(request.db),
        "batch": _batch(start, len(found), total),
    }


def _row(request: Request, line: Line) -> dict[str, Any]:
    lang = request.locale_name
    rung = line.decision.rung
    return {
        "title": line.referral.title,
        "url": path(line.referral, line.case_number),
        "case": line.case_number,
        "due": line.referral.due_at,
        "step": rung.code if rung else "",
        "to": translate(line.to, lang),
        "reason": translate(line.decision.reason, lang),
        "on": line.decision.on,
    }


def _batch(start: int, shown: int, total: int) -> Batch | None:
    if total <= PAGE:
        return None
    before = f"/@chasing?start={max(start - PAGE, 0)}" if start else None
    after = f"/@chasing?start={start + PAGE}" if start + PAGE < total else None
    return Batch(start + 1, start + shown, total, before, after)
