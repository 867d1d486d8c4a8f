"""An application behind a real server, as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import Any

import waitress
from waitress import wasyncore


@contextmanager
def listening(app: Any, **options: Any) -> Iterator[int]:
    """The port at which it answers."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, ident=None, **options)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.task_dispatcher.shutdown()
        # Its own thread closes the sockets: now and then it is waiting for them when another one does, and dies of it.
        server.trigger.pull_trigger(partial(wasyncore.close_all, server._map))
        thread.join()
