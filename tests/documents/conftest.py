"""A case with one usable file, and a way to add others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.acts import Site
from portal.cases.model import Case
from portal.documents import verbs
from portal.documents.model import Document
from tests.documents import files
from tests.world import World


@pytest.fixture
def case(world: World) -> str:
    """The number of a case about unpaid wages."""
    return world.case()


@pytest.fixture
def add(world: World, case: str) -> Callable[..., int]:
    """`add(content, "paspor.pdf")` puts a file into the case, as Budi; gives its id."""

    def add(content: bytes | None = None, filename: str = "paspor.pdf", **columns: object) -> int:
        with world.act("budi") as act:
            found = act.session.scalar(select(Case).where(Case.name == case))
            told = {"document_type": "PASSPORT", "provider": "staff"} | columns
            return verbs.add(act, found, content=content or files.pdf(), filename=filename, **told).id

    return add


@pytest.fixture
def see(site: Site) -> Callable[[int], Document]:
    """The document as the database has it."""

    def see(document_id: int) -> Document:
        with site.sessions() as session:
            return session.get_one(Document, document_id)

    return see
