"""From the address printed in a letter to the receipt: a stranger on a small telephone, without JavaScript and an account."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from portal import pdf
from portal.correspondence.model import Letter
from tests.browser import barriers
from tests.referrals import course
from tests.stories.test_main_path import a_scan, fill, send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stories")]
MOST_BYTES = 60_000
"""Of the door and the page behind it, with all that they load."""


def on_paper(live: Any) -> tuple[str, str]:
    """Address and code, read from the printed letter as a person does: one by the camera, one by eye."""
    number = live.world.case()
    document = course.accepted_document(live.world, number)
    referral_id = course.sent(live.world, number, printed=True, enclosures=[document])
    with live.site.act() as act:
        letter = act.session.get_one(Letter, course.referral_of(act, referral_id).letter_id)
        content = live.site.blobs.read(letter.pdf_sha256)
    with pypdfium2.PdfDocument(content) as paper:
        last = paper[len(paper) - 1]
        words = " ".join(last.get_textpage().get_text_bounded().split())
        found = [code.text for code in zxingcpp.read_barcodes(last.render(scale=3).to_pil())]
    addresses = [text for text in found if "/answer/" in text]
    code = re.search(r"Kode jawaban (\w{4}-\w{4})", words)
    assert code
    assert addresses[0].startswith(f"{live.address}/answer/")
    return addresses[0].removeprefix(live.address), code[1]


def weighed(answers: list[Any]) -> dict[str, int]:
    """The sizes of all that was loaded, unpacked; what the browser had already counts once."""
    return {answer.url: len(answer.body()) for answer in answers if answer.status == 200}


def is_open_to_all(live: Any, page: Any) -> bool:
    """Whether axe is content and nothing is cut off; axe itself needs scripts."""
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return fits and (not live.scripts or barriers(page) == [])


def enter(page: Any, code: str) -> None:
    """Give the code and one's name."""
    fill(page, code=code, name="Ipda Rahmat Hidayat", office="Kanit PPA")
    send(page)


def test_a_stranger_answers_from_the_printed_address_to_the_receipt(live: Any) -> None:
    path, code = on_paper(live)
    page = live.visit("/health")
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks its handlers
    page.goto(live.address + path)
    assert is_open_to_all(live, page)
    assert "Siti" not in page.locator("body").inner_text()
    sizes = weighed(answers)
    door = sizes.pop(page.url)
    answers.clear()
    enter(page, code)
    here = page.url
    assert "Mohon ditindaklanjuti" in page.locator("main").inner_text()
    assert is_open_to_all(live, page)
    assert door + sum((sizes | weighed(answers)).values()) < MOST_BYTES

    page.get_by_role("link", name="Baca surat di layar").click()
    page.wait_for_load_state()
    assert "Siti Rahayu" in page.locator("main").inner_text()
    assert is_open_to_all(live, page)
    page.goto(here)
    page.get_by_role("link", name="Kami tangani", exact=True).click()
    page.wait_for_load_state()
    assert page.locator("[name=officer]").input_value() == "Ipda Rahmat Hidayat, Kanit PPA"
    page.get_by_role("button", name="Kirim jawaban").last.click()
    page.wait_for_load_state()
    assert "Wajib diisi" in page.locator("main").inner_text()
    fill(page, promised_on="20-03-2026", report_number="LP/B/12/III/2026")
    send(page)
    said = page.locator("main").inner_text()
    assert re.search(r"SM-\S+-\d{5}", said)
    assert "LP/B/12/III/2026" in said
    assert is_open_to_all(live, page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Simpan sebagai PDF").click()
    assert len(pdf.pages_as_png(download.value.path().read_bytes())) == 1

    page.goto(here + "@workflow/progress")
    fill(page, note="Saksi sudah diperiksa.")
    page.locator("input[type=file]").set_input_files([a_scan(120)])
    send(page)
    page.goto(here)
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_load_state()
    assert page.locator("[name=code]").count()
    assert "Mohon ditindaklanjuti" not in page.locator("body").inner_text()


def test_the_office_ends_a_link_and_the_next_visitor_is_told_whom_to_call(live: Any) -> None:
    path, code = on_paper(live)
    officer = live.person("dewi", "/cases/PMI-2026-000001/referral-1")
    officer.locator("[data-step=revoke_link]").click()
    if officer.locator("dialog[open]").count():
        with officer.expect_navigation():
            officer.locator("dialog[open] button[value=yes]").click()
    page = live.visit(path)
    enter(page, code)
    said = page.locator("main").inner_text()
    assert "kami cabut" in said
    assert "Crisis Center" in said
    assert is_open_to_all(live, page)
