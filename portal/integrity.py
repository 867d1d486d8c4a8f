"""Whether all that was kept is still whole: the journal, the files, the books of numbers, the office's letter texts."""

from __future__ import annotations

from sqlalchemy import select

from portal import journal
from portal.acts import Site
from portal.blobs import Damaged
from portal.correspondence import completeness, lettertexts
from portal.correspondence.model import Letter
from portal.documents.model import Document

FILES = (Document.sha256, Letter.pdf_sha256, Letter.signed_sha256, Letter.scan_sha256)


def damage(site: Site) -> tuple[list[str], int]:
    """What of journal and files is altered or missing, and how many files there are."""
    with site.sessions(bind=site.readers) as session:
        faults = list(journal.problems(session))
        hashes = {sha256 for column in FILES for sha256 in session.scalars(select(column))} - {""}
    for sha256 in sorted(hashes):
        try:
            site.blobs.read(sha256)
        except Damaged:
            faults.append(f"file {sha256} is missing or damaged")
    return faults, len(hashes)


def mistakes(site: Site) -> list[str]:
    """Numbers that are missing or double, and texts of the office that no longer fit their letter type."""
    with site.sessions(bind=site.readers) as session:
        return [*completeness.faults(session), *lettertexts.all_faults(session)]
