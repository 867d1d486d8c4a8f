"""Official letters as PDF: set in a process of their own, sealed against the network, the same bytes each time."""

from portal.pdf.order import RenderFailed
from portal.pdf.preview import pages_as_png
from portal.pdf.render import render, render_processes

__all__ = ["RenderFailed", "pages_as_png", "render", "render_processes"]
