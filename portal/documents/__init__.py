"""Documents: files of a case, kept as evidence and shown as clean copies."""

from __future__ import annotations

from pyramid.config import Configurator
from sqlalchemy.orm import Session

from portal import jobs
from portal.content.item import Kind, register
from portal.documents import forms, previews, verbs
from portal.documents.model import Document
from portal.documents.workflow import WORKFLOW
from portal.i18n import _


def _words(_session: Session, document: Document) -> str:
    return f"{document.title} {document.holder} {document.number} {document.sent_as} {document.note}"


register(
    Kind(
        "document",
        _("Dokumen"),
        Document,
        WORKFLOW,
        verbs=verbs.TRANSITIONS,
        forms={"reject": forms.Reject, "withdraw": forms.Withdraw},
        versioned=tuple(sorted(verbs.DESCRIBED)),
        text=_words,
        template="documents/document.pt",
    )
)

jobs.work("document.preview", previews.make)


def includeme(_config: Configurator) -> None:
    """Nothing beyond the kind and its job: screens are found by the scan."""
