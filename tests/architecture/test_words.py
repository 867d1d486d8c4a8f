"""Every word that people see has its English: taken from the code by its syntax, from the templates by their XML."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from lxml import etree

from portal.i18n import catalogue
from tests.architecture.conftest import MODULES, PORTAL, ROOT, TEMPLATES

I18N = "{http://xml.zope.org/namespaces/i18n}"
NAME = f"{I18N}name"


def in_code(path: Path) -> set[str]:
    """The strings in calls of `_`."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "_"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def sentence(element: etree._Element) -> str:
    """The message of an element: its text, with ${name} for each named part."""
    parts = [element.text or ""]
    for child in element:
        name = child.get(NAME) if isinstance(child.tag, str) else None
        parts.append(f"${{{name}}}" if name else "")
        parts.append(child.tail or "")
    return squeezed("".join(parts))


def in_template(path: Path) -> set[str]:
    """The texts and attributes that a template marks for translation."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    found = set()
    for element in etree.fromstring(path.read_bytes(), parser).iter(etree.Element):
        if element.get(f"{I18N}translate") is not None:
            found.add(squeezed(element.get(f"{I18N}translate")) or sentence(element))
        for entry in (element.get(f"{I18N}attributes") or "").replace(",", ";").split(";"):
            name, *message = entry.split(None, 1)[:2] if entry.strip() else [None]
            if name:
                found.add(message[0].strip() if message else squeezed(element.get(name) or ""))
    return {text for text in found if text and not re.fullmatch(r"(\$\{\w+\}|\W)+", text)}


def package_of(path: Path) -> str:
    base = PORTAL if path.is_relative_to(PORTAL) else ROOT / "templates"
    return path.relative_to(base).parts[0]


def test_every_word_has_its_english():
    known = {message for domain, _context, message in catalogue("en") if domain == "portal"}
    missing = defaultdict(set)
    for path in (*MODULES, *TEMPLATES):
        words = in_code(path) if path.suffix == ".py" else in_template(path)
        missing[package_of(path)] |= words - known
    assert {package: sorted(words) for package, words in sorted(missing.items()) if words} == {}


def test_every_translation_keeps_the_names_of_its_values():
    value = re.compile(r"\$\{(\w+)\}")
    odd = [
        message
        for (_domain, _context, message), english in catalogue("en").items()
        if set(value.findall(message)) != set(value.findall(english))
    ]
    assert odd == []


def test_the_readers_of_this_test_find_what_is_there(tmp_path):
    code, page = tmp_path / "a.py", tmp_path / "a.pt"
    code.write_text('from portal.i18n import _\nx = [_("Simpan"), _("Tutup ${n}", mapping={"n": 1})]\n')
    page.write_text(
        '<p xmlns:i18n="http://xml.zope.org/namespaces/i18n"><b i18n:translate="">Ada\n <i i18n:name="n">3</i> surat'
        '</b><a title="Buka" i18n:attributes="title">x</a><u i18n:translate="">${n}</u></p>'
    )
    assert in_code(code) == {"Simpan", "Tutup ${n}"}
    assert in_template(page) == {"Ada ${n} surat", "Buka"}
