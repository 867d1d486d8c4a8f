"""Records of people: odd papers are kept and marked, doubles are recognised, merging can be undone."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from portal import journal
from portal.acts import Refused
from portal.content.sharing import Grant, Reader
from portal.people import checks, verbs
from portal.people.doubles import recognise
from portal.people.model import Person, PersonKey, merged_ids

RIGHT = "3212114101900001"  # Indramayu, a woman born on 1 January 1990


@pytest.fixture
def record(world):
    def record(name, by="budi", **columns):
        with world.act(by) as act:
            return verbs.record(act, name=name, **columns).id

    return record


@pytest.fixture
def alike(site, world):
    def alike(who="budi", **words):
        with site.sessions() as session:
            return [m.name for m in recognise(session, world.who(who), site.clock.now(), **words)]

    return alike


def odd_nik(site, nik, **known):
    with site.sessions() as session:
        return [str(w) for w in checks.nik_warnings(session, nik, **known)]


def test_a_right_nik_is_not_marked(site):
    assert odd_nik(site, RIGHT, birth_date=date(1990, 1, 1), sex="F") == []
    assert odd_nik(site, "32.12.11 410190-0001") == []
    assert odd_nik(site, "") == []


def test_districts_that_other_checks_refuse_are_known(site):
    assert odd_nik(site, "6501010101900001") == []  # Kalimantan Utara
    assert odd_nik(site, "9301010101900001") == []  # Papua Selatan


@pytest.mark.parametrize(
    ("nik", "known", "word"),
    [
        ("123", {}, "16 angka"),
        ("A212114101900001", {}, "16 angka"),
        ("٣٢١٢١١٤١٠١٩٠٠٠٠١", {}, "16 angka"),
        ("0012114101900001", {}, "provinsi"),
        ("3299114101900001", {}, "kabupaten"),
        ("3212113002900001", {}, "bukan tanggal"),
        (RIGHT, {"birth_date": date(1990, 1, 2)}, "berbeda dengan tanggal lahir"),
        (RIGHT, {"sex": "M"}, "Jenis kelamin"),
    ],
)
def test_an_odd_nik_is_marked_with_what_is_odd(site, nik, known, word):
    assert any(word in warning for warning in odd_nik(site, nik, **known))


def test_odd_passports_and_telephones_are_kept_and_marked(site, record):
    odd = record("Sumiati", passports=["X-9"], phones=["0812 3456 7890", "12"])
    with site.sessions() as session:
        assert session.get(Person, odd).passports == ["X-9"]
    assert list(checks.passport_warnings("X-9"))
    assert not list(checks.passport_warnings("C1234567"))
    assert not list(checks.passport_warnings("ab 123456"))
    assert not list(checks.phone_warnings("0812 3456 7890"))
    assert list(checks.phone_warnings("12"))
    assert checks.readable_phone("0812 3456 7890") == "+62 812-3456-7890"
    assert checks.readable_phone("tidak ada") == ""


@pytest.mark.parametrize(
    "typed",
    ["SUMIATI KASAN", "Sumiyati Kasan", "sumiati binti Kasan", "Sumiaty Kassan", "KASAN SUMIYATI"],
)
def test_a_name_that_is_spelt_otherwise_is_recognised(record, alike, typed):
    record("Sumiati Kasan")
    assert alike(name=typed) == ["Sumiati Kasan"]


def test_another_name_is_not_recognised(record, alike):
    record("Sumiati Kasan")
    assert alike(name="Ahmad Fauzi") == []
    assert alike(name="Su") == []
    assert alike() == []


@pytest.mark.parametrize(
    "words", [{"passport": "b 123-4567"}, {"phone": "+62 812 3456 7890"}, {"nik": "3212 1141 0190 0001"}]
)
def test_the_same_paper_or_telephone_is_recognised_however_it_is_written(record, alike, words):
    record("Sumiati", passports=["B1234567"], phones=["0812-3456-7890"], nik=RIGHT)
    record("Orang lain", passports=["B7654321"], phones=["0813-0000-0000"])
    assert alike(**words) == ["Sumiati"]


def test_people_of_another_office_are_not_told(record, alike):
    record("Sumiati", by="joko", passports=["B1234567"])
    assert alike(passport="B1234567", name="Sumiati") == []
    assert alike("joko", passport="B1234567") == ["Sumiati"]


def test_two_people_of_whom_no_name_is_known_are_not_alike(record, alike):
    record(verbs.UNKNOWN, passports=["B1234567"])
    assert alike(name=verbs.UNKNOWN) == []
    assert alike(passport="B1234567") == [verbs.UNKNOWN]


def test_what_a_new_complaint_tells_is_added_and_nothing_known_is_overwritten(site, world, record):
    known = record("Sumiati", phones=["0811"], birth_place="Indramayu")
    with world.act("budi") as act:
        person = act.session.get(Person, known)
        verbs.learn(act, person, name="SUMIYATI", phones=["0822", "0811"], birth_place="Cirebon", address="Karangampel")
    with site.sessions() as session:
        person = session.get(Person, known)
        assert (person.title, person.aliases, person.phones) == ("Sumiati", ["SUMIYATI"], ["0811", "0822"])
        assert (person.birth_place, person.address) == ("Indramayu", "Karangampel")


def picture(site, *ids):
    """Everything kept about these records but when they were changed and how often."""
    with site.sessions() as session:
        people = {
            p.id: {
                c.key: getattr(p, c.key)
                for c in Person.__mapper__.column_attrs
                if c.key not in {"modified_at", "version"}
            }
            for p in session.scalars(select(Person).where(Person.id.in_(ids)))
        }
        keys = set(session.execute(select(PersonKey.person_id, PersonKey.kind, PersonKey.value)).all())
        readers = set(
            session.execute(select(Reader.item_id, Reader.token, Reader.state).where(Reader.item_id.in_(ids))).all()
        )
        grants = set(session.execute(select(Grant.item_id, Grant.principal, Grant.role)).all())
        words = {
            i: session.execute(text("SELECT words FROM search_fts WHERE rowid = :id"), {"id": i}).scalar() for i in ids
        }
    return people, {tuple(k) for k in keys}, {tuple(r) for r in readers}, {tuple(g) for g in grants}, words


def test_merging_and_unmerging_restores_both_records_bit_for_bit(site, world, record):
    one, two = record("Sumiati", passports=["B1234567"]), record("SUMIYATI", phones=["0812 3456 7890"])
    before = picture(site, one, two)
    with world.act("dewi") as act:
        verbs.merge(act, act.session.get(Person, one), into_id=two)
    assert picture(site, one, two) != before
    with world.act("dewi") as act:
        verbs.unmerge(act, act.session.get(Person, one))
    assert picture(site, one, two) == before
    with site.sessions() as session:
        assert not list(journal.problems(session))


def test_a_merged_record_is_not_suggested_but_what_it_is_known_by_leads_to_the_one_that_stands(world, record, alike):
    one, two, three = record("Sumiati", passports=["B1234567"]), record("Sumiyati K"), record("S. Kasan")
    for person, into in ((one, two), (two, three)):
        with world.act("dewi") as act:
            verbs.merge(act, act.session.get(Person, person), into_id=into)
    assert alike(passport="B1234567") == ["S. Kasan"]
    with world.act("dewi") as act:
        assert sorted(merged_ids(act.session, act.session.get(Person, three))) == sorted([one, two, three])


@pytest.mark.parametrize("into", ["itself", "nobody", "one that is merged already"])
def test_nobody_is_merged_into(world, record, into):
    one, two, three = record("Sumiati"), record("Sumiyati"), record("Siti")
    with world.act("dewi") as act:
        verbs.merge(act, act.session.get(Person, two), into_id=three)
    target = {"itself": one, "nobody": 999_999, "one that is merged already": two}[into]
    with pytest.raises(Refused), world.act("dewi") as act:
        verbs.merge(act, act.session.get(Person, one), into_id=target)


def test_an_unknown_column_is_refused(world):
    with pytest.raises(TypeError), world.act("budi") as act:
        verbs.record(act, name="Sumiati", state="merged")
