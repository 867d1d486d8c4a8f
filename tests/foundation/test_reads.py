from __future__ import annotations

import pytest
from sqlalchemy import select, text

from portal import journal
from portal.journal import Entry

REFUSE = {
    "sqlite": ["CREATE TRIGGER deaf BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'deaf'); END"],
    "postgresql": [
        "CREATE FUNCTION deaf() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'deaf'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER deaf BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION deaf()",
    ],
}


@pytest.fixture
def deaf(site):
    """Call it, and the journal takes no line any more."""

    def deaf():
        with site.engine.begin() as connection:
            for statement in REFUSE[connection.dialect.name]:
                connection.execute(text(statement))

    return deaf


def events(site, person):
    with site.sessions() as session:
        return list(session.scalars(select(Entry.event).where(Entry.by_id == person).order_by(Entry.id)))


def test_who_opened_a_case_stands_in_its_journal(site, world, enter):
    number = world.case()
    enter("dewi").get(f"/cases/{number}")
    with site.sessions() as session:
        line = session.scalars(select(Entry).where(Entry.event == "case_read")).one()
        assert (line.by_id, line.by_name, line.at) == (world.accounts["dewi"], "Dewi Anggraini", site.clock.now())
        assert list(journal.problems(session)) == []


@pytest.mark.parametrize("headers", [{"Accept": "text/html"}, {"Accept": "application/json"}])
@pytest.mark.parametrize("place", ["", "/@history"])
def test_no_page_is_sent_without_its_line(world, enter, deaf, place, headers):
    number, browser = world.case(), enter("dewi")
    assert "Siti Rahayu" in browser.get(f"/cases/{number}", headers=headers)
    deaf()
    answer = browser.get(f"/cases/{number}{place}", headers=headers, expect_errors=True)
    assert answer.status_int == 500
    assert "Siti" not in answer


def test_a_case_read_by_a_program_leaves_a_line_too(site, world, enter):
    number, browser = world.case(), enter("dewi")
    browser.get(f"/cases/{number}", headers={"Accept": "application/json"})
    assert [e for e in events(site, world.accounts["dewi"]) if e.endswith("_read")] == ["item_read"]


def test_a_page_that_was_not_shown_leaves_no_line(site, world, enter):
    number, browser = world.case(), enter("joko")
    assert browser.get(f"/cases/{number}", expect_errors=True).status_int == 404
    assert [e for e in events(site, world.accounts["joko"]) if e.endswith("_read")] == []
