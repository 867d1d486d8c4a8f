"""The office's standard paragraphs: building blocks for drafts, by letter type and language, edited as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import vocabulary
from portal.acts import Reason
from portal.correspondence import letters, wording
from portal.correspondence.model import Letter
from portal.db import Base, Id
from portal.i18n import _


class Paragraph(Base):
    """One building block: limited HTML with ${field}, like the wording that it goes into."""

    __tablename__ = "paragraph"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str]
    language: Mapped[str]
    letter_types: Mapped[list[Any]]
    """Codes of the letters that it is for; none: all."""
    text: Mapped[str]
    position: Mapped[int]


def load(session: Session) -> int:
    """The office's paragraphs begin as the reference has them."""
    reference = (
        Paragraph(
            title=row["title"],
            language=row["language"],
            letter_types=vocabulary.codes(row["letter_types"]),
            text=row["text"],
            position=position,
        )
        for position, row in enumerate(vocabulary.rows("standard_paragraphs"), 1)
    )
    return vocabulary.fill(session, Paragraph, reference)


def suiting(session: Session, letter: Letter) -> list[Paragraph]:
    """Those for that type and language, in their order."""
    query = select(Paragraph).where(Paragraph.language == letter.language)
    every = session.scalars(query.order_by(Paragraph.position, Paragraph.id))
    return [one for one in every if not one.letter_types or letter.type_code in one.letter_types]


def objections(text: str, codes: Iterable[str], lang: str) -> Iterator[Reason]:
    """What is wrong with a paragraph for these letters (none: all): fields that one lacks, elements no letter has."""
    types = [letters.letter_types()[code] for code in codes] or list(letters.letter_types().values())
    for type_ in types:
        if lang not in type_.languages and codes:
            yield Reason(_("“${type}” tidak ditulis dalam bahasa ini.", mapping={"type": type_.name}), field="language")
    known = frozenset.intersection(*(type_.names for type_ in types))
    for reason in wording.mistakes(text, known):
        yield Reason(reason.message, field="text")
    if "".join(wording.clean(text).split()) != "".join(text.split()):
        yield Reason(_("Teks memuat unsur atau atribut HTML yang tidak diizinkan."), field="text")
