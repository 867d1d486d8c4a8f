"""Starts the signing process for one piece of work and waits for its answer; it ends with it, and so does the key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.signatures.order import Certificate, Made, SignatureRefused, Trust, content_of, text_of

CPU_SECONDS = 15
WALL_SECONDS = 45
PER_FILE = 1
ROOT = Path(__file__).parents[2]
TURNS = threading.BoundedSemaphore(2)
"""How many may run at once: each takes some hundred megabytes at worst."""


def describe(key: bytes, passphrase: str, trust: Trust, at: datetime) -> Certificate:
    """The certificate of a PKCS#12 file that this passphrase opens and that may sign now; raises SignatureRefused."""
    answer = _ask("describe", trust, at, key=text_of(key), passphrase=passphrase)
    return Certificate.of_json(answer["certificate"])


def sign(
    key: bytes, passphrase: str, files: Sequence[bytes], trust: Trust, at: datetime
) -> list[tuple[bytes, Made] | SignatureRefused]:
    """Each file with a signature behind it, or why it has none; raises SignatureRefused if the key itself is no good."""
    answer = _ask(
        "sign", trust, at, len(files), key=text_of(key), passphrase=passphrase, files=[text_of(file) for file in files]
    )
    return [_outcome(each) for each in answer["files"]]


def _outcome(answer: dict[str, Any]) -> tuple[bytes, Made] | SignatureRefused:
    if "refused" in answer:
        return SignatureRefused(answer["refused"], answer["detail"])
    return content_of(answer["file"]), Made.of_json(answer["made"])


def examine(frozen: bytes, signed: bytes, trust: Trust, at: datetime) -> list[Made]:
    """The signatures of a file that is the frozen one with nothing but whole signatures behind it; else refused."""
    if len(signed) <= len(frozen) or not signed.startswith(frozen):
        raise SignatureRefused("unsigned" if signed == frozen else "different")
    answer = _ask("examine", trust, at, frozen=len(frozen), file=text_of(signed))
    return [Made.of_json(each) for each in answer["signatures"]]


def _ask(what: str, trust: Trust, at: datetime, many: int = 1, **more: Any) -> dict[str, Any]:
    order = json.dumps({"do": what, "trust": asdict(trust), "at": at.isoformat(), **more}).encode()
    seconds = CPU_SECONDS + PER_FILE * many
    with TURNS:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "portal.signatures.process", str(seconds)],
                input=order,  # never an argument, a file or a variable: the passphrase lies in memory only
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=WALL_SECONDS + PER_FILE * many,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise SignatureRefused("time", "no answer") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise SignatureRefused("time" if done.returncode < 0 else "failed", f"ended with {done.returncode}") from error
    if "refused" in answer:
        raise SignatureRefused(answer["refused"], answer["detail"])
    return dict(answer)
