"""A certificate authority to try signing with: root, issuing authority, signers, lists of the revoked, time stamps.

For tests and demonstrations only: nobody else trusts it, and its keys lie in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CURVE = ec.SECP256R1()
YEARS = timedelta(days=3650)
USAGE = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@dataclass(frozen=True)
class Holder:
    """A certificate with its key and those above it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    above: tuple[x509.Certificate, ...]

    def pkcs12(self, passphrase: str) -> bytes:
        """As signers are handed it: a file that its passphrase opens."""
        name = self.certificate.subject.rfc4514_string().encode()
        encryption = BestAvailableEncryption(passphrase.encode())
        return pkcs12.serialize_key_and_certificates(name, self.key, self.certificate, list(self.above), encryption)


def pem(*certificates: x509.Certificate) -> str:
    """As text, for the setting of whom the office trusts."""
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates)


def _usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in names for name in USAGE})


@dataclass
class Authority:
    """A root, and below it the authority that issues certificates; both begin on the day that is given."""

    since: datetime
    name: str = "Balai Sertifikasi Percobaan"
    lists_at: str = ""
    """Where its list of the revoked is said to lie; empty: it has none."""
    revoked: list[tuple[int, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make both."""
        self.root = self._made(f"Induk {self.name}", None, authority=True)
        self.issuing = self._made(self.name, self.root, authority=True)

    def signer(
        self,
        name: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        usage: tuple[str, ...] = ("digital_signature", "content_commitment"),
    ) -> Holder:
        """Somebody who signs; other days or another usage make one that should be refused."""
        return self._made(name, self.issuing, since=since, until=until, usage=usage)

    def clock(self) -> Holder:
        """Whoever answers with time stamps."""
        return self._made(f"Waktu {self.name}", self.issuing, stamps=True)

    def _made(
        self,
        name: str,
        issuer: Holder | None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        usage: tuple[str, ...] = ("digital_signature",),
        authority: bool = False,
        stamps: bool = False,
    ) -> Holder:
        key = ec.generate_private_key(CURVE)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(since or self.since)
            .not_valid_after(until or self.since + YEARS)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage("key_cert_sign", "crl_sign") if authority else _usage(*usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        if issuer is not None and not authority and self.lists_at:
            builder = builder.add_extension(self._where_lists_are(), critical=False)
        made = builder.sign(issuer.key if issuer else key, hashes.SHA256())
        return Holder(made, key, (issuer.certificate, *issuer.above) if issuer else ())

    def _where_lists_are(self) -> x509.CRLDistributionPoints:
        place = [x509.UniformResourceIdentifier(self.lists_at)]
        return x509.CRLDistributionPoints([x509.DistributionPoint(place, None, None, None)])

    def revoke(self, holder: Holder, at: datetime) -> None:
        """Put a certificate on the list."""
        self.revoked.append((holder.certificate.serial_number, at))

    def list_of_revoked(self) -> bytes:
        """The list (CRL) as it is now."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.issuing.certificate.subject)
        builder = builder.last_update(self.since).next_update(self.since + YEARS)
        for serial, at in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            builder = builder.add_revoked_certificate(entry)
        signed = builder.sign(self.issuing.key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.DER)
