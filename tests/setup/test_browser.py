from tests.browser import PHONE, barriers


def test_a_page_shows_its_size_and_language(open_page):
    page = open_page(PHONE)
    assert page.evaluate("[innerWidth, navigator.language]") == [360, "id-ID"]


def test_axe_names_the_picture_without_words(page):
    page.set_content("<html lang=id><title>Peta</title><main><h1>Peta</h1><img src='data:,'></main>")
    assert [barrier.split(":")[0] for barrier in barriers(page)] == ["image-alt"]


def test_axe_is_content_with_a_page_in_order(page):
    page.set_content(
        "<html lang=id><title>Peta</title><main><h1>Peta</h1><img alt='Peta Malaysia' src='data:,'></main>"
    )
    assert barriers(page) == []
