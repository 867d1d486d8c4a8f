"""The render process: single-threaded, warmed once, it forks a limited child for each letter.

Started by `portal.pdf.render` as `python -m portal.pdf.process <socket> <house folder> <CPU seconds>`; ends when its socket closes.
"""

import contextlib
import gc
import os
import resource
import signal
import sys
from datetime import UTC, datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pyphen

from portal.pdf.order import LARGEST_MESSAGE, Order, RenderFailed, answer
from portal.pdf.press import Press

PATIENCE = 3  # a busy machine may take so many times the CPU seconds
MEMORY = 1024**3
LARGEST_FILE = 1024**2  # a letter is handed over in memory; this is room for a message on stderr
LANGUAGES = ("id", "en")
SPECIMEN = """<body class="R"><div class="kop agency"><div class="emblem"><img src="asset:emblem.svg" alt="a"></div></div>
<div class="opening"><p class="date">a</p></div><div class="body"><h1>a</h1><p>pelindungan <b>a <i>b</i></b> <i>c</i>
<ol><li>a<ul><li>b</ul></ol><table class="facts"><tr><th scope="row">a<td>b</table>
<table class="ruled numbered"><thead><tr><th scope="col">a</thead><tr><td>b</table></div>
<div class="closing beside"><div class="signature"><div class="panel"><p class="code">a</div></div></div>
<p class="running">a<div class="imprint"><p>a</div>"""
"""A letter with something of everything, so that no child has to load what all letters need."""

ENDED_BY = {signal.SIGXCPU: "time", signal.SIGALRM: "time", signal.SIGKILL: "time", signal.SIGXFSZ: "failed"}


def limit(seconds: int) -> None:
    """Take from this process what a letter does not need."""
    signal.alarm(seconds * PATIENCE)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def attempt(press: Press, order: Order) -> bytes:
    """In the child: the message to hand back, whatever happens."""
    try:
        return answer(press.pdf(order))
    except RenderFailed as failure:
        return answer(failure)
    except Exception as error:  # noqa: BLE001 - any fault of a document is its answer, without quoting its text
        return answer(RenderFailed("failed", type(error).__name__))


def set_in_child(press: Press, order: Order, seconds: int) -> bytes:
    """Fork, limit, render; a child that dies is an answer too."""
    here, there = Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        try:
            limit(seconds)
            there.send_bytes(attempt(press, order))
        finally:
            os._exit(0)
    there.close()
    message = b""
    with here, contextlib.suppress(EOFError, OSError):
        if here.poll(seconds * PATIENCE + 1):
            message = here.recv_bytes(LARGEST_MESSAGE)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if message:
        return message
    reason = ENDED_BY.get(signal.Signals(os.WTERMSIG(status)), "failed") if os.WIFSIGNALED(status) else "memory"
    return answer(RenderFailed(reason, "stopped"))


def serve(connection: Connection, press: Press, seconds: int) -> None:
    """Answer orders one after another until the portal goes away."""
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            connection.send_bytes(set_in_child(press, Order.receive(connection), seconds))


def main() -> None:
    """Warm up, then serve."""
    connection = Connection(int(sys.argv[1]))
    press = Press(Path(sys.argv[2]))
    for lang in LANGUAGES:
        pyphen.Pyphen(lang=lang)  # reads twelve thousand patterns, and keeps them
    press.pdf(Order(SPECIMEN, {}, "a", "id", ("a", b"a"), datetime(2025, 1, 1, tzinfo=UTC)))
    # Children live for one letter: a collection would only copy the pages they share with this process.
    gc.collect()
    gc.freeze()
    gc.disable()
    serve(connection, press, int(sys.argv[3]))


if __name__ == "__main__":
    main()
