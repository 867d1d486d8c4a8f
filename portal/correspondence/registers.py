"""The registers of letters out and in: a line per number, void ones kept, and proof that no number is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.acts import Act
from portal.clock import WIB
from portal.content import sharing
from portal.content.item import Item
from portal.correspondence.dispatching import CHANNELS, STATES
from portal.correspondence.model import Delivery, Incoming, Letter, Recipient
from portal.correspondence.workflow import INCOMING, LETTER
from portal.directory.model import Organisation
from portal.i18n import translate
from portal.series import Series

RISKY = ("=", "+", "-", "@", "\t", "\r", "\0")
"""A cell that begins so is a formula to a spreadsheet (reliability rule 39)."""


def outgoing(act: Act, year: int, *, series: str = "", security: str = "") -> Select[Any]:
    """The numbered letters of a year that the person may see, in the order of their numbers."""
    query = select(Letter).where(
        Letter.series.like(f"letter/%/{year}/%"),
        sharing.may_read(act.by, act.at, Letter.id),
    )
    if series:
        query = query.where(Letter.series == series)
    if security:
        query = query.where(Letter.security == security)
    return query.order_by(Letter.series, Letter.sequence)


def agenda(act: Act, year: int, *, series: str = "", state: str = "") -> Select[Any]:
    """The incoming letters of a year that the person may see, in the order of their agenda numbers."""
    query = select(Incoming).where(
        Incoming.series.like(f"incoming/%/{year}"),
        sharing.may_read(act.by, act.at, Incoming.id),
    )
    if series:
        query = query.where(Incoming.series == series)
    if state:
        query = query.where(Incoming.state == state)
    return query.order_by(Incoming.series, Incoming.sequence)


def outgoing_line(session: Session, letter: Letter, lang: str) -> dict[str, Any]:
    """One line of the outgoing register: number, date, unit, recipient, subject, security, way of dispatch, receipt."""
    sent = session.scalars(select(Delivery).where(Delivery.letter_id == letter.id).order_by(Delivery.id)).all()
    return {
        "id": letter.id,
        "number": letter.number,
        "dated": letter.dated,
        "unit": (letter.series or "").split("/")[1],
        "to": "; ".join(r.office for r in letter.recipients if r.role == "to"),
        "title": letter.title,
        "security": letter.security,
        "state": LETTER.state(letter.state),
        "way": ", ".join(f"{translate(CHANNELS[d.channel], lang)}: {translate(STATES[d.state], lang)}" for d in sent),
        "receipt": "; ".join(d.response for d in sent if d.channel in {"post", "courier"} and d.response),
        "note": letter.void_reason,
    }


def agenda_line(session: Session, incoming: Incoming) -> dict[str, Any]:
    """One line of the agenda: number, received, their number and date, sender, subject, case, what became of it."""
    dossier = session.get(Item, incoming.dossier_id) if incoming.dossier_id else None
    return {
        "id": incoming.id,
        "number": incoming.name,
        "received": incoming.received_at,
        "sender": incoming.sender,
        "sender_number": incoming.sender_number or None,
        "sender_date": incoming.sender_date,
        "title": incoming.title,
        "case": dossier.name if dossier else None,
        "state": INCOMING.state(incoming.state),
        "note": incoming.handling_note or incoming.match_reason,
    }


def table(lines: Iterable[dict[str, Any]], headings: Sequence[tuple[str, str]], lang: str) -> bytes:
    """Lines as CSV for a spreadsheet; `headings` are (key, words)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([words for _key, words in headings])
    for line in lines:
        writer.writerow([cell(line[key], lang) for key, _words in headings])
    return out.getvalue().encode("utf-8-sig")


def cell(value: Any, lang: str) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    if hasattr(value, "title") and not isinstance(value, str):
        value = translate(value.title, lang)
    if hasattr(value, "astimezone"):
        value = value.astimezone(WIB).strftime("%Y-%m-%d %H:%M")
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(RISKY) else text


@dataclass(frozen=True)
class Book:
    """One series of numbers, and whether it is whole."""

    key: str
    last: int
    lines: int
    missing: tuple[int, ...]


def books(session: Session, units: Iterable[int], year: int | None = None) -> list[Book]:
    """The series of these units: every number from one to the last has exactly one line, or is named as missing."""
    codes = set(session.scalars(select(Organisation.unit_code).where(Organisation.id.in_(list(units)))))
    found = []
    for row in session.scalars(select(Series).order_by(Series.key)):
        parts = row.key.split("/")
        model: Any = {"letter": Letter, "incoming": Incoming}.get(parts[0])
        if model is None or (year is not None and parts[2] != str(year)) or not _of_units(parts[1], codes):
            continue
        numbers = set(session.scalars(select(model.sequence).where(model.series == row.key)))
        missing = tuple(sorted(set(range(1, row.value + 1)) - numbers))
        found.append(Book(row.key, row.value, len(numbers), missing))
    return found


def _of_units(code: str, codes: set[str]) -> bool:
    return any(code in {c, c.replace(".", "-")} for c in codes if c)


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
