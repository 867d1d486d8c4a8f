"""A form for a request: our templates, the hidden control fields, the error summary, and rows that grow."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import deform
import peppercorn
from colander import Invalid, null
from deform import Button, ValidationFailure
from pyramid.csrf import get_csrf_token

from portal.forms.values import Kept
from portal.forms.widgets import Group, messages, rows_at
from portal.i18n import _, translate
from portal.pages import words_of_request

if TYPE_CHECKING:
    from pyramid.request import Request

CONTROLS = frozenset({"csrf_token", "version", "once", "_charset_"})
ADD, REMOVE = "__add__", "__remove__"
MOST_CONTROLS = 5_000


@dataclass(frozen=True)
class Fault:
    """One line of the error summary: where, which field, what is wrong."""

    id: str
    title: str
    message: str


class Skin:
    """Renders deform's fields with templates/deform, in the request's language."""

    def __init__(self, request: Request) -> None:
        """The words are made once for all fields of the form."""
        self.lang = request.locale_name
        self.shelf = request.registry.shelf
        self.words = words_of_request(request) | {"request": request}

    def translate(self, text: Any) -> str:
        """The text in the request's language."""
        return translate(text, self.lang)

    def __call__(self, template: str, **values: Any) -> str:
        """One field, or the whole form."""
        return self.shelf.render(f"deform/{template}.pt", self.lang, self.words | {"messages": messages} | values)


class Form(deform.Form):
    """A deform form that carries the CSRF token, the item's version and a one-time key."""

    request: Request
    version: int | None

    @property
    def token(self) -> str:
        """The CSRF token of the session."""
        return str(get_csrf_token(self.request))

    @property
    def once(self) -> str:
        """A fresh one-time key at each rendering: a corrected form is another form."""
        return secrets.token_urlsafe(18)

    def validate(self, controls: Iterable[tuple[str, Any]], subcontrol: Any = None) -> Any:
        """The values; raises ValidationFailure, also when a row is to be added or removed."""
        sent = list(controls)
        # The version the person saw stays in the form: a newer one would hide what others did meanwhile.
        seen = next((value for key, value in sent if key == "version"), None)
        if isinstance(seen, str) and seen.isascii() and seen.isdigit():
            self.version = int(seen)
        pstruct = self._parse(sent)
        if self._reshape(pstruct, sent):
            self.set_pstruct(pstruct)
            raise ValidationFailure(self, self.cstruct, Invalid(self.schema))
        return self.validate_pstruct(pstruct if subcontrol is None else pstruct.get(subcontrol, null))

    def _parse(self, sent: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        ours = CONTROLS | {ADD, REMOVE} | {button.name for button in self.buttons}
        fields = [(key, value) for key, value in sent if key not in ours]
        marks = [value for key, value in fields if key in {"__start__", "__end__"}]
        try:
            if len(sent) > MOST_CONTROLS or not all(isinstance(mark, str) for mark in marks):
                raise ValueError
            return peppercorn.parse(fields)
        except ValueError:
            fault = Invalid(self.schema, _("Formulir tidak terbaca."))
            self.widget.handle_error(self, fault)
            raise ValidationFailure(self, null, fault) from None

    def _reshape(self, pstruct: dict[str, Any], sent: Sequence[tuple[str, Any]]) -> bool:
        """Add or remove a row where a button without JavaScript asked for it."""
        asked = next(((key, value) for key, value in sent if key in {ADD, REMOVE} and isinstance(value, str)), None)
        if asked is None:
            return False
        path, _colon, number = asked[1].partition(":")
        rows = rows_at(pstruct, path.split("."))
        if rows is not None and asked[0] == ADD:
            rows.append(null)
        elif rows is not None and number.isascii() and number.isdigit() and int(number) < len(rows):
            del rows[int(number)]
        return True

    def keep(self, name: str, files: Sequence[Kept]) -> None:
        """Show stored files in the field of that name as kept, instead of asking for them again."""
        self[name].cstruct = list(files)

    @property
    def faults(self) -> list[Fault]:
        """All messages, in the order of the fields."""
        return list(self._faults(self, ""))

    def _faults(self, field: Any, prefix: str) -> Iterator[Fault]:
        title = prefix + translate(field.title, self.request.locale_name) if field is not self else ""
        for message in messages(field):
            yield Fault(field.oid, title, translate(message, self.request.locale_name))
        for number, row in enumerate(getattr(field, "sequence_fields", ()), 1):
            yield from self._faults(row, f"{title} {number}: ")
        for child in field.children if not hasattr(field, "sequence_fields") else ():
            yield from self._faults(child, prefix)


class WholeForm(Group):
    """The form itself."""

    template = "form"


def form(
    schema: Any,
    request: Request,
    *,
    buttons: Sequence[Button | str] = (),
    action: str = "",
    version: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> Form:
    """A form of that schema (bound to the request), filled with `values`; ids are unique on the page."""
    bound = schema.bind(**{**(getattr(schema, "bindings", None) or {}), "request": request})
    counter = request.__dict__.setdefault("form_counter", itertools.count(1))
    made = Form(
        bound,
        action=action,
        buttons=buttons or (Button("save", _("Simpan")),),
        formid=f"form{next(counter)}",
        renderer=Skin(request),
        counter=counter,
        focus="off",
        appstruct=dict(values) if values is not None else null,
        request=request,
        version=version,
    )
    made.widget = WholeForm()
    return made
