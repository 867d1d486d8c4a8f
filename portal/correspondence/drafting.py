"""Writing a letter: draft and change. Only these functions write a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal import journal
from portal.accounts.model import Account
from portal.acts import Act, Reason, Refused
from portal.cases.model import Case
from portal.content import catalog, item, versions
from portal.correspondence import addressing, letters, lettertexts, lettertypes
from portal.correspondence.lettermodel import LetterType
from portal.correspondence.model import Letter
from portal.correspondence.prefill import prefill
from portal.correspondence.reviewing import revise
from portal.i18n import _

PLAIN = frozenset({"speed", "security", "records_class", "reply_days", "language", "beyond_reason"})
CHANGES = PLAIN | {"fields", "body", "subject", "to", "cc", "enclosures", "signer_id", "prefix_lines"}

journal.declare(
    letter_drafted=_("${by} menyusun konsep surat: ${type}"),
    letter_amended=_("${by} mengubah konsep surat: ${fields}"),
)


def draft(
    act: Act,
    case: Case,
    *,
    type_code: str,
    to: Sequence[int],
    cc: Sequence[int | str] = (),
    fields: Mapping[str, Any] | None = None,
    body: str | None = None,
    enclosures: Mapping[int, str] | Sequence[int] = (),
    signer_id: int | None = None,
    language: str | None = None,
) -> Letter:
    """A new letter of the case with everything the case knows filled in; gaps are marked, not refused.

    `to` may be empty for letters to the complainant.
    """
    type_ = _known_type(type_code)
    people = addressing.recipients(act, case, type_, to, cc)
    lang = language if language in type_.languages else "id"
    given = prefill(act, case, type_, lang) | {k: letters.plain(v) for k, v in (fields or {}).items()}
    _expect_fields(type_, given)
    letter = _create(act, case, type_, lang, given)
    letter.body = lettertypes.clean(body or lettertexts.in_force(act.session, type_, lang).wording)
    letter.recipients = people
    letter.enclosures = addressing.enclosures(act, letter, enclosures)
    _sign_by(act, letter, signer_id, ())
    letter.content_hash = letters.content_hash(letter)
    act.session.flush()
    versions.keep(act, letter)
    journal.record(act, "letter_drafted", letter, type=type_.name)
    catalog.index(act.session, letter)
    return letter


def _create(act: Act, case: Case, type_: LetterType, lang: str, fields: dict[str, Any]) -> Letter:
    text = lettertexts.in_force(act.session, type_, lang)
    letter: Letter = item.create(
        act,
        Letter,
        parent=case,
        title=letters.subject(type_, fields, lang, text.subject),
        text_version=text.number,
        subject_pattern=text.own_subject,
        type_code=type_.code,
        language=lang,
        speed=type_.speed,
        security=type_.security,
        records_class=type_.records_class,
        reply_days=type_.reply_days,
        fields=fields,
        body="",
        urgency=case.urgency,
    )
    return letter


def _known_type(code: str) -> LetterType:
    type_ = letters.letter_types().get(code)
    if type_ is None:
        raise Refused([Reason(_("Jenis surat tidak dikenal."), field="type_code")])
    return type_


def _expect_fields(type_: LetterType, fields: Mapping[str, Any]) -> None:
    if unknown := set(fields) - {field.id for field in type_.fields}:
        message = _("Ruas tidak dikenal: ${names}", mapping={"names": ", ".join(sorted(unknown))})
        raise Refused([Reason(message, field="fields")])


def _sign_by(act: Act, letter: Letter, signer_id: int | None, prefix_lines: Sequence[str]) -> None:
    account = act.session.get(Account, signer_id) if signer_id else addressing.usual_signer(act, letter)
    letter.signer_id = account.id if account else None
    letter.signer = addressing.signer_block(account, prefix_lines)


def amend(act: Act, letter: Letter, *, version: int | None = None, **changes: Any) -> list[str]:
    """Change a letter and give the names of what did change.

    A change after submission voids initials and approval and puts the letter back to draft.
    """
    if unknown := set(changes) - CHANGES:
        raise TypeError(f"not of a letter: {', '.join(sorted(unknown))}")
    item.expect_version(letter, version)
    if letter.state not in {"draft", "in_review", "approved"}:
        raise Refused([Reason(_("Surat yang sudah terbit tidak dapat diubah."))])
    before = _parts(letter)
    apply(act, letter, changes)
    after = _parts(letter)
    changed = sorted(name for name in after if after[name] != before[name])
    if changed:
        if letter.state != "draft":
            revise(act, letter)
        letter.content_hash = letters.content_hash(letter)
        item.touch(act, letter)
        act.session.flush()
        versions.keep(act, letter)
        journal.record(act, "letter_amended", letter, fields=", ".join(changed))
        catalog.index(act.session, letter)
    return changed


def _parts(letter: Letter) -> dict[str, Any]:
    recipients = [(r.role, r.organisation_id, r.person_id, r.office, r.address, r.email) for r in letter.recipients]
    enclosed = [(e.document_id, e.title, e.sha256) for e in letter.enclosures]
    simple = {name: getattr(letter, name) for name in ("title", "body", "fields", *sorted(PLAIN))}
    return simple | {"signer": (letter.signer_id, letter.signer), "recipients": recipients, "enclosures": enclosed}


def apply(act: Act, letter: Letter, changes: Mapping[str, Any]) -> None:
    """Put changes into the letter without journal or state: what `amend` and the preview share."""
    type_ = letters.type_of(letter)
    usual = letter.title == letters.subject(type_, letter.fields, letter.language, letter.subject_pattern)
    before, untouched = letter.language, changes.get("body", letter.body)
    for name in PLAIN & changes.keys():
        setattr(letter, name, changes[name])
    if "fields" in changes:
        letter.fields = letter.fields | {k: letters.plain(v) for k, v in changes["fields"].items()}
        _expect_fields(type_, letter.fields)
    if "body" in changes:
        letter.body = lettertypes.clean(changes["body"])
    if letter.language != before:
        _take_text(act, letter, untouched, before)
    asked = " ".join((changes.get("subject") or "").split())
    if asked and asked != letter.title:
        letter.title = asked
    elif usual or ("subject" in changes and not asked):
        letter.title = letters.subject(type_, letter.fields, letter.language, letter.subject_pattern)
    if {"to", "cc"} & changes.keys():
        _readdress(act, letter, changes.get("to"), changes.get("cc"))
    if "enclosures" in changes:
        fresh = addressing.enclosures(act, letter, changes["enclosures"])
        if [(e.document_id, e.title, e.sha256) for e in fresh] != _parts(letter)["enclosures"]:
            letter.enclosures = []
            act.session.flush()  # the old rows go first: a document is enclosed once
            letter.enclosures = fresh
    if {"signer_id", "prefix_lines"} & changes.keys():
        lines = changes.get("prefix_lines", letter.signer.get("prefix_lines", ()))
        _sign_by(act, letter, changes.get("signer_id") or letter.signer_id, lines)


def _take_text(act: Act, letter: Letter, body: str, before: str) -> None:
    """Of the new language: the pattern of its subject, and its wording where nobody has written in the other."""
    type_ = letters.type_of(letter)
    former = lettertexts.version(act.session, type_, before, letter.text_version)
    text = lettertexts.in_force(act.session, type_, letter.language)
    letter.text_version, letter.subject_pattern = text.number, text.own_subject
    if former is not None and lettertypes.clean(body).split() == lettertypes.clean(former.wording).split():
        letter.body = lettertypes.clean(text.wording)


def _readdress(act: Act, letter: Letter, to: Sequence[int] | None, cc: Sequence[int | str] | None) -> None:
    case = act.session.get_one(Case, letter.dossier_id)
    now = letter.recipients
    to = [r.organisation_id for r in now if r.role == "to" and r.organisation_id] if to is None else to
    cc = [r.organisation_id or r.office for r in now if r.role == "cc"] if cc is None else cc
    kept = [(r.role, r.organisation_id or r.office) for r in now if r.organisation_id or r.role == "cc"]
    if kept != [("to", i) for i in to] + [("cc", c) for c in cc]:
        letter.recipients = addressing.recipients(act, case, letters.type_of(letter), to, cc)
