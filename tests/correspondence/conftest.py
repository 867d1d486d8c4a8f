"""A letter office in small: a case ready to be written about, and one call per step of a letter's way."""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from portal import jobs
from portal.acts import Site
from portal.cases.model import Case
from portal.content.item import Item
from portal.correspondence import verbs
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.documents import verbs as documents
from portal.people import verbs as people
from portal.requirements import rules
from tests.world import World

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF\n"


@dataclass
class Office:
    """Verbs by the names of the people who use them, each in a transaction of its own."""

    world: World
    site: Site

    def case(self, **columns: Any) -> str:
        """A case whose complainant has a name and an address for mail."""
        with self.world.act("budi") as act:
            family = people.record(act, name="Ahmad Fauzi", email="ahmad@keluarga.example")
        facts = {"complainant_id": family.id, "city": "Kuala Lumpur", "demand": "Upah lima bulan dibayar."}
        return self.world.case(**(facts | columns))

    def draft(self, case: str, type_code: str = "ref_mission", to: str | None = "kbri", **more: Any) -> int:
        """A draft by Agus, complete enough to be submitted."""
        fields = {"ref_mission": {"requests": ["menelusuri keberadaan PMI"]}}.get(type_code, {})
        with self.world.act("agus") as act:
            found = act.session.scalar(select(Case).where(Case.name == case))
            ids = [self.world.organisations[to]] if to else []
            given = {"fields": fields | more.pop("fields", {})}
            return verbs.draft(act, found, type_code=type_code, to=ids, **(given | more)).id

    def do(self, who: str, step: str, letter_id: int, **answers: Any) -> None:
        """One verb on one letter."""
        with self.world.act(who) as act:
            getattr(verbs, step)(act, act.session.get_one(Letter, letter_id), **answers)

    def approved(self, **more: Any) -> int:
        """A letter that Rudi has initialled and Rina approved."""
        letter = self.initialled(**more)
        self.do("rina", "approve", letter)
        return letter

    def initialled(self, **more: Any) -> int:
        """A letter that has all its initials and waits for Rina."""
        letter = self.draft(more.pop("case", None) or self.case(), **more)
        self.do("agus", "submit", letter)
        if self.letter(letter).chain:
            self.do("rudi", "initial", letter)
        return letter

    def issued(self, **more: Any) -> int:
        """A letter with number, date and file."""
        letter = self.approved(**more)
        self.do("tono", "issue", letter)
        jobs.run_all(self.site)
        return letter

    def letter(self, letter_id: int) -> Letter:
        """The letter as the database has it now."""
        with self.site.sessions() as session:
            return session.get_one(Letter, letter_id)

    def address(self, letter_id: int) -> str:
        """Where its page is."""
        with self.site.sessions() as session:
            letter = session.get_one(Letter, letter_id)
            return f"/cases/{session.get_one(Item, letter.dossier_id).name}/{letter.name}"

    def document(self, case: str, kind: str = "CHRONOLOGY") -> int:
        """An accepted document of the case."""
        with self.world.act("dewi") as act:
            found = act.session.scalar(select(Case).where(Case.name == case))
            document = documents.add(
                act,
                found,
                document_type=kind,
                content=b"Kronologi: upah tidak dibayar.",
                filename="kronologi siti.txt",
                provider="staff",
            )
            documents.accept(act, document)
            return document.id


@pytest.fixture
def office(site: Site, world: World) -> Office:
    with world.act("admin") as act:
        rules.load(act.session)
        act.session.get_one(Organisation, world.office).phone = "021 2924 4800"
    return Office(world, site)


def upload(name: str, content: bytes) -> Any:
    """A file as forms hand it over."""
    return SimpleNamespace(filename=name, file=io.BytesIO(content))


PARTS = [
    f"portal.{name}"
    for name in (
        *("db", "security", "edge", "i18n", "pages", "once", "reads", "content", "accounts", "people", "directory"),
        *("cases", "documents", "requirements", "correspondence"),
    )
]

for part in PARTS:
    import_module(part)  # their tables are there before the database of the tests is made
