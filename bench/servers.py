"""Servers to measure: the portal on a demo of some size, and a bare Pyramid page on waitress beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PORTAL = Path(sys.executable).with_name("portal")

FLOOR = """
import sys, waitress
from pyramid.config import Configurator
from pyramid.response import Response
with Configurator() as config:
    config.add_route("hello", "/")
    config.add_view(lambda request: Response("hello"), route_name="hello")
    app = config.make_wsgi_app()
waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=4, _quiet=True)
"""


@dataclass
class Server:
    """A running server process."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu(self) -> float:
        """Seconds of processor time that the process (not its children) has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> float:
        """Resident MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(x for x in lines if x.startswith("VmRSS")).split()[1]) / 1024


def free_port() -> int:
    """A port that nobody has."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def build(data: Path, cases: int) -> None:
    """Make the demo of that size once; later runs use it again."""
    done = data / f"built-{cases}"
    if not done.exists():
        subprocess.run([PORTAL, "demo", "--data", data, "--cases", str(cases)], check=True, stdout=subprocess.DEVNULL)
        done.touch()


@contextmanager
def portal(data: Path) -> Iterator[Server]:
    """The portal itself, without worker, on that data folder."""
    port = free_port()
    command = [PORTAL, "serve", "--data", str(data), "--port", str(port), "--no-worker"]
    with _running(command, port, "/health") as server:
        yield server


@contextmanager
def floor() -> Iterator[Server]:
    """The least that Pyramid and waitress can do."""
    port = free_port()
    with _running([sys.executable, "-W", "ignore", "-c", FLOOR, str(port)], port, "/") as server:
        yield server


@contextmanager
def _running(command: list[object], port: int, path: str) -> Iterator[Server]:
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, path)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    give_up = time.monotonic() + 120
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError("the server did not start") from None
            time.sleep(0.1)
        finally:
            connection.close()
