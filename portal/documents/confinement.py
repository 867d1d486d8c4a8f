"""Runs a script over a hostile file in a child process that may use little, and reads its one line of JSON.

The portal imports this module for `run`. The same file, executed, is the nursery: a process that has loaded the
libraries once and looks at no file itself; for each file it forks a child, which takes its own rights away and only
then runs the script.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import resource
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import CodeType
from typing import Any

CPU_SECONDS = 8
WALL_SECONDS = 20
MEMORY = 1024**3
LARGEST_FILE = 256 * 1024**2
LONGEST_ANSWER = 64 * 1024
LONGEST_ORDER = 16 * 1024
LOADED = ("email", "pi_heif", "pikepdf", "pypdfium2", "PIL.Image", "PIL.ImageOps", "xml.etree.ElementTree", "zipfile")
"""What the scripts need, loaded once: it takes longer than most files."""

HERE = Path(__file__).parent
SCRIPTS = ("inspection.py", "rendering.py")
"""What is run nearly always, compiled once as well; a child that did it would take a fifth longer."""


class Unfinished(Exception):
    """The child ended without an answer: out of time, out of memory, or brought down by the file."""


class Nursery:
    """The process that forks the children, started when first needed and again if it died; safe in many threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None
        self._owner = 0

    def hand_over(self, order: bytes, *files: int) -> None:
        """Have a child run the order; it holds these open files until it ends."""
        with self._turn:
            for last_try in (False, True):
                try:
                    socket.send_fds(self._open(), [order], list(files))
                except OSError as error:
                    self._close()
                    if last_try:
                        raise Unfinished from error
                else:
                    return

    def close(self) -> None:
        """End the process; the next file starts another."""
        with self._turn:
            self._close()

    def _open(self) -> socket.socket:
        is_ours = self._owner == os.getpid()
        if self._orders is not None and self._process is not None and is_ours and self._process.poll() is None:
            return self._orders
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                # -I: no environment, no user's packages, no current folder. Nothing of ours is seen but the order.
                [sys.executable, "-I", "-W", "ignore", __file__],
                env={"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        self._orders, self._owner = ours, os.getpid()
        return ours

    def _close(self) -> None:
        if self._orders is not None:
            self._orders.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._process = self._orders = None


NURSERY = Nursery()
atexit.register(NURSERY.close)


def run(script: Path, *arguments: str | os.PathLike[str]) -> dict[str, Any]:
    """What the script prints, as an object; raises Unfinished."""
    order = json.dumps([os.fspath(each) for each in (script, *arguments)]).encode()
    ours, theirs = socket.socketpair()
    # A file takes the answer, not a pipe: its size is limited like all that the child writes.
    with ours, tempfile.TemporaryFile() as answer:
        with theirs:
            NURSERY.hand_over(order, answer.fileno(), theirs.fileno())
        ours.settimeout(WALL_SECONDS + 5)
        try:
            ours.recv(1)  # the child never writes here: this ends when it does
            answer.seek(0)
            found = json.loads(answer.read(LONGEST_ANSWER))
        except (OSError, ValueError) as error:
            raise Unfinished from error
    if not isinstance(found, dict):
        raise Unfinished
    return found


def _limit() -> None:
    signal.alarm(WALL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _child(order: bytes, answer: int, scripts: Mapping[str, CodeType]) -> None:
    """Run one script with its output in the answer; never returns."""
    code = 1
    with contextlib.suppress(BaseException):
        os.dup2(answer, sys.stdout.fileno())
        _limit()
        sys.argv = json.loads(order)
        if sys.argv[0] in scripts:
            exec(scripts[sys.argv[0]], {"__name__": "__main__"})  # noqa: S102 - a file of the portal's own
        else:
            runpy.run_path(sys.argv[0], run_name="__main__")
        sys.stdout.flush()
        code = 0
    os._exit(code)


def _serve(orders: socket.socket) -> None:
    """Fork a child for each order, until the portal goes away."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children: the system clears them away
    for name in LOADED:
        import_module(name)
    scripts = {os.fspath(path): compile(path.read_bytes(), path, "exec") for path in map(HERE.joinpath, SCRIPTS)}
    while True:
        order, files, _flags, _sender = socket.recv_fds(orders, LONGEST_ORDER, 2)
        if not order:
            return
        if len(files) == 2 and os.fork() == 0:
            orders.close()
            _child(order, files[0], scripts)
        for file in files:
            os.close(file)


if __name__ == "__main__":
    with socket.socket(fileno=os.dup(0)) as given, Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
        _serve(given)
