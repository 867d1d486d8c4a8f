"""What is done with letters, in one place: the verbs that pages, jobs and other features call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.correspondence.dispatching import (
    answer,
    close,
    dispatch,
    note_delivery,
    send_again,
    settle_portal,
    withdraw,
)
from portal.correspondence.drafting import amend, draft
from portal.correspondence.issuing import approve, decide_many, issue, issue_supplement, void
from portal.correspondence.reviewing import discard, give_back, initial, revise, submit
from portal.correspondence.signing import (
    attach,
    prepare_attaching,
    prepare_scan,
    prepare_signing,
    scan,
    sign,
    sign_many,
)
from portal.correspondence.superseding import supersede

__all__ = [
    "PREPARATIONS",
    "TRANSITIONS",
    "amend",
    "answer",
    "approve",
    "attach",
    "close",
    "decide_many",
    "discard",
    "dispatch",
    "draft",
    "give_back",
    "initial",
    "issue",
    "issue_supplement",
    "note_delivery",
    "revise",
    "scan",
    "send_again",
    "settle_portal",
    "sign",
    "sign_many",
    "submit",
    "supersede",
    "void",
    "withdraw",
]

TRANSITIONS: dict[str, Callable[..., Any]] = {
    "submit": submit,
    "discard": discard,
    "initial": initial,
    "give_back": give_back,
    "revise": revise,
    "approve": approve,
    "issue": issue,
    "issue_supplement": issue_supplement,
    "sign": sign,
    "attach": attach,
    "scan": scan,
    "void": void,
    "dispatch": dispatch,
    "send_again": send_again,
    "note_delivery": note_delivery,
    "answer": answer,
    "close": close,
    "withdraw": withdraw,
    "supersede": supersede,
}
PREPARATIONS = {"sign": prepare_signing, "attach": prepare_attaching, "scan": prepare_scan}
"""Transition → what is slow about it, and done before the transaction."""
