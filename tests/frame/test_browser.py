import pytest
from playwright.sync_api import Page, expect

from tests.browser import barriers

PAGES = ["item", "list", "list?rows=0", "form", "form?filled", "matrix", "public", "error404", "error409"]


@pytest.fixture
def complaints(browser):
    """A page that may be opened in any width, and everything its console says."""
    contexts = []

    def visit(width: int = 1280, scheme: str = "light", **more) -> tuple[Page, list[str]]:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale="id-ID", **more
        )
        contexts.append(context)
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page, said

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_has_no_barrier_and_breaks_no_policy(complaints, address, width, scheme):
    page, said = complaints(width, scheme)
    for name in PAGES:
        page.goto(f"{address}/{name}")
        assert barriers(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert said == []


def test_a_list_of_500_fits_and_has_no_barrier(complaints, address):
    page, said = complaints(360)
    page.goto(f"{address}/list?rows=500")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert said == []


def test_an_english_page_has_no_barrier(complaints, address):
    page, _said = complaints()
    page.goto(f"{address}/list")
    page.click(".me summary")
    page.click("button[value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".side h2")).to_have_text("Worklists")
    page.goto(f"{address}/form")
    assert barriers(page) == []


def test_a_list_is_worked_by_keys_alone(complaints, address):
    page, _said = complaints()
    page.goto(f"{address}/list")
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-row]").nth(1).locator("input")).to_be_checked()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("input[name=q]")).to_be_focused()
    page.locator("input[name=q]").blur()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/item?n=1")
    page.keyboard.press("c")
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.locator("textarea[name=text]").blur()
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/list")


def test_an_act_that_can_not_be_undone_asks_first(complaints, address):
    page, _said = complaints()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{address}/item")
    page.keyboard.press("a")
    expect(page.locator("#ask")).to_contain_text("Nomor surat diberikan")
    expect(page.locator("#ask button", has_text="Batal")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_be_hidden()
    assert sent == []
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator("#ask")).to_be_visible()
    page.click("#ask button.prime")
    page.wait_for_url("**/@workflow/approve")
    assert len(sent) == 1


def test_rows_are_added_and_removed_in_the_page_and_a_refused_form_is_read_out(complaints, address, guide):
    page, _said = complaints()
    guide.registry.received.clear()
    page.goto(f"{address}/form?filled")
    page.click("text=Tambah pihak")
    expect(page.locator(".rows li")).to_have_count(2)
    page.keyboard.type("Tuan Abdullah")
    page.locator(".rows select").nth(1).select_option("employer")
    page.locator(".rows li").nth(0).get_by_text("Hapus baris ini").click()
    page.click("button.prime[name=save]")
    expect(page.locator(".faults")).to_be_focused()
    page.click(".faults a")
    page.check("input[name=agree]")
    page.click("button.prime[name=save]")
    expect(page.locator(".flash")).to_contain_text("Tersimpan.")
    assert guide.registry.received[0]["parties"] == [{"called": "Tuan Abdullah", "role": "employer"}]


def test_a_form_is_sent_once_however_often_its_button_is_pressed(complaints, address, guide):
    page, _said = complaints()
    guide.registry.received.clear()
    page.goto(f"{address}/form?filled")
    page.check("input[name=agree]")
    page.locator("button.prime[name=save]").dblclick(no_wait_after=True)
    page.wait_for_url("**/form")
    assert len(guide.registry.received) == 1


def test_unsaved_work_is_not_left_without_a_question(complaints, address):
    page, _said = complaints()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{address}/form?filled")
    page.locator("input[name=name]").press_sequentially("x")
    page.click(".side a")
    page.wait_for_url("**/list")
    assert asked == ["beforeunload"]


def test_parts_follow_what_is_typed_and_filters_send_themselves(complaints, address):
    page, said = complaints()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{address}/live")
    page.fill("#name", "Siti & <b>Rahayu</b>")
    expect(page.locator("#doubles")).to_have_text("Mirip dengan Siti & <b>Rahayu</b>")
    page.fill("#text", "Dengan hormat")
    expect(page.locator("#preview")).to_have_text("Dengan hormat")
    expect(page.get_by_text("Terapkan")).to_be_hidden()
    page.select_option("#rows", "2")
    page.wait_for_url("**/list?rows=2")
    assert said == []


def test_the_frame_works_without_javascript(complaints, address, guide):
    page, _said = complaints(java_script_enabled=False)
    guide.registry.received.clear()
    page.goto(f"{address}/form?filled")
    page.click("text=Tambah pihak")
    expect(page.locator(".rows li")).to_have_count(2)
    page.locator(".rows li").nth(1).get_by_text("Hapus baris ini").click()
    expect(page.locator(".rows li")).to_have_count(1)
    page.check("input[name=agree]")
    page.locator("input[name=name]").press("Enter")
    expect(page.locator(".flash")).to_contain_text("Tersimpan.")
    assert len(guide.registry.received) == 1
    page.click(".me summary")
    expect(page.get_by_text("Keluar")).to_be_visible()


def test_on_a_phone_the_next_steps_come_first_and_the_rest_is_folded(complaints, address):
    page, _said = complaints(360)
    page.goto(f"{address}/item")
    assert page.locator(".next").bounding_box()["y"] < page.locator(".body").bounding_box()["y"]
    assert page.locator(".fold[open]").count() == 0


def test_what_can_be_pressed_is_large_enough(complaints, address):
    page, _said = complaints(360)
    for name in ("item", "list", "form?filled", "public"):
        page.goto(f"{address}/{name}")
        small = page.evaluate(
            """() => [...document.querySelectorAll("button, summary, select, input:not([type=hidden]), .act, .side a, .tabs a, .chips a")]
            .filter((el) => el.checkVisibility() && !el.classList.contains("vh"))
            .map((el) => [(el.closest("label") ?? el).getBoundingClientRect(), el.outerHTML.slice(0, 90)])
            .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24)).map(([, html]) => html)"""
        )
        assert small == [], name
