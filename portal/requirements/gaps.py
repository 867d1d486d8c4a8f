"""What a case still lacks: the one derived view that task list, guards and letters read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Act, Reason
from portal.cases.model import Case
from portal.content.tree import path
from portal.i18n import _
from portal.requirements.model import Requirement
from portal.requirements.workflow import SATISFIED, WORKFLOW

LETTERS: list[Callable[[Session, Case], Mapping[str, Collection[str]]]] = []
"""Told by the features above: for a case, code of a letter type → types of documents that the letter needs."""


@dataclass(frozen=True)
class Gap:
    """One missing document: which, why, who has to bring it, what is next, and which letters wait for it."""

    id: int
    name: str
    path: str
    title: str
    document_type: str
    state: str
    state_title: Any
    phase: str
    necessity: str
    """mandatory · conditional · optional"""
    why: str
    deliverer: str
    requested_from: str
    due_at: Any
    blocks: tuple[str, ...]
    """Codes of the letter types that need it."""

    @property
    def is_mandatory(self) -> bool:
        """Whether the case can't be complete without it."""
        return self.necessity == "mandatory"


def requirements(session: Session, case: Case) -> list[Requirement]:
    """All requirements of a case, in the order in which they came up."""
    query = select(Requirement).where(Requirement.parent_id == case.id).order_by(Requirement.id)
    return list(session.scalars(query))


def gaps(
    session: Session, case: Case, letters: Mapping[str, Collection[str]] | None = None, lang: str = "id"
) -> list[Gap]:
    """What is missing, mandatory documents first; `letters`: code of a letter type → types of documents it needs."""
    open_ones = [r for r in requirements(session, case) if r.state not in SATISFIED]
    open_ones.sort(key=lambda r: (not r.is_mandatory, r.necessity != "conditional", r.id))
    return [_gap(session, case, requirement, letters or {}, lang) for requirement in open_ones]


def _gap(
    session: Session, case: Case, requirement: Requirement, letters: Mapping[str, Collection[str]], lang: str
) -> Gap:
    state = WORKFLOW.state(requirement.state)
    kind = vocabulary.terms(session, "document_type").get(requirement.document_type)
    return Gap(
        id=requirement.id,
        name=requirement.name,
        path=path(requirement, case.name),
        title=kind.name(lang) if kind else requirement.title,
        document_type=requirement.document_type,
        state=requirement.state,
        state_title=state.title,
        phase=state.phase,
        necessity="mandatory" if requirement.is_mandatory else requirement.necessity,
        why=requirement.why,
        deliverer=deliverer(session, requirement.document_type),
        requested_from=requirement.requested_from,
        due_at=requirement.due_at,
        blocks=tuple(code for code, types in letters.items() if requirement.document_type in types),
    )


def deliverer(session: Session, document_type: str) -> str:
    """Who issues such a document, in the office's words."""
    kind = vocabulary.terms(session, "document_type").get(document_type)
    return str(kind.extra.get("issuer", "")) if kind else ""


def blocking(session: Session, case: Case, document_types: Iterable[str]) -> list[Requirement]:
    """The requirements for these types that are not satisfied."""
    types = set(document_types)
    return [r for r in requirements(session, case) if r.document_type in types and r.state not in SATISFIED]


def documents_are_complete(act: Act, case: Case) -> Iterable[Reason]:
    """Guard of the case: every mandatory document is accepted, waived or replaced; each gap is a reason of its own."""
    for gap in gaps(act.session, case):
        if gap.is_mandatory:
            known = {"document": gap.title, "state": gap.state_title}
            yield Reason(_("Dokumen wajib “${document}”: ${state}.", mapping=known), mend=gap.path)
