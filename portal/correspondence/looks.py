"""What a person has seen of a letter, and what has changed in it since: taken from journal and versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.content.versions import Version, listing
from portal.correspondence import letters, wording
from portal.correspondence.model import Letter
from portal.i18n import _
from portal.journal import Entry

READ = "letter_read"
WORDS = re.compile(r"\S+\s*")
PARTS = {
    "language": _("Bahasa"),
    "records_class": _("Klasifikasi arsip"),
    "reply_days": _("Jawaban ditunggu"),
    "security": _("Keamanan"),
    "speed": _("Sifat"),
    "signer": _("Penanda tangan"),
    "recipients": _("Penerima"),
    "enclosures": _("Lampiran"),
}
"""What may change beside the text, by the names that the journal uses."""

Segment = tuple[str, str]
"""How it stands ("same", "gone", "new"), and the words."""


@dataclass(frozen=True)
class Changed:
    """What is different since somebody's last look: paragraphs word by word, and other parts by name."""

    since: datetime
    paragraphs: list[list[Segment]]
    parts: list[Any]


def last_reads(session: Session, account_id: int | None, ids: Iterable[int]) -> dict[int, datetime]:
    """When the person last opened each of these letters."""
    query = select(Entry.item_id, func.max(Entry.at)).where(
        Entry.item_id.in_(list(ids)), Entry.by_id == account_id, Entry.event == READ
    )
    return {number: at for number, at in session.execute(query.group_by(Entry.item_id)) if number is not None}


def changed_since_last_look(session: Session, letter: Letter, account_id: int | None) -> Changed | None:
    """What has changed since the person last saw an earlier text; None for a first look and for no change.

    The look that counts is the last one before the latest change, so the comparison stays until the text moves on.
    """
    kept = listing(session, letter)
    query = select(func.max(Entry.at)).where(Entry.item_id == letter.id, Entry.by_id == account_id, Entry.event == READ)
    amended = select(Entry.at, Entry.data).where(Entry.item_id == letter.id, Entry.event == "letter_amended")
    lines = session.execute(amended.order_by(Entry.id)).all()
    if not lines:
        return None
    looked = session.scalar(query.where(Entry.at < lines[-1].at))
    old = next((v for v in kept if looked is not None and v.at <= looked), None)
    if looked is None or old is None:
        return None
    names = {name for line in lines if line.at > looked for name in line.data["fields"].split(", ")}
    parts = [words for name, words in PARTS.items() if name in names]
    return Changed(looked, list(compared(_text_of(letter, old), text_of(letter))), parts)


def text_of(letter: Letter) -> str:
    """Subject and body as they read, a line per paragraph."""
    return f"{letter.title}\n{wording.plain(letters.body_html(letter))}"


def _text_of(letter: Letter, version: Version) -> str:
    # The old values are put where a letter has them; nothing else of a letter is asked for its text.
    former: Any = SimpleNamespace(type_code=letter.type_code, **version.values)
    return text_of(former)


def compared(old: str, new: str) -> Iterator[list[Segment]]:
    """The paragraphs that differ, word by word."""
    before, after = old.splitlines(), new.splitlines()
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            for pair in zip_longest(before[i:j], after[k:m], fillvalue=""):
                yield _words(*pair)


def _words(old: str, new: str) -> list[Segment]:
    before, after = WORDS.findall(old), WORDS.findall(new)
    found: list[Segment] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(before[i:j])))
            continue
        found += [(how, "".join(part)) for how, part in (("gone", before[i:j]), ("new", after[k:m])) if part]
    return found
