"""Site settings: what holds, who decides, what is no good value, and where it takes effect."""

import pytest

from portal import journal, registry
from portal.acts import Conflict, Refused
from portal.correspondence import letters
from portal.correspondence.model import Letter
from portal.correspondence.numbering import NUMBER_PATTERN, PARTS, number_text, objections
from portal.correspondence.settings import CONTACT
from portal.panel.control import verbs
from tests.correspondence.conftest import office  # noqa: F401 - a fixture

PATTERN = registry.SETTINGS[NUMBER_PATTERN]
OLD_WAY = "{sec}.{seq}/{unit}/{class}/{mm}/{year}"


def form_of(page):
    return next(form for form in page.forms.values() if "value" in form.fields)


def test_until_the_office_decides_the_house_style_holds(site):
    with site.sessions() as session:
        assert registry.value(session, NUMBER_PATTERN) == letters.house().number_pattern
        assert registry.value(session, CONTACT) == letters.house().contact


def test_letters_issued_after_a_decision_bear_the_new_pattern(office):  # noqa: F811 - the fixture
    with office.world.act("admin") as act:
        registry.change(act, PATTERN, OLD_WAY)
    letter_id = office.approved()
    office.do("tono", "issue", letter_id)
    with office.site.sessions() as session:
        number = session.get_one(Letter, letter_id).number
    assert number.endswith("/03/2026")


@pytest.mark.parametrize(
    "pattern",
    ["{seq}", "{sec}.{seq}/{unit}/{tahun}/{year}", "{sec}.{seq}/{unit}/{year}{", "{sec}{seq}/{unit}/{year}", "x" * 121],
)
def test_a_pattern_that_could_give_one_number_twice_or_is_malformed_is_refused(world, pattern):
    with world.act("admin") as act:
        with pytest.raises(Refused):
            registry.change(act, PATTERN, pattern)
        assert registry.value(act.session, NUMBER_PATTERN) == letters.house().number_pattern


def test_the_pattern_of_the_house_has_nothing_against_it():
    assert list(objections(letters.house().number_pattern)) == []
    assert number_text(letters.house().number_pattern, **PARTS) == "B.17/KWS1.DIT2/PP.01/X/2025"


def test_the_second_of_two_who_decide_is_told(world):
    with world.act("admin") as act:
        saw = registry.fingerprint(registry.value(act.session, NUMBER_PATTERN))
        registry.change(act, PATTERN, OLD_WAY, seen=saw)
    with world.act("admin") as act, pytest.raises(Conflict):
        registry.change(act, PATTERN, OLD_WAY + "-A", seen=saw)


def test_a_decision_is_journalled_with_both_values(world):
    with world.act("admin") as act:
        assert registry.change(act, PATTERN, OLD_WAY) is True
        assert registry.change(act, PATTERN, OLD_WAY) is False
        (line,) = verbs.earlier(act.session, f"setting/{NUMBER_PATTERN}")
        assert line.data["old"] == {"value": letters.house().number_pattern}
        assert line.data["new"] == {"value": OLD_WAY}
        assert list(journal.problems(act.session, journal.SITE_CHAIN)) == []


def test_the_administrator_tries_a_pattern_then_keeps_it_then_takes_it_back(enter, world):
    browser = enter("admin", assured=True)
    here = f"/control/settings/{NUMBER_PATTERN}"
    form = form_of(browser.get(here))
    form["value"] = OLD_WAY
    page = form.submit("try")
    assert "Crisis Center: B.1/KWS1.DIT2/PP.01/" in page
    with world.site.sessions() as session:
        assert registry.value(session, NUMBER_PATTERN) == letters.house().number_pattern
    page = form_of(page).submit("save").follow()
    assert "Perubahan disimpan." in page
    assert OLD_WAY in browser.get("/control/settings")
    browser.press(page, f"{here}/bring-back").follow()
    with world.site.sessions() as session:
        assert registry.value(session, NUMBER_PATTERN) == letters.house().number_pattern


def test_a_bad_pattern_comes_back_with_its_reasons(enter):
    browser = enter("admin", assured=True)
    form = form_of(browser.get(f"/control/settings/{NUMBER_PATTERN}"))
    form["value"] = "{nomor}"
    for button in ("try", "save"):
        answer = form.submit(button, expect_errors=True)
        assert answer.status_int == 422
        assert "Bagian tidak dikenal: {nomor}." in answer
        assert form_of(answer)["value"].value == "{nomor}"


def test_while_one_types_the_example_follows_and_nothing_becomes_markup(enter):
    browser = enter("admin")
    here = f"/control/settings/{NUMBER_PATTERN}/example"
    assert browser.get(here, {"value": OLD_WAY}).text.startswith("Crisis Center: B.1/KWS1.DIT2/PP.01/")
    assert "Nomor dapat kembar" in browser.get(here, {"value": "<b>"})
    assert browser.get(here, {"value": OLD_WAY + "<b>"}).text.endswith("&lt;b&gt;")
    assert browser.get(f"/control/settings/{CONTACT}/example", expect_errors=True).status_int == 404
    assert enter("maya").get(here, expect_errors=True).status_int == 404


def test_two_who_decide_in_their_browsers_see_both_values(enter):
    browser = enter("admin", assured=True)
    here = f"/control/settings/{CONTACT}"
    one, two = form_of(browser.get(here)), form_of(browser.get(here))
    one["value"], two["value"] = "Telepon 021 555", "WhatsApp 0811 555"
    one.submit("save")
    answer = two.submit("save", expect_errors=True)
    assert answer.status_int == 409
    assert "Telepon 021 555" in answer
    assert "WhatsApp 0811 555" in answer


def test_without_the_second_factor_nothing_is_decided(enter):
    assert "/account/confirm" in enter("admin").get(f"/control/settings/{CONTACT}").location
