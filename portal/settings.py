"""Deployment settings: parsed once into one frozen object; an unknown key stops the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

PREFIX = "portal."


class SettingsError(ValueError):
    """The settings can't be used; the message names the key."""


@dataclass(frozen=True)
class Settings:
    """What differs between deployments. Everything the office may change lives in the database instead."""

    data: Path = field(default=Path("var"), metadata={"help": "folder for database, files, secrets, mailbox"})
    database: str = field(default="", metadata={"help": "SQLAlchemy URL; empty: SQLite in the data folder"})
    mail: str = field(default="", metadata={"help": "smtp://host:port; empty: a folder in the data folder"})
    mail_from: str = field(default="crisis-center@rujukan.example", metadata={"help": "sender of our mail"})
    public_url: str = field(default="http://localhost:6543", metadata={"help": "our address, in letters and mail"})
    templates: str = field(default="", metadata={"help": "theme folder whose files come before templates/"})
    demo: bool = field(default=False, metadata={"help": "show demo sign-ins and the demo mailbox"})
    worker: bool = field(default=True, metadata={"help": "run jobs in a thread of this process"})
    reload_templates: bool = field(default=False, metadata={"help": "look for changed templates at each request"})
    max_upload: int = field(default=200 * 1024 * 1024, metadata={"help": "bytes of one request's body"})

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL; `sqlite+pysqlite` so that zope.sqlalchemy allows savepoints."""
        return self.database or f"sqlite+pysqlite:///{self.data / 'rujukan.sqlite'}"

    @property
    def secure(self) -> bool:
        """Whether people reach us by https."""
        return self.public_url.startswith("https://")


def parse(raw: Mapping[str, str]) -> Settings:
    """Settings from an ini section; raises SettingsError for a key or value that means nothing."""
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, object] = {}
    for key, text in raw.items():
        if not key.startswith(PREFIX):
            continue
        name = key.removeprefix(PREFIX)
        if name not in known:
            raise SettingsError(f"unknown setting {key}; known: {', '.join(PREFIX + n for n in sorted(known))}")
        values[name] = _value(key, str(known[name].type), str(text).strip())
    return Settings(**values)  # type: ignore[arg-type]  # each value was converted to its field's type above


def _value(key: str, kind: str, text: str) -> object:
    if kind == "bool":
        if text.lower() not in {"true", "false", "yes", "no", "1", "0"}:
            raise SettingsError(f"{key}: {text!r} is neither true nor false")
        return text.lower() in {"true", "yes", "1"}
    if kind == "int":
        if not text.isdigit():
            raise SettingsError(f"{key}: {text!r} is not a number")
        return int(text)
    return Path(text) if kind == "Path" else text
