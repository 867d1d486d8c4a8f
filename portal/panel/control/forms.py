"""The forms of the control panel: one for a row of any table, and one for a setting."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request

from portal.forms import Button, Choice, Form, Hidden, Line, Number, Schema, Text, form
from portal.i18n import _
from portal.panel.control import tables
from portal.panel.control.tables import Fields, Table
from portal.registry import Setting, fingerprint, value

SAVE = Button("save", _("Simpan"))


def _schema(fields: Fields, *, is_new: bool) -> Schema:
    made = Schema()
    for name, make in fields.items():
        node = make()
        node.name = name
        made.add(node)
    if not is_new:
        made.add(Hidden(name="seen"))
    return made


def adding(request: Request, table: Table) -> Form:
    """The form for a new row."""
    buttons = (Button("add", _("Tambah")), *_trying(table))
    return form(_schema({**table.fixed, **table.fields}, is_new=True), request, buttons=buttons)


def _trying(said: Table | Setting) -> tuple[Button, ...]:
    return (Button("try", _("Lihat contoh")),) if said.example else ()


def changing(request: Request, table: Table, row: Any) -> Form:
    """The form of a row, filled with what it says now."""
    now = tables.values(table, row)
    schema = _schema(table.fields, is_new=False)
    shown = tables.for_form(schema.children, {name: now[name] for name in table.fields})
    return form(schema, request, buttons=(SAVE, *_trying(table)), values=shown | {"seen": fingerprint(now)})


SETTING_FIELDS = {
    "line": lambda setting: Line(setting.title, help=setting.help, own=_with_example(setting), **_emptiness(setting)),
    "text": lambda setting: Text(setting.title, help=setting.help, **_emptiness(setting)),
    "number": lambda setting: Number(setting.title, help=setting.help),
    "choice": lambda setting: Choice(setting.choices.items(), setting.title, help=setting.help, look="radios"),
}


def _emptiness(setting: Setting) -> dict[str, Any]:
    return {"required": False, "missing": ""} if setting.may_be_empty else {}


def _with_example(setting: Setting) -> dict[str, str]:
    place = f"/control/settings/{setting.key}/example"
    return {"data-live": place, "data-target": "#example", "autocomplete": "off"} if setting.example else {}


def deciding(request: Request, setting: Setting) -> Form:
    """The form of a setting, filled with what holds now."""
    now = value(request.db, setting.key)
    schema = _schema({"value": lambda: SETTING_FIELDS[setting.kind](setting)}, is_new=False)
    return form(schema, request, buttons=(SAVE, *_trying(setting)), values={"value": now, "seen": fingerprint(now)})
