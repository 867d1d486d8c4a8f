"""The signing process: reads one order, takes its own rights away, does it, answers, ends.

Started by `portal.signatures.workshop` as `python -m portal.signatures.process <CPU seconds>`.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.signatures import inspection, signing
from portal.signatures.keys import opened
from portal.signatures.order import SignatureRefused, Trust, content_of
from portal.signatures.trust import facts, judge

MEMORY = 1024**3


def limit(seconds: int) -> None:
    """Take from this process what a signature does not need: no file is written, no other process begun."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def describe(order: Mapping[str, Any], trust: Trust, at: datetime) -> dict[str, Any]:
    """Open the key and judge its certificate."""
    key = opened(content_of(order["key"]), order["passphrase"])
    verdict = judge(key.signing_cert, key.cert_registry, trust, at)
    return {"certificate": facts(key.signing_cert, is_trusted=verdict.is_trusted).as_json()}


def sign(order: Mapping[str, Any], trust: Trust, at: datetime) -> dict[str, Any]:
    """Sign each file with the same key."""
    key = opened(content_of(order["key"]), order["passphrase"])
    verdict = judge(key.signing_cert, key.cert_registry, trust, at)
    return {"files": list(signing.each([content_of(f) for f in order["files"]], key, verdict, trust, at))}


def examine(order: Mapping[str, Any], trust: Trust, at: datetime) -> dict[str, Any]:
    """Look at every signature of a file."""
    found = inspection.signatures(content_of(order["file"]), order["frozen"], trust, at)
    return {"signatures": [made.as_json() for made in found]}


WORK = {"describe": describe, "sign": sign, "examine": examine}


def attempt(order: Mapping[str, Any]) -> dict[str, Any]:
    """The answer, whatever happens; the name of an unforeseen fault and never its text, which may quote the file."""
    try:
        return WORK[order["do"]](order, Trust(**order["trust"]), datetime.fromisoformat(order["at"]))
    except SignatureRefused as refusal:
        return {"refused": refusal.reason, "detail": refusal.detail}
    except MemoryError:
        return {"refused": "memory", "detail": ""}
    except RecursionError:
        return {"refused": "failed", "detail": "RecursionError"}
    except Exception as error:  # noqa: BLE001 - any fault of a file is its answer
        return {"refused": "failed", "detail": type(error).__name__}


def main() -> None:
    """One order, one answer."""
    logging.disable()  # pyHanko tells its log about passphrases and files
    order = json.loads(sys.stdin.buffer.read())
    limit(int(sys.argv[1]))
    sys.stdout.write(json.dumps(attempt(order)))


if __name__ == "__main__":
    main()
