"""Looks at the signatures of a file and at all that was done to it since it was frozen; in the signing process only."""

from __future__ import annotations

import io
from datetime import datetime

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    DiffResult,
    FieldMDPRule,
    FormUpdatingRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.constants import ACROFORM_EXEMPT_STRICT_COMPARISON, ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.signatures.order import Made, SignatureRefused, Trust
from portal.signatures.trust import facts, judge

MOST = 20
"""More signatures than a letter ever has."""
FIRST = CatalogModificationRule(ROOT_EXEMPT_STRICT_COMPARISON | {"/Perms"})
"""A first signature may say what is allowed after it; pyHanko's own rules begin behind that one."""
FIELDS: list[FieldMDPRule] = [SigFieldCreationRule(), SigFieldModificationRule()]
FORM = FormUpdatingRule(FIELDS, ACROFORM_EXEMPT_STRICT_COMPARISON | {"/SigFlags"})
ONLY_SIGNED = StandardDiffPolicy([FIRST, *DEFAULT_DIFF_POLICY.global_rules[1:]], FORM)


def signatures(file: bytes, frozen: int, trust: Trust, at: datetime) -> list[Made]:
    """The signatures behind the frozen bytes, oldest first; raises SignatureRefused unless all are whole and are all."""
    reader = PdfFileReader(io.BytesIO(file))
    found = reader.embedded_regular_signatures
    if not found:
        raise SignatureRefused("unsigned")
    if len(found) > MOST:
        raise SignatureRefused("changed")
    _expect_nothing_else(reader, file, frozen)
    made = [_made(reader, each, trust, at) for each in found]
    # Behind the last signature there may be proofs and time stamps of it, and nothing else.
    if found[-1].diff_result is not None and _level(found[-1].diff_result) > ModificationLevel.LTA_UPDATES:
        raise SignatureRefused("broken")
    return made


def _level(found: DiffResult | SuspiciousModification) -> ModificationLevel:
    return ModificationLevel.OTHER if isinstance(found, SuspiciousModification) else found.modification_level


def _expect_nothing_else(reader: PdfFileReader, file: bytes, frozen: int) -> None:
    """Bytes that were only added may still show another page: what was added has to be signatures."""
    before = PdfFileReader(io.BytesIO(file[:frozen])).xrefs.total_revisions
    result = ONLY_SIGNED.review_file(reader, before - 1)
    if _level(result) > ModificationLevel.FORM_FILLING:
        raise SignatureRefused("changed")


def _made(reader: PdfFileReader, found: EmbeddedPdfSignature, trust: Trust, at: datetime) -> Made:
    nobody = ValidationContext(trust_roots=[], allow_fetching=False)  # whom to trust is asked elsewhere
    status: PdfSignatureStatus = validate_pdf_signature(found, nobody, nobody)
    is_whole = status.intact and status.valid and status.docmdp_ok
    allowed = status.modification_level is not None and status.modification_level <= ModificationLevel.FORM_FILLING
    if not (is_whole and allowed and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION):
        raise SignatureRefused("broken")
    level, when = "B-B", status.signer_reported_dt
    stamp = status.timestamp_validity
    if stamp is not None and stamp.intact and stamp.valid:
        level, when = "B-LT" if "/DSS" in reader.root else "B-T", stamp.timestamp
    others = SimpleCertificateStore.from_certs(found.other_embedded_certs)
    verdict = judge(found.signer_cert, others, trust, at)
    return Made(facts(found.signer_cert, is_trusted=verdict.is_trusted), level, when)
