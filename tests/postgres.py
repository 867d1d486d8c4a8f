"""A throw-away PostgreSQL for one test process, and new databases on it or on SQLite.

A test that asks for `new_database` runs twice, once on each; `--database sqlite` runs it on that one alone.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

KINDS = ("sqlite", "postgresql")
DRAFTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}

NewDatabase = Callable[..., str]


def program(name: str) -> str:
    """Debian keeps the server's programs out of PATH, in a folder of their version."""
    in_versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    found = str(in_versions[-1]) if in_versions else shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name} of PostgreSQL is not installed: run `make test`")
    return found


def unprivileged() -> dict:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """A running server, reached on the loopback address only."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.numbers = count(1)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)

    def create(self, like: str | None = None) -> str:
        """The SQLAlchemy URL of a new database: empty, or a copy of another one nobody is connected to."""
        name = f"trial_{next(self.numbers)}"
        template = like.rsplit("/", 1)[1] if like else "template0"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name).replace("postgresql:", "postgresql+psycopg:")


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Start PostgreSQL on a free port, wait for it, and leave nothing behind."""
    home = Path(tempfile.mkdtemp(prefix="rujukan-postgres-"))
    who = unprivileged()
    if who:
        os.chown(home, who["user"], who["group"])
    try:
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        initdb = [program("initdb"), "--pgdata", home / "data", *options]
        subprocess.run(initdb, **who, cwd=home, check=True, capture_output=True, text=True)
        cluster = Cluster(free_port())
        settings = DRAFTY | {"port": cluster.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        options = [f"--{name}={value}" for name, value in settings.items()]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [program("postgres"), "-D", home / "data", *options], **who, cwd=home, stdout=log, stderr=log
            )
        try:
            wait_until_ready(cluster, server, home / "log")
            yield cluster
        finally:
            server.send_signal(signal.SIGINT)  # "fast": connections are cut, nothing is waited for
            server.wait(timeout=30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def wait_until_ready(cluster: Cluster, server: subprocess.Popen, log: Path) -> None:
    give_up = time.monotonic() + 60
    while True:
        try:
            return cluster.execute("SELECT 1")
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=KINDS, help="run tests of the database on this one alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        metafunc.parametrize("database_kind", [chosen] if chosen else KINDS, indirect=True, scope="session")


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def new_database(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewDatabase:
    """`new_database()` makes an empty database, `new_database(like=url)` a copy; both give a SQLAlchemy URL."""
    if database_kind == "postgresql":
        return request.getfixturevalue("postgres").create
    folder = tmp_path_factory.mktemp("sqlite")
    numbers = count(1)

    def create(like: str | None = None) -> str:
        file = folder / f"trial_{next(numbers)}.db"
        if like:
            shutil.copy(like.removeprefix("sqlite+pysqlite:///"), file)
        return f"sqlite+pysqlite:///{file}"

    return create
