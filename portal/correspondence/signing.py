"""Signing an issued letter: in the portal with the signer's key, elsewhere with the file brought back, or with a pen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal import journal, signatures
from portal.acts import Act, Reason, Refused
from portal.blobs import Blob
from portal.content import catalog
from portal.content.workflow import advance
from portal.correspondence.certificates import certificate_of, key_of, refusal, trust_of, with_tries
from portal.correspondence.model import Letter
from portal.documents.examination import examine
from portal.i18n import _
from portal.signatures import Made, SignatureRefused

journal.declare(
    letter_signed=_("${by} menandatangani surat Nomor ${number} secara elektronik"),
    letter_signature_attached=_("${by} mengunggah surat Nomor ${number} yang ditandatangani ${holder}"),
    letter_scanned=_("${by} mengunggah pindaian surat Nomor ${number} yang bertanda tangan basah"),
)

LARGEST = 25_000_000
OVERTAKEN = _("Berkas surat berubah ketika ditandatangani; coba lagi.")
OTHER_ISSUER = _(
    "Pada surat tercetak penerbit sertifikat “${printed}”, sedangkan sertifikat ini diterbitkan “${found}”."
)
NO_PDF = _("Pindaian harus berupa PDF yang dapat dibaca.")


@dataclass(frozen=True)
class Signed:
    """A file with signatures behind the frozen bytes, kept and looked at, and not yet the letter's."""

    frozen: str
    """Of which file."""
    blob: Blob
    made: tuple[Made, ...]


def prepare_signing(act: Act, letter: Letter) -> Callable[..., dict[str, Any]]:
    """What `sign` needs: the work that asks for the passphrase and must not hold a transaction."""
    work = signing_of(act, [letter])

    def sign_one(*, passphrase: str) -> dict[str, Any]:
        [outcome] = work(passphrase)
        if isinstance(outcome, Refused):
            raise outcome
        return {"signed": outcome}

    return sign_one


def signing_of(act: Act, letters: Sequence[Letter]) -> Callable[[str], list[Signed | Refused]]:
    """Work that signs each of these with the person's own key: opened once, by one passphrase, and forgotten."""
    site, by, at, trust = act.site, act.by, act.at, trust_of(act.session)
    kept = certificate_of(act.session, by.account_id)
    if kept is None:
        raise Refused([Reason(_("Anda belum memasang sertifikat elektronik."), mend="/account/certificate")])
    key, hashes = key_of(act, kept), [letter.pdf_sha256 for letter in letters]

    def work(passphrase: str) -> list[Signed | Refused]:
        files = [site.blobs.read(sha256) for sha256 in hashes]
        made = with_tries(site, by, at, lambda: signatures.sign(key, passphrase, files, trust, at))
        return [_kept(site.blobs.put, sha256, each) for sha256, each in zip(hashes, made, strict=True)]

    return work


def _kept(put: Callable[[bytes], Blob], frozen: str, outcome: Any) -> Signed | Refused:
    if isinstance(outcome, SignatureRefused):
        return refusal(outcome)
    content, made = outcome
    return Signed(frozen, put(content), (made,))


def sign(act: Act, letter: Letter, *, signed: Signed) -> None:
    """The letter is the signed file from now on."""
    printed, found = letter.snapshot["page"].get("issuer") if letter.snapshot else None, signed.made[-1].certificate
    if printed and printed != found.issuer:
        raise Refused([Reason(OTHER_ISSUER % {"printed": printed, "found": found.issuer})])
    _settle(act, letter, "sign", signed)
    journal.record(act, "letter_signed", letter, number=letter.number, sha256=letter.signed_sha256, serial=found.serial)
    catalog.index(act.session, letter)


def prepare_attaching(act: Act, letter: Letter) -> Callable[..., dict[str, Any]]:
    """What `attach` needs: the work that compares and examines the file."""
    site, at, trust, frozen = act.site, act.at, trust_of(act.session), letter.pdf_sha256

    def attach_one(*, file: Any) -> dict[str, Any]:
        content = file.file.read(LARGEST + 1)
        try:
            made = signatures.examine(site.blobs.read(frozen), content, trust, at)
        except SignatureRefused as found:
            raise refusal(found, "file") from found
        return {"signed": Signed(frozen, site.blobs.put(content), tuple(made))}

    return attach_one


def attach(act: Act, letter: Letter, *, signed: Signed) -> None:
    """The letter is the file that was signed elsewhere; who carried it here is written down with whose signature it is."""
    _settle(act, letter, "attach", signed)
    holder = signed.made[-1].certificate.holder
    known = {"number": letter.number, "sha256": letter.signed_sha256, "holder": holder}
    journal.record(act, "letter_signature_attached", letter, serial=signed.made[-1].certificate.serial, **known)
    catalog.index(act.session, letter)


def _settle(act: Act, letter: Letter, step: str, signed: Signed) -> None:
    if signed.frozen != letter.pdf_sha256:
        raise Refused([Reason(OVERTAKEN)])
    advance(act, letter, step)
    letter.signed_sha256, letter.signed_size = signed.blob.sha256, signed.blob.size
    letter.signed_at, letter.signed_by_id = act.at, act.by.account_id
    letter.signatures = [made.as_json() for made in signed.made]


def sign_many(act: Act, outcomes: Sequence[tuple[Letter, Signed | Refused]]) -> dict[int, tuple[Reason, ...]]:
    """Settle several, each by itself; gives the reasons against each, none where it was signed."""
    results: dict[int, tuple[Reason, ...]] = {}
    for letter, outcome in outcomes:
        try:
            if isinstance(outcome, Refused):
                raise outcome
            with act.session.begin_nested():
                sign(act, letter, signed=outcome)
            results[letter.id] = ()
        except Refused as refused:
            results[letter.id] = refused.reasons
    return results


def prepare_scan(act: Act, _letter: Letter) -> Callable[..., dict[str, Any]]:
    """What `scan` needs: the work that looks into the file."""
    blobs = act.site.blobs

    def look(*, file: Any, is_sent: bool) -> dict[str, Any]:
        seen = examine(blobs, file.file, file.filename)
        if seen.finding or seen.kind is None or seen.kind.type != "application/pdf":
            raise Refused([Reason(NO_PDF, field="file")])
        return {"scanned": Blob(seen.sha256, seen.size), "is_sent": is_sent}

    return look


def scan(act: Act, letter: Letter, *, scanned: Blob, is_sent: bool = False) -> None:
    """Keep the scan of the paper that was signed; on wish it is what goes out."""
    advance(act, letter, "scan")
    letter.scan_sha256, letter.signed_at, letter.signed_by_id = scanned.sha256, act.at, letter.signing_id
    if letter.state == "issued":
        letter.signed_sha256, letter.signed_size = (scanned.sha256, scanned.size) if is_sent else ("", 0)
    journal.record(act, "letter_scanned", letter, number=letter.number, sha256=scanned.sha256, is_sent=is_sent)
    catalog.index(act.session, letter)
