"""Reading the folder of one letter type: everything it says, and every mistake in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.acts import Reason
from portal.correspondence.house import LAYOUTS
from portal.correspondence.lettermodel import DAYS, IN_WORDS, PREFILLS, UNNAMED, Field, LetterType, Question, Signature
from portal.correspondence.wording import clean, fields_in, mistakes
from portal.i18n import _

FIELD_TYPES = frozenset({"line", "text", "moment", "choice", "list", "money"}) | DAYS
ANSWER_TYPES = frozenset({"yes_no", "line", "date", "file"})
SPEEDS = frozenset({"biasa", "penting", "segera", "sangat_segera"})
SECURITIES = frozenset({"B", "T", "R", "SR"})
SIGNATORIES = frozenset({"SIGNER", "CASE_OFFICER", "FRONT_OFFICER", "MEDIATOR"})
LANGUAGES = frozenset({"id", "en"})
CODE = re.compile(r"[A-Z][A-Z0-9_]*")
HEADING = re.compile(r"<h([23])>")
KEYS = {"names", "uses", *LetterType.__dataclass_fields__} - {"name", "name_en", "wording"}
FIELD_KEYS = {"id", "type", "label", "required", "from", "help", "choices", "choices_en"}
SHAPES = {dict: "tabel", list: "daftar", bool: "true atau false"}
"""How TOML calls what a key has to hold."""


def toml(path: Path, problems: list[str]) -> dict[str, Any]:
    """What a TOML file says; nothing, and a problem, if it can't be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.parent.name}/{path.name}: tidak ada")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.parent.name}/{path.name}: {error}")
    return {}


