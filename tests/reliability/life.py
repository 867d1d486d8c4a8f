"""A portal that lives until it is killed: `python -m tests.reliability.life DATA DATABASE [apart]`.

Everything is loaded once; for each line on its standard input the process forks a portal that serves on a port of its
own, says "PORT PID", and says "gone" when that one has died.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import sys
from pathlib import Path

import waitress

from portal import series
from portal.acts import Site, open_site
from portal.app import application
from portal.clock import FixedClock
from portal.settings import Settings
from tests.conftest import NOW


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def live(app, site: Site) -> None:
    logging.disable()  # waitress would tell how busy it is
    site.engine.dispose(close=False)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    say(f"{server.effective_port} {os.getpid()}")
    server.run()


def number_apart(data: Path):
    """The seeded fault: numbers come from a transaction of their own, as from a database's SEQUENCE."""

    def take(_session, key: str) -> int:
        with sqlite3.connect(data / "apart.sqlite", timeout=20, isolation_level=None) as own:
            own.execute("CREATE TABLE IF NOT EXISTS series (key TEXT PRIMARY KEY, value INTEGER)")
            own.execute("INSERT INTO series VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1", (key,))
            return own.execute("SELECT value FROM series WHERE key = ?", (key,)).fetchone()[0]

    return take


def main(data: str, database: str, fault: str = "") -> None:
    site = open_site(Settings(data=Path(data), database=database), FixedClock(NOW))
    if fault == "apart":
        series.take = number_apart(Path(data))
    app = application(site)
    for _order in sys.stdin:
        child = os.fork()
        if child == 0:
            live(app, site)
            os._exit(0)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main(*sys.argv[1:])
