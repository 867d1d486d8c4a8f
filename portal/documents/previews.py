"""Pictures of a document's pages, made after commit in a child process from the copy that people may see."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal import jobs
from portal.acts import Site
from portal.documents import confinement
from portal.documents.model import Document, Preview

PICTURED = frozenset({"application/pdf", "image/jpeg", "image/png", "image/heic"})
RENDERING = Path(__file__).with_name("rendering.py")


def make(site: Site, payload: dict[str, Any]) -> None:
    """The job `document.preview`; done again, it replaces what it made."""
    with site.sessions(bind=site.readers) as session:
        document = session.get(Document, payload["document"])
    if document is None or document.state == "quarantined" or document.media_type not in PICTURED:
        return
    with tempfile.TemporaryDirectory() as folder:
        source = site.blobs.path(document.copy_sha256).absolute()
        try:
            made = confinement.run(RENDERING, "pictures", source, document.copy_media_type, folder)["made"]
        except confinement.Unfinished as error:
            raise jobs.Failed("the pages could not be pictured") from error
        rows = [
            Preview(
                document_id=document.id,
                page=picture["page"],
                sha256=site.blobs.put((Path(folder) / f"page-{int(picture['page'])}").read_bytes()).sha256,
                width=picture["width"],
                height=picture["height"],
            )
            for picture in made
        ]
    with site.act() as act:
        act.session.execute(delete(Preview).where(Preview.document_id == document.id))
        act.session.add_all(rows)


def previews(session: Session, document_ids: list[int]) -> dict[int, list[Preview]]:
    """The pictures of these documents, page 0 (the thumbnail) first."""
    found: dict[int, list[Preview]] = {}
    query = select(Preview).where(Preview.document_id.in_(document_ids)).order_by(Preview.document_id, Preview.page)
    for preview in session.scalars(query):
        found.setdefault(preview.document_id, []).append(preview)
    return found
