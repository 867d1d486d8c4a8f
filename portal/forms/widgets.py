"""Controls of a form: how a field is shown, and how what was sent is read."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

from colander import Invalid, null
from deform.widget import MappingWidget, SequenceWidget, Widget

from portal.forms.values import Kept, showable
from portal.i18n import _

KEPT = "kept_files"
MOST_KEPT = 50


class Control(Widget):
    """One input with a label above it. `own` are further attributes of the element."""

    template = "line"
    grouped = False
    """Whether the control is a set of inputs, with a legend instead of a label."""

    def __init__(self, template: str, **own: str) -> None:
        """Shown by templates/deform/<template>.pt."""
        super().__init__(template=template)
        self.own = own

    def attributes(self, field: Any) -> dict[str, str]:
        """What makes the element belong to its label, help and message."""
        return {"id": field.oid, "name": field.name} | described(field) | {k: str(v) for k, v in self.own.items()}

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """The element, with what was typed."""
        shown = "" if cstruct in (null, None) else showable(cstruct) if isinstance(cstruct, str) else cstruct
        return str(field.renderer(self.template, field=field, cstruct=shown, **kw))

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        """What was typed; a file or a list in the place of a text is refused."""
        if pstruct in (null, None, ""):
            return null
        if not isinstance(pstruct, str):
            raise Invalid(field.schema, _("Isian ini harus berupa teks."), value=null)
        return pstruct


def described(field: Any) -> dict[str, str]:
    """The attributes that tie an element to its help and its message, and say that it must be filled in."""
    ids = [field.oid + "-help"] if field.description else []
    found: dict[str, str] = {}
    if messages(field):
        ids.insert(0, field.oid + "-error")
        found["aria-invalid"] = "true"
    if ids:
        found["aria-describedby"] = " ".join(ids)
    if field.required:
        found["required"] = "required"
    return found


def messages(field: Any) -> list[Any]:
    """What is wrong with the field itself, not with its parts."""
    return field.error.messages() if field.error is not None else []


class SecretControl(Control):
    """A password: never shown again."""

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """Always empty."""
        return super().serialize(field, null, **kw)


class ChoiceControl(Control):
    """One of a list: radio buttons if it is short, a select, or an input that searches if it is long."""

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """The list with the chosen one marked; a searching input shows the words, not the code."""
        options = [(str(code), field.translate(label)) for code, label in field.schema.values]
        if self.template == "search":
            cstruct = dict(options).get(cstruct, cstruct)
        return super().serialize(field, cstruct, options=options, **kw)

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        """A code; what was typed into a searching input is looked up among the words."""
        typed = super().deserialize(field, pstruct)
        if self.template != "search" or typed is null:
            return typed
        wanted = typed.strip().casefold()
        for code, label in field.schema.values:
            if wanted in (str(code).casefold(), field.translate(label).casefold()):
                return str(code)
        raise Invalid(field.schema, _("Pilih salah satu dari daftar."), value=typed)


class RadioControl(ChoiceControl):
    """A short list, all of it visible."""

    grouped = True


class ChoicesControl(Control):
    """Some of a list, as checkboxes."""

    grouped = True

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """All boxes, the chosen ones ticked."""
        options = [(str(code), label) for code, label in field.schema.values]
        return super().serialize(field, cstruct or (), options=options, **kw)

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        """A tuple of codes."""
        if pstruct in (null, None, "", []):
            return null
        if not isinstance(pstruct, list) or not all(isinstance(code, str) for code in pstruct):
            raise Invalid(field.schema, _("Pilihan ini tidak dikenal."), value=null)
        return tuple(code for code in pstruct if code) or null


class FilesControl(Control):
    """File inputs. Browsers never send a file twice, so files the caller stored are offered again by a token."""

    def attributes(self, field: Any) -> dict[str, str]:
        """The files form a list of their own, so the input's name says only what it is."""
        return super().attributes(field) | {"name": "upload"}

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """The input, the kept files as ticked boxes, and the names of those that were lost."""
        files = [] if cstruct in (null, None, "") else cstruct
        kept = [(keep(field.request, f), f) for f in files if isinstance(f, Kept)]
        lost = [showable(str(f.filename)) for f in files if not isinstance(f, Kept)]
        return super().serialize(field, null, kept=kept, lost=lost, **kw)

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        """The uploads in the order they were sent; a token that this session never got is refused."""
        if pstruct in (null, None, "", b""):
            return null
        sent = pstruct if isinstance(pstruct, list) else [pstruct]
        known = {token: Kept(*values) for token, values in field.request.session.get(KEPT, {}).items()}
        files = [known.get(f, f) if isinstance(f, str) else f for f in sent if f is not null and f not in ("", b"")]
        if not all(isinstance(f, Kept) or getattr(f, "filename", None) for f in files):
            raise Invalid(field.schema, _("Berkas ini sudah tidak disimpan; pilih lagi."), value=null)
        return files or null


