"""The browsers of tests.cases.visiting."""

from tests.cases.visiting import enter, router

__all__ = ["enter", "router"]
