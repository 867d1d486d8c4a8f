from datetime import date

import phonenumbers

from portal.demo import names

WIDELY_KNOWN = {
    "Joko Widodo", "Prabowo Subianto", "Susilo Bambang Yudhoyono", "Megawati Sukarnoputri", "Sri Mulyani",
    "Bambang Pamungkas", "Dewi Lestari", "Agnes Monica", "Taufik Hidayat", "Susi Susanti", "Anies Baswedan",
    "Gibran Rakabuming", "Basuki Purnama", "Retno Marsudi", "Heru Hidayat",
}  # fmt: skip
BORN = date(1991, 4, 7)


def many(count: int = 20_000) -> list[tuple[str, str]]:
    rng = names.chance("names")
    return [names.names(rng, names.origin(rng), rng.choice("MF")) for _ in range(count)]


def test_no_name_is_that_of_a_widely_known_person():
    assert not WIDELY_KNOWN & {name for name, _ in many()}


def test_names_come_in_all_the_shapes_that_forms_must_take():
    found = many(3000)
    assert any(" " not in name for name, _ in found)
    assert any(len(name.split()) == 3 for name, _ in found)
    assert any(" BIN " in passport for _, passport in found)
    assert any(" BINTI " in passport for _, passport in found)
    assert len({name for name, _ in found}) > 1500


def test_every_province_has_a_people():
    rng = names.chance("provinces")
    for district in names.districts().values():
        name, passport = names.names(rng, district, "F")
        assert passport.startswith(name.upper())


def test_a_nik_tells_district_birth_date_and_sex():
    man, woman = names.nik("32.12", BORN, "M", 5), names.nik("32.12", BORN, "F", 5)
    assert len(man) == 16
    assert man[:4] == "3212"
    assert man[6:12] == "070491"
    assert woman[6:12] == "470491"


def test_niks_of_the_same_place_and_day_differ():
    count = 120_000
    assert len({names.nik("32.12", BORN, "M", number) for number in range(count)}) == count


def test_passport_numbers_are_a_letter_and_seven_digits_and_differ():
    found = {names.passport(number) for number in range(50_000)}
    assert len(found) == 50_000
    assert all(len(number) == 8 and number[0].isalpha() and number[1:].isdigit() for number in found)


def test_phones_look_valid_but_belong_to_nobody():
    found = {names.mobile(number) for number in range(0, 250_000, 7)}
    assert len(found) == len(range(0, 250_000, 7))
    assert all(number[4:8] == "0000" for number in found)
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(number, "ID")) for number in list(found)[:300])


def test_staff_numbers_follow_their_rules():
    assert names.nip(BORN, date(2015, 3, 1), "F", 4) == "199104072015032004"
    assert names.nrp(BORN, 12) == "91040012"
