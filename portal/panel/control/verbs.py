"""Changing reference data: each change is journalled with old and new values, and any of them can be brought back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import journal
from portal.acts import Act, Conflict, Reason, Refused
from portal.content import moving
from portal.i18n import _, translate
from portal.jobs import Job
from portal.journal import SITE_CHAIN, Entry
from portal.panel.control.tables import Table, Values, key, values, write
from portal.registry import OVERTAKEN, fingerprint

journal.declare(
    reference_added=_("${by} menambah “${title}” pada ${table}"),
    reference_changed=_("${by} mengubah “${title}” pada ${table}"),
    reference_removed=_("${by} menghapus “${title}” dari ${table}"),
    job_retried=_("${by} mengulang pekerjaan ${name} nomor ${job}"),
)


def add(act: Act, table: Table, new: Values) -> Any:
    """Add a row."""
    if not table.can_add:
        raise Refused([Reason(_("Daftar ini tidak dapat ditambah."))])
    _objected(act, table, new, None)
    row = table.model(**table.scope)
    write(table, row, new)
    try:
        with act.session.begin_nested():
            act.session.add(row)
    except IntegrityError as error:
        # Somebody else has added the same at the same moment.
        raise Refused([Reason(_("Sudah ditambahkan orang lain; muat ulang halaman."))]) from error
    new = values(table, row)
    _record(act, "reference_added", table, row, new=new)
    _move_dates(act, table, None, new)
    return row


def change(act: Act, table: Table, row: Any, new: Values, *, seen: str) -> bool:
    """Give a row these values; `seen` is the fingerprint of those the person saw. False when nothing is different."""
    old = _seen(act, table, row, seen)
    new = {name: value for name, value in new.items() if name in table.fields}
    if old | new == old:
        return False
    _objected(act, table, old | new, row)
    write(table, row, new)
    act.session.flush()
    _record(act, "reference_changed", table, row, old=old, new=old | new)
    _move_dates(act, table, old, old | new)
    return True


def remove(act: Act, table: Table, row: Any, *, seen: str) -> None:
    """Remove a row; it can be brought back from the journal."""
    if not table.can_remove:
        raise Refused([Reason(_("Baris daftar ini tidak dapat dihapus."))])
    old = _seen(act, table, row, seen)
    _record(act, "reference_removed", table, row, old=old)
    act.session.delete(row)
    act.session.flush()
    _move_dates(act, table, old, None)


def _move_dates(act: Act, table: Table, old: Values | None, new: Values | None) -> None:
    if changes := table.shift(old, new):
        moving.begin(act, changes)


def bring_back(act: Act, table: Table, row: Any | None, line: Entry, *, seen: str = "") -> Any:
    """Give a row the values it had before that line of the journal; a removed row (None) comes as a new one."""
    if row is None:
        return add(act, table, line.data["old"])
    change(act, table, row, line.data["old"], seen=seen)
    return row


def _seen(act: Act, table: Table, row: Any, seen: str) -> Values:
    now = act.session.get(table.model, inspect(row).identity, with_for_update=True, populate_existing=True)
    if now is None or fingerprint(values(table, now)) != seen:
        raise Conflict([Reason(OVERTAKEN)])
    return values(table, now)


def _objected(act: Act, table: Table, new: Values, row: Any) -> None:
    if reasons := list(table.check(act.session, table, new, row)):
        raise Refused(reasons)


def _record(act: Act, event: str, table: Table, row: Any, **said: Values) -> None:
    data: dict[str, Any] = {"subject": subject(table, row), "of": table.name, **said}
    data |= {"title": table.line(act.session, row, "id")["title"], "table": translate(table.title, "id")}
    journal.record(act, event, None, **data)


def subject(table: Table, row: Any) -> str:
    """How the journal names a row."""
    return f"{table.name}/{key(row)}"


def earlier(session: Session, name: str) -> list[Entry]:
    """The lines about that row or setting since it was added, newest first."""
    found: list[Entry] = []
    about = select(Entry).where(
        Entry.dossier_id == SITE_CHAIN,
        Entry.event.in_(("reference_added", "reference_changed", "setting_changed")),
        Entry.data["subject"].as_string() == name,
    )
    for line in session.scalars(about.order_by(Entry.seq.desc())):
        found.append(line)
        if line.event == "reference_added":
            break  # a removed row may have had the same number before
    return found


def removed(session: Session, table: Table, limit: int = 10) -> list[Entry]:
    """The last removals from a table, newest first."""
    lines = select(Entry).where(
        Entry.dossier_id == SITE_CHAIN, Entry.event == "reference_removed", Entry.data["of"].as_string() == table.name
    )
    return list(session.scalars(lines.order_by(Entry.seq.desc()).limit(limit)))


def retry(act: Act, job_id: int) -> None:
    """Give a dead job all its attempts again."""
    job = act.session.get(Job, job_id, with_for_update=True)
    if job is None or job.state != "dead":
        raise Refused([Reason(_("Hanya pekerjaan yang mati dapat diulang."))])
    job.state, job.attempts, job.run_at, job.finished_at = "queued", 0, act.at, None
    journal.record(act, "job_retried", name=job.name, job=job.id)
