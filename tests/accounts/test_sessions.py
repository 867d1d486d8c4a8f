import pytest

from portal.accounts import verbs
from portal.accounts.model import Account
from tests.world import PASSWORD

NEW = "pagi-kabut-di-lembah"


def is_in(browser):
    return browser.get("/account").status_int == 200


@pytest.fixture
def two(enter):
    """The same person at two machines."""
    both = enter(), enter()
    for browser in both:
        browser.sign_in("budi")
    return both


def test_a_new_password_ends_all_other_sessions_and_this_one_goes_on_under_a_new_token(two, enter):
    here, there = two
    token = here.cookies["session"]
    form = here.get("/account/password").forms["form1"]
    form["present"], form["password"] = PASSWORD, NEW
    assert "Kata sandi diganti." in form.submit("do").follow()
    assert here.cookies["session"] != token
    assert is_in(here)
    assert not is_in(there)
    assert enter().sign_in("budi", PASSWORD).status_int == 422
    assert enter().sign_in("budi", NEW).status_int == 303


def test_the_password_is_not_changed_without_the_present_one(two, enter):
    form = two[0].get("/account/password").forms["form1"]
    form["present"], form["password"] = "bukan-sandi-saya", NEW
    answer = form.submit("do", expect_errors=True)
    assert answer.status_int == 422
    assert "Kata sandi sekarang tidak cocok." in answer
    assert enter().sign_in("budi", PASSWORD).status_int == 303


def test_a_weak_password_is_refused_beside_its_field(two):
    form = two[0].get("/account/password").forms["form1"]
    form["present"], form["password"] = PASSWORD, "Indonesia2026"
    answer = form.submit("do", expect_errors=True)
    assert answer.status_int == 422
    assert "mudah ditebak" in answer.html.select_one("[role=alert]").text
    assert is_in(two[1])


@pytest.mark.parametrize(
    "change",
    [
        lambda act, account, world: verbs.join(act, account, world.office, {"CASE_OFFICER"}),
        lambda act, account, world: verbs.leave(act, account, world.office),
        lambda act, account, world: verbs.disable(act, account),
        lambda act, account, world: verbs.end_sessions(act, account),
        lambda act, account, world: verbs.rename(act, account, "budi.h"),
        lambda act, account, world: verbs.reset_second_factor(act, account),
    ],
    ids=["role", "leave", "disable", "end", "rename", "factor"],
)
def test_what_changes_a_persons_rights_ends_the_sessions_at_once(two, world, change):
    with world.act("admin") as act:
        change(act, act.session.get_one(Account, world.accounts["budi"]), world)
    assert not is_in(two[0])
    assert not is_in(two[1])


def test_a_person_ends_one_of_the_own_sessions(two):
    here, there = two
    page = here.get("/account")
    ends = [f.action for f in page.forms.values() if f.action.endswith("/end")]
    assert len(ends) == 1
    assert "Sesi diakhiri." in here.press(page, ends[0]).follow()
    assert is_in(here)
    assert not is_in(there)


def test_nobody_ends_the_session_of_another_person(two, enter):
    page = two[0].get("/account")
    other = enter()
    other.sign_in("sari")
    form = page.forms[next(k for k, f in page.forms.items() if f.action.endswith("/end"))]
    token = other.get("/account").html.select_one("[name=csrf_token]")["value"]
    assert other.post(form.action, {"csrf_token": token}, expect_errors=True).status_int == 404
    assert is_in(two[1])


def test_the_sessions_are_shown_with_device_and_address(visitor):
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
    visitor.extra_environ["HTTP_USER_AGENT"] = agent
    visitor.sign_in("budi")
    page = visitor.get("/account")
    assert "Chrome · Android" in page
    assert "192.0.2.1" in page


def test_a_person_changes_the_own_profile(visitor):
    visitor.sign_in("budi")
    form = visitor.get("/account/profile").forms["form1"]
    form["phone"], form["zone"] = "0812-0000", "Asia/Jayapura"
    page = form.submit("do").follow()
    assert "0812-0000" in page
    assert "WIT" in page


def test_a_profile_takes_no_field_that_is_not_in_its_form(visitor, world):
    visitor.sign_in("budi")
    form = visitor.get("/account/profile").forms["form1"]
    values = [*form.submit_fields("do"), ("is_active", "")]
    assert visitor.post("/account/profile", values, expect_errors=True).status_int == 422
