"""The demo's scanned papers, drawn and examined beforehand in a process of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from portal.blobs import Blobs
from portal.demo import scans
from portal.demo.facts import Facts
from portal.documents.examination import Examined, examine

if TYPE_CHECKING:
    from pathlib import Path

AHEAD = 48
"""So many steps are looked ahead for papers."""


@cache
def _blobs(folder: Path) -> Blobs:
    return Blobs(folder)


def drawn(folder: Path, document: str, fields: dict[str, str], number: int) -> tuple[str, Examined]:
    """File name and examined content of one paper."""
    filename, content, _kind = scans.scan(document, fields, number)
    return filename, examine(_blobs(folder), content, filename)


class Papers:
    """Papers by case, document and attempt."""

    def __init__(self, blobs: Blobs) -> None:
        """Keep them there."""
        self.blobs = blobs
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self._coming: dict[tuple[int, str], deque[Future[tuple[str, Examined]]]] = {}
        self._drawn: dict[tuple[int, str], int] = {}
        self._samples: dict[str, tuple[str, Examined]] = {}

    def order(self, facts: Facts, document: str) -> None:
        """Have the case's next paper of that type drawn."""
        key = (facts.number, document)
        self._drawn[key] = attempt = self._drawn.get(key, 0) + 1
        fields = scans.fields_of(facts, document)
        paper = self._pool.submit(drawn, self.blobs.folder, document, fields, facts.number * 10 + attempt)
        self._coming.setdefault(key, deque()).append(paper)

    def take(self, facts: Facts, document: str) -> tuple[str, Examined]:
        """The next paper of that type."""
        key = (facts.number, document)
        if not self._coming.get(key):
            self.order(facts, document)
        return self._coming[key].popleft().result()

    def sample(self, document: str) -> tuple[str, Examined]:
        """One paper for all cases, for a demo of very many."""
        if document not in self._samples:
            fields = {"Nama": "Contoh", "Isi": "Contoh keterangan."}
            self._samples[document] = drawn(self.blobs.folder, document, fields, 0)
        return self._samples[document]

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown(cancel_futures=True)


def ordered_ahead(steps: Iterator[Any], papers: Papers) -> Iterator[Any]:
    """The same steps, with the papers of the next ones already being drawn."""
    waiting: deque[Any] = deque()
    for step in steps:
        trail, event = step
        if event.verb == "receive_document":
            papers.order(trail.planned.facts, event.facts["document"])
        waiting.append(step)
        if len(waiting) > AHEAD:
            yield waiting.popleft()
    yield from waiting
