"""Alembic's environment: one engine, given by portal.migrations; all models known."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from portal.app import define_tables
from portal.db import Base, engine_for
from portal.migrations import is_ours, without_foreign_keys

define_tables()
given = context.config.attributes["engine"]
engine = engine_for(given.url.render_as_string(hide_password=False)) if given else create_engine("sqlite://")
without_foreign_keys(engine)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        include_name=is_ours,
        compare_type=True,
        user_module_prefix="",
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
