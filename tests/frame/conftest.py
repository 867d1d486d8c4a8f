"""The style guide as an application, with a client that reads its pages and a server for a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from webtest import TestApp

from tests.frame.guide import make_app
from tests.listening import listening


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory):
    return make_app(tmp_path_factory.mktemp("guide"))


@pytest.fixture
def client(guide) -> TestApp:
    guide.registry.received.clear()
    return TestApp(guide, extra_environ={"HTTP_ACCEPT_LANGUAGE": "id"})


@pytest.fixture(scope="session")
def address(guide) -> Iterator[str]:
    with listening(guide) as port:
        yield f"http://127.0.0.1:{port}"
