"""Letter types: folders of `letters/`, each with a letter.toml and the default wording in its languages."""

from __future__ import annotations

from pathlib import Path

from portal.correspondence.house import House, page
from portal.correspondence.letterfolder import LANGUAGES, LetterFolder, toml
from portal.correspondence.lettermodel import PREFILLS, Field, LetterType, Question, types_for
from portal.correspondence.wording import clean

__all__ = [
    "PREFILLS",
    "Field",
    "House",
    "LetterType",
    "LetterTypesRefused",
    "Question",
    "check",
    "clean",
    "load",
    "page",
    "types_for",
]


class LetterTypesRefused(Exception):
    """Letter folders with mistakes; `problems` names each with its file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(folder: Path) -> dict[str, LetterType]:
    """All letter types of a folder by code, or LetterTypesRefused with every mistake."""
    types, problems = _read(folder)
    if problems:
        raise LetterTypesRefused(problems)
    return types


def check(folder: Path) -> list[str]:
    """Every mistake in the letter folders, each with its file; none if all is well."""
    return _read(folder)[1]


def _read(folder: Path) -> tuple[dict[str, LetterType], list[str]]:
    problems: list[str] = []
    _check_texts(folder / "house" / "house.toml", problems)
    groups = toml(folder / "house" / "fields.toml", problems)
    types = {}
    for place in sorted(p for p in folder.iterdir() if p.is_dir() and p.name != "house"):
        if letter := LetterFolder(place, groups, problems).letter():
            types[letter.code] = letter
    if not types and not problems:
        problems.append(f"{folder.name}: tidak ada jenis surat")
    return types, problems


def _check_texts(path: Path, problems: list[str]) -> None:
    """The frame of a letter has all its words in every language."""
    texts = toml(path, problems).get("texts", {})
    known = {lang: set(texts.get(lang, {})) for lang in sorted(LANGUAGES)}
    for lang, words in known.items():
        problems += [
            f"house/house.toml: “texts.{lang}”: “{word}” tidak ada"
            for word in sorted(set().union(*known.values()) - words)
        ]
