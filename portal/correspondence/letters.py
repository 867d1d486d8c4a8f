"""A letter as text: its type, the values in its wording, the data of its page, and the hash an approval binds to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Reason
from portal.clock import WIB
from portal.correspondence import lettertypes, wording
from portal.correspondence.lettermodel import DAYS, IN_WORDS, Field, LetterType
from portal.correspondence.model import Approval, Letter, Recipient
from portal.directory.model import Organisation
from portal.folders import folder


@cache
def letter_types() -> dict[str, LetterType]:
    """All letter types by code, read once; a mistake in one stops the start."""
    return lettertypes.load(folder("letters"))


@cache
def house() -> lettertypes.House:
    """The house style, read once."""
    return lettertypes.House.load(folder("letters") / "house")


def type_of(letter: Letter) -> LetterType:
    """The letter's type."""
    return letter_types()[letter.type_code]


@cache
def type_version(code: str) -> str:
    """Changes with anything the office edits in the type's folder, so that an approval binds to it too."""
    return hashlib.sha256(repr(letter_types()[code]).encode()).hexdigest()[:16]


def typed(field: Field, value: Any) -> Any:
    """A stored answer as the type's field wants it: JSON keeps dates and instants as text."""
    if value in (None, "", []):
        return None
    if field.type in DAYS and isinstance(value, str):
        return date.fromisoformat(value)
    if field.type == "money" and isinstance(value, str):
        return Decimal(value)
    if field.type == "moment" and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


def plain(value: Any) -> Any:
    """An answer as JSON keeps it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Decimal) else value


def texts(type_: LetterType, fields: Mapping[str, Any], lang: str) -> dict[str, str]:
    """What stands in the wording for each field."""
    given = {field.id: typed(field, fields.get(field.id)) for field in type_.fields}
    return type_.values(given, lang, str(WIB))


def values(letter: Letter, lang: str | None = None) -> dict[str, str]:
    """The merge values of a letter."""
    return texts(type_of(letter), letter.fields, lang or letter.language)


def in_words(type_: LetterType, fields: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Amounts and days in words alone, under the field's name with IN_WORDS behind it."""
    return {
        field.id + IN_WORDS: field.words(typed(field, fields.get(field.id)), lang, str(WIB))
        for field in type_.fields
        if field.has_words
    }


def subject(type_: LetterType, fields: Mapping[str, Any], lang: str, pattern: str = "") -> str:
    """The usual subject (Hal) of such a letter; by the pattern of the text it was begun from, if that has its own."""
    return wording.fill_line(pattern or type_.subjects[lang], texts(type_, fields, lang))


def wording_mistakes(letter: Letter) -> Iterable[Reason]:
    """What is wrong with the fields in the wording."""
    yield from wording.mistakes(letter.body, type_of(letter).names)


def missing(letter: Letter) -> list[str]:
    """Ids of fields that text, subject or signatures use, without a value; one the writer took out is not asked for."""
    known, type_ = values(letter), type_of(letter)
    used = {name.removesuffix(IN_WORDS) for name in wording.fields_in(letter.body)}
    used |= {*wording.fields_in(letter.body)}
    used |= {*wording.fields_in(letter.subject_pattern or type_.subjects[letter.language])}
    used |= {place.by for place in type_.signatures}
    return [f.id for f in type_.fields if f.id in used and not known[f.id].strip()]


def body_html(letter: Letter) -> str:
    """The wording with its values; what is missing is marked. A wording with mistakes is shown as it stands."""
    if list(wording_mistakes(letter)):
        return wording.clean(letter.body)
    given = values(letter) | in_words(type_of(letter), letter.fields, letter.language)
    return wording.fill(letter.body, given, missing="mark").html


def placed(recipient: Recipient, words: Mapping[str, str]) -> str:
    """The line below an office: its town as the language says it; a person is written to at home."""
    return (
        words["at"].format(place=recipient.place)
        if recipient.place
        else words["at_home"]
        if recipient.person_id
        else ""
    )


def as_data(session: Session, letter: Letter) -> dict[str, Any]:
    """The letter as plain data for `lettertypes.page`: a draft without number, date and check."""
    office = session.get(Organisation, letter.office_id) if letter.office_id else None
    words = house().texts[letter.language]
    return {
        "type": letter.type_code,
        "layout": type_of(letter).layout,
        "lang": letter.language,
        "security": letter.security,
        "speed_title": vocabulary.name(session, "speed", letter.speed, letter.language),
        "subject": letter.title,
        "place": (office.city if office else "") or "Jakarta",
        "number": None,
        "date": None,
        "letterhead": {
            "kind": "agency",
            "unit": office.title.upper() if office else "",
            "address": office.address if office else "",
            "contact": office.phone if office else "",
        },
        "recipients": [
            {"office": r.office, "attention": r.attention or None, "place": placed(r, words) or None}
            for r in letter.recipients
            if r.role == "to"
        ],
        "body_html": body_html(letter),
        "enclosures": [{"title": e.title, "pages": e.pages or None} for e in letter.enclosures],
        "cc": [r.office for r in letter.recipients if r.role == "cc"],
        "signatures": type_of(letter).signed_by(values(letter), letter.language),
        "signer": letter.acting
        or letter.signer
        or {"prefix_lines": [], "office": "[penanda tangan]", "name": "", "nip": None},
        "check": None,
        "reply": None,
        "draft": True,
    }


def preview_html(
    session: Session, letter: Letter, signer: Mapping[str, Any] | None = None
) -> tuple[str, dict[str, bytes]]:
    """The letter's page as it stands, with the files it shows; `signer`: the block of who would approve it."""
    return lettertypes.page(as_data(session, letter) | ({"signer": signer} if signer else {}), house())


def canonical(value: Any) -> str:
    """The one way to write a value as JSON, so that equal content has equal hashes."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256(value: Any) -> str:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def content_hash(letter: Letter) -> str:
    """Over everything an approval binds to."""
    return sha256(
        {
            "type": [letter.type_code, type_version(letter.type_code)],
            "language": letter.language,
            "subject": letter.title,
            "body": letter.body,
            "fields": letter.fields,
            "speed": letter.speed,
            "security": letter.security,
            "class": letter.records_class,
            "reply_days": letter.reply_days,
            "signer": [letter.signer_id, letter.signer],
            "recipients": [
                [
                    r.role,
                    r.organisation_id,
                    r.person_id,
                    r.office,
                    r.attention,
                    r.place,
                    r.address,
                    r.email,
                    r.by_portal,
                ]
                for r in letter.recipients
            ],
            "enclosures": [[e.document_id, e.title, e.sha256, e.media_type, e.pages] for e in letter.enclosures],
        }
    )


def approved_hash(letter: Letter) -> str:
    """Over what an approval binds to: the content, and the block of the deputy who approved it."""
    content = content_hash(letter)
    return sha256({"content": content, "acting": [letter.acting_id, letter.acting]}) if letter.acting else content


def last_decision(letter: Letter, decision: str) -> Approval | None:
    """The last such decision that no change or return has voided since."""
    standing: Approval | None = None
    for row in letter.decisions:
        if row.decision in {"voided_by_change", "returned"}:
            standing = None
        elif row.decision == decision:
            standing = row
    return standing
