import pytest
from sqlalchemy import select

from portal import journal
from portal.accounts import verbs
from portal.accounts.model import Account
from portal.acts import Refused
from portal.journal import Entry
from tests.accounts.test_links import choose, link_in_mail
from tests.world import PASSWORD


@pytest.fixture
def admin(visitor):
    """The administrator, whose second factor was just shown."""
    visitor.sign_in("admin")
    visitor.set_up_factor()
    return visitor


def fill_in(browser, world, **changes):
    form = browser.get("/accounts/add").forms["form1"]
    values = {"login": "lina", "name": "Lina Marlina", "email": "lina@rujukan.example", "unit": "Crisis Center"}
    for name, value in (values | changes).items():
        form[name] = value
    for box in form.fields["code"]:
        box.checked = box._value == "CASE_OFFICER"
    return form.submit("do", expect_errors=True)


def test_a_new_person_is_invited_and_chooses_the_password(admin, enter, world):
    added = fill_in(admin, world)
    assert "Undangan dikirim kepada Lina Marlina." in added.follow()
    visitor = enter()
    assert visitor.sign_in("lina", "").status_int == 422
    link = link_in_mail(admin.site)
    assert link.startswith("/invitation/")
    admin.site.clock.move(days=6, hours=23)
    choose(visitor, link)
    page = visitor.sign_in("lina", "pagi-kabut-di-lembah").follow()
    assert "Petugas Penanganan Permasalahan" in page


def test_an_invitation_lasts_a_week(admin, world):
    fill_in(admin, world)
    link = link_in_mail(admin.site)
    admin.site.clock.move(days=7)
    assert admin.get(link, expect_errors=True).status_int == 404


def test_a_login_that_is_taken_is_refused_beside_its_field(admin, world):
    answer = fill_in(admin, world, login="budi")
    assert answer.status_int == 422
    assert "Nama pengguna ini sudah dipakai." in answer


@pytest.mark.parametrize("address", ["/accounts", "/accounts/add", "/accounts/1"])
def test_for_others_the_administration_does_not_exist(visitor, address):
    visitor.sign_in("budi")
    assert visitor.get(address, expect_errors=True).status_int == 404


def test_an_administrator_without_a_second_factor_has_to_set_it_up_first(visitor):
    visitor.sign_in("admin")
    asked = visitor.get("/accounts/add").follow()
    assert asked.location.endswith("/account/second-factor?came_from=/accounts/add")


def test_in_a_demonstration_it_is_a_choice_but_an_honoured_one(enter, world):
    browser = enter(demo=True)
    browser.sign_in("admin")
    assert browser.get("/accounts/add").status_int == 200
    browser.set_up_factor()
    browser.site.clock.move(minutes=31)
    assert browser.get("/accounts/add").location.endswith("/account/confirm?came_from=/accounts/add")


def test_changing_somebody_waits_for_the_second_factor_too(admin, world):
    page = admin.get(f"/accounts/{world.accounts['budi']}")
    admin.site.clock.move(minutes=31)
    address = f"/accounts/{world.accounts['budi']}"
    assert "/account/confirm" in admin.press(page, f"{address}/disable").location
    with admin.site.sessions() as session:
        assert session.get_one(Account, world.accounts["budi"]).is_active


def test_an_account_is_disabled_and_enabled(admin, enter, world):
    address = f"/accounts/{world.accounts['budi']}"
    admin.press(admin.get(address), f"{address}/disable")
    assert enter().sign_in("budi").status_int == 422
    admin.press(admin.get(address), f"{address}/enable")
    assert enter().sign_in("budi").status_int == 303


def test_roles_are_changed_and_taken_away(admin, world):
    address = f"/accounts/{world.accounts['budi']}"
    page = admin.press(admin.get(address), f"{address}/leave").follow()
    assert "Belum ada peran." in page
    form = page.forms["form1"]
    form["unit"] = "BP3MI Jawa Timur"
    for box in form.fields["code"]:
        box.checked = box._value == "MEDIATOR"
    assert "Mediator" in form.submit("do").follow()
    assert world.who("budi").memberships == {world.other_office: frozenset({"MEDIATOR"})}


def test_accounts_are_found_by_a_part_of_the_name(admin):
    page = admin.get("/accounts", {"q": "HARTO"})
    assert "Budi Hartono" in page
    assert "Sari Wulandari" not in page
    assert "Tidak ada akun yang cocok." in admin.get("/accounts", {"q": "100%_"})


def test_the_last_administrator_stays(world):
    with world.act("admin") as act:
        last = act.session.get_one(Account, world.accounts["admin"])
        for refused in (
            lambda: verbs.disable(act, last),
            lambda: verbs.leave(act, last, world.office),
            lambda: verbs.join(act, last, world.office, {"OPERATOR"}),
        ):
            with pytest.raises(Refused):
                refused()


def test_nobody_is_insider_and_partner_at_once(world):
    with world.act("admin") as act:
        partner = act.session.get_one(Account, world.accounts["polres"])
        insider = act.session.get_one(Account, world.accounts["budi"])
        for account, unit, role in (
            (partner, world.organisations["polres"], "OPERATOR"),
            (partner, world.office, "OPERATOR"),
            (insider, world.office, "PARTNER_USER"),
            (insider, world.organisations["polres"], "PARTNER_USER"),
        ):
            with pytest.raises(Refused):
                verbs.join(act, account, unit, {role})


def test_a_disabled_account_holds_no_role(world):
    with world.act("admin") as act:
        verbs.disable(act, act.session.get_one(Account, world.accounts["budi"]))
    assert world.who("budi").roles == frozenset()


def test_every_change_is_in_the_journal_whose_chain_holds(admin, world):
    fill_in(admin, world)
    address = f"/accounts/{world.accounts['budi']}"
    admin.press(admin.get(address), f"{address}/disable")
    with admin.site.sessions() as session:
        events = set(session.scalars(select(Entry.event).where(Entry.by_name == "Adi Nugroho")))
        assert list(journal.problems(session)) == []
        text = str(session.scalars(select(Entry.data)).all())
    assert events >= {"signed_in", "second_factor_set", "account_created", "account_roles", "account_disabled"}
    assert PASSWORD not in text
