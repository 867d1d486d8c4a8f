"""What the office decides about its drafts, as tables: who initials which letters, and the standard paragraphs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.correspondence import letters, paragraphs, wording
from portal.correspondence.approval_rules import KINDS, ApprovalRule
from portal.correspondence.paragraphs import Paragraph
from portal.directory.model import Organisation
from portal.forms import Choice, Choices, Line, Number, Text
from portal.i18n import LANGUAGES, _, translate
from portal.pages import Column
from portal.panel.control.tables import Table, declare
from portal.panel.control.vocabularies import terms_of

EVERY, OWN = _("Semua"), _("Unit penerbit surat")


def _types(request: Any) -> list[tuple[str, str]]:
    english = request.locale_name == "en"
    found = [(t.code, t.name_en if english else t.name) for t in letters.letter_types().values()]
    return sorted(found, key=lambda pair: pair[1])


def _units(request: Any) -> list[tuple[str, Any]]:
    own = select(Organisation.unit_code, Organisation.title).where(
        Organisation.stakeholder_type == "OFFICE", Organisation.state == "active", Organisation.unit_code != ""
    )
    return [("", OWN), *((code, title) for code, title in request.db.execute(own.order_by(Organisation.title)))]


def _named(names: Iterable[str], lang: str) -> str:
    return ", ".join(names) or translate(EVERY, lang)


def _line(session: Session, rule: ApprovalRule, lang: str) -> dict[str, Any]:
    kind = translate(KINDS[rule.kind], lang)
    unit = session.scalar(select(Organisation.title).where(Organisation.unit_code == rule.unit_code).limit(1))
    return {
        "title": f"{rule.stage}. {kind}" + (f" – {rule.office_title}" if rule.office_title else ""),
        "unit": unit if rule.unit_code else OWN,
        "types": _type_names(rule.letter_types, lang),
        "security": _named(rule.securities, lang),
        "to": _named((vocabulary.name(session, "stakeholder_type", c, lang) for c in rule.stakeholder_types), lang),
        "note": rule.note or None,
    }


def _paragraph(_session: Session, one: Paragraph, lang: str) -> dict[str, Any]:
    return {
        "title": one.title,
        "text": wording.plain(one.text),
        "types": _type_names(one.letter_types, lang),
        "language": LANGUAGES[one.language],
    }


def _type_names(codes: Iterable[str], lang: str) -> str:
    types = letters.letter_types()
    return _named((types[code].name if code in types else code for code in codes), lang)


declare(
    Table(
        name="approval",
        title=_("Paraf surat"),
        about=_(
            "Siapa memaraf surat yang mana sebelum ditandatangani. Semua baris yang cocok berlaku bersama; tahap yang "
            "lebih kecil lebih dahulu, tahap yang sama berdampingan. Surat yang sudah diajukan memakai aturan saat itu."
        ),
        model=ApprovalRule,
        fields={
            "stage": lambda: Number(_("Tahap"), least=1, most=9),
            "kind": lambda: Choice(KINDS.items(), _("Jenis paraf"), look="radios"),
            "unit_code": lambda: Choice(_units, _("Unit pemaraf"), look="select", required=False, missing=""),
            "office_title": lambda: Line(
                _("Jabatan pemaraf"), required=False, missing="", help=_("Kosong: pemaraf mana pun di unit itu.")
            ),
            "letter_types": lambda: Choices(_types, _("Jenis surat"), required=False, help=_("Kosong: semua.")),
            "securities": lambda: Choices(
                terms_of("security"), _("Keamanan"), required=False, help=_("Kosong: semua.")
            ),
            "stakeholder_types": lambda: Choices(
                terms_of("stakeholder_type"), _("Jenis instansi penerima"), required=False, help=_("Kosong: semua.")
            ),
            "note": lambda: Text(_("Catatan"), max=1000, rows=2, required=False, missing=""),
        },
        columns=(
            Column("title", _("Tahap dan paraf"), "link"),
            Column("unit", _("Unit pemaraf")),
            Column("types", _("Jenis surat")),
            Column("security", _("Keamanan")),
            Column("to", _("Penerima")),
            Column("note", _("Catatan")),
        ),
        line=_line,
        group=lambda rule: (rule.kind, KINDS[rule.kind]),
        order=(ApprovalRule.stage, ApprovalRule.id),
        can_remove=True,
    ),
    Table(
        name="paragraph",
        title=_("Alinea baku"),
        about=_("Bahan untuk konsep surat: HTML sederhana dengan ruas, seperti redaksi. Surat yang ada tidak berubah."),
        model=Paragraph,
        fields={
            "title": lambda: Line(_("Nama")),
            "language": lambda: Choice(LANGUAGES.items(), _("Bahasa"), look="radios"),
            "letter_types": lambda: Choices(_types, _("Jenis surat"), required=False, help=_("Kosong: semua.")),
            "text": lambda: Text(_("Teks"), max=10_000, rows=8),
            "position": lambda: Number(_("Urutan"), most=100_000),
        },
        columns=(
            Column("title", _("Nama"), "link"),
            Column("text", _("Teks")),
            Column("types", _("Jenis surat")),
            Column("language", _("Bahasa")),
        ),
        line=_paragraph,
        group=lambda one: (one.language, LANGUAGES[one.language]),
        order=(Paragraph.position, Paragraph.id),
        can_remove=True,
        check=lambda _session, _table, values, _row: paragraphs.objections(
            values["text"], values["letter_types"], values["language"]
        ),
    ),
)
