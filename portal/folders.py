"""Where the folders of templates and letters are, in a checkout as well as once installed."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """`templates` and `letters`: beside the package in a checkout, inside it once installed."""
    inside = Path(__file__).with_name(name)
    return inside if inside.is_dir() else inside.parents[1] / name
