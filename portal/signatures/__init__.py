"""Electronic signatures in PDF files: made and examined in a process of their own, which knows no database."""

from portal.signatures.order import Certificate, Made, SignatureRefused, Trust
from portal.signatures.workshop import describe, examine, sign

__all__ = ["Certificate", "Made", "SignatureRefused", "Trust", "describe", "examine", "sign"]
