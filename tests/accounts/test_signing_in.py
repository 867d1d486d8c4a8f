from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import entry, passwords, verbs
from portal.accounts.model import Account, SignIn
from portal.accounts.tokens import fingerprint
from portal.journal import Entry
from tests.accounts.conftest import account_of
from tests.world import PASSWORD

OTHER_ADDRESS = {"REMOTE_ADDR": "198.51.100.7"}


def lines(site, event):
    with site.sessions() as session:
        return list(session.scalars(select(Entry).where(Entry.event == event)))


def rows(site):
    with site.sessions() as session:
        return session.scalar(select(func.count()).select_from(SignIn))


def test_a_person_signs_in_and_returns_to_the_page_that_asked_for_it(visitor):
    asked = visitor.get("/account")
    assert asked.status_int == 303
    assert asked.location.endswith("/login?came_from=/account")
    done = visitor.sign_in("budi")
    assert done.location.endswith("/account")
    assert "Budi Hartono" in done.follow()
    assert [e.by_name for e in lines(visitor.site, "signed_in")] == ["Budi Hartono"]


def test_the_mail_address_does_as_login(visitor):
    assert visitor.sign_in("Budi@rujukan.example").status_int == 303


def test_who_is_signed_in_is_not_asked_again(visitor):
    visitor.sign_in("budi")
    assert visitor.get("/login?came_from=/account").location.endswith("/account")


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(visitor):
    wrong, unknown = visitor.sign_in("budi", "salah-sama-sekali"), visitor.sign_in("tidak-ada", "salah-sama-sekali")
    assert wrong.status_int == unknown.status_int == 422
    assert "Nama pengguna atau kata sandi tidak cocok." in wrong
    assert wrong.html.select_one(".faults").text == unknown.html.select_one(".faults").text
    failed = lines(visitor.site, "sign_in_failed")
    assert len(failed) == 2
    assert "budi" not in str([e.data for e in failed]) + str([e.by_name for e in failed])
    assert visitor.get("/account").status_int == 303


def test_signing_in_changes_the_token_and_the_one_from_before_opens_nothing(visitor):
    visitor.get("/login")
    before = visitor.cookies["session"]
    visitor.sign_in("budi")
    after = visitor.cookies["session"]
    assert after != before
    visitor.set_cookie("session", before)
    assert visitor.get("/account").status_int == 303


def test_only_a_digest_of_the_token_is_kept(visitor):
    visitor.sign_in("budi")
    with visitor.site.sessions() as session:
        kept = session.scalars(select(SignIn.token_hash)).all()
    assert kept == [fingerprint(visitor.cookies["session"])]
    assert visitor.cookies["session"] not in kept


def test_a_page_with_a_form_writes_nothing_for_a_visitor(visitor):
    visitor.get("/login")
    visitor.get("/reset")
    assert rows(visitor.site) == 0


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor):
    cookie = visitor.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_with_https_the_cookie_is_for_this_host_alone(enter):
    cookie = enter(public_url="https://rujukan.example").get("/login").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert "secure" in cookie.lower()


