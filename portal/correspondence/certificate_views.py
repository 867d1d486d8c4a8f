"""The page on which a person who signs enrols a certificate, sees it, and takes it away."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config

from portal.accounts.assurance import lacks_assurance
from portal.accounts.views import asked_by, refuse
from portal.acts import Refused
from portal.correspondence import certificates, forms
from portal.db import paused_transaction
from portal.forms import Form, ValidationFailure
from portal.i18n import _, moment
from portal.pages import Fact
from portal.signatures import Certificate

HERE, PAGE, MAY = "/account/certificate", "correspondence/certificate.pt", "letters:sign"
BUTTON = _("Pasang")


def _step_up(request: Request) -> HTTPSeeOther | None:
    return HTTPSeeOther(f"/account/confirm?came_from={quote(HERE)}") if lacks_assurance(request) else None


@view_config(route_name="signing_certificate", request_method="GET", permission=MAY, renderer=PAGE)
def show(request: Request) -> Any:
    """The certificate that is there, and the form for another."""
    return _step_up(request) or _page(request, asked_by(request, forms.Certificate, BUTTON))


def _page(request: Request, asked: Form) -> dict[str, Any]:
    kept = certificates.certificate_of(request.db, request.identity.account_id)
    when = partial(moment, zone=request.identity.zone, lang=request.locale_name)
    return {
        "title": _("Sertifikat elektronik saya"),
        "form": asked,
        "kept": kept,
        "is_over": kept is not None and kept.valid_until < request.at,
        "facts": [
            Fact(_("Pemegang sertifikat"), kept.holder),
            Fact(_("Penerbit sertifikat"), kept.issuer),
            Fact(_("Rantai sertifikat"), _("Dipercaya") if kept.is_trusted else _("Tidak dikenal")),
            Fact(_("Berlaku mulai"), when(kept.valid_from)),
            Fact(_("Berlaku sampai"), when(kept.valid_until)),
        ]
        if kept is not None
        else [],
    }


@view_config(route_name="signing_certificate", request_method="POST", permission=MAY, renderer=PAGE)
def enrol(request: Request) -> Any:
    """Check the key with its passphrase, keep it sealed, forget the passphrase."""
    if asks := _step_up(request):
        return asks
    asked = asked_by(request, forms.Certificate, BUTTON)
    try:
        given = asked.validate(request.POST.items())
        key: bytes = given["key"].file.read()
        certificates.enrol(request.act, key, _checked(request, key, given["passphrase"]))
    except ValidationFailure:
        request.response.status_int = 422
        return _page(request, asked)
    except Refused as refusal:
        refuse(request, asked, refusal.reasons, status=refusal.status)
        return _page(request, asked)
    request.session.flash(_("Sertifikat dipasang."))
    return HTTPSeeOther(HERE)


def _checked(request: Request, key: bytes, passphrase: str) -> Certificate:
    site, by, at, trust = request.registry["site"], request.identity, request.at, certificates.trust_of(request.db)
    with paused_transaction(request):
        return certificates.checked(site, by, at, trust, key, passphrase)


@view_config(route_name="signing_certificate_remove", request_method="POST", permission=MAY)
def remove(request: Request) -> Any:
    """Take the key away; what it has signed stays signed."""
    if asks := _step_up(request):
        return asks
    certificates.remove(request.act)
    request.session.flash(_("Sertifikat dicabut dari portal."))
    return HTTPSeeOther(HERE)
