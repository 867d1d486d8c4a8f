import pytest

from portal.accounts import passwords


@pytest.mark.parametrize(
    "password",
    [
        "pendek",
        "password1234",
        "p4ssw0rd!2026",
        "Indonesia2026!",
        "bismillah12345",
        "cintakamu12345",
        "rahasiarahasia",
        "qwertyuiop1234",
        "123456789012",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "budi.hartono.77",
        "x" * 201,
    ],
)
def test_a_password_that_is_tried_first_is_refused(password):
    assert passwords.faults(password, ("budi", "Budi Hartono", "budi@rujukan.example"))


@pytest.mark.parametrize(
    "password", ["kereta-senja-di-utara", "kuda benar baterai staples", "v8#kQ2!pLw9z", "雨后青山听鸟鸣于江南小楼"]
)
def test_a_password_nobody_tries_is_taken(password):
    own = ("budi", "Budi Hartono", "budi@rujukan.example")
    assert passwords.faults(password, own) == []


def test_a_hash_fits_its_password_only():
    kept = passwords.hashed("kereta-senja-di-utara")
    assert kept.startswith("$argon2id$")
    assert passwords.fits(kept, "kereta-senja-di-utara")
    assert not passwords.fits(kept, "kereta-senja-di-selatan")


@pytest.mark.parametrize("kept", [None, "", "bukan-hash"])
def test_nothing_fits_where_no_password_is_kept(kept):
    assert not passwords.fits(kept, "kereta-senja-di-utara")
    assert not passwords.fits(kept, "")
