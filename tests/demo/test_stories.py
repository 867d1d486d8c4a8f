import re
from string import Formatter

import pytest

from portal.demo import stories
from portal.demo.names import chance, texts
from portal.demo.stories import JOBS, RELATIONS, Slots
from portal.vocabulary import rows

SLOTS = Slots(
    pmi="Sutini Rahayu", negara="Taiwan", kota="Taichung", kerja="perawat lansia", majikan="Ny. Wu Pi-hsia",
    agensi="Agensi Da Tong", penyalur="PT Wira Buana Abadi", asal="Kabupaten Kendal", desa="Desa Karangasih",
    tempat="rumah majikan", berangkat="3 Mei 2024", tgl="7 Juni 2025", bulan="4", uang="Rp9.000.000,00",
    gaji="NTD 20.000", nomor="12/PWNI/06", petugas="Yuni Astuti", nanti="14 Juni 2025",
)  # fmt: skip
ANSWERS = {"acknowledge", "need_info", "accept", "decline", "progress", "result"}


def test_each_category_has_three_stories_or_more_asks_and_a_note():
    assert set(texts("complaints")) == {row["code"] for row in rows("case_categories")}
    for words in texts("complaints").values():
        assert len(set(words["stories"])) >= 3
        assert words["asks"]
        assert words["notes"]


@pytest.mark.parametrize("category", [row["code"] for row in rows("case_categories")])
@pytest.mark.parametrize("relation", RELATIONS)
def test_every_story_can_be_told_by_everybody(category, relation):
    for seed in range(12):
        told = stories.complaint(chance(seed), category, list(JOBS)[seed % len(JOBS)], relation, SLOTS)
        for text in (told.subject, told.story, told.wish, told.note):
            assert text[0].isupper()
            assert not re.search(r"[{}]| {2}|,,|\.\.", text)


def test_the_worker_is_named_once_and_then_only_called():
    words = stories.Telling(SLOTS, "husband")
    assert "{Siapa} pergi. {Siapa} sakit.".format_map(words) == "Istri saya Sutini Rahayu pergi. Istri saya sakit."


def test_workers_speak_of_themselves():
    words = stories.Telling(SLOTS, "self")
    assert "{Siapa} mencari paspor{milik}.".format_map(words) == "Saya mencari paspor saya."


def test_an_unknown_slot_is_an_error():
    with pytest.raises(KeyError):
        "{tidak_ada}".format_map(SLOTS)


def test_each_type_of_partner_knows_every_answer():
    outside = {row["type"] for row in rows("stakeholders")} - {"COMPLAINANT"}
    assert set(texts("answers")) == outside
    for kinds in texts("answers").values():
        assert set(kinds) == ANSWERS | {"decline_reason"}
        for sentence in (sentence for kind in ANSWERS for sentence in kinds[kind]):
            assert {field for _, field, _, _ in Formatter().parse(sentence) if field} <= set(SLOTS)


def test_each_reason_has_its_remark():
    for kind, file in {
        "close": "closure_reasons",
        "decline": "decline_reasons",
        "reject_document": "requirement_reject_reasons",
        "waive": "waive_reasons",
    }.items():
        for row in rows(file):
            assert stories.remark(chance(kind), kind, SLOTS, row["code"])


def test_money_and_dates_are_written_the_indonesian_way():
    assert stories.rupiah(12) == "Rp12.000.000,00"
    assert stories.foreign("NTD", 20500) == "NTD 20.500"
