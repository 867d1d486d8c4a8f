"""The words of the portal, read from the source: what `_()` and `i18n:translate` would ask a catalogue for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

I18N = "{http://xml.zope.org/namespaces/i18n}"
CALL = re.compile(r"\b_\('([^']+)'")


def of_module(path: Path) -> Iterator[str]:
    """Messages given to `_` as constants."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_" and node.args:
            message = node.args[0]
            if isinstance(message, ast.Constant):
                yield str(message.value)


def of_template(path: Path) -> Iterator[str]:
    """Messages of elements, attributes and expressions."""
    parser = etree.XMLParser(remove_comments=True, recover=False)
    for element in etree.fromstring(path.read_bytes(), parser).iter():
        if element.get(I18N + "translate") is not None:
            yield element.get(I18N + "translate") or message_of(element)
        for name in (element.get(I18N + "attributes") or "").split(";"):
            if name.strip():
                yield element.get(name.strip())
        for value in (*element.attrib.values(), element.text or ""):
            yield from CALL.findall(value)


def message_of(element: etree._Element) -> str:
    """The text with ${name} in the place of named parts, as Chameleon makes it."""
    parts = [element.text or ""]
    for child in element:
        parts += ["${" + child.get(I18N + "name", "?") + "}", child.tail or ""]
    return re.sub(r"\s+", " ", "".join(parts)).strip()
