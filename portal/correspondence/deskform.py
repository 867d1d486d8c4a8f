"""The form of the letter desk: made from the letter's type, so that each field has the control it needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from sqlalchemy import select

from portal import vocabulary
from portal.correspondence import addressing, disclosures, letters
from portal.correspondence.lettermodel import DAYS, IN_WORDS, Field, LetterType
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.forms import Button, Choice, Choices, Day, Form, Line, Moment, Money, Number, Schema, Text, form
from portal.i18n import LANGUAGES, _, translate

PREFIX = "field_"
LONGEST_BODY = 200_000


def desk_form(request: Request, letter: Letter, *, fresh: bool) -> Form:
    """The form of that letter, filled with what it says now when `fresh`."""
    schema = Schema()
    for node in (*_fields(request, letter), *_frame(request, letter)):
        schema.add(node)
    buttons = (Button("save", _("Simpan")), Button("show", _("Simpan dan lihat PDF")))
    # A letter that no office of the directory can get has no choice of recipients.
    values = {name: value for name, value in values_of(letter).items() if name in schema} if fresh else None
    return form(schema, request, buttons=buttons, version=letter.version, values=values)


def _fields(request: Request, letter: Letter) -> list[Any]:
    type_ = letters.type_of(letter)
    nodes = [_node(field, request.locale_name) for field in type_.fields]
    subject = Line(_("Hal"), name="subject", max=300, required=False, help=_("Kosong: hal baku jenis surat ini."))
    body = Text(
        _("Redaksi"),
        name="body",
        max=LONGEST_BODY,
        rows=24,
        help=_("Teks dengan tanda HTML sederhana; ${ruas} diganti isinya.", mapping={"ruas": "${ruas}"}),
    )
    return [*nodes, subject, body]


def _node(field: Field, lang: str) -> Any:
    about: dict[str, Any] = {
        "title": field.label_en if lang == "en" else field.label,
        "name": PREFIX + field.id,
        "help": field.help,
        "required": False,  # a draft may be saved with gaps; they are marked in the text and stop the submission
    }
    if field.type in DAYS:
        return Day(**about)
    if field.type == "money":
        return Money(**about)
    if field.type == "moment":
        return Moment(**about)
    if field.type == "choice":
        return Choice(field.options(lang), **about)
    if rows := {"list": 5, "text": 4}.get(field.type):
        return Text(max=10_000, rows=rows, **about)
    return Line(max=500, **about)


def _frame(request: Request, letter: Letter) -> list[Any]:
    lang = request.locale_name
    type_ = letters.type_of(letter)
    signers = addressing.signers(request.act, letter.office_id, type_)
    nodes: list[Any] = []
    if offices := addressees(request, type_):
        nodes.append(Choices(offices, _("Kepada"), name="to", required=False))
    more = disclosures.beyond(request.db, letter)
    if more or letter.beyond_reason:
        known = {"what": more.words(request.db, lang) or "–"}
        about = _("Penerima seperti ini biasanya tidak mendapat: ${what}. Keluarkan, atau jelaskan.", mapping=known)
        reason = {"name": "beyond_reason", "required": False, "missing": "", "help": about}
        nodes.append(Text(_("Alasan melebihi profil penerima"), max=1000, rows=2, **reason))
    return [
        *nodes,
        Text(_("Tembusan"), name="cc", required=False, max=2000, rows=3, help=_("Satu baris tiap tembusan.")),
        Choices(enclosable(request, letter), _("Lampiran"), name="enclosures", required=False),
        Choice(vocabulary.choices(request.db, "speed", lang), _("Sifat"), name="speed", look="select"),
        Choice(vocabulary.choices(request.db, "security", lang), _("Keamanan"), name="security", look="select"),
        Choice(
            [(str(a.id), f"{a.name} – {a.office_title}") for a in signers],
            _("Penanda tangan"),
            name="signer_id",
            look="select",
            required=False,
        ),
        Text(
            _("Baris di atas jabatan"),
            name="prefix_lines",
            required=False,
            max=300,
            rows=2,
            help=_("Biasanya kosong: baris a.n., u.b., Plt., dan Plh. disusun ketika pengganti menyetujui."),
        ),
        Choice([(code, LANGUAGES[code]) for code in type_.languages], _("Bahasa"), name="language", look="select"),
        Number(_("Jawaban ditunggu (hari kerja)"), name="reply_days", least=0, most=365),
    ]


def addressees(request: Request, type_: LetterType) -> list[tuple[str, str]]:
    """Active offices that such a letter may go to."""
    found = select(Organisation).where(Organisation.state == "active", Organisation.stakeholder_type != "OFFICE")
    if "*" not in type_.addressees:
        found = found.where(Organisation.stakeholder_type.in_(type_.addressees))
    return [
        (str(o.id), f"{o.title} – {o.city}" if o.city else o.title)
        for o in request.db.scalars(found.order_by(Organisation.title))
    ]


def enclosable(request: Request, letter: Letter) -> list[tuple[str, str]]:
    """Accepted documents of the case, each with what the recipient will see of it."""
    accepted = select(Document).where(Document.parent_id == letter.parent_id, Document.state == "accepted")
    titles = {e.document_id: e.title for e in letter.enclosures}
    found = []
    for document in request.db.scalars(accepted.order_by(Document.id)):
        usual = vocabulary.name(request.db, "document_type", document.document_type, letter.language)
        found.append((str(document.id), f"{titles.get(document.id, usual)} ({document.pages} hlm.)"))
    return found


def field_names(request: Request, type_: LetterType) -> list[tuple[str, str]]:
    """What the wording may name: each field, and amounts and days in words as well."""
    found = []
    for field in type_.fields:
        label = field.label_en if request.locale_name == "en" else field.label
        found.append((f"${{{field.id}}}", label))
        if field.has_words:
            words = translate(_("${label}, dengan huruf", mapping={"label": label}), request.locale_name)
            found.append((f"${{{field.id}{IN_WORDS}}}", words))
    return found


def values_of(letter: Letter) -> dict[str, Any]:
    """What the form shows: the letter as it is."""
    shown: dict[str, Any] = {
        "subject": letter.title,
        "body": letter.body,
        "to": tuple(str(r.organisation_id) for r in letter.recipients if r.role == "to" and r.organisation_id),
        "cc": "\n".join(r.office for r in letter.recipients if r.role == "cc"),
        "enclosures": tuple(str(e.document_id) for e in letter.enclosures),
        "speed": letter.speed,
        "security": letter.security,
        "beyond_reason": letter.beyond_reason,
        "signer_id": str(letter.signer_id or ""),
        "prefix_lines": "\n".join(letter.signer.get("prefix_lines", ())),
        "language": letter.language,
        "reply_days": letter.reply_days,
    }
    for field in letters.type_of(letter).fields:
        value = letters.typed(field, letter.fields.get(field.id))
        if value is not None:
            shown[PREFIX + field.id] = "\n".join(value) if isinstance(value, list) else value
    return shown


def changes_from(letter: Letter, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `amend` takes, from what the form gave."""
    fields = {}
    for field in letters.type_of(letter).fields:
        value = values.get(PREFIX + field.id)
        lines = [line.strip() for line in (value or "").splitlines() if line.strip()] if field.type == "list" else None
        fields[field.id] = value if lines is None else lines
    copies = {r.office: r.organisation_id for r in letter.recipients if r.role == "cc"}
    cc = [line.strip() for line in (values.get("cc") or "").splitlines() if line.strip()]
    titles = {e.document_id: e.title for e in letter.enclosures}
    changes = {name: values[name] for name in ("body", "speed", "security", "language", "reply_days")}
    changes |= {
        "fields": fields,
        "subject": values.get("subject") or "",
        "cc": [copies.get(line) or line for line in cc],
        "enclosures": {int(i): titles.get(int(i), "") for i in values.get("enclosures") or ()},
        "prefix_lines": (values.get("prefix_lines") or "").splitlines(),
    }
    if values.get("signer_id"):
        changes["signer_id"] = int(values["signer_id"])
    if "beyond_reason" in values:
        changes["beyond_reason"] = values["beyond_reason"]
    if "to" in values:
        changes["to"] = [int(i) for i in values["to"]]
    return changes
