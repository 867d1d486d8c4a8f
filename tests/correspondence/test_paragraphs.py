"""Comfort at the desk: standard paragraphs by type and language, gaps that lead to their field, amounts in words."""

import pytest

from portal.correspondence import letters, paragraphs
from portal.correspondence.model import Letter
from portal.correspondence.paragraphs import Paragraph


def desk_of(browser, here):
    page = browser.get(here + "/@edit")
    return page, next(f for f in page.forms.values() if "body" in f.fields)


@pytest.fixture
def block(office):
    def block(title, *, types=(), language="id", text="<p>Mohon dijaga kerahasiaannya.</p>"):
        with office.site.act() as act:
            made = Paragraph(title=title, language=language, letter_types=list(types), text=text, position=0)
            act.session.add(made)
            act.session.flush()
            return made.id

    return block


def test_the_shipped_paragraphs_are_without_mistake(office):
    with office.site.sessions() as session:
        for one in session.query(Paragraph):
            assert not list(paragraphs.objections(one.text, one.letter_types, one.language)), one.title


def test_a_draft_is_offered_the_paragraphs_of_its_type_and_language(office, block):
    block("Untuk semua")
    block("Untuk polisi", types=["ref_police"])
    block("For all", language="en")
    with office.site.sessions() as session:
        letter = session.get_one(Letter, office.draft(office.case()))
        titles = {one.title for one in paragraphs.suiting(session, letter)}
    assert {"Untuk semua", "Penutup: terima kasih"} <= titles
    assert not titles & {"Untuk polisi", "For all"}


def test_without_scripts_a_paragraph_goes_to_the_end_and_what_was_typed_is_kept(office, block, enter):
    number = block("Kerahasiaan")
    letter = office.draft(office.case())
    agus = enter("agus")
    page, form = desk_of(agus, office.address(letter))
    assert page.html.select_one(f"button[name=insert][value='{number}']")["form"] == form.id
    form["field_city"] = "Johor Bahru"
    sent = [*form.submit_fields(), ("insert", str(number))]
    page = agus.post(office.address(letter) + "/@edit", sent).follow()
    assert page.html.select_one("textarea[name=body]").text.rstrip().endswith("<p>Mohon dijaga kerahasiaannya.</p>")
    assert office.letter(letter).fields["city"] == "Johor Bahru"
    _page, form = desk_of(agus, office.address(letter))
    gone = agus.post(office.address(letter) + "/@edit", [*form.submit_fields(), ("insert", "x")], expect_errors=True)
    assert gone.status_int == 422


def test_the_office_edits_its_paragraphs_and_is_told_of_fields_that_no_letter_has(office, enter):
    maya = enter("maya")
    form = maya.get("/control/reference/paragraph/add").forms["form1"]
    form["title"], form["language"], form["position"] = "Baru", "id", "1"
    form["text"] = "<p>Kepada ${nobody} dan ${offence}.</p>"
    page = form.submit(expect_errors=True)
    assert page.status_int == 422
    assert "“nobody” tidak dikenal" in page.text
    assert "“offence” tidak dikenal" in page.text  # not all letters have it
    form = page.forms["form1"]
    form["text"] = '<p onclick="x()">Baik.</p>'
    assert "tidak diizinkan" in form.submit(expect_errors=True).text
    form = maya.get("/control/reference/paragraph/add").forms["form1"]
    form["title"], form["language"], form["position"] = "Baru", "id", "1"
    form["text"] = "<p>Baik.</p>"
    assert form.submit().status_int == 303


def test_a_gap_in_the_text_leads_to_its_field(office, enter):
    letter = office.draft(office.case(city=""), fields={"requests": []})
    page, _form = desk_of(enter("agus"), office.address(letter))
    links = [a["href"] for a in page.html.select(".preview .gaps a, .preview mark.missing a")]
    assert len(links) >= 4
    named = {page.html.select_one(link)["name"] for link in links}
    assert named == {"field_city", "field_requests"}


def test_amounts_and_days_can_be_written_in_words(office):
    letter = office.draft(
        office.case(),
        type_code="rec_deposit",
        to=None,
        fields={"amount": "12500000"},
        body="<p>Sebesar ${amount_terbilang} paling lambat ${reply_by_terbilang}.</p>",
    )
    found = office.letter(letter)
    assert not list(letters.wording_mistakes(found))
    text = letters.body_html(found)
    assert "Sebesar dua belas juta lima ratus ribu rupiah" in text
    assert "tahun dua ribu dua puluh enam" in text
    with office.site.act() as act:
        empty = act.session.get_one(Letter, letter)
        empty.fields = empty.fields | {"amount": ""}
        assert letters.missing(empty)[:1] == ["amount"]
        assert '<mark class="missing">amount_terbilang</mark>' in letters.body_html(empty)
