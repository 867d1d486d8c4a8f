"""Hostile documents: nothing leaves the machine, nothing local gets in, nothing runs on."""

import io
import os
import socket
import threading
import zlib
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from weasyprint.pdf import fonts as pdf_fonts

from portal import pdf
from portal.folders import folder
from portal.pdf.order import Order
from portal.pdf.press import Press
from portal.pdf.render import Workshop

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SECRET = "rahasia-di-luar-surat"
NESTED = b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"><image href="HOST/x.png"/></svg>').decode()


def render(html, assets=None):
    return pdf.render(html, assets or {}, title="Uji", lang="id", attachment=None, created=NOW)


@pytest.fixture(scope="module")
def hasty():
    """A render process with little patience."""
    workshop = Workshop(folder("letters") / "house", seconds=2)
    yield workshop
    workshop.close()


@pytest.fixture
def canary():
    """A listener that notes each connection."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                calls.append(1)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture
def local_file(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path.as_uri()


FETCHES = {
    "image": '<img src="HOST/x.png">',
    "stylesheet": '<link rel="stylesheet" href="HOST/x.css">',
    "import": '<style>@import url("HOST/x.css");</style>',
    "background": '<style>p{background:url("HOST/x.png")}</style>',
    "font": '<style>@font-face{font-family:a;src:url("HOST/x.ttf")} p{font-family:a}</style>',
    "content": '<style>p::before{content:url("HOST/x.png")}</style>',
    "bullet": '<style>li{list-style-image:url("HOST/x.png")}</style><ul><li>a</ul>',
    "border image": '<style>p{border:9px solid;border-image:url("HOST/x.png") 3}</style>',
    "style attribute": '<p style="background:url(HOST/x.png)">a</p>',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="HOST/x.png" width="9" height="9"/></svg>',
    "nested svg": f'<img src="data:image/svg+xml;base64,{NESTED}">',
    "object": '<object data="HOST/x.png"></object>',
    "embed": '<embed src="HOST/x.png">',
    "base": '<base href="HOST/"><img src="x.png">',
    "attachment": '<link rel="attachment" href="HOST/x.txt">',
    "attached anchor": '<a rel="attachment" href="HOST/x.txt">a</a>',
    "page background": '<style>@page{background:url("HOST/x.png")}</style>',
}


@pytest.mark.parametrize("way", FETCHES)
def test_a_letter_can_not_reach_the_network(way, canary):
    address, calls = canary
    with pytest.raises(pdf.RenderFailed) as failure:
        render(f"<body><p>a</p>{FETCHES[way].replace('HOST', address)}</body>")
    assert failure.value.reason == "forbidden"
    assert not calls


@pytest.mark.parametrize("way", ["attachment", "attached anchor", "image", "stylesheet", "object"])
def test_a_letter_can_not_read_a_local_file(way, local_file):
    with pytest.raises(pdf.RenderFailed) as failure:
        render(f"<body><p>a</p>{FETCHES[way].replace('HOST/x.txt', local_file).replace('HOST', local_file)}</body>")
    assert failure.value.reason == "forbidden"
    assert SECRET not in failure.value.detail


@pytest.mark.parametrize("html", ['<iframe src="HOST/x"></iframe>', '<script src="HOST/x.js"></script>'])
def test_frames_and_scripts_are_never_loaded(html, canary):
    address, calls = canary
    assert render(f"<body><p>a</p>{html.replace('HOST', address)}</body>").startswith(b"%PDF-")
    assert not calls


@pytest.mark.parametrize(
    "address",
    ["emblem.svg", "/etc/hostname", "asset:missing.png", "asset:../house.toml", "asset:house.toml", "ftp://x/y",
     "data:image/svg+xml,<svg/>", "data:text/html,x", "data:image/png;base64," + "A" * 400_004],
)  # fmt: skip
def test_only_named_files_and_small_pictures_are_served(address):
    with pytest.raises(pdf.RenderFailed, match="forbidden"):
        render(f"<body><p>a</p><img src='{address}'></body>")


def test_a_small_picture_and_an_asset_are_shown():
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(buffer, "PNG")
    data = quote(b64encode(buffer.getvalue()).decode(), safe="/+=")
    content = render(
        f'<body><p>a</p><img alt="a" src="data:image/png;base64,{data}"><img alt="b" src="asset:cap.png"></body>',
        {"cap.png": buffer.getvalue()},
    )
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages[0].Resources.XObject) >= 1


def doubling_variables():
    rules = "".join(f"--v{n}:var(--v{n - 1}) var(--v{n - 1});" for n in range(1, 23))
    return f"<style>p{{--v0:a;{rules}font-family:var(--v22)}}</style><p>a</p>"


def doubling_drawing():
    uses = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, 22))
    return f'<p>a</p><svg xmlns="http://www.w3.org/2000/svg"><rect id="g0" width="1" height="1"/>{uses}</svg>'


BOMBS = {
    "nested flex boxes": "<p>a</p>" + '<div style="display:flex">' * 14 + "a" + "</div>" * 14,
    "doubling variables": doubling_variables(),
    "doubling drawing": doubling_drawing(),
    "wide table": "<table><tr><td colspan=1000000>a</td><td>b</td></tr></table>",
    "20,000 rows": "<table>" + "<tr><td>a<td>b<td>c" * 20_000 + "</table>",
    "tiny pages": "<style>@page{size:2mm;margin:0}</style><p>" + "kata " * 5_000,
    "100,000 words": "<p>" + "kata " * 100_000,
    "one word of 2 MB": "<p>" + "a" * 1_900_000,
    "50,000 selectors": "<style>" + "".join(f".a{n} .b{n}{{color:red}}" for n in range(50_000)) + "</style><p>a",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_stopped_and_the_next_letter_is_made(bomb, hasty):
    with pytest.raises(pdf.RenderFailed) as failure:
        hasty.make(Order(f"<body>{BOMBS[bomb]}</body>", {}, "a", "id", None, NOW))
    assert failure.value.reason in {"time", "memory"}
    assert hasty.make(Order("<body><p>Surat</p></body>", {}, "a", "id", None, NOW)).startswith(b"%PDF-")


def test_deep_nesting_is_refused():
    with pytest.raises(pdf.RenderFailed, match="invalid"):
        render("<body>" + "<div>" * 2_000 + "a")


def one_bit_picture(side):
    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00"
    rows = zlib.compress((b"\x00" * (1 + side // 8)) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("html", "assets"),
    [
        ('<p>a</p><img alt="a" src="asset:big.png">', {"big.png": one_bit_picture(30_000)}),
        ('<p>a</p><svg xmlns="http://www.w3.org/2000/svg"><g id="a"><use href="#a"/></g></svg>', {}),
        ("<table><tr><td rowspan=1000000>a</td></tr></table>", {}),
        ('<p>a</p><div style="height:10000000mm"></div>', {}),
    ],
    ids=["huge picture", "drawing of itself", "tall cell", "tall box"],
)
def test_a_large_thing_ends_as_a_letter_or_as_a_refusal(html, assets, hasty):
    try:
        assert hasty.make(Order(f"<body>{html}</body>", assets, "a", "id", None, NOW)).startswith(b"%PDF-")
    except pdf.RenderFailed as failure:
        assert failure.reason in {"time", "memory", "failed", "invalid"}  # noqa: PT017 - both ends are good


@pytest.mark.parametrize("html", ["", "  ", "<html></html>", "<body> <p> </p></body>", "<head><title>a</title></head>"])
def test_nothing_is_no_letter(html):
    with pytest.raises(pdf.RenderFailed, match="empty"):
        render(html)


def test_a_text_beyond_measure_is_not_even_tried():
    with pytest.raises(pdf.RenderFailed, match="too-large"):
        render("<body>" + "a" * 2_000_001)


def test_the_process_is_started_again_after_it_died(hasty):
    order = Order("<body><p>Surat</p></body>", {}, "a", "id", None, NOW)
    before = hasty.make(order)
    os.kill(hasty._process.pid, 9)
    assert hasty.make(order) == before


def test_many_threads_get_each_their_own_letter():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: render(f"<body><p>Surat {n % 4}</p></body>"), range(16)))
    assert len(set(made)) == 4
    assert all(made[n] == made[n % 4] for n in range(16))


# WeasyPrint leaves its colour profile open, which matters only outside the render process.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_fonts_are_cut_to_the_letter_also_without_the_systems_library(monkeypatch):
    monkeypatch.setattr(pdf_fonts, "harfbuzz_subset", None)
    monkeypatch.setattr(pdf_fonts.Font, "subset", pdf_fonts.Font.subset)
    content = Press(folder("letters") / "house").pdf(Order("<body><p>Surat</p></body>", {}, "a", "id", None, NOW))
    assert len(content) < 30_000
    with pypdfium2.PdfDocument(content) as document:
        assert document[0].get_textpage().get_text_bounded().strip() == "Surat"


def test_the_process_knows_nothing_of_our_environment(hasty, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET", SECRET)
    hasty.close()
    hasty.make(Order("<body><p>Surat</p></body>", {}, "a", "id", None, NOW))
    assert SECRET.encode() not in Path(f"/proc/{hasty._process.pid}/environ").read_bytes()
