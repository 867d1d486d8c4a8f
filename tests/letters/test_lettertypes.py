"""The letter folders: what they say, and that every mistake in them is told."""

import shutil
from datetime import UTC, date, datetime

import pytest

from portal.correspondence import lettertypes
from portal.correspondence.wording import fields_in
from portal.folders import folder


@pytest.fixture
def copied(tmp_path):
    """A folder of letters with one type, to be spoiled."""
    for name in ("house", "reminder"):
        shutil.copytree(folder("letters") / name, tmp_path / name)
    return tmp_path


def spoil(copied, old, new, file="letter.toml"):
    path = copied / "reminder" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return lettertypes.check(copied)


def test_the_shipped_letters_are_without_mistake():
    assert lettertypes.check(folder("letters")) == []


def test_all_letters_of_the_office_are_there(letter_types):
    assert {
        "ref_police", "ref_immigration", "ref_mofa", "ref_mission", "summons_clarification", "claim_support",
        "ref_legal_aid", "ref_labour_office", "request_completion", "notice_complainant", "reminder", "receipt",
    } <= set(letter_types)  # fmt: skip


def test_an_office_gets_its_own_letters_first(letter_types):
    codes = [letter.code for letter in lettertypes.types_for("POLICE", letter_types.values())]
    assert codes == ["ref_police", "reminder"]


def test_the_placement_agency_learns_nothing_of_the_complainant(letter_types):
    summons = letter_types["summons_clarification"]
    sources = {field.source for field in summons.fields}
    assert not any(source.startswith("complainant.") for source in sources)
    assert not sources & {"worker.address", "worker.nik", "case.chronology", "case.steps"}


def test_letters_that_share_a_file_with_outsiders_need_consent(letter_types):
    assert {code for code, letter in letter_types.items() if letter.consent} == {"ref_legal_aid", "claim_support"}


def test_values_are_written_as_the_office_writes_them(letter_types):
    given = {"meeting": datetime(2026, 3, 10, 2, 30, tzinfo=UTC), "reply_by": date(2026, 3, 9), "bring": ["a", "b"]}
    values = letter_types["summons_clarification"].values(given)
    assert values["meeting"] == "10 Maret 2026 pukul 09.30 WIB"
    assert values["reply_by"] == "9 Maret 2026"
    assert values["bring"] == "a\nb"
    assert values["venue"] == ""


def test_an_optional_field_without_a_value_is_a_dash(letter_types):
    values = letter_types["ref_police"].values({})
    assert (values["p3mi"], values["suspects"]) == ("-", "")


def test_values_hold_every_field_of_the_wording(letter_types):
    for letter in letter_types.values():
        assert set(fields_in(letter.wording["id"])) <= set(letter.values({}))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "reminder"', 'code = "other"', "“code” “other” berbeda dari nama folder"),
        ('speed = "segera"', 'speed = "kilat"', "“speed” harus salah satu dari"),
        ('security = "T"', 'security = "X"', "“security” harus salah satu dari"),
        ("reply_days = 7", 'reply_days = "7"', "“reply_days” harus bilangan"),
        ("reply_days = 7", "reply_days = 7\nsped = 1", "kunci “sped” tidak dikenal"),
        ('languages = ["id"]', 'languages = ["en"]', "bahasa “en” tidak dikenal atau wording.en.html tidak ada"),
        ('addressees = ["*"]', 'addressees = ["police"]', "“addressees”: “police” bukan kode"),
        ('uses = ["case", ', 'uses = ["cases", ', "kelompok ruas “cases” tidak ada"),
        ('from = "previous.number"', 'from = "worker.shoe"', "“from” tidak mengenal “worker.shoe”"),
        ('choices = ["Kesatu", "Kedua", "Ketiga"]', "", "“choices” diperlukan"),
        ('id = "round"', 'id = "Round.x"', "bukan nama ruas"),
        ("${previous_subject}", "${previous_subjects}", "“subject”: Baris 1: ruas “previous_subjects” tidak dikenal."),
        ('type = "file"', 'type = "files"', "“type” harus salah satu dari"),
        ('id = "answer_on"', 'id = "status"', "pertanyaan “status” ada dua kali"),
        ("code = ", "code = = ", "reminder/letter.toml: "),
        ('records_class = "PP.01"', 'records_class = ""', "“records_class” harus berisi teks"),
    ],
)
def test_each_mistake_in_a_letter_is_told(old, new, told, copied):
    problems = spoil(copied, old, new)
    assert any(told in problem and problem.startswith("reminder/") for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("${reply_by}", "${reply_bye}", "Baris 5: ruas “reply_bye” tidak dikenal."),
        ("<ol>", '<ol class="x">', "HTML yang tidak diizinkan"),
        ("${officer_email}", "pos-el", "ruas “officer_email” tidak dipakai"),
    ],
)
def test_each_mistake_in_a_wording_is_told(old, new, told, copied):
    assert any(told in problem for problem in spoil(copied, old, new, "wording.id.html"))


def test_loading_refuses_what_checking_tells(copied):
    problems = spoil(copied, 'speed = "segera"', 'speed = "kilat"')
    with pytest.raises(lettertypes.LetterTypesRefused) as refusal:
        lettertypes.load(copied)
    assert refusal.value.problems == problems


def test_a_folder_without_letters_is_told(tmp_path, copied):
    shutil.rmtree(copied / "reminder")
    assert lettertypes.check(copied) == [f"{copied.name}: tidak ada jenis surat"]


def test_a_missing_file_of_fields_is_told(copied):
    (copied / "house" / "fields.toml").unlink()
    assert "house/fields.toml: tidak ada" in lettertypes.check(copied)


def test_a_house_on_unknown_paper_is_refused():
    with pytest.raises(ValueError, match="A5"):
        lettertypes.House.load(folder("letters") / "house", paper="A5")
