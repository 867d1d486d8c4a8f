"""Judges a certificate: its days, its purpose, its chain, and whether it was revoked; in the signing process only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import crl, pem, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    ExpiredError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
)
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.registry import CertificateStore

from portal.signatures.network import fetched
from portal.signatures.order import Certificate, SignatureRefused, Trust

SIGNS = frozenset({"digital_signature", "non_repudiation"})
LARGEST_LIST = 5 * 1024 * 1024
MOST_LISTS = 6


@dataclass(frozen=True)
class Verdict:
    """What became of judging: whether the chain is known, and what proves it."""

    is_trusted: bool
    context: ValidationContext | None = None
    has_lists: bool = False
    """Whether a list of revoked certificates was there to look into."""


def anchors(trust: Trust) -> list[x509.Certificate]:
    """The office's authorities."""
    if not trust.anchors.strip():
        return []
    return [x509.Certificate.load(der) for _name, _headers, der in pem.unarmor(trust.anchors.encode(), multiple=True)]


def judge(certificate: x509.Certificate, others: CertificateStore, trust: Trust, at: datetime) -> Verdict:
    """Whether it may sign at that moment; raises SignatureRefused. A chain that is not known is no refusal."""
    expect_its_days(certificate, at)
    expect_its_purpose(certificate)
    known, chain = anchors(trust), list(others)
    if not known:
        return Verdict(is_trusted=False)
    path = _path(certificate, _context(known, chain, at, []), chain)
    if path is None:
        return Verdict(is_trusted=False)
    # Asked only of authorities that are trusted: anybody can write an address into a certificate.
    lists = list(_lists(path))
    context = _context(known, chain, at, lists)
    is_trusted = _path(certificate, context, chain) is not None
    return Verdict(is_trusted, context if is_trusted else None, bool(lists))


def expect_its_days(certificate: x509.Certificate, at: datetime) -> None:
    """Neither too early nor too late."""
    if at < certificate.not_valid_before:
        raise SignatureRefused("not-yet", certificate.not_valid_before.date().isoformat())
    if at > certificate.not_valid_after:
        raise SignatureRefused("expired", certificate.not_valid_after.date().isoformat())


def expect_its_purpose(certificate: x509.Certificate) -> None:
    """A person's certificate for signing: not one for encryption, for a server, or an authority's own."""
    usage = certificate.key_usage_value
    if certificate.ca or (usage is not None and not SIGNS & usage.native):
        raise SignatureRefused("usage")


def _context(
    known: list[x509.Certificate], chain: list[x509.Certificate], at: datetime, lists: list[crl.CertificateList]
) -> ValidationContext:
    # Without a list nothing can be said of revocation: that is no reason against a signature.
    return ValidationContext(
        trust_roots=known, other_certs=chain, moment=at, crls=lists, allow_fetching=False, revocation_mode="soft-fail"
    )


def _path(
    certificate: x509.Certificate, context: ValidationContext, chain: list[x509.Certificate]
) -> ValidationPath | None:
    validator = CertificateValidator(certificate, intermediate_certs=chain, validation_context=context)
    try:
        return asyncio.run(validator.async_validate_path())
    except RevokedError as error:
        raise SignatureRefused("revoked") from error
    except ExpiredError as error:
        raise SignatureRefused("expired") from error
    except NotYetValidError as error:
        raise SignatureRefused("not-yet") from error
    except (PathBuildingError, PathValidationError, CRLValidationError):
        return None


def _lists(path: ValidationPath) -> Iterable[crl.CertificateList]:
    addresses = dict.fromkeys(
        url
        for certificate in path.iter_certs(include_root=False)
        for point in certificate.crl_distribution_points
        if (url := point.url)
    )
    for address in list(addresses)[:MOST_LISTS]:
        content = fetched(address, LARGEST_LIST)
        if content is not None:
            der = pem.unarmor(content)[2] if pem.detect(content) else content
            yield crl.CertificateList.load(der, strict=True)


def facts(certificate: x509.Certificate, *, is_trusted: bool) -> Certificate:
    """What people are shown of it."""
    return Certificate(
        holder=called(certificate.subject),
        issuer=called(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        valid_from=certificate.not_valid_before.astimezone(UTC),
        valid_until=certificate.not_valid_after.astimezone(UTC),
        is_trusted=is_trusted,
    )


def called(name: x509.Name) -> str:
    """The common name, with the organisation where that is another; short, since anybody may have written it."""
    parts = name.native
    found = [parts[key] for key in ("common_name", "organization_name") if isinstance(parts.get(key), str)]
    text = ", ".join(dict.fromkeys(" ".join(part.split()) for part in found)) or "?"
    return "".join(sign for sign in text if sign.isprintable())[:150]
