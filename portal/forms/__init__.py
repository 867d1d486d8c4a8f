"""Forms: colander schemas of our own fields, shown by deform with our own templates."""

from __future__ import annotations

from deform import Button, ValidationFailure

from portal.forms.fields import (
    Choice,
    Choices,
    Day,
    File,
    Files,
    Hidden,
    Line,
    Mail,
    Moment,
    Money,
    Number,
    Rows,
    Schema,
    Secret,
    Text,
    Tick,
)
from portal.forms.form import Form, form
from portal.forms.values import Kept

__all__ = [
    "Button",
    "Choice",
    "Choices",
    "Day",
    "File",
    "Files",
    "Form",
    "Hidden",
    "Kept",
    "Line",
    "Mail",
    "Moment",
    "Money",
    "Number",
    "Rows",
    "Schema",
    "Secret",
    "Text",
    "Tick",
    "ValidationFailure",
    "form",
]
