"""The database: engine, sessions, types and naming; one transaction per request on SQLite and PostgreSQL alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyramid_retry
import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy import JSON, BigInteger, Dialect, Engine, Integer, MetaData, Text, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

BUSY_MS = 20_000
"""How long a SQLite writer waits for the one before it (reliability rule 1)."""


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. Kept as sortable text on SQLite, as timestamptz on PostgreSQL."""

    impl = Text
    cache_ok = True
    python_type = datetime

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Timestamptz where there is one."""
        return dialect.type_descriptor(TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive time: nobody could say which instant it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always with the zone UTC."""
        if value is None or isinstance(value, datetime):
            return value.astimezone(UTC) if value else None
        return datetime.fromisoformat(value)


Json = JSON().with_variant(JSONB(), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """Declarative base; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, dict[str, Any]: Json, list[Any]: Json, int: Id, str: Text}

    def __repr__(self) -> str:
        """The id only: rows hold personal data and reprs end in logs (reliability rule 46)."""
        return f"<{type(self).__name__} {getattr(self, 'id', '?')}>"


def engine_for(url: str, *, is_lasting: bool = True) -> Engine:
    """An engine that begins, locks and fails the way our transactions need.

    `is_lasting`: a commit is on the disk when it returns. Only what can be made again, such as a new demo, does without.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url, connect_args={"check_same_thread": False}, pool_size=20, max_overflow=20, hide_parameters=True
        )
        event.listen(engine, "connect", partial(_prepare_sqlite, "FULL" if is_lasting else "OFF"))
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            hide_parameters=True,
            connect_args={
                "options": "-c statement_timeout=60000 -c lock_timeout=20000"
                + ("" if is_lasting else " -c synchronous_commit=off")
            },
        )
    event.listen(engine, "handle_error", _mark_transient)
    return engine


def _prepare_sqlite(synchronous: str, dbapi: sqlite3.Connection, _record: object) -> None:
    dbapi.isolation_level = None  # the driver emits no BEGIN of its own; _begin_sqlite does
    cursor = dbapi.cursor()
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A writer takes the lock at once: a deferred one that upgrades later loses with "database is locked".
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql("BEGIN " + mode)


def is_transient(error: BaseException | None) -> bool:
    """Whether the same work may succeed when tried again: lock conflicts and serialisation failures."""
    if isinstance(error, sqlite3.OperationalError):
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return str(getattr(error, "sqlstate", "") or "").startswith("40")


def _mark_transient(context: Any) -> None:
    if context.sqlalchemy_exception is not None and is_transient(context.original_exception):
        pyramid_retry.mark_error_retryable(context.sqlalchemy_exception)


def sessions_for(engine: Engine) -> sessionmaker[Session]:
    """Sessions on that engine; objects stay readable after commit (their values are what was committed)."""
    return sessionmaker(engine, expire_on_commit=False)


def _request_session(request: Request) -> Session:
    site = request.registry["site"]
    reads_only = request.method in {"GET", "HEAD"}
    bind = site.readers if reads_only else site.engine
    session = site.sessions(bind=bind)
    zope.sqlalchemy.register(
        session, initial_state="readonly" if reads_only else "changed", transaction_manager=request.tm
    )
    return session


@contextmanager
def outside_transaction(request: Request) -> Iterator[None]:
    """Do slow checks, or acts that stand even when the request fails, without the request's transaction.

    Nothing has been written in it before; SQLite's only write lock is let go meanwhile.
    """
    request.tm.abort()
    try:
        yield
    finally:
        request.tm.begin()


@contextmanager
def paused_transaction(request: Request) -> Iterator[None]:
    """Do slow work outside the request's transaction in the middle of an act that goes on afterwards.

    Rows that were read before are read anew when they are asked for next; what the request has claimed is claimed again.
    """
    known = list(request.db)
    try:
        with outside_transaction(request):
            yield
    finally:
        request.db.add_all(known)
        request.db.expire_all()
    for claim in request.claims:
        claim()


def readers(engine: Engine) -> Engine:
    """The same engine for transactions that only read: they take no write lock."""
    return engine.execution_options(sqlite_begin="DEFERRED", postgresql_readonly=True)


def includeme(config: Configurator) -> None:
    """One session and one transaction per request, tried again when the database says so."""
    config.add_settings(
        {
            "tm.manager_hook": "pyramid_tm.explicit_manager",
            "retry.attempts": 5,
            "tm.commit_veto": "pyramid_tm.default_commit_veto",
            "tm.annotate_user": False,  # it would ask for the identity outside the error pages
        }
    )
    config.include("pyramid_retry")
    config.include("pyramid_tm")
    config.add_request_method(_request_session, "db", reify=True)
    config.add_request_method(lambda _request: [], "claims", reify=True)
