"""Asks a render process for a PDF: starts it when first needed, again if it died; a second one for two at a time."""

import atexit
import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from portal.folders import folder
from portal.pdf.order import LONGEST_TEXT, Order, RenderFailed, outcome

CPU_SECONDS = 10
PATIENCE = 6  # times the CPU seconds; longer than the render process's own alarm and its warming up
MOST = 2
"""So many render processes at most: somebody who looks at a draft does not wait for the worker's letters."""

ROOT = Path(__file__).parents[2]


class Workshop:
    """One render process as seen from the portal; safe to use from many threads, one letter at a time."""

    def __init__(self, house: Path, seconds: int = CPU_SECONDS) -> None:
        self.house = house
        self.seconds = seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._owner = 0

    def make(self, order: Order) -> bytes:
        """The PDF of an order, or RenderFailed."""
        with self._turn:
            for last_try in (False, True):
                connection = self._open()
                try:
                    order.send(connection)
                    if not connection.poll(self.seconds * PATIENCE):
                        self._close()
                        raise RenderFailed("time", "no answer")
                    message = connection.recv_bytes()
                except (EOFError, OSError) as error:
                    # The process may have died since the last letter: once more with a new one.
                    self._close()
                    if last_try:
                        raise RenderFailed("failed", "render process died") from error
                else:
                    return outcome(message)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End the render process; the next letter starts another."""
        with self._turn:
            self._close()

    def _open(self) -> Connection:
        running = self._process is not None and self._process.poll() is None and self._owner == os.getpid()
        if running and self._connection is not None:
            return self._connection
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal.pdf.process", str(theirs.fileno()), str(self.house), str(self.seconds)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                # No secret of the portal's environment; a fixed hash seed, for the same bytes in each process.
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
            )
        self._connection = Connection(ours.detach())
        self._owner = os.getpid()
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._process = self._connection = None


class Workshops:
    """As many render processes as letters are asked for at once, up to a number."""

    def __init__(self, house: Path, most: int) -> None:
        self._all = [Workshop(house) for _place in range(most)]
        # The last one given back is taken first: the others start only when they are needed.
        self._free: queue.LifoQueue[Workshop] = queue.LifoQueue()
        for workshop in reversed(self._all):
            self._free.put(workshop)

    def make(self, order: Order) -> bytes:
        """The PDF of an order, or RenderFailed."""
        workshop = self._free.get()
        try:
            return workshop.make(order)
        finally:
            self._free.put(workshop)

    def close(self) -> None:
        """End the render processes; the next letter starts another."""
        for workshop in self._all:
            workshop.close()


WORKSHOPS = Workshops(folder("letters") / "house", MOST)
atexit.register(WORKSHOPS.close)


def render(
    html: str,
    assets: Mapping[str, bytes],
    *,
    title: str,
    lang: str,
    attachment: tuple[str, bytes] | None,
    created: datetime,
) -> bytes:
    """Set `html` in the house style: PDF/A-3a and PDF/UA-1, fonts inside, the same bytes for the same input.

    `assets` are the files that `asset:<name>` addresses may show, beside those of letters/house.
    `attachment` is a name and content to carry in the file (the machine-readable letter).
    Raises RenderFailed; never returns an empty file.
    """
    if len(html) > LONGEST_TEXT:
        raise RenderFailed("too-large", f"{len(html)} characters")
    if not html.strip():
        raise RenderFailed("empty", "no text")
    return WORKSHOPS.make(Order(html, dict(assets), title, lang, attachment, created))


def render_processes() -> Workshops:
    """The portal's render processes, to end them before a shutdown."""
    return WORKSHOPS
