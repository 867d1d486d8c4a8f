"""Letter texts as a folder to take along: exported with the office's versions in it, read back as working copies."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.acts import Act, Reason, Refused
from portal.correspondence import letters, lettertexts
from portal.correspondence.lettermodel import LetterType
from portal.correspondence.wording import LONGEST
from portal.folders import folder
from portal.i18n import _

WHEN = (1980, 1, 1, 0, 0, 0)
"""The same texts give the same bytes."""
SUFFIXES = {".toml", ".html", ".css", ".svg", ".png", ".md"}
LARGEST = 5_000_000
SUBJECTS = re.compile(r"^subjects = .*$", re.MULTILINE)
UNREADABLE = _("Berkas ZIP tidak dapat dibaca.")


def exported(session: Session) -> bytes:
    """The letter folders as the portal ships them, each wording as it is in force: what `portal letters check` reads."""
    types, root, out = letters.letter_types(), folder("letters"), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in root.rglob("*") if p.suffix in SUFFIXES):
            name = path.relative_to(root)
            archive.writestr(_entry(name.as_posix()), _content(session, types, name, path))
    return out.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _content(session: Session, types: dict[str, LetterType], name: Path, path: Path) -> bytes:
    type_, (stem, *more) = types.get(name.parent.name), name.name.split(".")
    if type_ is not None and stem == "wording":
        return lettertexts.in_force(session, type_, more[0]).wording.encode()
    if type_ is not None and name.name == "letter.toml":
        return _with_subjects(path.read_text("utf-8"), session, type_).encode()
    return path.read_bytes()


def _with_subjects(text: str, session: Session, type_: LetterType) -> str:
    """letter.toml with the subjects in force; a JSON string is a TOML string."""
    held = {language: lettertexts.in_force(session, type_, language).subject for language in type_.languages}
    if held == dict(type_.subjects):
        return text
    said = ", ".join(f"{language} = {json.dumps(subject, ensure_ascii=False)}" for language, subject in held.items())
    return SUBJECTS.sub(lambda _line: f"subjects = {{ {said} }}", text, count=1)


def imported(act: Act, content: bytes) -> list[tuple[str, str]]:
    """Working copies of every text that differs from the one in force; nothing else of the archive is looked at."""
    reasons: list[Reason] = []
    taken = []
    for code, language, subject, wording in _texts(content):
        type_ = letters.letter_types()[code]
        holds = lettertexts.in_force(act.session, type_, language)
        text = (wording or holds.wording, subject or holds.subject)
        if lettertexts.is_same(holds, *text):
            continue
        if found := lettertexts.faults(type_, language, *text):
            about = f"{code}/wording.{language}.html"
            reasons += [
                Reason(_("${file}: ${fault}", mapping={"file": about, "fault": reason.message})) for reason in found
            ]
        else:
            taken.append((type_, language, text))
    if not taken and not reasons:
        reasons.append(Reason(_("Tidak ada teks surat yang berbeda dari yang berlaku.")))
    if reasons:
        raise Refused(reasons)
    for type_, language, (wording, subject) in taken:
        lettertexts.write(act, type_, language, wording, subject=subject)
    return [(type_.code, language) for type_, language, _text in taken]


def _texts(content: bytes) -> Iterator[tuple[str, str, str, str]]:
    """Code, language, subject and wording of every text that the archive holds; what it does not hold is empty."""
    files = _files(content)
    for type_ in letters.letter_types().values():
        subjects = _subjects(files.get(f"{type_.code}/letter.toml", ""))
        for language in type_.languages:
            wording = files.get(f"{type_.code}/wording.{language}.html", "")
            if wording or subjects.get(language):
                yield type_.code, language, str(subjects.get(language, "")), wording


def _subjects(text: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(text).get("subjects", {})
    except tomllib.TOMLDecodeError as error:
        raise Refused([Reason(UNREADABLE, field="file")]) from error
    return found if isinstance(found, dict) else {}


def _files(content: bytes) -> dict[str, str]:
    """The files of the types that we know, each once: a name may stand in an archive many times."""
    types = letters.letter_types().values()
    wanted = {f"{t.code}/letter.toml" for t in types}
    wanted |= {f"{t.code}/wording.{language}.html" for t in types for language in t.languages}
    found: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                place = "/".join(entry.filename.split("/")[-2:])
                if place in wanted - found.keys() and entry.file_size <= LONGEST * 4:
                    found[place] = archive.read(entry).decode("utf-8")
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused([Reason(UNREADABLE, field="file")]) from error
    return found
