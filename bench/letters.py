"""Letters per second: the portal's limited render process beside bare WeasyPrint on the same HTML."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import weasyprint
from sqlalchemy import select
from weasyprint.text.fonts import FontConfiguration

from portal import pdf
from portal.acts import open_site
from portal.app import define_tables
from portal.correspondence import lettertypes
from portal.correspondence.model import Letter
from portal.folders import folder
from portal.pdf.fetcher import ClosedFetcher
from portal.settings import Settings

MADE = datetime(2026, 3, 2, tzinfo=UTC)
VARIANT = "pdf/a-3a"


def _letter(data: Path) -> tuple[str, Mapping[str, bytes]]:
    """The page of one issued letter of the demo."""
    define_tables()
    site = open_site(Settings(data=data))
    with site.sessions(bind=site.readers) as session:
        snapshot = session.scalar(select(Letter.snapshot).where(Letter.pdf_sha256 != "").order_by(Letter.id).limit(1))
    if snapshot is None:
        raise RuntimeError("the demo has no letter")
    return lettertypes.page(snapshot["page"], lettertypes.House.load(folder("letters") / "house"))


def _timed(render: Callable[[], bytes], count: int) -> float:
    start = time.perf_counter()
    for _number in range(count):
        if not render().startswith(b"%PDF"):
            raise RuntimeError("no PDF")
    return count / (time.perf_counter() - start)


def compare(data: Path, rounds: int = 5, count: int = 15) -> dict[str, float]:
    """Medians of letters per second, in turn: bare with all tuning, and the portal's forked, limited child."""
    html, assets = _letter(data)
    house = folder("letters") / "house"
    files = {p.name: p.read_bytes() for p in house.rglob("*") if p.suffix in {".svg", ".png", ".ttf"}} | dict(assets)
    fonts = FontConfiguration()
    style = weasyprint.CSS(
        string=(house / "style.css").read_text("utf-8"),
        base_url="https://nowhere.invalid/",
        font_config=fonts,
        url_fetcher=ClosedFetcher(files),
    )

    def bare() -> bytes:
        page = weasyprint.HTML(string=html, base_url="https://nowhere.invalid/", url_fetcher=ClosedFetcher(files))
        return page.render(font_config=fonts, stylesheets=[style], pdf_variant=VARIANT).write_pdf(pdf_variant=VARIANT)

    def ours() -> bytes:
        return pdf.render(html, assets, title="Surat", lang="id", attachment=None, created=MADE)

    bare(), ours()  # warm
    pairs = [(_timed(bare, count), _timed(ours, count)) for _round in range(rounds)]
    bare_rate, our_rate = (statistics.median(p[i] for p in pairs) for i in (0, 1))
    return {"bare_per_s": bare_rate, "portal_per_s": our_rate, "cost_ratio": bare_rate / our_rate}
