"""The style guide as an application, with a client that reads its pages and a server for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from waitress.server import create_server
from webtest import TestApp

from tests.frame.guide import make_app


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory):
    return make_app(tmp_path_factory.mktemp("guide"))


@pytest.fixture
def client(guide) -> TestApp:
    guide.registry.received.clear()
    return TestApp(guide, extra_environ={"HTTP_ACCEPT_LANGUAGE": "id"})


@pytest.fixture(scope="session")
def address(guide) -> Iterator[str]:
    server = create_server(guide, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)
