import pytest

from portal import seals


def test_a_sealed_secret_is_read_again_and_shows_nothing_itself(tmp_path):
    sealed = seals.seal(tmp_path, "JBSWY3DPEHPK3PXP", "account/7/totp")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert seals.unseal(tmp_path, sealed, "account/7/totp") == "JBSWY3DPEHPK3PXP"
    assert seals.seal(tmp_path, "JBSWY3DPEHPK3PXP", "account/7/totp") != sealed


def test_a_secret_moved_to_another_row_is_not_read(tmp_path):
    sealed = seals.seal(tmp_path, "JBSWY3DPEHPK3PXP", "account/7/totp")
    with pytest.raises(seals.Broken):
        seals.unseal(tmp_path, sealed, "account/8/totp")


@pytest.mark.parametrize("other", ["", "JBSWY3DPEHPK3PXP", "AAAA", "ä"])
def test_what_was_never_sealed_is_not_read(tmp_path, other):
    with pytest.raises(seals.Broken):
        seals.unseal(tmp_path, other, "account/7/totp")


def test_another_key_opens_nothing(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    sealed = seals.seal(here, "JBSWY3DPEHPK3PXP", "account/7/totp")
    with pytest.raises(seals.Broken):
        seals.unseal(there, sealed, "account/7/totp")


def test_the_key_is_for_the_portal_alone_and_goes_with_a_backup(tmp_path):
    seals.seal(tmp_path, "x", "y")
    (key,) = tmp_path.iterdir()
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.match("*.secret")
