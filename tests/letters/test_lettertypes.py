"""The letter folders: what they say, and that every mistake in them is told."""

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.correspondence import lettertypes
from portal.correspondence.wording import fields_in
from portal.demo.proportions import rows
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
    assert set(letter_types) == set(
        """ref_police ref_immigration ref_mofa ref_mission ref_labour_ministry ref_labour_office summons_clarification
        invite_mediation rec_sanction rec_deposit claim_support ref_legal_aid ref_lpsk ref_shelter ref_ppa ref_hospital
        ref_local_gov ref_transport reminder recall request_completion notice_complainant reply_external inq_generic
        cover_letter internal_transfer assignment minutes_clarification minutes_mediation minutes_handover
        power_of_attorney_tpl disposition_sheet receipt reminder_superior""".split()
    )


def test_letters_name_known_addressees_and_documents(letter_types):
    stakeholders = {row["type"] for row in rows("stakeholders")} | {"*"}
    documents = {row["code"] for row in rows("document_types")}
    for letter in letter_types.values():
        assert set(letter.addressees) <= stakeholders
        assert set(letter.enclosures) <= documents


def test_a_letter_that_waits_for_an_answer_asks_something_and_says_until_when(letter_types):
    for letter in letter_types.values():
        assert bool(letter.reply_days) == bool(letter.questions)
        if letter.reply_days:
            assert "letter.reply_by" in {field.source for field in letter.fields}


def test_what_goes_abroad_can_be_written_in_english(letter_types):
    assert {code for code, letter in letter_types.items() if "en" in letter.languages} == set(
        """ref_mission inq_generic reply_external cover_letter notice_complainant reminder recall request_completion
        reminder_superior""".split()
    )


def test_an_office_gets_its_own_letters_first(letter_types):
    letters = lettertypes.types_for("POLICE", letter_types.values())
    assert letters[0].code == "ref_police"
    assert all("*" in letter.addressees for letter in letters[1:])


def test_the_placement_agency_learns_nothing_of_the_complainant(letter_types):
    summons = letter_types["summons_clarification"]
    sources = {field.source for field in summons.fields}
    assert not any(source.startswith("complainant.") for source in sources)
    assert not sources & {"worker.address", "worker.nik", "case.chronology", "case.steps"}


def test_letters_that_go_to_who_needs_consent_say_on_which_ground(letter_types):
    telling = {
        code for code, letter in letter_types.items() if "consent.statement" in {f.source for f in letter.fields}
    }
    assert telling == set("ref_legal_aid claim_support ref_lpsk ref_shelter ref_ppa ref_hospital".split())


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
        for wording in letter.wording.values():
            assert set(fields_in(wording)) <= set(letter.values({}))


def test_a_choice_is_kept_in_indonesian_and_written_in_the_language_of_the_letter(letter_types):
    reminder = letter_types["reminder"]
    assert reminder.values({"round": "Kesatu"}, "en")["round"] == "First"
    assert reminder.values({"round": "Kesatu"})["round"] == "Kesatu"


def test_a_day_and_an_amount_are_written_out_in_minutes(letter_types):
    minutes = letter_types["minutes_mediation"]
    given = {"held_on": date(2025, 10, 13), "amount": Decimal(1_250_000)}
    assert minutes.values(given)["held_on"].startswith("Senin, tanggal tiga belas bulan Oktober")
    assert minutes.values(given)["amount"] == "Rp1.250.000,00 (satu juta dua ratus lima puluh ribu rupiah)"
    assert minutes.values(given, "en")["amount"] == "IDR 1,250,000.00"
    assert minutes.values(given, "en")["held_on"] == "13 October 2025"


