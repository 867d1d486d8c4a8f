"""The pages of letter texts: all of them, one with its working copy, the difference, its print, and its versions."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import pdf, vocabulary
from portal.accounts.views import refuse
from portal.acts import Reason, Refused
from portal.content.views.editing import Change
from portal.correspondence import letters, lettertexts, lettertypes, samples, text_files
from portal.correspondence.lettermodel import LetterType
from portal.correspondence.place import Letters
from portal.correspondence.textmodel import LetterText
from portal.correspondence.wording import LONGEST
from portal.edge.downloads import attachment
from portal.forms import Button, File, Form, Hidden, Line, Schema, Text, ValidationFailure, form
from portal.i18n import _, translate
from portal.pages import Column, Fact
from portal.pdf import RenderFailed

MAY, MAY_APPROVE = "letters:texts", "letters:texts-approve"
HERE, LIST, ONE = "/letters/texts", "correspondence/texts.pt", "correspondence/text.pt"
COLUMNS = (
    Column("title", _("Jenis surat"), "link", below="code"),
    Column("language", _("Bahasa")),
    Column("version", _("Berlaku"), below="working"),
    Column("drafts", _("Konsep yang memakainya"), below="older"),
)
LANGUAGES = {"id": _("Indonesia"), "en": _("Inggris")}


class Wording(Schema):
    """The text itself, and what the person saw before changing it."""

    subject = Line(_("Hal"), max=300)
    wording = Text(_("Teks surat"), max=LONGEST, rows=24)
    seen = Hidden()


class Archive(Schema):
    """Letter folders as they were exported."""

    file = File(_("Berkas ZIP"), accept=(".zip",), max_bytes=text_files.LARGEST)


def version_name(number: int) -> Any:
    """A version in words."""
    return _("versi ${number}", mapping={"number": number}) if number else _("bawaan portal")


@view_config(context=Letters, name="texts", request_method="GET", permission=MAY, renderer=LIST)
def show_all(request: Request) -> dict[str, Any]:
    """Every type in each of its languages: which version holds, and how many drafts were begun from it."""
    return _all(request, _archive(request))


def _archive(request: Request) -> Form:
    return form(Archive(), request, action="/letters/texts-import", buttons=(Button("import", _("Baca berkas")),))


def _all(request: Request, asked: Form) -> dict[str, Any]:
    begun = lettertexts.drafts(request.db)
    types = sorted(letters.letter_types().values(), key=lambda type_: _name(request, type_))
    rows = [_row(request, type_, language, begun) for type_ in types for language in type_.languages]
    title = _("Teks surat")
    caption = translate(title, request.locale_name)
    return {"title": title, "columns": COLUMNS, "rows": rows, "caption": caption, "empty": None, "form": asked}


def _name(request: Request, type_: LetterType) -> str:
    return type_.name_en if request.locale_name == "en" else type_.name


def _row(request: Request, type_: LetterType, language: str, begun: Any) -> dict[str, Any]:
    lang, holds = request.locale_name, lettertexts.in_force(request.db, type_, language)
    is_changing = lettertexts.working(request.db, type_, language) is not None
    older = sum(n for (c, lg, v), n in begun.items() if (c, lg) == (type_.code, language) and v != holds.number)
    return {
        "title": _name(request, type_),
        "url": f"/letters/text/{type_.code}/{language}",
        "code": type_.code,
        "language": translate(LANGUAGES[language], lang),
        "version": translate(version_name(holds.number), lang),
        "working": translate(_("ada salinan kerja"), lang) if is_changing else "",
        "drafts": str(begun.get((type_.code, language, holds.number), 0)),
        "older": translate(_("${n} memakai versi lain", mapping={"n": older}), lang) if older else "",
    }


def _asked(request: Request) -> tuple[LetterType, str]:
    """The type and language that the address names."""
    code, language = request.subpath if len(request.subpath) == 2 else ("", "")
    type_ = letters.letter_types().get(code)
    if type_ is None or language not in type_.languages:
        raise HTTPNotFound
    return type_, language


@view_config(context=Letters, name="text", request_method="GET", permission=MAY, renderer=ONE)
def show(request: Request) -> Any:
    """One text: the working copy if there is one, else what holds."""
    if not request.subpath:
        return HTTPSeeOther(HERE)
    type_, language = _asked(request)
    now = lettertexts.working(request.db, type_, language) or lettertexts.in_force(request.db, type_, language)
    shown = {"subject": now.subject, "wording": now.wording, "seen": lettertexts.fingerprint(now)}
    return _page(request, _editing(request, shown))


def _editing(request: Request, values: dict[str, str] | None = None) -> Form:
    here = f"/letters/text/{'/'.join(request.subpath)}"
    return form(Wording(), request, action=here, buttons=(Button("save", _("Simpan salinan kerja")),), values=values)


def _page(request: Request, asked: Form) -> dict[str, Any]:
    type_, language = _asked(request)
    holds, kept = lettertexts.in_force(request.db, type_, language), lettertexts.working(request.db, type_, language)
    begun, english = lettertexts.drafts(request.db), request.locale_name == "en"
    former = [(0, None), *((v.number, v) for v in reversed(lettertexts.versions(request.db, type_, language)))]
    return {
        "title": f"{_name(request, type_)} ({translate(LANGUAGES[language], request.locale_name)})",
        "where": f"{type_.code}/{language}",
        "facts": [Fact(_("Berlaku"), version_name(holds.number)), *_working_facts(kept)],
        "kept": kept,
        "seen": lettertexts.fingerprint(kept) if kept else "",
        "may_approve": request.has_permission(MAY_APPROVE),
        "is_own": kept is not None and request.identity.account_id in kept.writers,
        "changes": list(changes(holds, kept)) if kept else [],
        "names": [(f"${{{f.id}}}", f.label_en if english else f.label) for f in type_.fields],
        "form": asked,
        "versions": [
            (number, version_name(number), text, begun.get((type_.code, language, number), 0), number == holds.number)
            for number, text in reversed(former)
        ],
    }


def _working_facts(kept: LetterText | None) -> list[Fact]:
    return [Fact(_("Salinan kerja ditulis oleh"), kept.written_by)] if kept else []


def changes(before: lettertexts.Text, after: LetterText) -> Iterator[Change]:
    """The subject, and which lines differ, those that belong together in one row."""
    if before.subject != after.subject:
        yield Change(_("Hal"), before.subject, after.subject)
    old, new = before.wording.strip().splitlines(), after.wording.strip().splitlines()
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            lines = f"{c + 1}–{d}" if d - c > 1 else str(c + 1)
            title = _("Baris ${lines}", mapping={"lines": lines})
            yield Change(title, "\n".join(old[a:b]) or None, "\n".join(new[c:d]) or None)


@view_config(context=Letters, name="text", request_method="POST", permission=MAY, renderer=ONE)
def save(request: Request) -> Any:
    """Keep the working copy, or say beside the text what is wrong with it."""
    if not request.subpath:
        return HTTPSeeOther(HERE)
    type_, language = _asked(request)
    asked = _editing(request)
    try:
        given = asked.validate(request.POST.items())
        lettertexts.write(request.act, type_, language, **given)
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons, status=refusal.status)
        return _page(request, asked)
    return _done(request, _("Salinan kerja disimpan. Orang lain memeriksa dan memberlakukannya."))


def _done(request: Request, words: Any) -> HTTPSeeOther:
    request.session.flash(words)
    return HTTPSeeOther(f"/letters/text/{'/'.join(request.subpath)}")


def _step(request: Request, verb: Any, words: Any, **answers: Any) -> HTTPSeeOther:
    if not request.subpath:
        return HTTPSeeOther(HERE)
    type_, language = _asked(request)
    try:
        verb(request.act, type_, language, **answers)
    except Refused as refusal:
        for reason in refusal.reasons:
            request.session.flash(reason.message, "warning")
        return HTTPSeeOther(f"/letters/text/{type_.code}/{language}")
    return _done(request, words)


@view_config(context=Letters, name="text-approve", request_method="POST", permission=MAY_APPROVE)
def approve(request: Request) -> HTTPSeeOther:
    """Put the working copy in force."""
    words = _("Teks diberlakukan untuk surat yang disusun sesudah ini.")
    return _step(request, lettertexts.approve, words, seen=request.POST.get("seen", ""))


@view_config(context=Letters, name="text-drop", request_method="POST", permission=MAY)
def drop(request: Request) -> HTTPSeeOther:
    """Throw the working copy away."""
    return _step(request, lettertexts.drop, _("Salinan kerja dibuang."), seen=request.POST.get("seen", ""))


@view_config(context=Letters, name="text-back", request_method="POST", permission=MAY)
def bring_back(request: Request) -> HTTPSeeOther:
    """A former version as the working copy."""
    typed = request.POST.get("number", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else -1
    if request.subpath and lettertexts.version(request.db, *_asked(request), number) is None:
        raise HTTPNotFound
    return _step(request, lettertexts.bring_back, _("Versi itu kini salinan kerja."), number=number)


@view_config(context=Letters, name="text-preview", request_method="GET", permission=MAY)
def preview(request: Request) -> Response:
    """The working copy in print, with made-up values; what holds where there is none."""
    if not request.subpath:
        return HTTPSeeOther(HERE)
    type_, language = _asked(request)
    now = lettertexts.working(request.db, type_, language) or lettertexts.in_force(request.db, type_, language)
    speed = vocabulary.name(request.db, "speed", type_.speed, language)
    data = samples.page(type_, language, now, unit=translate(_("Nama unit"), language), speed=speed)
    html, assets = lettertypes.page(data, letters.house())
    try:
        body = pdf.render(html, assets, title=type_.name, lang=language, attachment=None, created=request.at)
    except RenderFailed as failure:
        known = {"reason": failure.reason}
        raise Refused([Reason(_("Pratinjau tidak dapat dibuat (${reason}).", mapping=known))]) from failure
    return attachment(body, filename=f"contoh-{type_.code}.pdf", media_type="application/pdf", inline=True)


@view_config(context=Letters, name="texts-export", request_method="GET", permission=MAY)
def take_along(request: Request) -> Response:
    """The letter folders with the texts in force."""
    body = text_files.exported(request.db)
    return attachment(body, filename="letters.zip", media_type="application/zip")


@view_config(context=Letters, name="texts-import", request_method="POST", permission=MAY, renderer=LIST)
def read_back(request: Request) -> Any:
    """Working copies from letter folders."""
    asked = _archive(request)
    try:
        found = text_files.imported(request.act, asked.validate(request.POST.items())["file"].file.read())
    except ValidationFailure:
        request.response.status_int = 422
        return _all(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons, status=refusal.status)
        return _all(request, asked)
    request.session.flash(
        _("${n} salinan kerja dibaca; masing-masing menunggu persetujuan.", mapping={"n": len(found)})
    )
    return HTTPSeeOther(HERE)
