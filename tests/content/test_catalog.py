from __future__ import annotations

from datetime import timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import insert, select, text

from portal.acts import SYSTEM, Identity
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.content import catalog, sharing, stems
from portal.content.item import Item
from portal.content.sharing import Reader
from portal.people import verbs as people
from tests.content.conftest import make
from tests.content.test_sharing import permitted

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def find(site, world):
    """`find("kata")` gives the titles that Dewi finds; `find("kata", who)` those of somebody else."""

    def find(query, who=None, **more):
        identity = who or world.who("dewi")
        with site.sessions() as session:
            rows, _more = catalog.search(session, identity, site.clock.now(), query, **more)
            return [row.title for row in rows]

    return find


@pytest.fixture
def person(world):
    def person(name, **columns):
        with world.act("dewi") as act:
            people.record(act, name=name, office_id=world.office, **columns)

    return person


def test_words_are_found_in_another_form(world, find, person):
    world.case(narrative="Majikan menahan paspor dan mempekerjakan dia tanpa pembayaran.")
    for query in ("penahanan paspor", "pekerjaan", "membayar", "PASPOR menahan", "majikannya"):
        assert len(find(query, kinds=["case"])) == 1, query
    assert find("pembayaran rumah sakit", kinds=["case"]) == []


@pytest.mark.parametrize(
    "name", ["Setiawan", "Wulandari", "Anggraini", "Nurhayati", "Sukamti", "Pertiwi", "Beni", "Tiwi"]
)
def test_a_name_is_found_at_every_sign_while_it_is_typed(find, person, name):
    person(f"{name} Binti Fulan")
    for length in range(2, len(name) + 1):
        assert find(name[:length], kinds=["person"]) == [f"{name} Binti Fulan"], name[:length]


@pytest.mark.parametrize(
    ("kept", "query"),
    [
        ("081234567890", "0812-3456-7890"),
        ("0812-3456-7890", "081234567890"),
        ("0812-3456-7890", "0812-3456"),
        ("0812-3456-7890", "0812 3456"),
        ("0812-3456-7890", "081234"),
    ],
)
def test_a_telephone_number_is_found_however_it_is_separated(find, person, kept, query):
    person("Siti Aminah", phones=[kept])
    assert find(query, kinds=["person"]) == ["Siti Aminah"]


def test_a_case_is_found_by_its_number_whole_in_part_and_while_it_is_typed(world, find):
    number = world.case()
    for query in (number, number.lower(), number.replace("-", ""), "2026-000001", "000001", number[:-2], "PMI-2026"):
        assert len(find(query, kinds=["case"])) == 1, query


def test_the_last_word_is_a_beginning_and_the_others_are_whole(find, person):
    person("Ahmad Fauzi")
    assert find("Ahmad Fau") == ["Ahmad Fauzi"]
    assert find("Ahm Fauzi") == []


def test_accents_and_capitals_do_not_matter(find, person):
    person("José Núñez")
    assert find("JOSE nunez") == ["José Núñez"]


def test_small_words_are_no_condition(world, find):
    world.case(narrative="Gaji dari majikan.")
    assert len(find("gaji untuk majikan", kinds=["case"])) == 1
    assert find("untuk") == find("yang dan") == []


def test_a_word_of_ten_thousand_signs_can_be_kept_and_found(world, find):
    world.case(narrative="a" * 10_000)
    assert len(find("a" * 10_000, kinds=["case"])) == 1


def test_what_was_changed_is_found_by_its_new_words_only(world, find):
    number = world.case(narrative="Paspor disita di bandara.")
    with world.act("dewi") as act:
        cases.amend(act, act.session.scalar(select(Case).where(Case.name == number)), narrative="Upah dipotong.")
    assert (find("bandara", kinds=["case"]), len(find("dipotong", kinds=["case"]))) == ([], 1)


HOSTILE = [
    "", " ", "'", '"', "''", '""', "\\", "%", "_", "*", "(", ")", "()", "-", "--", "; DROP TABLE item; --", "' OR 1=1 --",
    '" OR "a', "a AND", "OR", "NOT", "NEAR(a b)", "words:a", "^a", "a:*", "a & | ! b", "<-> a", "{a}", "[a]", "\x00a", "\u202ea",
    "😀", "🇮🇩 1", "ﬁ", "İstanbul", "ß", "´`", "a" * 5000, "a " * 500, "a-" * 500, "- - -", "0x00", "$1", ":match", "?", "\ud7ff",
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE)
def test_no_query_is_more_than_words(case, find, query):
    assert isinstance(find(query), list)