def test_everybody_who_signs_is_named_from_the_fields(letter_types):
    minutes = letter_types["minutes_mediation"]
    values = minutes.values({"second_party": "Rina | Manajer", "witnesses": ["A | Desa", "B"]})
    signed = [(place["role"], place["kind"], place["name"], place["about"]) for place in minutes.signed_by(values)]
    assert signed == [
        ("Pihak Kesatu", "named", "", []),
        ("Pihak Kedua", "named", "Rina", ["Manajer"]),
        ("Saksi 1", "named", "A", ["Desa"]),
        ("Saksi 2", "named", "B", []),
        ("Mediator", "signer", "", []),
    ]
    nobody = minutes.signed_by(minutes.values({}))
    assert "Saksi" not in {place["role"] for place in nobody}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "reminder"', 'code = "other"', "“code” “other” berbeda dari nama folder"),
        ('speed = "segera"', 'speed = "kilat"', "“speed” harus salah satu dari"),
        ('security = "T"', 'security = "X"', "“security” harus salah satu dari"),
        ("reply_days = 7", 'reply_days = "7"', "“reply_days” harus bilangan"),
        ("reply_days = 7", "reply_days = 7\nsped = 1", "kunci “sped” tidak dikenal"),
        ('languages = ["id", "en"]', 'languages = ["en"]', "“languages” harus memuat “id”"),
        ('languages = ["id", "en"]', 'languages = ["id", "en", "xx"]', "bahasa “xx” tidak dikenal"),
        ('languages = ["id", "en"]', 'languages = ["id", "en", "id"]', "bahasa “id” ada dua kali"),
        ('languages = ["id", "en"]', 'languages = "id"', "“languages” harus berupa daftar"),
        ('languages = ["id", "en"]', 'languages = ["id"]', "bahasa berkas ini tidak disebut “languages”"),
        ('names = { id = "Surat pengingat", en = "Reminder" }', 'names = "x"', "“names” harus berupa tabel"),
        ('id = "round"', 'id = "round"\nrequired = "no"', "“required” harus berupa true atau false"),
        ('addressees = ["*"]', "addressees = []", "“addressees” tidak menyebut satu pun penerima"),
        ("enclosures = []", "enclosures = []\nquestions = [1]", "reminder/letter.toml: "),
        ("enclosures = []", "enclosures = []\nsignatures = [1]", "“signatures” harus ditulis sebagai [[signatures]]"),
        (
            '[[questions]]\nid = "status"',
            '[[signatures]]\nby = "nobody"\n[[questions]]\nid = "status"',
            "bukan “nobody”",
        ),
        ('[[questions]]\nid = "status"', '[[signatures]]\nby = "signer"\n[[questions]]\nid = "status"', "“role”: “id”"),
        ('[[questions]]\nid = "status"', '[[questions]]\nx = 1\nid = "status"', "kunci “x” tidak dikenal"),
        ('choices_en = ["First", "Second", "Third"]', "", "“choices_en” harus sama banyak"),
        ('id = "previous_date"', 'id = "previous_number"', "ruas “previous_number” ada dua kali"),
        (
            'naskah_type = "surat_dinas"',
            'naskah_type = "surat_dinas"\nlayout = "poster"',
            "“layout” harus salah satu dari",
        ),
        (', en = "${round} Reminder: ${previous_subject}"', "", "“subjects”: “en” harus berisi teks"),
        ('addressees = ["*"]', 'addressees = ["police"]', "“addressees”: “police” bukan kode"),
        ('uses = ["case", ', 'uses = ["cases", ', "kelompok ruas “cases” tidak ada"),
        ('from = "previous.number"', 'from = "worker.shoe"', "“from” tidak mengenal “worker.shoe”"),
        ('choices = ["Kesatu", "Kedua", "Ketiga"]', "", "“choices” diperlukan"),
        ('id = "round"', 'id = "Round.x"', "bukan nama ruas"),
        (
            "${previous_subject}",
            "${previous_subjects}",
            "“subjects.id”: Baris 1: ruas “previous_subjects” tidak dikenal.",
        ),
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
        ("${reply_by}", "${reply_bye}", "Baris 9: ruas “reply_bye” tidak dikenal."),
        ("<ol>", '<ol class="x">', "HTML yang tidak diizinkan"),
        ("<ol>", "<h3>Isi</h3><ol>", "judul pertama harus <h2>"),
    ],
)
def test_each_mistake_in_a_wording_is_told(old, new, told, copied):
    assert any(told in problem for problem in spoil(copied, old, new, "wording.id.html"))


def test_a_field_that_no_wording_uses_is_told(copied):
    spoil(copied, "${officer_email}", "x", "wording.id.html")
    assert "reminder/letter.toml: ruas “officer_email” tidak dipakai dalam redaksi" in spoil(
        copied, "${officer_email}", "x", "wording.en.html"
    )


def test_a_missing_or_unreadable_wording_is_told(copied):
    (copied / "reminder" / "wording.id.html").write_bytes(b"\xff")
    (copied / "reminder" / "wording.en.html").unlink()
    problems = lettertypes.check(copied)
    assert "reminder/wording.id.html: bukan UTF-8: invalid start byte" in problems
    assert "reminder/wording.en.html: bahasa “en”: berkas ini tidak ada" in problems


def test_a_word_that_the_frame_lacks_in_a_language_is_told(copied):
    house = copied / "house" / "house.toml"
    house.write_text(house.read_text("utf-8").replace('cc = "Copies to"\n', ""), "utf-8")
    assert lettertypes.check(copied) == ["house/house.toml: “texts.en”: “cc” tidak ada"]


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
