"""Kinds of letters beyond the plain one: other languages, other forms, several who sign."""

import pytest
from sqlalchemy import select

from portal.cases.model import Case
from portal.correspondence import incoming, letters
from portal.correspondence.letters import letter_types
from portal.correspondence.model import Incoming
from portal.correspondence.prefill import SOURCES, Facts
from tests.correspondence.test_screens import desk_of


def sheet(browser, here):
    return browser.get(here + "/").html.select_one(".sheet").get_text(" ", strip=True)


def test_an_untouched_text_follows_the_language_of_the_letter(office, enter):
    letter = office.draft(office.case())
    agus = enter("agus")
    _page, form = desk_of(agus, office.address(letter))
    form["language"] = "en"
    form.submit("save")
    found = office.letter(letter)
    assert found.title == "Request for Protection of Siti Rahayu in Kuala Lumpur, Malaysia"
    assert "bring to your attention" in found.body
    shown = sheet(agus, office.address(letter))
    assert "Priority" in shown
    assert "Yth." not in shown


def test_a_text_that_somebody_wrote_stays_in_any_language(office):
    letter = office.draft(office.case())
    office.do("agus", "amend", letter, body="<p>Ketikan ${worker_name}</p>")
    office.do("agus", "amend", letter, language="en")
    assert office.letter(letter).body == "<p>Ketikan ${worker_name}</p>"


def test_the_town_of_an_office_is_said_in_the_language_of_the_letter(office):
    case = office.case()
    for lang, place in (("id", "di Kuala Lumpur"), ("en", "Kuala Lumpur")):
        letter = office.draft(case, language=lang)
        with office.site.sessions() as session:
            data = letters.as_data(session, session.merge(office.letter(letter)))
        assert [to["place"] for to in data["recipients"]] == [place]


def test_a_complainant_is_written_to_at_home(office):
    letter = office.draft(office.case(), "notice_complainant", to=None, fields={"steps": ["x"]})
    with office.site.sessions() as session:
        (to,) = letters.as_data(session, session.merge(office.letter(letter)))["recipients"]
    assert to["place"] == "di tempat"


def test_minutes_are_written_at_the_desk_with_day_and_amount_in_words(office, enter):
    letter = office.draft(office.case(), "minutes_mediation", to=None)
    agus = enter("agus")
    _page, form = desk_of(agus, office.address(letter))
    form["field_held_on"] = "13-10-2025"
    form["field_amount"] = "1.250.000"
    form.submit("save")
    shown = sheet(agus, office.address(letter))
    assert "Senin, tanggal tiga belas bulan Oktober tahun dua ribu dua puluh lima" in shown
    assert "satu juta dua ratus lima puluh ribu rupiah" in shown
    _page, form = desk_of(agus, office.address(letter))
    assert (form["field_held_on"].value, form["field_amount"].value) == ("13-10-2025", "1.250.000")


def test_who_signs_is_asked_for_though_no_text_names_him(office):
    letter = office.draft(office.case(), "minutes_handover", to=None, fields={"receiver": "", "witnesses": []})
    assert "witnesses" in letters.missing(office.letter(letter))


@pytest.mark.parametrize("code", sorted(letters.letter_types()))
def test_every_kind_of_letter_can_be_drafted_seen_and_printed(code, office, enter):
    letter = office.draft(office.case(), code, to=None)
    agus = enter("agus")
    assert agus.get(office.address(letter) + "/@edit").status_int == 200
    assert agus.get(office.address(letter) + "/@preview.pdf").body.startswith(b"%PDF")


def test_the_desk_offers_what_is_written_there_and_not_what_is_printed_elsewhere(office, enter):
    page = enter("agus").get(f"/cases/{office.case()}/@draft-letter").text
    assert "type=assignment" in page
    assert "type=internal_transfer" in page
    assert "type=receipt" not in page
    assert "type=disposition_sheet" not in page


def test_an_answer_begins_with_what_came_in_last(office):
    case = office.case()
    with office.world.act("tono") as act:
        came = incoming.register(
            act, channel="LETTER", subject="Permintaan klarifikasi", sender="Ombudsman", sender_number="B/55/2026"
        )
        found = act.session.scalar(select(Case).where(Case.name == case))
        incoming.TRANSITIONS["match"](act, act.session.get_one(Incoming, came.id), reference=case, reason="nomor kasus")
        act.session.flush()
        facts = Facts(act, found, "id", letter_types()["reply_external"])
        told = {name: SOURCES[f"incoming.{name}"](facts) for name in ("number", "subject", "sender", "date")}
        assert SOURCES["incoming.agenda"](facts) == came.name
    assert told == {"number": "B/55/2026", "subject": "Permintaan klarifikasi", "sender": "Ombudsman", "date": None}