@pytest.mark.parametrize("back", ["//luar.example/", "https://luar.example/", "/\\luar.example", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(visitor, back):
    assert visitor.sign_in("budi", came_from=back).location == "http://localhost/"


def test_a_form_without_the_csrf_token_is_refused(visitor):
    visitor.get("/login")
    answer = visitor.post("/login", {"login": "budi", "password": PASSWORD}, expect_errors=True)
    assert answer.status_int == 400
    assert rows(visitor.site) == 0


def test_signing_out_is_a_post_and_ends_the_session_at_once(visitor):
    visitor.sign_in("budi")
    token = visitor.cookies["session"]
    assert visitor.get("/logout", expect_errors=True).status_int == 404
    out = visitor.press(visitor.get("/account"), "/logout")
    assert "Anda sudah keluar." in out.follow()
    visitor.set_cookie("session", token)
    assert visitor.get("/account").status_int == 303
    assert [e.by_name for e in lines(visitor.site, "signed_out")] == ["Budi Hartono"]


def test_a_message_is_shown_once(visitor):
    visitor.sign_in("budi")
    visitor.press(visitor.get("/account"), "/logout")
    assert "Anda sudah keluar." in visitor.get("/login")
    assert "Anda sudah keluar." not in visitor.get("/login")


def test_too_many_tries_from_one_address_do_not_lock_the_person_out_elsewhere(visitor, enter):
    for _try in range(entry.PER_PAIR):
        visitor.sign_in("budi", "salah-sama-sekali")
    late = visitor.sign_in("budi")
    assert late.status_int == 429
    assert "Terlalu banyak percobaan" in late
    elsewhere = enter()
    elsewhere.extra_environ.update(OTHER_ADDRESS)
    assert elsewhere.sign_in("budi").status_int == 303
    visitor.site.clock.move(minutes=6)
    assert visitor.sign_in("budi").status_int == 303


def test_who_gets_in_is_not_counted(visitor, enter):
    answers = {enter().sign_in("budi").status_int for _time in range(entry.PER_PAIR + 1)}
    assert answers == {303}


def test_one_address_can_not_try_many_people(visitor):
    with visitor.site.act() as act:
        for _try in range(entry.PER_ADDRESS):
            entry.throttle(act.session, "sign-in 192.0.2.1", limit=entry.PER_ADDRESS, per=entry.WINDOW, now=act.at)
    assert visitor.sign_in("sari").status_int == 429


def test_a_disabled_person_does_not_get_in(visitor, world):
    with world.act("admin") as act:
        verbs.disable(act, act.session.get_one(Account, world.accounts["budi"]))
    assert visitor.sign_in("budi").status_int == 422


def test_a_session_ends_when_it_was_not_used_for_eight_hours(visitor):
    visitor.sign_in("budi")
    visitor.site.clock.move(hours=7, minutes=59)
    assert visitor.get("/account").status_int == 200
    visitor.site.clock.move(hours=7, minutes=59)
    assert visitor.get("/account").status_int == 200
    visitor.site.clock.move(hours=8)
    assert visitor.get("/account").status_int == 303


def test_a_session_ends_after_seven_days_however_busy_it_was(visitor):
    visitor.sign_in("budi")
    for _hours in range(24):
        visitor.site.clock.move(hours=7)
        status = visitor.get("/account").status_int
    assert status == 303


def test_the_last_use_is_written_down_every_five_minutes_at_most(visitor):
    visitor.sign_in("budi")
    began = visitor.site.clock.now()

    def seen_after(**passed):
        visitor.site.clock.move(**passed)
        visitor.get("/account")
        with visitor.site.sessions() as session:
            return session.scalars(select(SignIn.seen_at)).one() - began

    assert seen_after(minutes=4) == timedelta(0)
    assert seen_after(minutes=2) == timedelta(minutes=6)


def test_the_database_can_be_written_while_a_password_is_checked(visitor, monkeypatch):
    written = []
    check = passwords.fits

    def write_meanwhile(kept, password):
        with visitor.site.act() as act:
            verbs.amend(act, act.session.scalars(select(Account).limit(1)).one(), phone="021")
            written.append(True)
        return check(kept, password)

    visitor.sign_in("sari")
    monkeypatch.setattr(passwords, "fits", write_meanwhile)
    visitor.press(visitor.get("/account"), "/logout")
    assert visitor.sign_in("budi").status_int == 303
    assert written == [True]


def test_a_password_changed_after_it_was_checked_starts_no_session(site, world):
    known = entry.verify(site, "budi", PASSWORD, "192.0.2.1")
    with world.act("budi") as act:
        verbs.set_password(act, act.session.get_one(Account, known.account_id), "pagi-kabut-di-lembah")
    with site.act() as act:
        row = entry.start(act, known.account_id, known.mark, token="t" * 43, assured=False, device="", address="")
    assert row is None
    assert rows(site) == 0


def test_a_persons_choice_of_language_stays_with_the_account(visitor, world):
    visitor.sign_in("budi")
    page = visitor.get("/account")
    form = next(f for f in page.forms.values() if f.action == "/@language")
    form.submit("lang", value="en").follow()
    assert account_of(visitor.site, world, "budi").language == "en"
    assert "My account" in visitor.get("/account")
