"""The books that letters are numbered in, as the office edits them."""

import pytest
from sqlalchemy import select

from portal.acts import Refused
from portal.clock import WIB, Clock
from portal.correspondence.model import Letter
from portal.correspondence.numbermodel import NumberRule
from portal.panel.control import tables, verbs
from portal.registry import fingerprint
from tests.correspondence.conftest import office  # noqa: F401 - a fixture

NUMBERING = tables.TABLES["numbering"]
OWN = {"security": "T", "book": "D", "pattern": "{sec}-{seq}/{unit}/{mm}/{year}"}


def form_of(page):
    return next(form for form in page.forms.values() if "pattern" in form.fields)


def rule(session, security="T"):
    return session.scalars(select(NumberRule).filter_by(security=security, office_id=None)).one()


def test_a_unit_gets_its_own_book_and_pattern(world):
    with world.act("admin") as act:
        verbs.add(act, NUMBERING, OWN | {"office_id": str(world.office)})
    with world.act("admin") as act:
        kept = act.session.scalars(select(NumberRule).filter_by(office_id=world.office)).one()
        assert (kept.book, kept.pattern) == ("D", OWN["pattern"])
        assert NUMBERING.line(act.session, kept, "id")["next"].startswith("T-1/KWS1.DIT2/")
        with pytest.raises(Refused):
            verbs.add(act, NUMBERING, OWN | {"office_id": str(world.office)})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"book": "b"}, "book"), ({"book": "BUKUB"}, "book"), ({"pattern": "{seq}"}, "pattern")],
)
def test_what_could_give_a_number_twice_is_refused_beside_its_field(world, wrong, field):
    with world.act("admin") as act, pytest.raises(Refused) as refusal:
        verbs.add(act, NUMBERING, OWN | {"office_id": str(world.office)} | wrong)
    assert {reason.field for reason in refusal.value.reasons} == {field}


def test_a_book_with_numbers_of_this_year_is_not_exchanged(office, world):  # noqa: F811 - the fixture
    letter = office.issued()
    year = office.site.clock.at.year
    with world.act("admin") as act:
        found = act.session.get_one(Letter, letter)
        found.series = found.series.replace(str(year), str(Clock().now().astimezone(WIB).year))
        act.session.flush()
        row = rule(act.session)
        now = tables.values(NUMBERING, row)
        with pytest.raises(Refused) as refusal:
            verbs.change(act, NUMBERING, row, now | {"book": "X"}, seen=fingerprint(now))
        assert refusal.value.reasons[0].field == "book"
        assert verbs.change(act, NUMBERING, row, now | {"pattern": OWN["pattern"]}, seen=fingerprint(now))


def test_the_administrator_sees_the_next_number_before_it_is_kept(enter, world):
    browser = enter("admin")
    with world.site.sessions() as session:
        here = f"/control/reference/numbering/{rule(session).id}"
    form = form_of(browser.get(here))
    form["pattern"] = OWN["pattern"]
    assert "T-1/" in form.submit("try").html.select_one("#example").text
    with world.site.sessions() as session:
        assert rule(session).pattern == ""
    page = form_of(browser.get("/control/reference/numbering/add"))
    page["office_id"], page["security"], page["book"], page["pattern"] = str(world.office), "T", "D", OWN["pattern"]
    assert "T-1/KWS1.DIT2/" in page.submit("try").html.select_one("#example").text
    assert "Baris ditambahkan" in page.submit("add").follow().text
