"""From a complaint to an answered referral letter and the closed case, by everybody who takes part, in real browsers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pikepdf
import pytest
from PIL import Image

pytestmark = pytest.mark.slow


def a_scan(text: int) -> dict[str, Any]:
    """A small picture, another one for each number."""
    out = io.BytesIO()
    Image.new("RGB", (300, 400), (250, 250, text)).save(out, "PNG")
    return {"name": f"foto-{text}.png", "mimeType": "image/png", "buffer": out.getvalue()}


def take(page: Any, step: str) -> None:
    """Take a next step, answer its form if it has one, and confirm if asked."""
    page.locator(f"[data-step={step}]").first.click()
    page.wait_for_load_state()
    if page.locator("dialog[open]").count():
        with page.expect_navigation():
            page.locator("dialog[open] button[value=yes]").click()
    if "/@workflow/" in page.url:
        with page.expect_navigation():
            page.locator("main form button.prime").last.click()
    assert "/@workflow/" not in page.url, page.locator("main").inner_text()


def fill(page: Any, **fields: str) -> None:
    """Fill fields by their names."""
    for name, value in fields.items():
        box = page.locator(f"main [name={name}]").last
        kind = box.evaluate("e => e.tagName + ':' + e.type") if page.context.browser else ""
        if kind.startswith("SELECT"):
            box.select_option(value)
        else:
            box.fill(value)


def send(page: Any) -> None:
    """Press the main button of the page's form."""
    with page.expect_navigation():
        page.locator("main form button.prime").last.click()


def register(live: Any) -> tuple[str, str]:
    """The operator registers a call; gives the case's address and the PIN."""
    page = live.person("budi", "/intake")
    page.locator("[name=channel]").select_option("PHONE")
    page.locator("[name=complainant_type]").select_option("FAMILY")
    fill(page, main_category="Gaji tidak dibayar", narrative="Gaji lima bulan tidak dibayar di Johor Bahru.")
    page.get_by_label("Nama PMI/CPMI").fill("Siti Rahayu")
    with page.expect_navigation():
        page.get_by_role("button", name="Daftarkan pengaduan").click()
    assert page.url.endswith("/@receipt")
    pin = re.search(r"\b(\d{4}) (\d{4})\b", page.locator("main").inner_text())
    assert pin
    return page.url.removesuffix("/@receipt").removeprefix(live.address), pin[1] + pin[2]


def gather_documents(officer: Any, case: str, live: Any) -> None:
    """The officer sorts the case, asks for documents, uploads four and accepts them."""
    officer.goto(live.address + case)
    take(officer, "triage")
    take(officer, "open_requirements")
    for number, title in enumerate(("KTP pengadu", "Perjanjian Kerja (PK)", "Kronologi permasalahan", "Paspor (atau")):
        officer.goto(f"{live.address}{case}/@documents")
        officer.get_by_role("link", name=title).first.click()
        requirement = officer.url
        officer.goto(requirement.rstrip("/") + "/@receive")
        officer.locator("input[type=file]").set_input_files([a_scan(number)])
        send(officer)
        officer.goto(requirement)
        take(officer, "check")
        take(officer, "accept")
    officer.goto(live.address + case)
    take(officer, "complete")


def write_letter(officer: Any, case: str, live: Any, to: str, ask: str) -> str:
    """The officer refers the case and fills the letter in; gives the letter's address."""
    officer.goto(f"{live.address}{case}/@refer")
    officer.get_by_role("link", name=to).click()
    fill(officer, ask=ask)
    send(officer)
    letter = officer.url.split("/@")[0]
    officer.get_by_label("Negara penempatan").fill("Malaysia")
    officer.get_by_label("Kota", exact=True).fill("Johor Bahru")
    officer.get_by_label("Permintaan").fill("menelusuri keberadaan PMI")
    officer.get_by_label("Perjanjian Kerja (PK)").check()
    officer.get_by_role("button", name="Simpan", exact=True).click()
    officer.wait_for_load_state()
    officer.goto(letter)
    take(officer, "submit")
    return letter.removeprefix(live.address)


def approve_and_send(live: Any, letter: str) -> None:
    """Reviewer, head and registrar do their part; the file is made; it goes out."""
    take(live.person("rudi", letter), "initial")
    take(live.person("rina", letter), "approve")
    registrar = live.person("tono", letter)
    take(registrar, "issue")
    live.work()
    registrar.goto(live.address + letter)
    take(registrar, "dispatch")
    live.work()
    registrar.goto(live.address + letter)
    assert "Terkirim" in registrar.locator("main").inner_text()


