"""Letter types: folders of `letters/`, each with a letter.toml and the default wording in its languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.correspondence.house import House, page
from portal.correspondence.lettermodel import PREFILLS, Field, LetterType, Question, types_for
from portal.correspondence.wording import clean, fields_in, mistakes

__all__ = [
    "PREFILLS",
    "Field",
    "House",
    "LetterType",
    "LetterTypesRefused",
    "Question",
    "check",
    "load",
    "page",
    "types_for",
]

FIELD_TYPES = frozenset({"line", "text", "date", "moment", "choice", "list"})
ANSWER_TYPES = frozenset({"yes_no", "line", "date", "file"})
SPEEDS = frozenset({"biasa", "penting", "segera", "sangat_segera"})
SECURITIES = frozenset({"B", "T", "R", "SR"})
SIGNATORIES = frozenset({"SIGNER", "CASE_OFFICER", "FRONT_OFFICER"})
LANGUAGES = frozenset({"id", "en"})
LAYOUTS = frozenset({"letter", "form"})
CODE = re.compile(r"[A-Z][A-Z0-9_]*")


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
    groups = _toml(folder / "house" / "fields.toml", problems)
    types = {}
    for place in sorted(p for p in folder.iterdir() if p.is_dir() and p.name != "house"):
        if letter := _LetterFolder(place, groups, problems).letter():
            types[letter.code] = letter
    if not types and not problems:
        problems.append(f"{folder.name}: tidak ada jenis surat")
    return types, problems


def _toml(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.parent.name}/{path.name}: tidak ada")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.parent.name}/{path.name}: {error}")
    return {}


class _LetterFolder:
    """Reads one folder and notes each mistake."""

    def __init__(self, place: Path, groups: Mapping[str, Any], problems: list[str]) -> None:
        self.place, self.groups, self.problems = place, groups, problems

    def letter(self) -> LetterType | None:
        before = len(self.problems)
        data = _toml(self.place / "letter.toml", self.problems)
        if not data:
            return None
        known = {"names", "uses", *LetterType.__dataclass_fields__} - {"name", "name_en", "wording"}
        for key in sorted(set(data) - known):
            self._note(f"kunci “{key}” tidak dikenal")
        names = data.get("names") or {}
        letter = LetterType(
            code=self._text(data, "code"),
            name=self._text(names, "id"),
            name_en=self._text(names, "en"),
            naskah_type=self._text(data, "naskah_type"),
            layout=self._one_of(data, "layout", LAYOUTS, "letter"),
            subject=self._text(data, "subject"),
            addressees=self._codes(data, "addressees"),
            speed=self._one_of(data, "speed", SPEEDS),
            security=self._one_of(data, "security", SECURITIES),
            reply_days=self._days(data),
            signatory=self._one_of(data, "signatory", SIGNATORIES),
            records_class=self._text(data, "records_class"),
            languages=tuple(data.get("languages") or ()),
            consent=data.get("consent") is True,
            fields=self._fields(data),
            questions=self._questions(data),
            enclosures=self._codes(data, "enclosures"),
            wording=MappingProxyType(self._wordings(data)),
        )
        self._cross_check(letter)
        return letter if len(self.problems) == before else None

    def _note(self, problem: str, file: str = "letter.toml") -> None:
        self.problems.append(f"{self.place.name}/{file}: {problem}")

    def _text(self, data: Mapping[str, Any], key: str, of: str = "") -> str:
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._note(f"{of}“{key}” harus berisi teks")
        return ""

    def _one_of(self, data: Mapping[str, Any], key: str, allowed: frozenset[str], usual: str = "", of: str = "") -> str:
        value = data.get(key, usual)
        if value not in allowed:
            self._note(f"{of}“{key}” harus salah satu dari {', '.join(sorted(allowed))}; bukan “{value}”")
        return str(value)

    def _codes(self, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
        codes = data.get(key, [])
        for code in codes if isinstance(codes, list) else [codes]:
            if code != "*" and not (isinstance(code, str) and CODE.fullmatch(code)):
                self._note(f"“{key}”: “{code}” bukan kode")
        return tuple(str(code) for code in codes)

    def _days(self, data: Mapping[str, Any]) -> int:
        days = data.get("reply_days")
        if isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= 365:
            return days
        self._note("“reply_days” harus bilangan 0 sampai 365")
        return 0

    def _fields(self, data: Mapping[str, Any]) -> tuple[Field, ...]:
        rows: list[Mapping[str, Any]] = []
        for group in data.get("uses", []):
            if group not in self.groups:
                self._note(f"“uses”: kelompok ruas “{group}” tidak ada di house/fields.toml")
            rows += self.groups.get(group, [])
        # A letter may sharpen a field of a group, for instance make it required: the later row wins.
        merged: dict[str, dict[str, Any]] = {}
        for row in [*rows, *data.get("fields", [])]:
            merged.setdefault(str(row.get("id")), {}).update(row)
        return tuple(self._field(row) for row in merged.values())

    def _field(self, row: Mapping[str, Any]) -> Field:
        of = f"ruas “{row.get('id')}”: "
        for key in sorted(set(row) - {"id", "type", "label", "required", "from", "help", "choices"}):
            self._note(f"{of}kunci “{key}” tidak dikenal")
        name = self._text(row, "id", of)
        if name and (name not in fields_in(f"${{{name}}}") or list(mistakes(f"${{{name}}}", {name: 1}))):
            self._note(f"{of}bukan nama ruas")
        if (source := row.get("from", "")) and source not in PREFILLS:
            self._note(f"{of}“from” tidak mengenal “{source}”")
        if (row.get("type") == "choice") != bool(row.get("choices")):
            self._note(f"{of}“choices” diperlukan oleh, dan hanya oleh, jenis choice")
        label = row.get("label") if isinstance(row.get("label"), dict) else {}
        return Field(
            id=name,
            type=self._one_of(row, "type", FIELD_TYPES, of=of),
            label=self._text(label or {}, "id", of),
            label_en=self._text(label or {}, "en", of),
            required=row.get("required", True) is True,
            source=source,
            help=str(row.get("help", "")),
            choices=tuple(str(choice) for choice in row.get("choices", [])),
        )

    def _questions(self, data: Mapping[str, Any]) -> tuple[Question, ...]:
        rows = data.get("questions", [])
        ids = [row.get("id") for row in rows]
        for twice in sorted({str(name) for name in ids if ids.count(name) > 1}):
            self._note(f"pertanyaan “{twice}” ada dua kali")
        return tuple(self._question(row) for row in rows)

    def _question(self, row: Mapping[str, Any]) -> Question:
        of = f"pertanyaan “{row.get('id')}”: "
        kind = self._one_of(row, "type", ANSWER_TYPES, of=of)
        return Question(self._text(row, "id", of), self._text(row, "text", of), kind, self._text(row, "text_en", of))

    def _wordings(self, data: Mapping[str, Any]) -> dict[str, str]:
        wordings = {}
        for lang in data.get("languages") or []:
            file = f"wording.{lang}.html"
            if lang not in LANGUAGES or not (self.place / file).is_file():
                self._note(f"bahasa “{lang}” tidak dikenal atau {file} tidak ada")
                continue
            wordings[lang] = (self.place / file).read_text("utf-8")
        if "id" not in wordings:
            self._note("“languages” harus memuat “id”")
        return wordings

    def _cross_check(self, letter: LetterType) -> None:
        if letter.code != self.place.name:
            self._note(f"“code” “{letter.code}” berbeda dari nama folder")
        names = frozenset(field.id for field in letter.fields)
        for reason in mistakes(letter.subject, names):
            self._note(f"“subject”: {reason.text('id')}")
        used = set(fields_in(letter.subject))
        for lang, wording in letter.wording.items():
            file = f"wording.{lang}.html"
            used |= set(fields_in(wording))
            for reason in mistakes(wording, names):
                self._note(reason.text("id"), file)
            if "".join(clean(wording).split()) != "".join(wording.split()):
                self._note("memuat unsur atau atribut HTML yang tidak diizinkan", file)
        for field in letter.fields:
            if field.id not in used:
                self._note(f"ruas “{field.id}” tidak dipakai dalam redaksi")
