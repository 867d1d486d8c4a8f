"""Puts a PAdES signature behind a file; runs in the signing process only."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from portal.signatures import inspection
from portal.signatures.network import Clerk
from portal.signatures.order import Made, SignatureRefused, Trust, text_of
from portal.signatures.trust import Verdict


def each(
    files: Sequence[bytes], key: SimpleSigner, verdict: Verdict, trust: Trust, at: datetime
) -> Iterator[dict[str, Any]]:
    """One answer for each file. An authority that did not answer for one is not asked for the next."""
    clerk, silent = Clerk(trust.time_stamps) if trust.time_stamps else None, None
    for file in files:
        try:
            if silent is not None:
                raise silent
            content, made = signed(file, key, verdict, clerk, trust, at)
            yield {"file": text_of(content), "made": made.as_json()}
        except SignatureRefused as refusal:
            silent = refusal if refusal.reason == "tsa" else None
            yield {"refused": refusal.reason, "detail": refusal.detail}


def signed(
    file: bytes, key: SimpleSigner, verdict: Verdict, clerk: Clerk | None, trust: Trust, at: datetime
) -> tuple[bytes, Made]:
    """The same bytes with an invisible signature behind them, looked at as anybody else's would be."""
    writer = IncrementalPdfFileWriter(io.BytesIO(file))
    earlier = len(writer.prev.embedded_signatures)
    # With trusted time and a known chain, what proves the certificate later goes into the file as well.
    proves = clerk is not None and verdict.is_trusted and verdict.has_lists
    metadata = PdfSignatureMetadata(
        field_name=f"TandaTangan{earlier + 1}",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=earlier == 0,
        docmdp_permissions=MDPPerm.FILL_FORMS,  # others may sign after this one, and nobody may do more
        embed_validation_info=proves,
        validation_context=verdict.context if proves else None,
    )
    try:
        content = PdfSigner(metadata, signer=key, timestamper=clerk).sign_pdf(writer).getvalue()
    except TimestampRequestError as error:
        raise SignatureRefused("tsa", type(error).__name__) from error
    except (PathBuildingError, PathValidationError, SigningError) as error:
        raise SignatureRefused("tsa-unknown" if proves else "failed", type(error).__name__) from error
    return content, inspection.signatures(content, len(file), trust, at)[-1]
