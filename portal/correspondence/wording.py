"""The wording of letters: limited HTML with `${field}` from a closed list, and the office's ways to write numbers.

A field is a name and nothing else: no attribute, no call, no filter, so wording edited on the web can't reach anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape, unescape
from typing import Literal

import nh3
from babel.dates import format_date

from portal.acts import Reason, Refused
from portal.i18n import _

TAGS = {"p", "br", "strong", "em", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "h2", "h3", "mark"}
LONGEST = 200_000

FIELD = re.compile(r"\$\{([^}\n]*)(\}?)")
NAME = re.compile(r"[a-z][a-z0-9_]*")
NOTHING = "-"
"""What stands for an optional field without a value."""

# A paragraph or list item that holds one field only: repeated for each line of its value.
ALONE = re.compile(r"<(?P<tag>p|li)>\s*\$\{(?P<name>[a-z][a-z0-9_]*)\}\s*</(?P=tag)>")
# A row of one field and empty cells: repeated for each line, whose parts between bars fill the cells after it.
ROW = re.compile(
    r"<tr>\s*(?P<before>(?:<td></td>\s*)*)<td>\s*\$\{(?P<name>[a-z][a-z0-9_]*)\}\s*</td>\s*(?P<after>(?:<td></td>\s*)*)</tr>"
)
# A row of a label and one field: left out, like the two above, when the field holds nothing.
LABELLED = re.compile(r"<tr>\s*<th>[^<]*</th>\s*<td>\s*\$\{(?P<name>[a-z][a-z0-9_]*)\}\s*</td>\s*</tr>")
# What is left of a list or table, and of the heading above it, when all in it was left out.
HOLLOW = re.compile(
    r"<(ol|ul)>\s*</\1>|<table>\s*(?:<thead>(?:(?!</thead>).)*</thead>\s*)?<tbody>\s*</tbody>\s*</table>", re.DOTALL
)
HEADING = re.compile(r"<(h[23])>(?:(?!</\1>).)*</\1>\s*(?=<\1>|<h2>|\Z)", re.DOTALL)
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

    A value of several lines repeats the `<p>`, `<li>` or row that holds nothing but its field; elsewhere lines are
    broken. What holds nothing but a field that is NOTHING is left out.
    """
    body = clean(wording)
    # Fields are looked for as written, for their lines, and as cleaned: `&#36;{x}` becomes a field only then.
    if reasons := list(mistakes(wording, values)) or list(mistakes(body, values)):
        raise Refused(reasons)
    body = _without_nothing(body, values)
    absent = [name for name in fields_in(body) if not values[name].strip()]
    if absent and missing == "refuse":
        raise Refused(
            [Reason(_("Ruas “${field}” belum terisi.", mapping={"field": name}), field=name) for name in absent]
        )

    def inline(match: re.Match[str]) -> str:
        name = match[1]
        if name in absent:
            return f'<mark class="missing">{escape(name)}</mark>'
        return "<br>".join(escape(_joined(line)) for line in values[name].strip().splitlines())

    def repeated(match: re.Match[str]) -> str:
        tag, name = match["tag"], match["name"]
        lines = [_joined(line) for line in values[name].splitlines() if line.strip()]
        if not lines or (tag == "p" and len(lines) < 2):
            return match[0]
        more = match.string.find("<li>", match.end(), match.end() + 20) if tag == "li" else -1
        texts = punctuated(lines, ";" if more >= 0 else ".") if tag == "li" else lines
        return "".join(f"<{tag}>{_inert(text)}</{tag}>" for text in texts)

    def row(match: re.Match[str]) -> str:
        return _rows(values[match["name"]], match["before"].count("<td>"), match["after"].count("<td>")) or match[0]

    return Filled(FIELD.sub(inline, ALONE.sub(repeated, ROW.sub(row, body))), absent)


def _joined(line: str) -> str:
    """A line outside rows: its parts, told apart by bars, one after the other."""
    return ", ".join(filter(None, (part.strip() for part in line.split("|"))))


def _inert(text: str) -> str:
    """A value as text; a dollar in it must not be read as a field by the second pass."""
    return escape(text).replace("$", "&#36;")


def _rows(value: str, before: int, after: int) -> str:
    """A row for each line of a value: its number in the cell before, if there is one, then its parts."""
    rows = []
    for number, line in enumerate((line for line in value.splitlines() if line.strip()), 1):
        parts = [part.strip() for part in line.split("|", after)]
        cells = [f"{number}."] * before + parts + [""] * (after + 1 - len(parts))
        rows.append("<tr>" + "".join(f"<td>{_inert(cell)}</td>" for cell in cells) + "</tr>")
    return "".join(rows)


def _without_nothing(body: str, values: Mapping[str, str]) -> str:
    """The wording without the lines that hold one empty optional field and nothing else, nor what stood over them."""

    def kept(match: re.Match[str]) -> str:
        return "" if values[match["name"]] == NOTHING else match[0]

    shorter = LABELLED.sub(kept, ROW.sub(kept, ALONE.sub(kept, body)))
    return body if shorter == body else HEADING.sub("", HOLLOW.sub("", shorter))


def fill_line(pattern: str, values: Mapping[str, str]) -> str:
    """Values put into one plain line, such as the subject of a letter; a missing one shows as `[name]`."""
    if reasons := list(mistakes(pattern, values)):
        raise Refused(reasons)
    return " ".join(FIELD.sub(lambda match: values[match[1]].strip() or f"[{match[1]}]", pattern).split())


def punctuated(items: list[str], last: str = ".") -> list[str]:
    """List items closed as letters close them: a semicolon each, a full stop at the last."""
    ends = [";"] * (len(items) - 1) + [last]
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


def rupiah(amount: Decimal | int) -> str:
    """The amount in figures and words: "Rp1.250.000,00 (satu juta dua ratus lima puluh ribu rupiah)"."""
    whole, cents = divmod(round(amount * 100), 100)
    return f"Rp{f'{whole:,}'.replace(',', '.')},{cents:02d} ({amount_in_words(amount)})"


def amount_in_words(amount: Decimal | int) -> str:
    """The amount in words alone: "satu juta dua ratus lima puluh ribu rupiah"."""
    whole, cents = divmod(round(amount * 100), 100)
    return f"{terbilang(whole)} rupiah" + (f" {terbilang(cents)} sen" if cents else "")


def day_in_words(value: date) -> str:
    """The day as minutes begin: "Senin, tanggal tiga belas bulan Oktober tahun dua ribu dua puluh lima"."""
    weekday, month = format_date(value, "EEEE|MMMM", locale="id_ID").split("|")
    return f"{weekday}, tanggal {terbilang(value.day)} bulan {month} tahun {terbilang(value.year)}"


def roman(month: int) -> str:
    """The month as letters are numbered: 9 → "IX"."""
    if not 1 <= month <= 12:
        raise ValueError(month)
    return ROMAN[month - 1]
