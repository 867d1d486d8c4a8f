"""The job that makes a letter's file: from its frozen content only, once, and safe to run again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal import jobs, journal, pdf
from portal.acts import SYSTEM, Act, Site
from portal.blobs import Blob
from portal.content import catalog
from portal.correspondence import letters, lettertypes
from portal.correspondence.issuing import RENDER, machine_readable
from portal.correspondence.model import Letter
from portal.i18n import _
from portal.pdf import RenderFailed

journal.declare(
    letter_rendered=_("Berkas PDF surat dibuat"),
    letter_render_failed=_("Berkas PDF surat gagal dibuat: ${reason}"),
)


def file_of(frozen: dict[str, Any]) -> bytes:
    """The PDF of a frozen letter: the same bytes each time."""
    html, assets = lettertypes.page(frozen["page"], letters.house())
    return pdf.render(
        html,
        assets,
        title=f"{frozen['page']['number']} – {frozen['page']['subject']}",
        lang=frozen["page"]["lang"],
        attachment=("surat.json", machine_readable(frozen)),
        created=datetime.fromisoformat(frozen["created"]),
    )


def render(site: Site, payload: dict[str, Any], make: Callable[[dict[str, Any]], bytes] = file_of) -> None:
    """Make, keep and register the file; a failure is written down, shown, and tried again."""
    with site.sessions(bind=site.readers) as session:
        letter = session.get(Letter, payload["letter_id"])
        frozen = letter.snapshot if letter is not None and not letter.pdf_sha256 else None
        intact = letter is not None and letters.sha256(letter.snapshot) == letter.snapshot_hash
    if frozen is None:
        return
    if not intact:
        _note_failure(site, payload["letter_id"], "snapshot")
        raise jobs.Failed("snapshot altered")
    try:
        blob = site.blobs.put(make(frozen))  # outside any transaction: nobody waits for a renderer
    except RenderFailed as failure:
        _note_failure(site, payload["letter_id"], failure.reason)
        raise jobs.Failed(f"render: {failure.reason}") from failure
    _settle(site, payload["letter_id"], blob)


def _settle(site: Site, letter_id: int, blob: Blob) -> None:
    with _act(site) as act:
        letter = act.session.get_one(Letter, letter_id, with_for_update=True)
        if letter.pdf_sha256:
            return
        letter.pdf_sha256, letter.pdf_size, letter.render_error = blob.sha256, blob.size, ""
        journal.record(act, "letter_rendered", letter, sha256=blob.sha256, size=blob.size)
        catalog.index(act.session, letter)


def _note_failure(site: Site, letter_id: int, reason: str) -> None:
    with _act(site) as act:
        act.session.get_one(Letter, letter_id, with_for_update=True).render_error = reason


def _give_up(site: Site, payload: dict[str, Any]) -> None:
    """After the last attempt: a line in the journal, which the office's notices follow."""
    with _act(site) as act:
        letter = act.session.get_one(Letter, payload["letter_id"], with_for_update=True)
        journal.record(act, "letter_render_failed", letter, reason=letter.render_error or "failed")


def _act(site: Site) -> Any:
    return site.act(SYSTEM)


def render_again(act: Act, letter: Letter) -> None:
    """Queue the file of an issued letter once more, after its cause was mended."""
    if letter.snapshot is not None and not letter.pdf_sha256:
        jobs.enqueue(act, RENDER, letter_id=letter.id)


jobs.work(RENDER, render, _give_up)
