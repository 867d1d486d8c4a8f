"""What people see of signing: the facts of a signature, the frozen file, the head's folder of what waits for one."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from portal import journal, reads
from portal.accounts.views import asked_by, refuse
from portal.acts import Reason, Refused
from portal.content.assurance import step_up_address
from portal.content.tree import Resource
from portal.content.workflow import reasons_against
from portal.correspondence.certificates import certificate_of
from portal.correspondence.dispatching import filename
from portal.correspondence.forms import Passphrase
from portal.correspondence.model import Letter
from portal.correspondence.place import Letters
from portal.correspondence.register_views import MAY, register_frame
from portal.correspondence.signers_folder import STEPS, line, ticked, to_sign
from portal.correspondence.signing import sign_many, signing_of
from portal.db import paused_transaction
from portal.edge.downloads import attachment
from portal.forms import Form, ValidationFailure
from portal.i18n import _, moment
from portal.pages import Fact
from portal.signatures import Made

PAGE = "correspondence/signatures.pt"
SIGN = STEPS["sign"]

journal.declare(letter_frozen_read=_("${by} mengunduh naskah beku surat Nomor ${number} untuk ditandatangani"))


def signature_facts(request: Request, letter: Letter) -> list[list[Fact]]:
    """Each signature in the letter's file: who, by whose certificate, when, and how much it proves."""
    return [_facts(request, Made.of_json(plain)) for plain in letter.signatures]


def _facts(request: Request, made: Made) -> list[Fact]:
    certificate = made.certificate
    return [
        Fact(_("Pemegang sertifikat"), certificate.holder),
        Fact(_("Penerbit sertifikat"), certificate.issuer),
        Fact(_("Rantai sertifikat"), _("Dipercaya") if certificate.is_trusted else _("Tidak dikenal")),
        Fact(_("Waktu tanda tangan"), moment(made.at, request.identity.zone, request.locale_name) if made.at else None),
        Fact(_("Tingkat"), f"PAdES {made.level}"),
    ]


@view_config(context=Resource, kind="letter", name="@frozen", request_method="GET", permission="letter:frozen")
def frozen(request: Request) -> Response:
    """The file without its signature, for whoever signs it elsewhere."""
    letter: Letter = request.context.item
    if not letter.pdf_sha256:
        raise HTTPNotFound
    reads.note(request, letter, "letter_frozen_read", number=letter.number)
    body = request.registry["site"].blobs.read(letter.pdf_sha256)
    return attachment(body, filename=f"naskah-{filename(letter)}", media_type="application/pdf")


@view_config(context=Letters, name="signatures", request_method="GET", permission=MAY, renderer=PAGE)
def show(request: Request) -> dict[str, Any]:
    """Each letter that waits, with what stands against signing it, and one box for the passphrase."""
    return _page(request, asked_by(request, Passphrase, _("Tanda tangani yang ditandai")), [])


@view_config(context=Letters, name="signatures", request_method="POST", permission=MAY, renderer=PAGE)
def sign(request: Request) -> Any:
    """Sign those that were ticked, with the passphrase given once; each says what became of it."""
    if address := step_up_address(request, SIGN):
        return HTTPSeeOther(address)
    asked = asked_by(request, Passphrase, _("Tanda tangani yang ditandai"))
    chosen = [x for x in ticked(request, to_sign(request)) if not reasons_against(request.act, x, SIGN)]
    try:
        given = asked.validate([pair for pair in request.POST.items() if pair[0] != "item"])
        if not chosen:
            raise Refused([Reason(_("Tandai dulu suratnya."))])
        results = _signed(request, chosen, given["passphrase"])
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked, [])
    except Refused as refusal:
        refuse(request, asked, refusal.reasons, status=refusal.status)
        return _page(request, asked, [])
    return _page(request, asked_by(request, Passphrase, _("Tanda tangani yang ditandai")), results)


def _signed(request: Request, chosen: list[Letter], passphrase: str) -> list[tuple[Letter, Any]]:
    work = signing_of(request.act, chosen)
    with paused_transaction(request):
        outcomes = work(passphrase)
    for letter in chosen:
        request.db.refresh(letter, with_for_update=True)
    results = sign_many(request.act, list(zip(chosen, outcomes, strict=True)))
    return [(letter, results[letter.id]) for letter in chosen]


def _page(request: Request, asked: Form, results: list[tuple[Letter, Any]]) -> dict[str, Any]:
    rows = [line(request, letter, SIGN) for letter in to_sign(request)]
    own = certificate_of(request.db, request.identity.account_id)
    found = {"rows": rows, "results": results, "certificate": own, "form": asked}
    return register_frame(request, _("Menunggu tanda tangan Anda")) | found
