"""The kinds of fields a schema is made of; each knows its value, its control and its limits."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

import colander
from colander import Invalid, Length

from portal.clock import WIB, Clock
from portal.forms import values, widgets
from portal.i18n import _, in_zone, zone_label

OLDEST = date(1900, 1, 1)
RADIOS, SELECT = 5, 25
"""Up to how many options all are shown, and up to how many they are put into a select; longer lists are searched."""

Options = Iterable[tuple[Any, Any]] | Callable[[Any], Iterable[tuple[Any, Any]]]
"""(code, label) pairs, or a function that gives them for a request."""


class Schema(colander.Schema):
    """Fields that belong together. A field that is not named here is refused."""

    @staticmethod
    def schema_type() -> values.Mapping:
        """Unknown fields are refused."""
        return values.Mapping(unknown="raise")

    widget = widgets.Group()


class Field(colander.SchemaNode):
    """A field with a title, a help text, and whether it must be filled in."""

    absent: Any = None
    """The value of an optional field that was left empty."""

    def __init__(
        self, title: Any = None, *, kind: Any, widget: Any, help: Any = "", required: bool = True, **more: Any
    ) -> None:
        """`more` goes to colander: `validator`, `name`, `default` and so on."""
        if title is not None:
            more["title"] = title
        more["missing"] = colander.required if required else more.get("missing", self.absent)
        super().__init__(kind, description=help, widget=widget, **more)

    def clone(self) -> Self:
        """A copy with copies of its children (colander's own would call the constructor with a type)."""
        cloned = copy.copy(self)
        cloned.children = [child.clone() for child in self.children]
        return cloned


class Line(Field):
    """One line of text."""

    def __init__(self, title: Any = None, *, max: int = 200, own: dict[str, str] | None = None, **more: Any) -> None:
        """`own` are attributes of the input, such as `autocomplete` or `inputmode`."""
        more.setdefault("validator", Length(max=max))
        more.setdefault("widget", widgets.Control("line", type="text", **(own or {})))
        super().__init__(title, kind=values.CleanText(), **more)


class Text(Field):
    """Several lines of text, with a counter."""

    def __init__(self, title: Any = None, *, max: int = 10_000, rows: int = 6, **more: Any) -> None:
        """At most `max` characters in a box of `rows` lines."""
        more.setdefault("validator", Length(max=max))
        control = widgets.Control("text", rows=str(rows), **{"data-count": str(max)})
        super().__init__(title, kind=values.CleanText(lines=True), widget=control, **more)


class Mail(Line):
    """A mail address."""

    def __init__(self, title: Any = None, **more: Any) -> None:
        """An address of at most 254 characters."""
        control = widgets.Control("line", type="email", autocomplete="email", spellcheck="false")
        super().__init__(title, validator=colander.All(Length(max=254), colander.Email()), widget=control, **more)


class Secret(Field):
    """A password: kept as typed, never shown again."""

    def __init__(self, title: Any = None, *, autocomplete: str = "current-password", **more: Any) -> None:
        """`autocomplete` is `new-password` where one is chosen, `one-time-code` for a code."""
        control = widgets.SecretControl("line", type="password", autocomplete=autocomplete)
        super().__init__(title, kind=values.CleanText(strip=False), widget=control, validator=Length(max=200), **more)


class Hidden(Field):
    """A value the page carries along."""

    def __init__(self, **more: Any) -> None:
        """Of at most 200 characters."""
        control = widgets.Control("hidden", type="hidden")
        control.hidden = True
        super().__init__(kind=values.CleanText(), widget=control, validator=Length(max=200), **more)


class Number(Field):
    """A number without a fraction."""

    def __init__(self, title: Any = None, *, least: int = 0, most: int = 1_000_000_000, **more: Any) -> None:
        """From `least` to `most`."""
        self.least, self.most = least, most
        control = widgets.Control("line", type="text", inputmode="numeric", **{"class": "short"})
        super().__init__(title, kind=values.WholeNumber(), widget=control, **more)


class Money(Field):
    """An amount of money; the value is a Decimal."""

    def __init__(self, title: Any = None, *, currency: str = "Rp", **more: Any) -> None:
        """`currency` stands before the input."""
        self.currency = currency
        control = widgets.Control("money", type="text", inputmode="decimal", **{"class": "middling"})
        super().__init__(title, kind=values.AmountValue(), widget=control, **more)


class Day(Field):
    """A date."""

    def __init__(self, title: Any = None, *, earliest: date = OLDEST, latest: date | None = None, **more: Any) -> None:
        """Between `earliest` and `latest`."""
        self.earliest, self.latest = earliest, latest
        more["help"] = more.get("help") or _("Contoh: 13-10-2025")
        control = widgets.Control("day", type="text", inputmode="numeric", autocomplete="off", **{"class": "short"})
        super().__init__(title, kind=values.DayValue(), widget=control, **more)


class Moment(Field):
    """A date and time on the clocks of the person's zone; the value is in UTC."""

    zone: Any = WIB
    zone_label = "WIB"

    def __init__(self, title: Any = None, **more: Any) -> None:
        """The zone is known once the schema is bound to a request."""
        more["help"] = more.get("help") or _("Contoh: 13-10-2025 09.30")
        control = widgets.Control("moment", type="text", autocomplete="off", **{"class": "middling"})
        super().__init__(title, kind=values.MomentValue(), widget=control, **more)

    def after_bind(self, _node: Any, known: dict[str, Any]) -> None:
        """Take the person's zone."""
        own = getattr(getattr(known.get("request"), "identity", None), "zone", None)
        self.zone = ZoneInfo(own) if own else WIB
        self.zone_label = zone_label(in_zone(Clock().now(), self.zone))


class Chosen(Field):
    """A field whose value comes from a list."""

    values: Any = ()

    def after_bind(self, _node: Any, known: dict[str, Any]) -> None:
        """Ask for the list if it depends on the request."""
        if callable(self.values):
            self.values = tuple(self.values(known.get("request")))

    def validator(self, _node: Any, value: Any) -> None:
        """Refuse a code that is not in the list."""
        known = {str(code) for code, _label in self.values}
        if not known.issuperset((value,) if isinstance(value, str) else value):
            raise Invalid(self, _("Pilih salah satu dari daftar."))


class Choice(Chosen):
    """One of a list."""

    def __init__(self, values_: Options, title: Any = None, *, look: str | None = None, **more: Any) -> None:
        """`look`: radios, select or search; none: by the length of the list."""
        self.values = values_ if callable(values_) else tuple(values_)
        if look is None:
            length = SELECT if callable(values_) else len(self.values)
            look = "radios" if length <= RADIOS else "select" if length <= SELECT else "search"
        control = widgets.RadioControl if look == "radios" else widgets.ChoiceControl
        super().__init__(title, kind=values.CleanText(), widget=control(look), **more)


class Choices(Chosen):
    """Some of a list; the value is a tuple of codes."""

    absent = ()

    def __init__(self, values_: Options, title: Any = None, **more: Any) -> None:
        """All of the list is shown, as checkboxes."""
        self.values = values_ if callable(values_) else tuple(values_)
        super().__init__(title, kind=values.Several(), widget=widgets.ChoicesControl("checks"), **more)


class Tick(Field):
    """A statement to agree with; the value is true or false. With `required` it must be ticked."""

    absent = False

    def __init__(self, title: Any = None, *, required: bool = False, **more: Any) -> None:
        """Not required unless said so."""
        control = widgets.Control("tick", type="checkbox")
        control.grouped = True
        super().__init__(title, kind=values.YesNo(), widget=control, required=required, **more)


class Files(Field):
    """Files: a tuple of uploads (cgi.FieldStorage) and of kept ones."""

    absent: Any = ()

    def __init__(
        self,
        title: Any = None,
        *,
        most: int = 20,
        max_bytes: int = 25_000_000,
        accept: Iterable[str] = (),
        capture: str | None = None,
        **more: Any,
    ) -> None:
        """`accept` are endings such as `.pdf`; `capture` opens a phone's camera (`environment`)."""
        self.most, self.max_bytes, self.accept = most, max_bytes, tuple(ending.lower() for ending in accept)
        own = {"accept": ",".join(self.accept)} if self.accept else {}
        own |= {"capture": capture} if capture else {}
        own |= {"multiple": "multiple"} if most > 1 else {}
        control = widgets.FilesControl("files", type="file", **own)
        super().__init__(title, kind=values.Uploads(), widget=control, **more)

    def refuse_upload(self, upload: Any) -> None:
        """Raise Invalid for a file that is too large or has another ending; its content is judged by those who store it."""
        name = values.showable(str(upload.filename))[:100]
        if self.accept and not name.lower().endswith(self.accept):
            known = {"name": name, "endings": ", ".join(self.accept)}
            raise Invalid(self, _("“${name}”: jenis berkas harus ${endings}.", mapping=known))
        length = upload.file.seek(0, 2)
        upload.file.seek(0)
        if length > self.max_bytes:
            limit = {"name": name, "most": self.max_bytes // 1_000_000}
            raise Invalid(self, _("“${name}” terlalu besar; paling besar ${most} MB.", mapping=limit))
        if not length:
            raise Invalid(self, _("“${name}” kosong.", mapping={"name": name}))


class File(Files):
    """One file."""

    absent = None

    def __init__(self, title: Any = None, **more: Any) -> None:
        """One upload or one kept file."""
        super().__init__(title, most=1, **more)


class Rows(colander.SchemaNode):
    """The same field or group several times; the value is a list."""

    def __init__(
        self, row: Any, title: Any = None, *, least: int = 0, most: int = 20, add: Any = None, help: Any = ""
    ) -> None:
        """`add` is what the button says."""
        row.name = row.name or "row"
        more = {} if title is None else {"title": title}
        control = widgets.RowsControl(least, most, add or _("Tambah"))
        validator = Length(min=least, max=most)
        super().__init__(
            colander.Sequence(), row, description=help, widget=control, validator=validator, missing=[], **more
        )

    clone = Field.clone
