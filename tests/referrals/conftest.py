"""The desk's browser serves the office's screens too."""

from tests.desk.conftest import built, enter, portal

__all__ = ["built", "enter", "portal"]
