"""The house style of letters: the profile in letters/house, and the frame it puts around a letter's body."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import segno
from chameleon import PageTemplate

from portal.correspondence.model import ELECTRONIC
from portal.correspondence.wording import NOTHING, clean, terbilang
from portal.i18n import day

PAPERS = {"A4": "210mm 297mm", "F4": "215mm 330mm"}
LAYOUTS: Mapping[str, frozenset[str]] = {
    "letter": frozenset({"references", "to"}),
    "memo": frozenset({"title", "number", "memo"}),
    "transmittal": frozenset({"to", "title", "number"}),
    "assignment": frozenset({"title", "number", "dated"}),
    "minutes": frozenset({"title", "number"}),
    "form": frozenset({"title", "number", "dated"}),
    "sheet": frozenset({"title", "dated"}),
}
"""The forms of letters, and which parts of the frame each has; style.css knows them by the same names."""
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
HEAD = re.compile(r"<thead>.*?</thead>", re.DOTALL)


@dataclass(frozen=True)
class House:
    """How one agency's letters look: names, address, paper, texts; `house.toml` with its template and emblem."""

    agency: str
    head_office: str
    address: str
    contact: str
    emblem: str
    paper: str
    margins: Mapping[str, str]
    number_pattern: str
    texts: Mapping[str, Mapping[str, str]]
    """The words of the frame, by language."""
    folder: Path

    @classmethod
    def load(cls, folder: Path, **changes: Any) -> House:
        """The profile in a folder; `changes` are the settings an office overrides, such as `paper="F4"`."""
        profile = tomllib.loads((folder / "house.toml").read_text("utf-8")) | changes
        house = cls(**profile, folder=folder)
        if house.paper not in PAPERS:
            raise ValueError(f"house.toml: paper {house.paper}")
        return house

    @cached_property
    def template(self) -> PageTemplate:
        """The frame; compiled once. It ships with the portal, so it may hold expressions."""
        return PageTemplate((self.folder / "letter.html").read_text("utf-8"))

    @property
    def page_rules(self) -> str:
        """Paper and margins as CSS."""
        sides = " ".join(self.margins[side] for side in ("top", "right", "bottom", "left"))
        return f"@page{{size:{PAPERS[self.paper]};margin:{sides}}}"


def page(letter: Mapping[str, Any], house: House) -> tuple[str, dict[str, bytes]]:
    """The letter as one HTML document and the files it shows, ready for `portal.pdf.render`.

    `letter` is plain data, the frozen snapshot; JSON can hold it. Keys:

    - `type` code of the letter type; `layout` one of LAYOUTS, "letter" by default
    - `lang`; `security` SR, R, T or B; `speed_title` "Segera"; `subject` plain text; `place` "Jakarta"
    - `number` or None ("[nomor]"); `date` (date or ISO text) or None ("[tanggal]"); `draft` shows KONSEP on each page
    - `letterhead` (optional) {"kind": "agency" | "head", "unit": "DIREKTORAT …", "address", "contact"}; the last three
      replace the house's for an office elsewhere
    - `recipients` [{"office", "attention" or None, "place" or None}]; more than four are listed at the end
    - `body_html` the filled wording; cleaned again here; a final letter with a missing field in it is refused
    - `enclosures` [{"title", "pages" or None}]; `cc` ["…"]
    - `signer` {"prefix_lines": ["a.n. …"], "office", "name", "nip" or None}
    - `signatures` (optional) [{"kind": "signer" | "hand" | "named", "role", "name", "about": [], "stamp"}]; none: the
      signer alone
    - `check` {"url", "code"} or None: where to check it, as QR code and text
    - `signature` (optional) "portal" or "external": the page says that it is signed electronically, with a certificate of
      `issuer`; anything else leaves room for the pen
    - `reply` (optional) {"url", "code"}: where the addressee can answer
    - `automatic` (optional) True where nobody signs by hand: no room for ink
    """
    body = clean(letter["body_html"])
    if not letter["draft"] and '<mark class="missing">' in body:
        raise ValueError("a final letter has fields without a value")
    head = {"kind": "agency", "unit": "", "address": house.address, "contact": house.contact}
    head |= {key: value for key, value in (letter.get("letterhead") or {}).items() if value}
    check, reply = letter["check"], letter.get("reply")
    frame = framed(letter, house.texts[letter["lang"]])
    html = house.template.render(letter=letter, house=house, head=head, body=tabled(body), **frame)
    assets = ({"qr.svg": qr(check["url"])} if check else {}) | ({"reply.svg": qr(reply["url"])} if reply else {})
    return html, assets


def framed(letter: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """What stands around the body, in the letter's language."""
    layout, security = letter.get("layout") or "letter", letter["security"].lower()
    signatures = letter.get("signatures") or [{"kind": "signer", "role": ""}]
    return {
        "texts": texts,
        "layout": layout,
        "parts": LAYOUTS[layout],
        "title": texts.get(f"title_{layout}") or letter["subject"],
        "number": letter["number"] or texts["no_number"],
        "date": day_text(letter["date"], letter["lang"]) if letter["date"] else texts["no_date"],
        "security": texts.get(f"security_{security}", ""),
        "secrecy": texts.get(f"secrecy_{security}", ""),
        "enclosed": counted(len(letter["enclosures"]), texts["enclosed"]),
        "signatures": [signatures[place : place + 2] for place in range(0, len(signatures), 2)],
        "reply": letter.get("reply"),
        "signed": _signed(letter, texts),
    }


def _signed(letter: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """What is said of an electronic signature: nothing unless one is going to be behind this very page."""
    if letter.get("signature") not in ELECTRONIC:
        return ""
    issuer = letter.get("issuer")
    return texts["signed_issuer"].format(issuer=issuer) if issuer else texts["signed"]


def day_text(value: date | str, lang: str) -> str:
    """The letter's date in words."""
    return day(date.fromisoformat(value) if isinstance(value, str) else value, lang)


def counted(number: int, pattern: str) -> str:
    """The number of enclosures as letters give it: "2 (dua) berkas"."""
    return pattern.format(n=number, words=terbilang(number)) if number else NOTHING


def qr(url: str) -> bytes:
    """The check address as a QR code, level M: the least that is still read from a fax."""
    buffer = io.BytesIO()
    segno.make(url, error="m", micro=False, boost_error=False).save(buffer, kind="svg", border=0, xmldecl=False)
    return buffer.getvalue()


def tabled(body: str) -> str:
    """Tables with a head are ruled, those without list facts; header cells say what they head, for screen readers."""

    def dressed(match: re.Match[str]) -> str:
        table = HEAD.sub(lambda head: head[0].replace("<th>", '<th scope="col">'), match[0])
        kind = ("ruled numbered" if "><th>No" in match[0] else "ruled") if "<thead>" in table else "facts"
        return table.replace("<th>", '<th scope="row">').replace("<table>", f'<table class="{kind}">', 1)

    return TABLE.sub(dressed, body)
