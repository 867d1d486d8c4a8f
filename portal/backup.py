"""A copy of everything that can be put back: database, files, and a manifest of hashes that is checked both ways."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.engine import make_url

from portal.acts import Site
from portal.db import Base
from portal.journal import Head

MANIFEST = "manifest.json"
SQLITE, POSTGRESQL = "database.sqlite", "database.dump"


class Unusable(Exception):
    """The backup can't be made or put back; the text says why and names the file."""


def make(site: Site, folder: Path) -> dict[str, Any]:
    """Copy the running portal into an empty folder; readers and writers go on meanwhile."""
    if folder.exists() and any(folder.iterdir()):
        raise Unusable(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    # The database first: a file whose row is in the copy was written before that row (portal.blobs).
    counted = _copy_database(site, folder)
    if site.blobs.folder.exists():  # without the files that are just being written
        shutil.copytree(site.blobs.folder, folder / "blobs", ignore=shutil.ignore_patterns(".*"))
    for secret in sorted(site.settings.data.glob("*.secret")):
        shutil.copy2(secret, folder / secret.name)
    manifest = {"files": {name: _hash(folder / name) for name in _files(folder)}, **counted}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return manifest


def _files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and p != folder / MANIFEST)


def census(connection: Connection) -> dict[str, Any]:
    """Rows per table and the ends of all journal chains, to compare a restored portal with."""
    tables = sorted(Base.metadata.tables.items())
    rows = {name: connection.scalar(select(func.count()).select_from(table)) for name, table in tables}
    ends = connection.execute(select(Head.dossier_id, Head.hash).order_by(Head.dossier_id))
    heads = json.dumps({str(end.dossier_id): end.hash for end in ends})
    return {"rows": rows, "heads": hashlib.sha256(heads.encode()).hexdigest()}


def _copy_database(site: Site, folder: Path) -> dict[str, Any]:
    """Copy it and count what is in the copy: in the portal itself people have gone on meanwhile."""
    if site.engine.dialect.name == "sqlite":
        copy = folder / SQLITE
        with closing(sqlite3.connect(_file(site))) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        unchanged = create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)
        )
        with unchanged.connect() as connection:
            return census(connection)
    snapshot = site.engine.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.connect() as connection:
        name = connection.scalar(text("SELECT pg_export_snapshot()"))
        _run(site, "pg_dump", "--format=custom", f"--snapshot={name}", "--file", str(folder / POSTGRESQL))
        return census(connection)


def _file(site: Site) -> Path:
    return Path(make_url(site.settings.database_url).database or "").absolute()


def _run(site: Site, program: str, *arguments: str) -> None:
    url = make_url(site.settings.database_url).set(drivername="postgresql")
    # Not in the arguments: everybody on the machine can read those.
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    address = url.set(password=None).render_as_string()
    command = [program, "--dbname", address, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | password)
    if done.returncode:
        raise Unusable(f"{program}: {done.stderr.strip()[:300]}")


def check(folder: Path) -> dict[str, Any]:
    """The manifest of a backup that holds its files, unchanged, and no others; raises Unusable naming what is wrong."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = dict(manifest["files"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Unusable(f"{folder / MANIFEST}: {type(error).__name__}") from error
    there = set(_files(folder))
    for name, expected in files.items():
        if name not in there or _hash(folder / name) != expected:
            raise Unusable(f"{name} is missing or was changed")
    for name in sorted(there - set(files)):
        raise Unusable(f"{name} is no part of the backup")
    return manifest


def restore(site: Site, folder: Path) -> None:
    """Put a backup into an empty portal and compare what is there then with what was copied."""
    manifest = check(folder)
    site.engine.dispose()
    if site.engine.dialect.name == "sqlite":
        if _file(site).exists():
            raise Unusable(f"{_file(site)} exists; a restore goes into an empty data folder")
        shutil.copyfile(folder / SQLITE, _file(site))
    else:
        with site.readers.connect() as connection:
            if connection.scalar(text("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")):
                raise Unusable("the database is not empty")
        _run(site, "pg_restore", "--exit-on-error", "--no-owner", str(folder / POSTGRESQL))
    if (folder / "blobs").exists():
        shutil.copytree(folder / "blobs", site.blobs.folder, dirs_exist_ok=True)
    for secret in sorted(folder.glob("*.secret")):
        shutil.copy2(secret, site.settings.data / secret.name)
    with site.readers.connect() as connection:
        now = census(connection)
    if now != {key: manifest.get(key) for key in now}:
        raise Unusable("what was restored differs from what was copied")


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
