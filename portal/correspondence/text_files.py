"""Letter texts as a folder to take along: exported with the office's versions in it, read back as working copies."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from sqlalchemy.orm import Session

from portal.acts import Act, Reason, Refused
from portal.correspondence import letters, lettertexts
from portal.correspondence.wording import LONGEST
from portal.folders import folder
from portal.i18n import _

WHEN = (1980, 1, 1, 0, 0, 0)
"""The same texts give the same bytes."""
SUFFIXES = {".toml", ".html", ".css", ".svg", ".png", ".md"}
LARGEST = 5_000_000


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


def _content(session: Session, types: dict[str, letters.LetterType], name: Path, path: Path) -> bytes:
    parts = name.name.split(".")
    if name.parent.name in types and parts[0] == "wording":
        return lettertexts.in_force(session, types[name.parent.name], parts[1]).wording.encode()
    return path.read_bytes()


def imported(act: Act, content: bytes) -> list[tuple[str, str]]:
    """Working copies of every wording that differs from the one in force; nothing else of the archive is looked at."""
    reasons: list[Reason] = []
    taken = []
    for code, language, wording in _wordings(content):
        type_ = letters.letter_types()[code]
        if wording.split() == lettertexts.in_force(act.session, type_, language).wording.split():
            continue
        if found := lettertexts.faults(type_, language, wording):
            about = f"{code}/wording.{language}.html"
            reasons += [
                Reason(_("${file}: ${fault}", mapping={"file": about, "fault": reason.message})) for reason in found
            ]
        else:
            taken.append((code, language, wording))
    if not taken and not reasons:
        reasons.append(Reason(_("Tidak ada teks surat yang berbeda dari yang berlaku.")))
    if reasons:
        raise Refused(reasons)
    for code, language, wording in taken:
        lettertexts.write(act, letters.letter_types()[code], language, wording)
    return [(code, language) for code, language, _wording in taken]


def _wordings(content: bytes) -> list[tuple[str, str, str]]:
    known = {
        f"{type_.code}/wording.{language}.html": (type_.code, language)
        for type_ in letters.letter_types().values()
        for language in type_.languages
    }
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                place = "/".join(entry.filename.split("/")[-2:])
                if place in known and entry.file_size <= LONGEST * 4:  # each once: a name may stand there many times
                    found.append((*known.pop(place), archive.read(entry).decode("utf-8")))
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError, EOFError) as error:
        raise Refused([Reason(_("Berkas ZIP tidak dapat dibaca."), field="file")]) from error
    return found
