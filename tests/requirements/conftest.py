"""A case that gathers documents, and a short way to act on its list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from portal.acts import Act, Site
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.documents import verbs as documents
from portal.requirements import gaps, rules
from portal.requirements.model import Requirement
from tests.documents import files
from tests.world import World


@dataclass
class Desk:
    """One case, as those who work on its documents see it."""

    world: World
    number: str

    @contextmanager
    def act(self, who: str = "dewi") -> Iterator[tuple[Act, Case]]:
        with self.world.act(who) as act:
            yield act, act.session.scalars(select(Case).where(Case.name == self.number)).one()

    @contextmanager
    def on(self, document_type: str, who: str = "dewi") -> Iterator[tuple[Act, Requirement]]:
        """An act on the requirement of that type."""
        with self.act(who) as (act, case):
            yield act, next(r for r in gaps.requirements(act.session, case) if r.document_type == document_type)

    def states(self) -> dict[str, str]:
        with self.act() as (act, case):
            return {r.document_type: r.state for r in gaps.requirements(act.session, case)}

    def state(self, document_type: str) -> str:
        return self.states()[document_type]

    def bring(
        self, document_type: str, content: bytes | None = None, filename: str = "berkas.pdf", **told: object
    ) -> int:
        """The complainant brings a file; gives its id."""
        with self.act("budi") as (act, case):
            return documents.add(
                act,
                case,
                document_type=document_type,
                content=content or files.pdf(),
                filename=filename,
                provider="complainant",
                **told,
            ).id


@pytest.fixture
def desk_of(site: Site, world: World) -> Callable[..., Desk]:
    """`desk_of(categories=[...])` registers a case and opens its list."""
    with site.act() as act:
        rules.load(act.session)

    def desk_of(*, is_open: bool = True, **facts: object) -> Desk:
        desk = Desk(world, world.case(**facts))
        if is_open:
            with desk.act() as (act, case):
                cases.triage(act, case)
                cases.open_requirements(act, case)
        return desk

    return desk_of


@pytest.fixture
def desk(desk_of: Callable[..., Desk]) -> Desk:
    """A family's complaint about unpaid wages; its list is open."""
    return desk_of()
