"""Many people at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Call `do(0)` … `do(count - 1)` in threads that all start together; gives what they gave."""
    start = Barrier(count)

    def one(number: int) -> Any:
        start.wait()
        return do(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
