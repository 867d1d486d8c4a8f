"""The questions that a letter puts to its addressee: as fields of the answer's form, and as answers that can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import colander
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.correspondence.model import Incoming, Letter
from portal.forms import Choice, Day, Files, Line, Schema
from portal.i18n import _, day
from portal.pages import Fact
from portal.referrals.model import Referral

YES_NO = {"yes": _("Ya"), "no": _("Tidak")}


def of(session: Session, referral: Referral) -> list[dict[str, str]]:
    """The questions as the letter was issued with them: what the office changes later asks nobody who has the letter."""
    letter = session.get(Letter, referral.letter_id) if referral.letter_id else None
    return list((letter.snapshot or {}).get("questions", [])) if letter is not None else []


def unanswered(session: Session, referral: Referral) -> list[dict[str, str]]:
    """Those that no answer has gone into yet."""
    query = select(Incoming.answers).where(Incoming.letter_id == referral.letter_id)
    known = {id_ for said in session.scalars(query) for id_ in said.get("questions", {})}
    return [asked for asked in of(session, referral) if asked["id"] not in known]


def text(asked: Mapping[str, str], lang: str) -> str:
    """The question in that language, if the letter type has it."""
    return (asked.get("text_en") if lang == "en" else "") or asked["text"]


class Questions(Schema):
    """The letter's questions; none must be answered."""


class Questioned(Schema):
    """A form that also shows the letter's questions that are still open, of the kinds that suit it."""

    kinds = frozenset({"yes_no", "line", "date"})

    def after_bind(self, _node: Any, known: dict[str, Any]) -> None:
        """Add a field for each; a letter that asks nothing adds nothing."""
        request = known["request"]
        asked = [q for q in unanswered(request.db, request.context.item) if q["type"] in self.kinds]
        if not asked:
            return
        group = Questions(name="questions", title=_("Pertanyaan dalam surat"), missing={})
        for question in asked:
            group.add(_field(question, request.locale_name))
        self.add(group)

    @staticmethod
    def arrange(values: dict[str, Any]) -> dict[str, Any]:
        """What was answered, as it is kept; files go with the others."""
        given = values.pop("questions", None) or {}
        files = [file for value in given.values() if isinstance(value, tuple) for file in value]
        if files:
            values["files"] = (*values.get("files", ()), *files)
        return values | {"questions": {id_: _kept(value) for id_, value in given.items() if value}}


def _field(asked: Mapping[str, str], lang: str) -> colander.SchemaNode:
    more: dict[str, Any] = {"name": asked["id"], "required": False}
    title = text(asked, lang)
    if asked["type"] == "yes_no":
        return Choice(list(YES_NO.items()), title, look="radios", **more)
    if asked["type"] == "date":
        return Day(title, **more)
    if asked["type"] == "file":
        return Files(title, most=3, accept=(".pdf", ".jpg", ".jpeg", ".png"), **more)
    return Line(title, max=400, **more)


def _kept(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return [str(file.filename) for file in value] if isinstance(value, tuple) else value


def facts(asked: list[dict[str, str]], said: Mapping[str, Any], lang: str) -> Iterator[Fact]:
    """The answers in words, each beside its question."""
    given = said.get("questions", {})
    for question in asked:
        value = given.get(question["id"])
        if value:
            yield Fact(text(question, lang), _shown(question["type"], value, lang))


def _shown(kind: str, value: Any, lang: str) -> Any:
    if kind == "yes_no":
        return YES_NO.get(value, value)
    if kind == "date":
        return day(date.fromisoformat(value), lang)
    return ", ".join(value) if isinstance(value, list) else value