def keep(request: Any, file: Kept) -> str:
    """A token by which this session, and no other, can send a stored file again."""
    stored = dict(request.session.get(KEPT, {}))
    values = [file.hash, file.name, file.size]
    token = next((t for t, known in stored.items() if list(known) == values), secrets.token_urlsafe(12))
    stored.pop(token, None)
    stored[token] = values
    request.session[KEPT] = dict(list(stored.items())[-MOST_KEPT:])
    return token


class Group(MappingWidget):
    """Fields that belong together, in a fieldset."""

    grouped = True
    template = "mapping"

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """The fieldset with its fields."""
        return str(field.renderer(self.template, field=field, cstruct=cstruct, **kw))

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        """The fields' values, and those of unknown names too, so that the schema can refuse them."""
        if pstruct in (null, None, ""):
            pstruct = {}
        if not isinstance(pstruct, dict):
            raise Invalid(field.schema, _("Formulir tidak terbaca."), value=null)
        known = {child.name for child in field.children}
        result = {name: value for name, value in pstruct.items() if name not in known}
        error = None
        for position, child in enumerate(field.children):
            try:
                result[child.name] = child.deserialize(pstruct.get(child.name, null))
            except Invalid as fault:
                result[child.name] = null if fault.value is None else fault.value
                error = error or Invalid(field.schema, value=result)
                error.add(fault, position)
        if error is not None:
            raise error
        return result


class RowsControl(SequenceWidget):
    """Rows that can be added and removed, with and without JavaScript."""

    grouped = True

    def __init__(self, least: int, most: int, add: Any) -> None:
        """Between `least` and `most` rows; `add` is what the button says."""
        super().__init__(min_len=least, max_len=most)
        self.add = add

    def serialize(self, field: Any, cstruct: Any, **kw: Any) -> str:
        """The rows and an empty one to copy."""
        more = {"blank": field.children[0].clone(), "path": ".".join(path_of(field))}
        return str(super().serialize(field, list(cstruct or ()), **(kw | more)))

    def deserialize(self, field: Any, pstruct: Any) -> Any:
        """The rows."""
        if pstruct in (null, None, ""):
            pstruct = []
        if not isinstance(pstruct, list) or len(pstruct) > self.max_len:
            field.sequence_fields = []
            message = _("Paling banyak ${most} baris.", mapping={"most": self.max_len})
            raise Invalid(field.schema, message, value=[])
        return super().deserialize(field, pstruct)


def path_of(field: Any) -> Iterator[str]:
    """The names from the form down to the field."""
    if field.parent is not None:
        yield from path_of(field.parent)
        yield field.name


def rows_at(pstruct: dict[str, Any], path: Sequence[str]) -> list[Any] | None:
    """The rows of a sequence in what was sent; None where the path leads to something else."""
    found: Any = pstruct
    for name in path[:-1]:
        found = found.get(name) if isinstance(found, dict) else None
    rows = found.setdefault(path[-1], []) if isinstance(found, dict) else None
    return rows if isinstance(rows, list) else None