class LetterFolder:
    """Reads one folder and notes each mistake."""

    def __init__(self, place: Path, groups: Mapping[str, Any], problems: list[str]) -> None:
        """`groups` are the shared fields of house/fields.toml; mistakes are added to `problems`."""
        self.place, self.groups, self.problems = place, groups, problems

    def letter(self) -> LetterType | None:
        """The letter type, or None when its folder has a mistake."""
        before = len(self.problems)
        data = toml(self.place / "letter.toml", self.problems)
        if not data:
            return None
        self._known(data, KEYS)
        languages = self._languages(data)
        names = self._shaped(data, "names", dict)
        letter = LetterType(
            code=self._text(data, "code"),
            name=self._text(names, "id", "“names”: "),
            name_en=self._text(names, "en", "“names”: "),
            naskah_type=self._text(data, "naskah_type"),
            layout=self._one_of(data, "layout", LAYOUTS, "letter"),
            subjects=self._per_language(data, "subjects", languages),
            addressees=self._codes(data, "addressees"),
            speed=self._one_of(data, "speed", SPEEDS),
            security=self._one_of(data, "security", SECURITIES),
            reply_days=self._days(data),
            signatory=self._one_of(data, "signatory", SIGNATORIES),
            records_class=self._text(data, "records_class"),
            languages=languages,
            fields=self._fields(data, languages),
            questions=self._questions(data),
            enclosures=self._codes(data, "enclosures"),
            signatures=self._signatures(data, languages),
            wording=self._wordings(languages),
        )
        self._cross_check(letter)
        return letter if len(self.problems) == before else None

    def _note(self, problem: str, file: str = "letter.toml") -> None:
        self.problems.append(f"{self.place.name}/{file}: {problem}")

    def _known(self, data: Mapping[str, Any], keys: set[str], of: str = "") -> None:
        for key in sorted(set(data) - keys):
            self._note(f"{of}kunci “{key}” tidak dikenal")

    def _text(self, data: Mapping[str, Any], key: str, of: str = "") -> str:
        value = data.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._note(f"{of}“{key}” harus berisi teks")
        return ""

    def _shaped(self, data: Mapping[str, Any], key: str, shape: type, of: str = "", usual: Any = None) -> Any:
        value = data.get(key, shape() if usual is None else usual)
        if isinstance(value, shape):
            return value
        self._note(f"{of}“{key}” harus berupa {SHAPES[shape]}")
        return shape()

    def _tables(self, data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
        rows = self._shaped(data, key, list)
        if all(isinstance(row, dict) for row in rows):
            return list(rows)
        self._note(f"“{key}” harus ditulis sebagai [[{key}]]")
        return []

    def _one_of(
        self,
        data: Mapping[str, Any],
        key: str,
        allowed: Mapping[str, Any] | frozenset[str],
        usual: str = "",
        of: str = "",
    ) -> str:
        value = data.get(key, usual)
        if not isinstance(value, str) or value not in allowed:
            self._note(f"{of}“{key}” harus salah satu dari {', '.join(sorted(allowed))}; bukan “{value}”")
        return str(value)

    def _per_language(
        self, data: Mapping[str, Any], key: str, languages: tuple[str, ...], of: str = ""
    ) -> Mapping[str, str]:
        words = self._shaped(data, key, dict, of)
        self._known(words, set(languages), f"{of}“{key}”: ")
        return MappingProxyType({lang: self._text(words, lang, f"{of}“{key}”: ") for lang in languages})

    def _codes(self, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
        codes = self._shaped(data, key, list)
        for code in codes:
            if code != "*" and not (isinstance(code, str) and CODE.fullmatch(code)):
                self._note(f"“{key}”: “{code}” bukan kode")
        if key == "addressees" and not codes:
            self._note("“addressees” tidak menyebut satu pun penerima; “*” berarti semua lembaga")
        return tuple(str(code) for code in codes)

    def _days(self, data: Mapping[str, Any]) -> int:
        days = data.get("reply_days")
        if isinstance(days, int) and not isinstance(days, bool) and 0 <= days <= 365:
            return days
        self._note("“reply_days” harus bilangan 0 sampai 365")
        return 0

    def _languages(self, data: Mapping[str, Any]) -> tuple[str, ...]:
        languages = []
        for lang in self._shaped(data, "languages", list):
            if not isinstance(lang, str) or lang not in LANGUAGES:
                self._note(f"bahasa “{lang}” tidak dikenal")
            elif lang in languages:
                self._note(f"bahasa “{lang}” ada dua kali")
            else:
                languages.append(lang)
        if "id" not in languages:
            self._note("“languages” harus memuat “id”")
        return tuple(languages)

    def _fields(self, data: Mapping[str, Any], languages: tuple[str, ...]) -> tuple[Field, ...]:
        rows: list[Mapping[str, Any]] = []
        for group in self._shaped(data, "uses", list):
            if group not in self.groups:
                self._note(f"“uses”: kelompok ruas “{group}” tidak ada di house/fields.toml")
            rows += self.groups.get(group, [])
        own = self._tables(data, "fields")
        self._twice("ruas", own)
        # A letter may sharpen a field of a group, for instance make it required: the later row wins.
        merged: dict[str, dict[str, Any]] = {}
        for row in [*rows, *own]:
            merged.setdefault(str(row.get("id")), {}).update(row)
        return tuple(self._field(row, languages) for row in merged.values())

    def _twice(self, what: str, rows: list[Mapping[str, Any]]) -> None:
        ids = [str(row.get("id")) for row in rows]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            self._note(f"{what} “{name}” ada dua kali")

    def _field(self, row: Mapping[str, Any], languages: tuple[str, ...]) -> Field:
        of = f"ruas “{row.get('id')}”: "
        self._known(row, FIELD_KEYS, of)
        name = self._text(row, "id", of)
        if name and (name not in fields_in(f"${{{name}}}") or list(mistakes(f"${{{name}}}", {name: 1}))):
            self._note(f"{of}bukan nama ruas")
        if (source := row.get("from", "")) and source not in PREFILLS:
            self._note(f"{of}“from” tidak mengenal “{source}”")
        label = self._shaped(row, "label", dict, of)
        choices = self._choices(row, languages, of)
        return Field(
            id=name,
            type=self._one_of(row, "type", FIELD_TYPES, of=of),
            label=self._text(label, "id", of),
            label_en=self._text(label, "en", of),
            required=self._shaped(row, "required", bool, of, usual=True),
            source=source,
            help=str(row.get("help", "")),
            choices=choices[0],
            choices_en=choices[1],
        )

    def _choices(self, row: Mapping[str, Any], languages: tuple[str, ...], of: str) -> list[tuple[str, ...]]:
        ours, english = (self._shaped(row, key, list, of) for key in ("choices", "choices_en"))
        if (row.get("type") == "choice") != bool(ours):
            self._note(f"{of}“choices” diperlukan oleh, dan hanya oleh, jenis choice")
        if (english or "en" in languages) and len(english) != len(ours):
            self._note(f"{of}“choices_en” harus sama banyak dengan “choices”")
            english = []
        return [tuple(str(choice) for choice in choices) for choices in (ours, english)]

    def _questions(self, data: Mapping[str, Any]) -> tuple[Question, ...]:
        rows = self._tables(data, "questions")
        self._twice("pertanyaan", rows)
        return tuple(self._question(row) for row in rows)

    def _question(self, row: Mapping[str, Any]) -> Question:
        of = f"pertanyaan “{row.get('id')}”: "
        self._known(row, {"id", "text", "text_en", "type"}, of)
        name, text, english = (self._text(row, key, of) for key in ("id", "text", "text_en"))
        return Question(name, text, self._one_of(row, "type", ANSWER_TYPES, of=of), english)

    def _signatures(self, data: Mapping[str, Any], languages: tuple[str, ...]) -> tuple[Signature, ...]:
        found = []
        for number, row in enumerate(self._tables(data, "signatures"), 1):
            of = f"tanda tangan {number}: "
            self._known(row, {"role", "by", "stamp"}, of)
            role = self._per_language(row, "role", languages, of)
            found.append(Signature(role, self._text(row, "by", of), self._shaped(row, "stamp", bool, of)))
        return tuple(found)

    def _wordings(self, languages: tuple[str, ...]) -> Mapping[str, str]:
        wordings = {}
        for lang in languages:
            file = f"wording.{lang}.html"
            try:
                wordings[lang] = (self.place / file).read_text("utf-8")
            except FileNotFoundError:
                self._note(f"bahasa “{lang}”: berkas ini tidak ada", file)
            except UnicodeDecodeError as error:
                self._note(f"bukan UTF-8: {error.reason}", file)
        for path in sorted(self.place.glob("wording.*")):
            if path.name.split(".")[1:] not in [[lang, "html"] for lang in languages]:
                self._note("bahasa berkas ini tidak disebut “languages”", path.name)
        return MappingProxyType(wordings)

    def _cross_check(self, letter: LetterType) -> None:
        if letter.code != self.place.name:
            self._note(f"“code” “{letter.code}” berbeda dari nama folder")
        names = frozenset(field.id for field in letter.fields)
        for name in sorted({place.by for place in letter.signatures} - names - UNNAMED):
            self._note(f"tanda tangan: “by” harus signer, hand, atau nama ruas; bukan “{name}”")
        for file, reason in text_faults(letter):
            self._note(reason.text("id"), file)


def text_faults(letter: LetterType) -> Iterator[tuple[str, Reason]]:
    """Everything wrong with the texts of a letter type, each with its file: those that ship, and those the office writes."""
    names = frozenset(field.id for field in letter.fields)
    used = {place.by for place in letter.signatures}
    for lang in letter.languages:
        subject, wording = letter.subjects[lang], letter.wording.get(lang, "")
        used |= {*fields_in(subject), *fields_in(wording)}
        used |= {name.removesuffix(IN_WORDS) for name in fields_in(wording)}
        for reason in mistakes(subject, names):
            known = {"lang": lang, "fault": reason.message}
            yield "letter.toml", Reason(_("“subjects.${lang}”: ${fault}", mapping=known))
        yield from ((f"wording.{lang}.html", reason) for reason in wording_faults(wording, letter.names))
    for field in letter.fields:
        if field.id not in used:
            known = {"field": field.id}
            yield "letter.toml", Reason(_("ruas “${field}” tidak dipakai dalam redaksi", mapping=known))


def wording_faults(wording: str, names: frozenset[str]) -> Iterator[Reason]:
    """What is wrong with one wording: its fields, its elements, its headings."""
    yield from mistakes(wording, names)
    if "".join(clean(wording).split()) != "".join(wording.split()):
        yield Reason(_("memuat unsur atau atribut HTML yang tidak diizinkan"))
    if HEADING.findall(wording)[:1] == ["3"]:
        yield Reason(_("judul pertama harus <h2>; <h3> hanya di bawahnya"))
