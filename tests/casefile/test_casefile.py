"""Case files: in order, the same from the same parts, whole, and only for whom they were made."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from sqlalchemy import select

from portal import jobs, journal
from portal.acts import Site
from portal.casefile import verbs
from portal.casefile.contents import exhibits
from portal.casefile.model import CaseFile
from portal.cases.model import Case
from portal.content import sharing
from portal.documents import verbs as documents
from tests.world import World


def a_picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 300), (shade, 240, 240)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def case(world: World) -> str:
    """A case with two accepted documents and one that was only received; the advocate has a mandate."""
    number = world.case()
    with world.act("dewi") as act:
        found = _case(act.session, number)
        for shade, kind in ((10, "WORK_CONTRACT"), (20, "CHRONOLOGY"), (30, "PAYSLIP")):
            document = documents.add(
                act, found, document_type=kind, content=a_picture(shade), filename=f"{shade}.png", provider="staff"
            )
            if kind != "PAYSLIP":
                documents.accept(act, document)
    with world.act("maya") as act:
        mandate = {"cause": "mandate", "reference": "SK-12"}
        sharing.give(act, _case(act.session, number), f"account:{world.accounts['obh']}", "ADVOCATE", **mandate)
    return number


def _case(session: Any, number: str) -> Case:
    return session.scalar(select(Case).where(Case.name == number))


def made(world: World, number: str, by: str = "obh") -> CaseFile:
    with world.act(by) as act:
        wanted = verbs.ask(act, _case(act.session, number))
    jobs.run_all(world.site)
    with world.site.sessions(bind=world.site.readers) as session:
        return session.get_one(CaseFile, wanted.id)


def test_a_case_file_holds_what_was_accepted_in_the_order_of_its_labels(world: World, case: str) -> None:
    bundle = made(world, case)
    assert bundle.state == "ready"
    assert [(e["label"], e["title"]) for e in bundle.manifest["exhibits"]] == [
        ("C-1", "Perjanjian Kerja (PK)"),
        ("C-2", "Kronologi permasalahan"),
    ]


def test_every_page_carries_its_number_and_the_outline_leads_to_every_exhibit(world: World, case: str) -> None:
    bundle = made(world, case)
    content = world.site.blobs.read(bundle.pdf_sha256)
    pages = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_bounded() for page in pages]
    assert all(f"{case} / {number:05d}" in text for number, text in enumerate(texts, 1))
    with pikepdf.open(io.BytesIO(content)) as whole, whole.open_outline() as outline:
        assert [str(entry.title) for entry in outline.root] == [
            "C-1 Perjanjian Kerja (PK)",
            "C-2 Kronologi permasalahan",
        ]


def test_the_archive_holds_the_unchanged_files_and_the_manifest(world: World, case: str) -> None:
    bundle = made(world, case)
    archive = zipfile.ZipFile(io.BytesIO(world.site.blobs.read(bundle.zip_sha256)))
    names = archive.namelist()
    assert names[:2] == ["manifest.json", f"{case}.pdf"]
    assert sorted(archive.read(n) for n in names[2:]) == sorted([a_picture(10), a_picture(20)])


def test_the_same_parts_give_the_same_manifest_and_the_same_bytes(world: World, case: str) -> None:
    first, second = made(world, case), made(world, case)
    assert first.manifest_hash == second.manifest_hash
    assert (first.pdf_sha256, first.zip_sha256) == (second.pdf_sha256, second.zip_sha256)


def test_a_mandate_that_ended_before_the_file_was_made_makes_none(world: World, case: str, site: Site) -> None:
    with world.act("obh") as act:
        wanted = verbs.ask(act, _case(act.session, case))
    with world.act("maya") as act:
        sharing.end(act, _case(act.session, case), cause="mandate")
    jobs.run_all(site)
    with site.sessions(bind=site.readers) as session:
        left = session.get_one(CaseFile, wanted.id)
        assert (left.state, left.pdf_sha256) == ("failed", "")


def test_somebody_without_access_sees_no_exhibit(world: World, case: str, site: Site) -> None:
    with site.sessions(bind=site.readers) as session:
        found = _case(session, case)
        for name in ("joko", "polres", "admin"):
            assert exhibits(session, world.who(name), site.clock.now(), found, "id") == []


def test_asking_and_making_stand_in_the_journal(world: World, case: str, site: Site) -> None:
    made(world, case)
    with site.sessions(bind=site.readers) as session:
        events = set(session.scalars(select(journal.Entry.event)))
        assert {"casefile_asked", "casefile_made"} <= events
        assert list(journal.problems(session)) == []
