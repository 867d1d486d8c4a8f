"""The schema's history, by Alembic; `upgrade` brings a database to the newest."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

from portal.content.catalog import create_index
from portal.db import Base


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; nothing is done when it is there."""
    command.upgrade(_config(engine), "head")
    with engine.begin() as connection:
        create_index(connection)


def problems(engine: Engine) -> list[str]:
    """What keeps the database from being at the newest schema."""
    newest = ScriptDirectory.from_config(_config(engine)).get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return [] if current == newest else [f"schema is {current}, newest is {newest}: run `portal serve` or migrate"]


def differences(engine: Engine) -> list[object]:
    """How the schema of the database differs from what the code says; a test wants none."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours, "render_as_batch": True})
        return list(compare_metadata(context, Base.metadata))


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic should look at it: the full-text tables are made by portal.content.catalog."""
    return not (kind in {"table", "index"} and "search_fts" in (name or ""))


def without_foreign_keys(engine: Engine) -> None:
    """SQLite rebuilds tables to change them; with foreign keys on, that deletes their children."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda dbapi, _record: dbapi.execute("PRAGMA foreign_keys=OFF"))
