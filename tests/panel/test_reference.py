"""Reference data: what the office edits as data, by whom, at once, and back again."""

from datetime import date

import pytest
from sqlalchemy import select

from portal import deadlines, journal, vocabulary
from portal.acts import Conflict, Refused
from portal.deadlines import DeadlineRule
from portal.journal import Entry
from portal.panel.control import tables, verbs
from portal.registry import fingerprint
from portal.requirements.model import RequirementRule
from portal.vocabulary import Term
from portal.workdays import Holiday

CATEGORY, HOLIDAY, DEADLINE, REQUIREMENT = (
    tables.TABLES[name] for name in ("category", "holiday", "deadline", "requirement")
)
NEW_TERM = {
    "code": "SCAM_COMPOUND",
    "name_id": "Perusahaan penipuan daring",
    "name_en": "Online scam compound",
    "position": 200,
    "active": True,
    "phase": "during",
    "urgency": "1",
    "typical_stakeholders": ["POLICE", "MISSION"],
    "aliases_id": "scam center",
}


def term(session, code="UNPAID_WAGES", name="category"):
    return session.scalars(select(Term).where(Term.vocabulary == name, Term.code == code)).one()


def seen(table, row):
    return fingerprint(tables.values(table, row))


def keep_silent(world):
    """The one list that a new portal has empty gets a row."""
    with world.act("maya") as act:
        span = {"first_day": "2026-03-06", "last_day": "2026-03-09", "reason": "Pindah kantor."}
        verbs.add(act, tables.TABLES["silence"], {"organisation_id": str(world.organisations["polres"])} | span)


def test_every_row_of_every_table_can_be_told_and_kept_as_it_is(world):
    keep_silent(world)
    with world.act("admin") as act:
        for table in tables.TABLES.values():
            rows = tables.rows(act.session, table)
            assert rows, table.name
            for row in rows:
                line = table.line(act.session, row, "en")
                assert {column.name for column in table.columns} <= set(line)
                before = tables.values(table, row)
                tables.write(table, row, before)
                assert tables.values(table, row) == before


def test_a_new_term_is_known_at_once_with_its_further_columns(world):
    with world.act("maya") as act:
        verbs.add(act, CATEGORY, NEW_TERM)
    with world.act("maya") as act:
        found = vocabulary.terms(act.session, "category")["SCAM_COMPOUND"]
        assert found.extra["typical_stakeholders"] == "POLICE;MISSION"
        assert found.extra["urgency"] == "1"


@pytest.mark.parametrize("code", ["unpaid", "UNPAID WAGES", "", "UNPAID_WAGES"])
def test_a_code_that_is_malformed_or_taken_is_refused(world, code):
    with world.act("maya") as act, pytest.raises(Refused) as refusal:
        verbs.add(act, CATEGORY, NEW_TERM | {"code": code})
    assert [reason.field for reason in refusal.value.reasons] == ["code"]


def test_codes_that_the_program_acts_on_neither_come_nor_go(world):
    security = tables.TABLES["security"]
    assert "active" not in security.fields
    with world.act("admin") as act, pytest.raises(Refused):
        verbs.add(act, security, {"code": "X", "name_id": "Rahasia sekali", "name_en": "", "position": 9})


def test_a_term_that_is_out_of_use_can_no_longer_be_chosen_but_stays(world):
    with world.act("maya") as act:
        row = term(act.session)
        verbs.change(act, CATEGORY, row, {"active": False}, seen=seen(CATEGORY, row))
        with pytest.raises(Refused):
            verbs.remove(act, CATEGORY, row, seen=seen(CATEGORY, row))
    with world.act("maya") as act:
        assert "UNPAID_WAGES" not in vocabulary.terms(act.session, "category")
        assert term(act.session).active is False


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(world):
    with world.act("maya") as act:
        first_saw = seen(CATEGORY, term(act.session))
    with world.act("admin") as act:
        verbs.change(act, CATEGORY, term(act.session), {"name_en": "Wages not paid"}, seen=first_saw)
    with world.act("maya") as act, pytest.raises(Conflict):
        verbs.change(act, CATEGORY, term(act.session), {"name_en": "No wages"}, seen=first_saw)
    with world.act("maya") as act:
        assert term(act.session).name_en == "Wages not paid"