def answer(live: Any) -> None:
    """The partner receives, accepts, and delivers with a file."""
    partner = live.person("kbri", "/desk")
    partner.locator("main a[href*='/desk/']").first.click()
    desk = partner.url
    with partner.expect_navigation():
        partner.get_by_role("button", name="Surat sudah kami terima").click()
    assert re.search(r"SM-\S+-\d{5}", partner.locator("main").inner_text())
    partner.goto(desk + "/@workflow/accept")
    fill(partner, officer="Ahmad, Fungsi Konsuler", promised_on="20-03-2026")
    send(partner)
    partner.goto(desk + "/@workflow/provide")
    partner.locator("[name=extent]").first.check()
    fill(partner, note="Gaji telah dibayar lunas.")
    partner.locator("input[type=file]").first.set_input_files([a_scan(200)])
    send(partner)
    assert "SM-" in partner.locator("main").inner_text()
    partner.goto(desk)
    partner.goto(live.address + "/cases")
    assert "PMI-2026" not in partner.locator("main").inner_text()


def test_a_complaint_becomes_a_referral_that_is_answered_and_closed(live: Any) -> None:
    case, pin = register(live)
    officer = live.person("dewi", case)
    gather_documents(officer, case, live)
    letter = write_letter(officer, case, live, "KBRI Kuala Lumpur", "Menelusuri keberadaan PMI")
    approve_and_send(live, letter)
    officer.goto(live.address + case)
    take(officer, "begin")
    answer(live)

    officer.goto(f"{live.address}{case}/referral-1")
    take_with(officer, "confirm", {"confirmed_by": "Keluarga, lewat telepon"})
    take_with(officer, "close", {"outcome": "Gaji dibayar."})
    officer.goto(live.address + case)
    take_with(officer, "resolve", {"outcome": "Gaji lima bulan dibayar lunas."})

    give_mandate(live, case)
    check_case_file(live, case)
    finish_letters(officer, live, letter)
    officer.goto(live.address + case)
    take(officer, "close")
    assert "Ditutup" in officer.locator("main").inner_text()

    follow(live, case.rsplit("/", 1)[1], pin)


def take_with(page: Any, step: str, answers: dict[str, str]) -> None:
    """Take a step whose form asks something."""
    page.goto(f"{page.url.rstrip('/')}/@workflow/{step}")
    known = {name: value for name, value in answers.items() if page.locator(f"main [name={name}]").count()}
    fill(page, **known)
    send(page)
    assert "/@workflow/" not in page.url, page.locator("main").inner_text()


def give_mandate(live: Any, case: str) -> None:
    """The coordinator gives the advocate access with the number of the mandate."""
    page = live.person("maya", f"{case}/@sharing")
    label = "Petugas LBH Pantura – LBH Pantura"
    box = page.locator("[name=principal]")
    if box.evaluate("e => e.tagName") == "SELECT":
        box.select_option(label=label)
    else:
        box.fill(label)
    page.locator("[name=cause][value=mandate]").check()
    fill(page, reference="SK-12/LBH/III/2026")
    send(page)
    assert "SK-12/LBH/III/2026" in page.locator("main").inner_text()


def check_case_file(live: Any, case: str) -> None:
    """The advocate has the file bound and downloads both forms; they are whole."""
    page = live.person("obh", f"{case}/@casefile")
    send(page)
    live.work()
    page.goto(f"{live.address}{case}/@casefile")
    for form in ("PDF", "ZIP"):
        with page.expect_download() as download:
            page.get_by_role("link", name=form, exact=True).first.click()
        content = download.value.path().read_bytes()
        if form == "PDF":
            with pikepdf.open(io.BytesIO(content)) as bundle:
                assert len(bundle.pages) > 6
        else:
            names = zipfile.ZipFile(io.BytesIO(content)).namelist()
            assert "manifest.json" in names
            assert any(n.startswith("A-1") for n in names)


def finish_letters(officer: Any, live: Any, letter: str) -> None:
    """The letter was answered: it can be closed."""
    officer.goto(live.address + letter)
    if officer.locator("[data-step=close]").count():
        take(officer, "close")


def follow(live: Any, number: str, pin: str) -> None:
    """The complainant sees with number and PIN that the case is closed; a wrong PIN shows nothing."""
    page = live.visit("/track")
    fill(page, number=number, pin="00000000")
    page.locator("main form button.prime").last.click()
    page.wait_for_load_state()
    assert number not in page.title()
    page.goto(live.address + "/track")
    fill(page, number=number, pin=pin)
    send(page)
    assert number in page.locator("main").inner_text()
