"""Opens a signer's PKCS#12 file; runs in the signing process only."""

from __future__ import annotations

from asn1crypto import pkcs12
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from pyhanko.sign.signers import SimpleSigner

from portal.signatures.order import SignatureRefused


def opened(key: bytes, passphrase: str) -> SimpleSigner:
    """The key ready to sign, with the certificates that came with it."""
    _expect_pkcs12(key)
    secret = passphrase.encode()
    try:
        private, certificate, _others = load_key_and_certificates(key, secret)
    except ValueError as error:
        raise SignatureRefused("passphrase") from error
    if private is None or certificate is None:
        raise SignatureRefused("no-key")
    return SimpleSigner.load_pkcs12_data(key, other_certs=[], passphrase=secret)


def _expect_pkcs12(key: bytes) -> None:
    try:
        content = pkcs12.Pfx.load(key, strict=True)
        is_one = content["version"].native == "v3" and content["auth_safe"]["content_type"].native == "data"
    except (ValueError, TypeError, KeyError) as error:
        raise SignatureRefused("no-key") from error
    if not is_one:
        raise SignatureRefused("no-key")
