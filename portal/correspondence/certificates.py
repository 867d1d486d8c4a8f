"""The certificate with which a person signs: checked once, sealed, shown, replaced, taken away."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal import journal, limits, registry, seals, signatures
from portal.acts import Act, Identity, Reason, Refused, Site
from portal.correspondence.model import SigningCertificate
from portal.correspondence.settings import ANCHORS, TIME_STAMPS
from portal.i18n import _
from portal.signatures import Certificate, SignatureRefused, Trust

TRIES, WINDOW = 6, timedelta(minutes=5)
LARGEST_KEY = 100_000

journal.declare(
    certificate_enrolled=_("${by} memasang sertifikat elektronik ${holder}, berlaku sampai ${until}"),
    certificate_removed=_("${by} mencabut sertifikat elektroniknya dari portal"),
)

REFUSALS = {
    "passphrase": _("Frasa sandi tidak cocok dengan berkas kunci."),
    "no-key": _("Berkas ini bukan berkas kunci PKCS#12 (.p12 atau .pfx) dengan kunci dan sertifikat."),
    "expired": _("Masa berlaku sertifikat sudah berakhir."),
    "not-yet": _("Sertifikat belum mulai berlaku."),
    "revoked": _("Sertifikat sudah dicabut oleh penerbitnya."),
    "usage": _("Sertifikat ini bukan untuk tanda tangan."),
    "tsa": _("Penanda waktu (TSA) tidak menjawab. Coba lagi nanti, atau minta administrator memeriksa setelannya."),
    "tsa-unknown": _("Penanda waktu (TSA) tidak dikenal oleh sertifikat induk yang dipercaya."),
    "different": _("Berkas ini bukan kelanjutan dari naskah yang dibekukan: isinya tidak diawali naskah itu."),
    "changed": _("Selain tanda tangan, ada yang diubah atau ditambahkan pada naskah."),
    "unsigned": _("Berkas ini tidak memuat tanda tangan elektronik."),
    "broken": _("Tanda tangan dalam berkas ini rusak, atau tidak mencakup seluruh berkas."),
    "time": _("Berkas terlalu lama diproses."),
    "memory": _("Berkas terlalu besar untuk diproses."),
    "failed": _("Berkas tidak dapat diproses."),
}
BESIDE = {"passphrase": "passphrase"}


def refusal(found: SignatureRefused, field: str | None = None) -> Refused:
    """Why there is no signature, in the person's words."""
    return Refused([Reason(REFUSALS.get(found.reason, REFUSALS["failed"]), field=BESIDE.get(found.reason, field))])


def trust_of(session: Session) -> Trust:
    """Whom the office trusts, by its settings."""
    return Trust(registry.value(session, ANCHORS), registry.value(session, TIME_STAMPS))


def certificate_of(session: Session, account_id: int | None) -> SigningCertificate | None:
    """The certificate that the person has enrolled."""
    return session.get(SigningCertificate, account_id) if account_id else None


def _place(account_id: int) -> str:
    return f"account/{account_id}/signing"


def key_of(act: Act, kept: SigningCertificate) -> bytes:
    """The key file as it was given: still closed by its passphrase."""
    return base64.b64decode(seals.unseal(act.site.settings.data, kept.key, _place(kept.account_id)))


def with_tries(site: Site, by: Identity, at: datetime, work: Callable[[], Any]) -> Any:
    """Work that needs the person's passphrase: a stranger at the keyboard may not try many. Raises Refused."""
    key = f"passphrase {by.account_id}"
    with site.act(by, at) as act:
        limits.throttle(act.session, key, limit=TRIES, per=WINDOW, now=at)
    try:
        made = work()
    except SignatureRefused as found:
        raise refusal(found) from found
    with site.act(by, at) as act:
        limits.forgive(act.session, key)
    return made


def checked(site: Site, by: Identity, at: datetime, trust: Trust, key: bytes, passphrase: str) -> Certificate:
    """The certificate in a key file that this passphrase opens and that may sign; outside any transaction."""
    if len(key) > LARGEST_KEY:
        raise refusal(SignatureRefused("no-key"), "key")
    found: Certificate = with_tries(site, by, at, lambda: signatures.describe(key, passphrase, trust, at))
    return found


def enrol(act: Act, key: bytes, certificate: Certificate) -> None:
    """Keep the person's own key file, sealed; an earlier one is replaced."""
    account = act.by.account_id
    if account is None:
        raise LookupError("nobody")
    sealed = seals.seal(act.site.settings.data, base64.b64encode(key).decode(), _place(account))
    act.session.merge(
        SigningCertificate(
            account_id=account, key=sealed, enrolled_at=act.at, **{n: getattr(certificate, n) for n in SHOWN}
        )
    )
    until, holder = certificate.valid_until.isoformat(), certificate.holder
    journal.record(act, "certificate_enrolled", account=account, until=until, holder=holder, serial=certificate.serial)


SHOWN = ("holder", "issuer", "serial", "valid_from", "valid_until", "is_trusted")


def remove(act: Act) -> None:
    """Take the person's own key away."""
    kept = certificate_of(act.session, act.by.account_id)
    if kept is not None:
        act.session.delete(kept)
        journal.record(act, "certificate_removed", account=kept.account_id)
