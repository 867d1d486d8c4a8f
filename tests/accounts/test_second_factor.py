from types import SimpleNamespace
from urllib.parse import unquote

import pytest
import zxingcpp
from PIL import Image

from portal.accounts import second_factor, verbs
from portal.accounts.assurance import is_assured, must_have_factor
from portal.accounts.model import Account
from portal.security import ASSURANCE
from tests.accounts.conftest import account_of


@pytest.fixture
def protected(visitor):
    """Rina, whose authenticator is set up and who is signed out again."""
    visitor.sign_in("rina")
    secret, codes = visitor.set_up_factor()
    visitor.press(visitor.get("/account"), "/logout")
    visitor.site.clock.move(minutes=2)
    return SimpleNamespace(browser=visitor, secret=secret, codes=codes)


def give(browser, code):
    form = browser.get("/login/code").forms["form1"]
    form["code"] = code
    return form.submit("do", expect_errors=True)


def test_the_password_alone_no_longer_signs_in(protected):
    asked = protected.browser.sign_in("rina")
    assert asked.location.endswith("/login/code")
    assert protected.browser.get("/account").status_int == 303
    done = give(protected.browser, protected.browser.code(protected.secret))
    assert done.location.endswith("/account")
    assert "Rina Kusuma" in done.follow()


def test_the_database_alone_does_not_tell_the_authenticators_secret(protected, world):
    kept = account_of(protected.browser.site, world, "rina").totp_secret
    assert kept
    assert protected.secret not in kept


def test_a_code_works_once(protected, enter):
    code = protected.browser.code(protected.secret)
    protected.browser.sign_in("rina")
    assert give(protected.browser, code).status_int == 303
    other = enter()
    other.sign_in("rina")
    again = give(other, code)
    assert again.status_int == 422
    assert "Kode tidak cocok, atau sudah dipakai." in again
    assert other.get("/account").status_int == 303


@pytest.mark.parametrize(("steps", "status"), [(-1, 303), (1, 303), (-3, 422), (3, 422)])
def test_a_clock_may_be_off_by_half_a_minute(protected, steps, status):
    protected.browser.sign_in("rina")
    assert give(protected.browser, protected.browser.code(protected.secret, steps)).status_int == status


def test_a_recovery_code_replaces_the_phone_once(protected, enter):
    assert len(set(protected.codes)) == second_factor.CODES
    protected.browser.sign_in("rina")
    assert give(protected.browser, protected.codes[0].upper().replace("-", " ")).status_int == 303
    assert "9 kode pemulihan" in " ".join(protected.browser.get("/account").html.text.split())
    other = enter()
    other.sign_in("rina")
    assert give(other, protected.codes[0]).status_int == 422


def test_codes_can_not_be_guessed_for_long(protected):
    protected.browser.sign_in("rina")
    for _try in range(second_factor.TRIES):
        assert give(protected.browser, "000000").status_int == 422
    assert give(protected.browser, protected.browser.code(protected.secret)).status_int == 429


def test_the_second_step_waits_ten_minutes(protected):
    protected.browser.sign_in("rina")
    protected.browser.site.clock.move(minutes=11)
    assert protected.browser.get("/login/code").location.endswith("/login")


def test_the_second_step_can_not_be_reached_without_the_first(visitor):
    assert visitor.get("/login/code").location.endswith("/login")


def test_a_wrong_code_sets_nothing_up(visitor, world):
    visitor.sign_in("budi")
    page = visitor.press(visitor.get("/account/second-factor"), "/account/second-factor/begin").follow()
    form = page.forms["form1"]
    form["code"] = "000000"
    assert form.submit("do", expect_errors=True).status_int == 422
    assert account_of(visitor.site, world, "budi").totp_secret == ""


def test_an_authenticator_can_read_the_picture(visitor, world, page, tmp_path):
    account, secret = account_of(visitor.site, world, "budi"), second_factor.new_secret()
    page.set_content(f"<div style='width:300px'>{second_factor.picture(account, secret)}</div>")
    page.locator("svg").screenshot(path=tmp_path / "code.png")
    read = unquote(zxingcpp.read_barcodes(Image.open(tmp_path / "code.png"))[0].text)
    assert read.startswith("otpauth://totp/Rujukan:budi?")
    assert f"secret={secret}" in read


def test_neither_the_secret_nor_the_codes_are_shown_again(protected):
    protected.browser.sign_in("rina")
    give(protected.browser, protected.browser.code(protected.secret))
    for address in ("/account", "/account/second-factor"):
        page = protected.browser.get(address)
        assert protected.secret not in page.text.replace(" ", "")
        assert protected.codes[1] not in page


def test_the_codes_are_kept_as_digests(protected, world):
    with protected.browser.site.sessions() as session:
        kept = session.scalars(second_factor.select(second_factor.RecoveryCode.code_hash)).all()
    assert len(kept) == second_factor.CODES
    assert not {c.replace("-", "") for c in protected.codes} & set(kept)


def test_who_lost_everything_is_helped_by_the_administrator(protected, world):
    with world.act("admin") as act:
        verbs.reset_second_factor(act, act.session.get_one(Account, world.accounts["rina"]))
    assert protected.browser.sign_in("rina").location.endswith("/account")


def test_assurance_lasts_half_an_hour(protected, world):
    browser = protected.browser
    browser.sign_in("rina")
    give(browser, browser.code(protected.secret))
    browser.site.clock.move(minutes=29)
    assert browser.press(browser.get("/account/second-factor"), "/account/second-factor/codes").status_int == 200
    browser.site.clock.move(minutes=2)
    asked = browser.press(browser.get("/account/second-factor"), "/account/second-factor/codes")
    assert asked.location.endswith("/account/confirm?came_from=/account/second-factor")
    form = asked.follow().forms["form1"]
    form["code"] = browser.code(protected.secret)
    assert form.submit("do").location.endswith("/account/second-factor")
    assert browser.press(browser.get("/account/second-factor"), "/account/second-factor/codes").status_int == 200


def test_only_a_session_that_showed_the_factor_is_assured(world, site):
    never = world.who("rina")
    assert not is_assured(never, site.clock.now())
    shown = type(never)(**{**vars(never), "assured_at": site.clock.now()})
    assert is_assured(shown, site.clock.now() + ASSURANCE)
    assert not is_assured(shown, site.clock.now() + 2 * ASSURANCE)


def test_signers_and_administrators_can_not_do_without_it(world, site):
    assert must_have_factor(site, world.who("rina"))
    assert must_have_factor(site, world.who("admin"))
    assert not must_have_factor(site, world.who("budi"))


def test_a_signer_can_not_switch_it_off_on_the_page(protected):
    protected.browser.sign_in("rina")
    give(protected.browser, protected.browser.code(protected.secret))
    assert "Matikan" not in protected.browser.get("/account/second-factor")


def test_others_can_switch_it_off_after_showing_it(visitor, world):
    visitor.sign_in("budi")
    visitor.set_up_factor()
    page = visitor.get("/account/second-factor")
    assert visitor.press(page, "/account/second-factor/remove").location.endswith("/account")
    assert account_of(visitor.site, world, "budi").totp_secret == ""
