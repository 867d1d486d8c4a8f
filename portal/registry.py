"""Site settings: declared in code with a default and a check, kept in the database once the office changes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal import journal
from portal.acts import Act, Conflict, Reason, Refused
from portal.db import Base, Json
from portal.i18n import _

journal.declare(setting_changed=_("${by} mengubah setelan “${title}”"))

TYPES = {"line": str, "text": str, "number": int, "choice": str}
OVERTAKEN = _("Data ini sudah diubah orang lain sejak halaman Anda dibuka.")


class SiteSetting(Base):
    """A setting that the office has changed; the others have no row."""

    __tablename__ = "site_setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json)


def _no_objection(_value: Any) -> Iterable[Reason]:
    return ()


@dataclass(frozen=True)
class Setting:
    """One thing the office may decide: what it is, what holds without a decision, and what is no good value."""

    key: str
    title: Any
    default: Callable[[], Any]
    kind: Literal["line", "text", "number", "choice"] = "line"
    help: Any = ""
    check: Callable[[Any], Iterable[Reason]] = _no_objection
    example: Callable[[Session, Any], str] | None = None
    """What a value leads to, for people to see before they keep it."""
    may_be_empty: bool = False
    choices: Mapping[str, Any] = field(default_factory=dict)
    """Of a choice: value → its words."""


SETTINGS: dict[str, Setting] = {}
"""Every declared setting by its key."""


def declare(setting: Setting) -> None:
    """Make a setting known; the feature that reads it declares it."""
    SETTINGS[setting.key] = setting


def value(session: Session, key: str) -> Any:
    """What holds now: the office's decision, else the default."""
    kept = session.get(SiteSetting, key)
    return SETTINGS[key].default() if kept is None else kept.value


def fingerprint(values: Any) -> str:
    """Stands for values in a form, to tell whether they are still what the person saw."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def change(act: Act, setting: Setting, new: Any, *, seen: str | None = None) -> bool:
    """Decide; `seen` is the fingerprint of the value the person saw. False when nothing is different."""
    if not isinstance(new, TYPES[setting.kind]) or (setting.choices and new not in setting.choices):
        raise TypeError(setting.key)
    kept = _locked(act.session, setting)
    old = kept.value
    if seen is not None and seen != fingerprint(old):
        raise Conflict([Reason(OVERTAKEN)])
    if old == new:
        return False
    if reasons := list(setting.check(new)):
        raise Refused(reasons)
    kept.value = new
    subject = f"setting/{setting.key}"
    journal.record(
        act, "setting_changed", subject=subject, title=str(setting.title), old={"value": old}, new={"value": new}
    )
    return True


def _locked(session: Session, setting: Setting) -> SiteSetting:
    # The row is made before it is locked, so that the first two people who decide wait for each other as well.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(SiteSetting).values(key=setting.key, value=setting.default())
    session.execute(first.on_conflict_do_nothing())
    return session.get_one(SiteSetting, setting.key, with_for_update=True, populate_existing=True)
