"""Letter texts as the office changes them: a working copy, checked like the folders, in force once another has approved it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal import journal
from portal.acts import Act, Conflict, Reason, Refused
from portal.correspondence import letters
from portal.correspondence.letterfolder import text_faults, wording_faults
from portal.correspondence.lettermodel import LetterType
from portal.correspondence.model import Letter
from portal.correspondence.textmodel import WORKING, LetterText
from portal.correspondence.wording import mistakes
from portal.i18n import _
from portal.registry import OVERTAKEN

UNISSUED = ("draft", "in_review", "approved")

journal.declare(
    letter_text_written=_("${by} mengubah salinan kerja teks surat “${type}” (${language})"),
    letter_text_approved=_("${by} memberlakukan teks surat “${type}” (${language}) versi ${number}"),
    letter_text_dropped=_("${by} membuang salinan kerja teks surat “${type}” (${language})"),
)


@dataclass(frozen=True)
class Text:
    """The wording that new letters begin with, and its version; 0 ships with the portal."""

    wording: str
    number: int
    subject: str
    """The pattern of the subject."""

    @property
    def own_subject(self) -> str:
        """What a letter keeps of it: nothing where the type says the same."""
        return self.subject if self.number else ""


def in_force(session: Session, type_: LetterType, language: str) -> Text:
    """What holds now."""
    kept = _find(session, type_.code, language, LetterText.state == "in_force")
    return _text(kept) if kept else shipped(type_, language)


def shipped(type_: LetterType, language: str) -> Text:
    """What the portal brings along."""
    return Text(type_.wording[language], 0, type_.subjects[language])


def _text(kept: LetterText) -> Text:
    return Text(kept.wording, kept.number, kept.subject)


def version(session: Session, type_: LetterType, language: str, number: int) -> Text | None:
    """The version of that number, whether it holds or not."""
    if number == 0:
        return shipped(type_, language)
    kept = _find(session, type_.code, language, LetterText.number == number) if number > 0 else None
    return _text(kept) if kept else None


def working(session: Session, type_: LetterType, language: str) -> LetterText | None:
    """The working copy, if somebody has begun one."""
    return _find(session, type_.code, language, LetterText.state == "working")


def _find(session: Session, code: str, language: str, which: Any, *, lock: bool = False) -> LetterText | None:
    query = select(LetterText).where(LetterText.type_code == code, LetterText.language == language, which)
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    return session.scalar(query)


def versions(session: Session, type_: LetterType, language: str) -> list[LetterText]:
    """What is and was in force, newest first; the text that ships is not among them."""
    mine = (LetterText.type_code == type_.code, LetterText.language == language, LetterText.number > 0)
    return list(session.scalars(select(LetterText).where(*mine).order_by(LetterText.number.desc())))


def drafts(session: Session) -> Mapping[tuple[str, str, int], int]:
    """How many unissued letters were begun from each version: by type, language and number."""
    columns = (Letter.type_code, Letter.language, Letter.text_version)
    query = select(*columns, func.count()).where(Letter.state.in_(UNISSUED)).group_by(*columns)
    return {(code, language, number): count for code, language, number, count in session.execute(query)}


def fingerprint(text: LetterText | Text) -> str:
    """Stands for a text in a form, to tell whether it is still what the person saw."""
    return hashlib.sha256(f"{text.number} {text.subject}\n{text.wording}".encode()).hexdigest()[:20]


def faults(type_: LetterType, language: str, wording: str, subject: str) -> list[Reason]:
    """What is wrong with a text, and with the type if it had it: the same that `portal letters check` says."""
    names = frozenset(field.id for field in type_.fields)
    found = [Reason(reason.message, field="subject") for reason in mistakes(subject, names)]
    found += [Reason(reason.message, field="wording") for reason in wording_faults(wording, type_.names)]
    if found:
        return found
    tried = replace(
        type_,
        wording=MappingProxyType({**type_.wording, language: wording}),
        subjects=MappingProxyType({**type_.subjects, language: subject}),
    )
    return [Reason(reason.message, field="wording") for _file, reason in text_faults(tried)]


def all_faults(session: Session) -> Iterator[str]:
    """The texts of the office in force that do not fit their types any more, for the command line."""
    for text in session.scalars(select(LetterText).where(LetterText.state == "in_force").order_by(LetterText.id)):
        type_ = letters.letter_types().get(text.type_code)
        where = f"{text.type_code}/wording.{text.language}.html, versi {text.number}"
        if type_ is None or text.language not in type_.languages:
            yield f"{where}: jenis surat tidak ada"
        else:
            yield from (f"{where}: {r.text('id')}" for r in faults(type_, text.language, text.wording, text.subject))


def is_same(text: Text, wording: str, subject: str) -> bool:
    """Whether a text says the same; how its lines are broken does not matter."""
    return (wording.split(), subject.split()) == (text.wording.split(), text.subject.split())


def write(act: Act, type_: LetterType, language: str, wording: str, *, subject: str = "", seen: str = "") -> LetterText:
    """Keep a working copy; with mistakes in it, it is refused. `seen` is the fingerprint of what the person changed.

    Without a `subject` that stays as it was.
    """
    kept = _find(act.session, type_.code, language, LetterText.state == "working", lock=True)
    holds = in_force(act.session, type_, language)
    if seen and seen != fingerprint(kept or holds):
        raise Conflict([Reason(OVERTAKEN)])
    wording = wording.replace("\r\n", "\n").strip() + "\n"
    subject = " ".join(subject.split()) or (kept or holds).subject
    if reasons := faults(type_, language, wording, subject):
        raise Refused(reasons)
    if is_same(holds, wording, subject):
        raise Refused([Reason(_("Teks ini sama dengan yang berlaku."), field="wording")])
    if kept is None:
        kept = LetterText(type_code=type_.code, language=language, number=WORKING, state="working", writers=[])
    kept.subject, kept.wording = subject, wording
    kept.writers = [*(w for w in kept.writers if w != act.by.account_id), act.by.account_id]
    kept.written_by, kept.written_at = act.by.name, act.at
    try:
        with act.session.begin_nested():
            act.session.add(kept)
    except IntegrityError as error:
        raise Conflict([Reason(OVERTAKEN)]) from error  # somebody else has begun one at the same moment
    journal.record(act, "letter_text_written", type=type_.name, language=language, subject=_subject(type_, language))
    return kept


def approve(act: Act, type_: LetterType, language: str, *, seen: str = "") -> LetterText:
    """Put the working copy in force; who had a hand in it can't. Letters that were begun keep the text they have."""
    kept = _locked(act, type_, language, seen)
    if act.by.account_id in kept.writers:
        raise Refused([Reason(_("Teks surat diberlakukan oleh orang lain, bukan penulisnya."))])
    if reasons := faults(type_, language, kept.wording, kept.subject):
        raise Refused(reasons)
    if former := _find(act.session, type_.code, language, LetterText.state == "in_force", lock=True):
        former.state = "former"
    last = select(func.max(LetterText.number)).where(
        LetterText.type_code == type_.code, LetterText.language == language
    )
    kept.number, kept.state = max(act.session.scalar(last) or 0, 0) + 1, "in_force"
    kept.approved_by, kept.approved_at = act.by.name, act.at
    act.session.flush()
    journal.record(
        act,
        "letter_text_approved",
        type=type_.name,
        language=language,
        number=kept.number,
        subject=_subject(type_, language),
        sha256=hashlib.sha256(f"{kept.subject}\n{kept.wording}".encode()).hexdigest(),
    )
    return kept


def drop(act: Act, type_: LetterType, language: str, *, seen: str = "") -> None:
    """Throw the working copy away."""
    kept = _locked(act, type_, language, seen)
    act.session.delete(kept)
    journal.record(act, "letter_text_dropped", type=type_.name, language=language, subject=_subject(type_, language))


def _locked(act: Act, type_: LetterType, language: str, seen: str) -> LetterText:
    kept = _find(act.session, type_.code, language, LetterText.state == "working", lock=True)
    if kept is None:
        raise Refused([Reason(_("Tidak ada salinan kerja."))])
    if seen and seen != fingerprint(kept):
        raise Conflict([Reason(OVERTAKEN)])
    return kept


def bring_back(act: Act, type_: LetterType, language: str, number: int) -> LetterText:
    """A former version as the working copy: it is in force again once somebody else approves it."""
    former = version(act.session, type_, language, number)
    if former is None:
        raise LookupError(number)
    return write(act, type_, language, former.wording, subject=former.subject)


def _subject(type_: LetterType, language: str) -> str:
    return f"letter-text/{type_.code}/{language}"
