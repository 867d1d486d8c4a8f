"""Where the registers and worklists of letters are: /letters."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request


class Letters:
    """The registrar's desk; its views name site permissions."""

    def __init__(self, parent: Any, name: str, request: Request) -> None:
        """Stand below the root."""
        self.__parent__, self.__name__, self.request = parent, name, request
