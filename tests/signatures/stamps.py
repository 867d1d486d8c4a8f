"""A time-stamping authority (RFC 3161), written from the standard and not with the library that asks it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from asn1crypto import algos, cms, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from portal.signatures.authority import Holder

POLICY = "1.3.6.1.4.1.99999.1"


def answer(question: bytes, clock: Holder) -> bytes:
    """The granted time stamp for a question."""
    asked = tsp.TimeStampReq.load(question)
    stamped = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": asked["message_imprint"],
        "serial_number": secrets.randbits(64),
        "gen_time": datetime.now(UTC),
    }
    if asked["nonce"].native is not None:
        stamped["nonce"] = asked["nonce"]
    info = tsp.TSTInfo(stamped)
    status = tsp.PKIStatusInfo({"status": "granted"})
    return tsp.TimeStampResp({"status": status, "time_stamp_token": _token(info, clock)}).dump()


def _token(info: tsp.TSTInfo, clock: Holder) -> cms.ContentInfo:
    chain = [x509.Certificate.load(c.public_bytes(Encoding.DER)) for c in (clock.certificate, *clock.above)]
    own = chain[0]
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(info.dump()).digest()]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [_named(own)]}),
        ]
    )
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": _place(own)}),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": clock.key.sign(attributes.untag().dump(force=True), ec.ECDSA(hashes.SHA256())),
        }
    )
    content = {"content_type": "tst_info", "content": cms.ParsableOctetString(info.dump())}
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": content,
            "certificates": chain,
            "signer_infos": [signer],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def _place(certificate: x509.Certificate) -> cms.IssuerAndSerialNumber:
    return cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})


def _named(certificate: x509.Certificate) -> tsp.SigningCertificateV2:
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2({"cert_hash": certificate.sha256})]})
