from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from tests.postgres import running_cluster


@pytest.fixture
def connect():
    engines = []

    def connect(url):
        engines.append(create_engine(url))
        return engines[-1]

    yield connect
    for engine in engines:
        engine.dispose()


def test_new_databases_are_empty_and_apart(new_database, connect, database_kind):
    first, second = connect(new_database()), connect(new_database())
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
    assert first.dialect.name == database_kind
    assert inspect(first).get_table_names() == ["note"]
    assert inspect(second).get_table_names() == []


def test_a_copy_starts_with_the_rows_of_the_other_and_changes_alone(new_database, connect):
    url = new_database()
    original = connect(url)
    with original.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
        connection.execute(text("INSERT INTO note VALUES ('siap')"))
    original.dispose()
    copy = connect(new_database(like=url))
    with copy.begin() as connection:
        assert connection.scalar(text("SELECT words FROM note")) == "siap"
        connection.execute(text("DELETE FROM note"))
    with original.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM note")) == 1


def test_postgresql_never_runs_as_root_and_leaves_no_server():
    with running_cluster() as cluster, psycopg.connect(cluster.url("postgres")) as connection:
        (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert Path(f"/proc/{pid}").stat().st_uid != 0
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(cluster.url("postgres"))