def test_each_change_is_in_the_journal_with_old_and_new_and_can_be_taken_back(world):
    rule = "DOCS_COMPLETE"
    with world.act("maya") as act:
        row = act.session.get_one(DeadlineRule, rule)
        verbs.change(act, DEADLINE, row, {"value": 45, "unit": "workday"}, seen=seen(DEADLINE, row))
    with world.act("admin") as act:
        row = act.session.get_one(DeadlineRule, rule)
        (line,) = verbs.earlier(act.session, verbs.subject(DEADLINE, row))
        assert (line.data["old"]["value"], line.data["new"]["value"]) == (30, 45)
        assert line.by_name == "Maya Lestari"
        verbs.bring_back(act, DEADLINE, row, line, seen=seen(DEADLINE, row))
    with world.act("admin") as act:
        row = act.session.get_one(DeadlineRule, rule)
        assert (row.value, row.unit) == (30, "day")
        assert len(verbs.earlier(act.session, verbs.subject(DEADLINE, row))) == 2
        assert list(journal.problems(act.session)) == []


def test_saving_what_is_already_there_leaves_no_line(world):
    with world.act("maya") as act:
        row = term(act.session)
        assert verbs.change(act, CATEGORY, row, tables.values(CATEGORY, row), seen=seen(CATEGORY, row)) is False
        assert verbs.earlier(act.session, verbs.subject(CATEGORY, row)) == []


def test_a_holiday_counts_from_the_moment_it_is_added_and_comes_back_after_removal(world):
    new = {"day": "2026-03-03", "name": "Cuti bersama tambahan", "kind": "cuti_bersama"}
    with world.act("maya") as act:
        before = deadlines.due(act.session, act.at, 1, "workday")
        row = verbs.add(act, HOLIDAY, new)
        first = row.id
    with world.act("maya") as act:
        assert deadlines.due(act.session, act.at, 1, "workday") > before
        row = act.session.get_one(Holiday, first)
        verbs.remove(act, HOLIDAY, row, seen=seen(HOLIDAY, row))
    with world.act("maya") as act:
        assert deadlines.due(act.session, act.at, 1, "workday") == before
        (line,) = verbs.removed(act.session, HOLIDAY)
        back = verbs.bring_back(act, HOLIDAY, None, line)
        assert back.day == date(2026, 3, 3)
        lines = verbs.earlier(act.session, verbs.subject(HOLIDAY, back))
        assert [line.event for line in lines] == ["reference_added"]


def test_a_day_stands_in_the_list_once(world):
    with world.act("maya") as act:
        taken = act.session.scalars(select(Holiday).order_by(Holiday.id)).first()
        with pytest.raises(Refused):
            verbs.add(act, HOLIDAY, {"day": taken.day.isoformat(), "name": "Lain", "kind": "libur_nasional"})


def test_a_matter_asks_for_a_document_once(world):
    new = {
        "category_code": "UNPAID_WAGES",
        "document_type": "DEATH_CERT",
        "necessity": "optional",
        "note": "",
        "source": "",
        "is_draft": True,
    }
    with world.act("maya") as act:
        verbs.add(act, REQUIREMENT, new)
        with pytest.raises(Refused):
            verbs.add(act, REQUIREMENT, new)
        pair = select(RequirementRule).filter_by(category_code="UNPAID_WAGES", document_type="DEATH_CERT")
        assert len(act.session.scalars(pair).all()) == 1


def test_the_journal_says_in_words_who_changed_what(world):
    with world.act("maya") as act:
        row = term(act.session)
        verbs.change(act, CATEGORY, row, {"position": 1}, seen=seen(CATEGORY, row))
        line = act.session.scalars(select(Entry).where(Entry.event == "reference_changed")).one()
    assert (line.data["title"], line.data["table"]) == ("Gaji tidak dibayar", "Masalah")
