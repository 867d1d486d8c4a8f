"""The public check of a letter: is this number ours, does it still hold, is this file the one we issued."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy import select

from portal import limits
from portal.acts import Site
from portal.correspondence.issuing import ALPHABET, CODE_LENGTH, spelled
from portal.correspondence.model import Letter
from portal.correspondence.superseding import IN_FORCE, OPEN_SECURITY
from portal.directory.model import Organisation
from portal.i18n import _
from portal.signatures import Made

PAGE = "correspondence/verify.pt"
TRIES, WINDOW = 60, timedelta(minutes=10)
LARGEST = 50 * 1024 * 1024
CODE = re.compile(rf"[{ALPHABET}]{{{CODE_LENGTH}}}")

STATES = {
    "signing": ("waiting", _("Terdaftar, tetapi belum ditandatangani: surat ini belum berlaku")),
    "voided": ("stopped", _("Dibatalkan: nomor ini tidak lagi berlaku")),
    "withdrawn": ("stopped", _("Ditarik: surat ini tidak lagi berlaku")),
}
SUPERSEDED = ("stopped", _("Digantikan: surat ini tidak lagi berlaku"))
VALID = ("done", _("Berlaku: surat ini terdaftar pada kami"))


@dataclass(frozen=True)
class Finding:
    """What anybody may know of a letter: nothing about persons or matters."""

    number: str
    dated: Any
    office: str
    phase: str
    title: Any
    sha256: str
    frozen: str
    """The file before its signature was put behind it; "" where that is the file itself."""
    signer: str
    """Which office signed; never who."""
    signed: Any
    """How."""
    signed_at: Any
    issuers: str
    """Who issued the certificates."""
    successor: Letter | None = None
    """The letter that holds instead; only one that is open to everybody is named."""


SIGNED = {
    "portal": _("Tanda tangan elektronik di dalam berkas"),
    "external": _("Tanda tangan elektronik di dalam berkas"),
    "ink": _("Tanda tangan dengan pena pada naskah kertas"),
}


def normal(code: str) -> str:
    """The code as it is kept: capitals without hyphens and spaces; "" for what can't be one."""
    bare = re.sub(r"[\s-]", "", code[:40]).upper()
    return bare if CODE.fullmatch(bare) else ""


@view_config(route_name="verify", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=PAGE)
def ask(request: Request) -> Any:
    """A box for the code on a printed letter."""
    typed = request.GET.get("code", "").strip()
    if typed and (code := normal(typed)):
        return HTTPSeeOther(request.route_path("verify_code", code=code))
    return _page(typed[:40], None, is_asked=bool(typed))


@view_config(
    route_name="verify",
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
    renderer=PAGE,
    require_csrf=False,  # nothing is written: the file is hashed and forgotten
)
def recognise(request: Request) -> dict[str, Any]:
    """Whose letter this very file is, without its code."""
    _count(request)
    upload = request.POST.get("file")
    if not hasattr(upload, "file"):
        return _page("", None, is_asked=False) | {"nothing_sent": True}
    sha256 = _sha256(upload.file)
    query = select(Letter).where((Letter.signed_sha256 == sha256) | (Letter.pdf_sha256 == sha256))
    letter = request.db.scalar(query.order_by(Letter.id).limit(1))
    if letter is None:
        return _page("", None, is_asked=False) | {"same": "unknown"}
    finding = _finding(request, letter)
    return _page(spelled(letter.check_code or ""), finding, is_asked=True) | {"same": _same(finding, sha256)}


def _same(finding: Finding, sha256: str) -> str:
    """The file itself, what it was before it was signed, or another."""
    if finding.sha256 == sha256:
        return "same"
    return "frozen" if finding.frozen == sha256 else "other"


@view_config(route_name="verify_code", request_method="GET", permission=NO_PERMISSION_REQUIRED, renderer=PAGE)
def check(request: Request) -> dict[str, Any]:
    """What the register says about the code."""
    return _found(request)


@view_config(
    route_name="verify_code",
    request_method="POST",
    permission=NO_PERMISSION_REQUIRED,
    renderer=PAGE,
    require_csrf=False,  # nothing is written: the file is hashed and forgotten
)
def compare(request: Request) -> dict[str, Any]:
    """Whether this very file is the one that was issued."""
    page = _found(request)
    upload = request.POST.get("file")
    if page["finding"] is None or not hasattr(upload, "file"):
        return page | {"nothing_sent": True}
    return page | {"same": _same(page["finding"], _sha256(upload.file))}


def _sha256(source: Any) -> str:
    digest, size = hashlib.sha256(), 0
    with source:
        while (chunk := source.read(1 << 16)) and size <= LARGEST:
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest()


def _found(request: Request) -> dict[str, Any]:
    _count(request)
    code = normal(request.matchdict["code"])
    letter = request.db.scalar(select(Letter).where(Letter.check_code == code)) if code else None
    if letter is None:
        request.response.status_int = 404
    finding = _finding(request, letter) if letter is not None else None
    return _page(spelled(code) or request.matchdict["code"][:40], finding, is_asked=True)


def _count(request: Request) -> None:
    key = f"verify/{request.client_addr}"
    if request.method == "POST":
        limits.throttle(request.db, key, limit=TRIES, per=WINDOW, now=request.at)
        return
    site: Site = request.registry["site"]
    # A page that only reads can't count: that has a transaction of its own.
    with site.act(at=request.at) as act:
        limits.throttle(act.session, key, limit=TRIES, per=WINDOW, now=request.at)


def _finding(request: Request, letter: Letter) -> Finding:
    office = request.db.get(Organisation, letter.office_id) if letter.office_id else None
    usual = SUPERSEDED if letter.superseded_by_id else VALID
    phase, title = STATES.get(letter.state, usual)
    made = [Made.of_json(plain) for plain in letter.signatures]
    lines = [*letter.signer.get("prefix_lines", []), letter.signer.get("office", "")]
    return Finding(
        number=letter.number or "",
        dated=letter.dated,
        office=office.title if office else "",
        phase=phase,
        title=title,
        sha256=letter.final_sha256,
        frozen=letter.pdf_sha256 if letter.pdf_sha256 != letter.final_sha256 else "",
        signer=" ".join(filter(None, lines)),
        signed=None if letter.state == "signing" else SIGNED.get(letter.signature),
        signed_at=made[-1].at if made else None,
        issuers="; ".join(dict.fromkeys(each.certificate.issuer for each in made)),
        successor=_public_successor(request, letter),
    )


def _public_successor(request: Request, letter: Letter) -> Letter | None:
    other = request.db.get(Letter, letter.superseded_by_id) if letter.superseded_by_id else None
    is_open = other is not None and other.security == OPEN_SECURITY and other.state in IN_FORCE
    return other if is_open else None


def _page(code: str, finding: Finding | None, *, is_asked: bool) -> dict[str, Any]:
    return {
        "title": _("Periksa keaslian surat"),
        "code": code,
        "finding": finding,
        "is_asked": is_asked,
        "same": "",
        "nothing_sent": False,
    }
