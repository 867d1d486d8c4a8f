from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from portal.cases.model import Case
from portal.content import item
from portal.content.item import KINDS
from tests.content.conftest import make


@pytest.fixture
def asked(site):
    """What the portal asks the database about items, while the test runs."""
    found = []

    def note(_connection, _cursor, statement, *_more):
        if "FROM item" in statement or "JOIN item" in statement:
            found.append(statement)

    event.listen(site.engine, "before_cursor_execute", note)
    yield found
    event.remove(site.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/cases/'",
        "/cases/a b",
        "/cases/@@x",
        "/cases/%00",
        "/cases/%C3%A9",
        "/cases/" + "a" * 61,
        "/people/-1",
        "/@nothing",
    ],
)
def test_a_name_that_no_item_can_have_never_reaches_the_database(enter, asked, path):
    browser = enter("dewi")
    asked.clear()
    assert browser.get(path, expect_errors=True).status_int in {400, 404}
    assert asked == []


@pytest.mark.parametrize(
    "name", ["letter", "letter-0", "letter-01", "letter-x", "letter-9999999999", "person-1", "Letter-1", "letter-1 "]
)
def test_a_name_that_no_part_can_have_asks_for_the_case_alone(enter, asked, case, name):
    browser = enter("dewi")
    browser.get(f"/cases/{case}")
    asked.clear()
    assert browser.get(f"/cases/{case}/{name}", expect_errors=True).status_int == 404
    assert len(asked) <= 1


def test_views_of_a_case_are_no_parts_of_it(enter, asked, case):
    browser = enter("dewi")
    asked.clear()
    assert browser.get(f"/cases/{case}/@nothing", expect_errors=True).status_int == 404
    assert len(asked) <= 1


def test_what_is_not_there_and_what_is_not_shown_look_the_same(enter, case):
    other, absent = enter("joko"), case[:-1] + "9"
    hidden, missing = (other.get(f"/cases/{n}", expect_errors=True) for n in (case, absent))
    assert (hidden.status, hidden.body) == (missing.status, missing.body)
    for name in ("@history", "@edit", "@sharing", "@workflow", "@comments", "@versions", "document-1"):
        hidden, missing = (other.get(f"/cases/{n}/{name}", expect_errors=True) for n in (case, absent))
        assert (hidden.status, hidden.body) == (missing.status, missing.body), name


def test_parts_are_counted_by_kind_and_ordinal(site, world):
    with site.act() as act:
        case = make(act, world, "case")
        names = [make(act, world, kind, case).name for kind in ("document", "letter", "document")]
        assert names == ["document-1", "letter-1", "document-2"]
        assert {part.dossier_id for part in act.session.query(item.Item).filter_by(parent_id=case.id)} == {case.id}


def test_the_database_itself_knows_a_case_number_once(site, world, case):
    least = {"title": "x", "channel": "PHONE", "complainant_type": "FAMILY", "narrative": "x"}
    with pytest.raises(IntegrityError), world.act("budi") as act:
        item.create(act, Case, parent=None, name=case, received_at=act.at, last_contact_at=act.at, **least)


def test_a_stale_version_is_a_conflict(site, world, case):
    with site.act() as act:
        found = act.session.query(Case).one()
        item.expect_version(found, found.version)
        item.expect_version(found, None)
        with pytest.raises(item.Conflict):
            item.expect_version(found, found.version + 1)


def test_every_kind_has_a_place(site):
    inside = {part for kind in KINDS.values() for part in kind.parts}
    assert {name for name, kind in KINDS.items() if not kind.container} == inside
