"""Remarks on passages of a draft: tied to the words they quote, shown beside the text, settled by an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sqlalchemy.orm import Session

from portal.acts import Act, Reason, Refused
from portal.content import comments
from portal.content.comments import INTERNAL, Comment
from portal.correspondence import looks
from portal.correspondence.model import Letter
from portal.i18n import _

LONGEST_QUOTE = 500
TAGS = re.compile(r"(<[^>]*>)")


@dataclass(frozen=True)
class Remark:
    """One remark with its answers; `is_there`: the passage still reads as quoted."""

    comment: Comment
    answers: list[Comment]
    is_there: bool


def _flat(text: str) -> str:
    return " ".join(text.split())


def remark(act: Act, letter: Letter, *, text: str, quote: str = "") -> Comment:
    """Say something about the letter, or about the passage that is quoted from it."""
    quote = _flat(quote)
    if quote and quote not in _flat(looks.text_of(letter)):
        raise Refused([Reason(_("Kutipan ini tidak ada dalam surat; salin persis dari teksnya."), field="quote")])
    return comments.add(act, letter, text, INTERNAL, quote=quote)


def answer(act: Act, letter: Letter, about: Comment, *, text: str) -> None:
    """Answer a remark; with that it is settled."""
    comments.add(act, letter, text, INTERNAL, about)
    comments.settle(act, letter, about)


def remarks_on(session: Session, letter: Letter) -> list[Remark]:
    """All remarks inside the office, oldest first."""
    found, now = comments.listing(session, letter, {INTERNAL}), _flat(looks.text_of(letter))
    return [
        Remark(c, [a for a in found if a.answers_id == c.id], bool(c.quote) and c.quote in now)
        for c in found
        if c.answers_id is None
    ]


def marked(body: str, found: Sequence[Remark]) -> str:
    """The cleaned body with a mark and a link at each quoted passage that still waits for its answer."""
    for each in found:
        if each.is_there and each.comment.settled_at is None:
            body = _mark(body, each.comment)
    return body


def _mark(body: str, comment: Comment) -> str:
    """The first place where the words stand in one piece; a passage across paragraphs is told beside the text only."""
    words = re.compile(r"\s+".join(re.escape(word) for word in escape(comment.quote, quote=False).split()))
    pieces = TAGS.split(body)
    for number, piece in enumerate(pieces):
        found = None if piece.startswith("<") else words.search(piece)
        if found:
            link = (
                f'<mark class="remark" id="passage-{comment.id}"><a href="#remark-{comment.id}">{found[0]}</a></mark>'
            )
            pieces[number] = piece[: found.start()] + link + piece[found.end() :]
            break
    return "".join(pieces)
