"""The wording of letters: limited HTML with `${field}` from a closed list, and the office's ways to write numbers.

A field is a name and nothing else: no attribute, no call, no filter, so wording edited on the web can't reach anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Literal

import nh3

from portal.acts import Reason, Refused
from portal.i18n import _

TAGS = {"p", "br", "strong", "em", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "h2", "h3", "mark"}
LONGEST = 200_000

FIELD = re.compile(r"\$\{([^}\n]*)(\}?)")
NAME = re.compile(r"[a-z][a-z0-9_]*")
# A paragraph or list item that holds one field only: repeated for each line of its value.
ALONE = re.compile(r"<(p|li)>\s*\$\{([a-z][a-z0-9_]*)\}\s*</\1>")
BLOCK_END = re.compile(r"</(?:p|li|tr|h2|h3)>|<br>")
TAG = re.compile(r"<[^>]*>")

UNITS = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split()
SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))
ROMAN = "I II III IV V VI VII VIII IX X XI XII".split()


@dataclass(frozen=True)
class Filled:
    """Wording with its values in place, and the fields that had none."""

    html: str
    missing: list[str]


def clean(html: str) -> str:
    """Only the allowed elements, without attributes; `<mark class="missing">` stays for previews."""
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math"},
        attributes={},
        tag_attribute_values={"mark": {"class": {"missing"}}},
        strip_comments=True,
        link_rel=None,
    )


def plain(html: str) -> str:
    """The words alone, a line per paragraph, list item or row."""
    text = TAG.sub("", BLOCK_END.sub("\n", clean(html)).replace("</th>", " ").replace("</td>", " "))
    lines = (" ".join(line.split()) for line in unescape(text).splitlines())
    return "\n".join(line for line in lines if line)


def fields_in(wording: str) -> list[str]:
    """The field names used, each once, in order of appearance; whatever stands between `${` and `}`."""
    return list(dict.fromkeys(match[1] for match in FIELD.finditer(wording)))


def mistakes(wording: str, known: Mapping[str, object] | frozenset[str]) -> Iterator[Reason]:
    """What is wrong with the fields of a wording, each with its line."""
    if len(wording) > LONGEST:
        yield Reason(_("Redaksi terlalu panjang: paling banyak ${n} karakter.", mapping={"n": LONGEST}))
        return
    for number, line in enumerate(wording.splitlines(), 1):
        for name, closed in FIELD.findall(line):
            about = {"line": number, "field": name[:60]}
            if not closed:
                yield Reason(_("Baris ${line}: ruas “${field}” tidak ditutup dengan “}”.", mapping=about))
            elif not NAME.fullmatch(name):
                yield Reason(_("Baris ${line}: “${field}” bukan nama ruas.", mapping=about))
            elif name not in known:
                yield Reason(_("Baris ${line}: ruas “${field}” tidak dikenal.", mapping=about))


def fill(wording: str, values: Mapping[str, str], missing: Literal["mark", "refuse"]) -> Filled:
    """Put values into wording. The keys of `values` are the closed list of fields; an empty value is a missing one.

    A value of several lines repeats the `<p>` or `<li>` that holds nothing but its field; elsewhere lines are broken.
    """
    body = clean(wording)
    # Fields are looked for as written, for their lines, and as cleaned: `&#36;{x}` becomes a field only then.
    if reasons := list(mistakes(wording, values)) or list(mistakes(body, values)):
        raise Refused(reasons)
    absent = [name for name in fields_in(body) if not values[name].strip()]
    if absent and missing == "refuse":
        raise Refused(
            [Reason(_("Ruas “${field}” belum terisi.", mapping={"field": name}), field=name) for name in absent]
        )

    def inline(match: re.Match[str]) -> str:
        name = match[1]
        if name in absent:
            return f'<mark class="missing">{escape(name)}</mark>'
        return "<br>".join(escape(line.strip()) for line in values[name].strip().splitlines())

    def repeated(match: re.Match[str]) -> str:
        tag, name = match[1], match[2]
        lines = [line.strip() for line in values[name].splitlines() if line.strip()]
        if len(lines) < 2:
            return match[0]
        texts = punctuated(lines) if tag == "li" else lines
        # A dollar of a value must not be read as a field by the second pass.
        return "".join(f"<{tag}>{escape(text).replace('$', '&#36;')}</{tag}>" for text in texts)

    return Filled(FIELD.sub(inline, ALONE.sub(repeated, body)), absent)


def fill_line(pattern: str, values: Mapping[str, str]) -> str:
    """Values put into one plain line, such as the subject of a letter; a missing one shows as `[name]`."""
    if reasons := list(mistakes(pattern, values)):
        raise Refused(reasons)
    return " ".join(FIELD.sub(lambda match: values[match[1]].strip() or f"[{match[1]}]", pattern).split())


def punctuated(items: list[str]) -> list[str]:
    """List items closed as letters close them: a semicolon each, a full stop at the last."""
    ends = [";"] * (len(items) - 1) + ["."]
    return [item if item[-1] in ".;:!?" else item + end for item, end in zip(items, ends, strict=True)]


def terbilang(number: int) -> str:
    """The number in Indonesian words: 2025 → "dua ribu dua puluh lima"."""
    if number < 0:
        return f"minus {terbilang(-number)}"
    if number >= 10**15:
        raise ValueError(number)
    if number < 12:
        return UNITS[number]
    if number < 20:
        return f"{UNITS[number - 10]} belas"
    size, scale = next((size, scale) for size, scale in SCALES if number >= size)
    count, rest = divmod(number, size)
    head = f"se{scale}" if count == 1 and size in (100, 1000) else f"{terbilang(count)} {scale}"
    return f"{head} {terbilang(rest)}" if rest else head


def roman(month: int) -> str:
    """The month as letters are numbered: 9 → "IX"."""
    if not 1 <= month <= 12:
        raise ValueError(month)
    return ROMAN[month - 1]