@many
@given(query=st.text(max_size=40))
def test_any_text_can_be_asked(case, find, query):
    assert isinstance(find(query), list)


@many
@given(source=st.text(min_size=1, max_size=30))
def test_any_name_is_found_by_itself_where_it_has_a_word(site, find, person, source):
    name = source.replace("\0", "").strip()
    if not stems.words(name):
        return
    person(name)
    assert name in find(name, kinds=["person"], limit=500)


def fill(site, world, count):
    """Very many letters that came in about the same matter, read by the whole office."""
    with site.act() as act:
        first = make(act, world, "incoming").id
        spine = dict(act.session.execute(select(Item.__table__).where(Item.id == first)).one()._mapping)
        start = 1_000_000
        items = [spine | {"id": start + n, "name": f"banyak-{n}"} for n in range(count)]
        act.session.execute(insert(Item.__table__), items)
        row = {
            "kind": "incoming",
            "state": spine["state"],
            "modified_at": act.at,
            "token": f"unit:{world.office}#STAFF",
        }
        act.session.execute(insert(Reader), [row | {"item_id": start + n} for n in range(count)])
        is_sqlite = act.session.get_bind().dialect.name == "sqlite"
        value = ":words" if is_sqlite else "array_to_tsvector(string_to_array(:words, ' '))"
        indexed = text(f"INSERT INTO search_fts (rowid, words) VALUES (:id, {value})")
        act.session.execute(indexed, [{"id": start + n, "words": "upah gaji"} for n in range(count)])


def test_who_may_see_little_finds_it_behind_very_much_of_others(site, world, find):
    with site.act() as act:
        mine = make(act, world, "incoming", title="upah Siti")
        catalog.index(act.session, mine)
        office = f"unit:{world.other_office}"
        sharing.give(act, mine, office, sharing.OFFICE, cause="sharing", quietly=True)
    fill(site, world, catalog.BROAD + 500)
    assert find("upah", world.who("joko")) == ["upah Siti"]
    assert find("up", world.who("joko"), kinds=["incoming"]) == ["upah Siti"]
    assert len(find("upah", world.who("budi"), limit=20)) == 20


def test_who_may_see_very_much_is_asked_hit_by_hit_with_the_same_result(site, world, find, monkeypatch):
    fill(site, world, 300)
    by_list = find("upah", world.who("budi"), limit=500)
    monkeypatch.setattr(catalog, "FEW", 10)
    assert find("upah", world.who("budi"), limit=500) == by_list
    assert len(by_list) == 300
    assert find("upah", world.who("joko")) == []


def test_no_search_shows_what_the_page_would_hide(site, world, find):
    for by, columns in (("budi", {}), ("joko", {"office_id": world.other_office})):
        for narrative in ("Gaji tidak dibayar.", "Paspor ditahan, gaji dipotong."):
            world.case(by, narrative=narrative, **columns)
    with world.act("maya") as act:
        first = act.session.scalar(select(Item).where(Item.kind == "case"))
        until = act.at + timedelta(days=1)
        obh = f"unit:{world.organisations['obh']}"
        sharing.give(act, first, obh, "ADVOCATE", cause="mandate", reference="SK", expires_at=until)
    everybody = [*(world.who(name) for name in world.accounts), SYSTEM, Identity(None, "Pengunjung")]
    for moment in (site.clock.now(), site.clock.now() + timedelta(days=2)):
        with site.sessions() as session:
            items = session.execute(select(Item.__table__)).all()
            for identity in everybody:
                for query in ("gaji", "paspor", "siti", "PMI-2026", "p", "polres", "citra"):
                    rows, _more = catalog.search(session, identity, moment, query, limit=1000)
                    assert {row.id for row in rows} <= permitted(session, items, identity, moment)


def test_rows_of_a_list_keep_their_order_and_load_nothing_more(site, world):
    numbers = [world.case() for _each in range(3)]
    with site.sessions() as session:
        ids = [session.scalar(select(Item.id).where(Item.name == n)) for n in reversed(numbers)]
        found = catalog.rows(session, [*ids, 999_999])
        assert [row.name for row in found] == numbers[::-1]
        assert found[0].url == f"/cases/{numbers[-1]}"
        with pytest.raises(AttributeError):
            found[0].title = "lain"
        assert catalog.rows(session, []) == []
