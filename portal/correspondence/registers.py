"""The registers of letters out and in: a line per number, in the order of the numbers; void and reserved ones stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.acts import Act
from portal.content import sharing
from portal.content.item import Item
from portal.content.workflow import State
from portal.correspondence import numbering
from portal.correspondence.dispatching import CHANNELS, STATES
from portal.correspondence.model import Delivery, Incoming, Letter, Recipient
from portal.correspondence.numbermodel import ReservedNumber
from portal.correspondence.workflow import INCOMING, LETTER
from portal.i18n import _, translate

AT_ONCE = 500
"""So many lines are held at a time, however long the register is."""
RESERVED = {
    "open": State("open", _("Dicadangkan untuk surat kertas"), "waiting"),
    "void": State("void", _("Nomor cadangan batal"), "stopped"),
}
"""What the register says of a number that no letter bears."""

_case = Item.__table__.alias("dossier")


def outgoing(act: Act, year: int, *, series: str = "", security: str = "") -> Select[Any]:
    """The numbers of a year in their order: the letters that the person may see, and numbers reserved by his or her units."""
    mine = Letter.series.like(f"letter/%/{year}/%") & sharing.may_read(act.by, act.at, Letter.id)
    letters = select(
        Letter.id,
        Letter.series,
        Letter.sequence,
        Letter.suffix,
        Letter.number,
        Letter.dated,
        Letter.issued_at.label("at"),
        Letter.title,
        Letter.security,
        Letter.state,
        Letter.void_reason,
        Letter.number_note,
        Letter.name,
        _case.c.name.label("case"),
        literal("").label("pattern"),
    ).join(_case, _case.c.id == Letter.dossier_id)
    lines = union_all(letters.where(mine), _reserved(act, year)).subquery("line")
    found = select(lines)
    if series:
        found = found.where(lines.c.series == series)
    if security:
        found = found.where(lines.c.security == security)
    return found.order_by(lines.c.series, lines.c.sequence, lines.c.suffix)


def _reserved(act: Act, year: int) -> Select[Any]:
    """Numbers reserved for paper that no letter bears; those that were filled are lines of their letters."""
    columns: tuple[Any, ...] = (
        null().label("id"),
        ReservedNumber.series,
        ReservedNumber.sequence,
        literal("").label("suffix"),
        null().label("number"),
        ReservedNumber.day,
        ReservedNumber.reserved_at,
        ReservedNumber.reason,
        literal("").label("security"),
        ReservedNumber.state,
        ReservedNumber.void_reason,
        literal("").label("number_note"),
        literal("").label("name"),
        null().label("case"),
        ReservedNumber.pattern,
    )
    return select(*columns).where(
        ReservedNumber.series.like(f"letter/%/{year}/%"),
        ReservedNumber.state != "used",
        ReservedNumber.office_id.in_(list(act.by.memberships)),
    )


def agenda(act: Act, year: int, *, series: str = "", state: str = "") -> Select[Any]:
    """The incoming letters of a year that the person may see, in the order of their agenda numbers."""
    columns = (
        Incoming.id,
        Incoming.series,
        Incoming.sequence,
        Incoming.name,
        Incoming.received_at,
        Incoming.sender,
        Incoming.sender_number,
        Incoming.sender_date,
        Incoming.title,
        Incoming.state,
        Incoming.handling_note,
        Incoming.match_reason,
        _case.c.name.label("case"),
    )
    query = select(*columns).outerjoin(_case, _case.c.id == Incoming.dossier_id)
    query = query.where(
        Incoming.series.like(f"incoming/%/{year}"),
        sharing.may_read(act.by, act.at, Incoming.id),
    )
    if series:
        query = query.where(Incoming.series == series)
    if state:
        query = query.where(Incoming.state == state)
    return query.order_by(Incoming.series, Incoming.sequence)


def outgoing_lines(session: Session, query: Select[Any], lang: str) -> Iterator[dict[str, Any]]:
    """Lines of the outgoing register: number, date, unit, recipient, subject, security, way of dispatch, receipt."""
    for rows in session.execute(query, execution_options={"yield_per": AT_ONCE}).partitions():
        ids = [row.id for row in rows if row.id]
        offices = _by_letter(session, Recipient, ids)
        sent = _by_letter(session, Delivery, ids)
        for row in rows:
            yield _outgoing_line(row, offices.get(row.id, []), sent.get(row.id, []), lang)


def _by_letter(session: Session, model: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    order = model.position if model is Recipient else model.id
    columns = {Recipient: ("role", "office"), Delivery: ("channel", "state", "response")}[model]
    query = select(model.letter_id, *(getattr(model, name) for name in columns)).where(model.letter_id.in_(ids))
    found: dict[int, list[Any]] = {}
    for row in session.execute(query.order_by(order)):
        found.setdefault(row.letter_id, []).append(row)
    return found


def _outgoing_line(row: Row[Any], offices: Sequence[Any], sent: Sequence[Any], lang: str) -> dict[str, Any]:
    unit = numbering.Key.of(row.series).unit
    parts = {"seq": row.sequence, "unit": unit}
    return {
        "id": row.id,
        "series": row.series,
        "number": row.number or numbering.dated_number(row.pattern, row.dated, **parts),
        "dated": row.dated,
        "unit": unit,
        "to": "; ".join(one.office for one in offices if one.role == "to"),
        "title": row.title,
        "security": row.security,
        "state": LETTER.state(row.state) if row.id else RESERVED[row.state],
        "way": ", ".join(f"{translate(CHANNELS[d.channel], lang)}: {translate(STATES[d.state], lang)}" for d in sent),
        "receipt": "; ".join(d.response for d in sent if d.channel in {"post", "courier"} and d.response),
        "note": "; ".join(filter(None, (row.void_reason, row.number_note))),
        "url": f"/cases/{row.case}/{row.name}" if row.id else "/letters/reserved",
    }


def agenda_lines(session: Session, query: Select[Any], _lang: str) -> Iterator[dict[str, Any]]:
    """Lines of the agenda: number, received, their number and date, sender, subject, case, what became of it."""
    for row in session.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield {
            "id": row.id,
            "series": row.series,
            "number": row.name,
            "received": row.received_at,
            "sender": row.sender,
            "sender_number": row.sender_number or None,
            "sender_date": row.sender_date,
            "title": row.title,
            "case": row.case,
            "state": INCOMING.state(row.state),
            "note": row.handling_note or row.match_reason,
            "url": f"/incoming/{row.name}",
        }


def expedition(act: Act) -> list[tuple[Delivery, Letter, Recipient]]:
    """What waits to be carried to the post or by a courier."""
    query = (
        select(Delivery, Letter, Recipient)
        .join(Letter, Letter.id == Delivery.letter_id)
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .where(Delivery.channel.in_(("post", "courier")), Delivery.state == "queued")
        .where(sharing.may_read(act.by, act.at, Letter.id))
        .order_by(Delivery.id)
    )
    return [tuple(row) for row in act.session.execute(query)]  # type: ignore[misc]  # Row is a tuple of these
