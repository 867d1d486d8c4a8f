import re

from sqlalchemy import select

from portal import jobs
from portal.accounts.model import OneTimeLink
from portal.mail import Mail
from tests.world import PASSWORD

NEW = "pagi-kabut-di-lembah"


def ask(browser, login):
    form = browser.get("/reset").forms["form1"]
    form["login"] = login
    return form.submit("do", expect_errors=True)


def letters(site):
    folder = site.settings.data / "mail"
    return sorted(folder.glob("*.eml")) if folder.exists() else []


def link_in_mail(site):
    jobs.run_all(site)
    text = letters(site)[-1].read_text().replace("=\n", "").replace("=\r\n", "")
    return re.search(r"/(?:reset|invitation)/[\w-]{43}", text)[0]


def choose(browser, link, password=NEW):
    form = browser.get(link).forms["form1"]
    form["password"] = password
    return form.submit("do", expect_errors=True)


def test_a_forgotten_password_is_replaced_by_a_link_in_mail(visitor, enter):
    ask(visitor, "budi")
    link = link_in_mail(visitor.site)
    assert "budi" in visitor.get(link)
    done = choose(visitor, link)
    assert "Kata sandi disimpan. Silakan masuk." in done.follow()
    assert visitor.get("/account").status_int == 303
    assert visitor.sign_in("budi", NEW).status_int == 303
    assert enter().sign_in("budi", PASSWORD).status_int == 422


def test_the_answer_tells_nobody_who_has_an_account(visitor):
    known, unknown = ask(visitor, "budi@rujukan.example"), ask(visitor, "orang@luar.example")
    assert known.status_int == unknown.status_int == 200
    assert known.html.main.text == unknown.html.main.text
    with visitor.site.sessions() as session:
        queued = session.scalars(select(jobs.Job).where(jobs.Job.name == "accounts.reset")).all()
    assert len(queued) == 2
    jobs.run_all(visitor.site)
    assert len(letters(visitor.site)) == 1


def test_a_link_works_once(visitor):
    ask(visitor, "budi")
    link = link_in_mail(visitor.site)
    page = visitor.get(link)
    assert choose(visitor, link).status_int == 303
    gone = visitor.get(link, expect_errors=True)
    assert gone.status_int == 404
    assert "Minta tautan baru" in gone
    form = page.forms["form1"]
    form["password"] = "malam-sunyi-tepi-danau"
    token = visitor.get("/reset").html.select_one("[name=csrf_token]")["value"]
    form["csrf_token"] = token
    assert form.submit("do", expect_errors=True).status_int == 404
    assert visitor.sign_in("budi", NEW).status_int == 303


def test_a_link_lasts_an_hour(visitor):
    ask(visitor, "budi")
    link = link_in_mail(visitor.site)
    visitor.site.clock.move(minutes=59)
    assert visitor.get(link).status_int == 200
    visitor.site.clock.move(minutes=1)
    assert visitor.get(link, expect_errors=True).status_int == 404


def test_a_refused_password_leaves_the_link_good(visitor):
    ask(visitor, "budi")
    link = link_in_mail(visitor.site)
    weak = choose(visitor, link, "rahasia123456")
    assert weak.status_int == 422
    assert choose(visitor, link).status_int == 303


def test_a_newer_link_replaces_the_one_before(visitor):
    ask(visitor, "budi")
    first = link_in_mail(visitor.site)
    ask(visitor, "budi")
    assert link_in_mail(visitor.site) != first
    assert visitor.get(first, expect_errors=True).status_int == 404


def test_a_link_for_one_purpose_opens_no_other(visitor):
    ask(visitor, "budi")
    token = link_in_mail(visitor.site).rsplit("/", 1)[1]
    assert visitor.get(f"/invitation/{token}", expect_errors=True).status_int == 404


def test_neither_the_links_table_nor_the_outbox_keeps_the_token(visitor):
    ask(visitor, "budi")
    token = link_in_mail(visitor.site).rsplit("/", 1)[1]
    with visitor.site.sessions() as session:
        assert token not in session.scalars(select(OneTimeLink.token_hash)).all()
        assert token not in session.scalars(select(Mail.text)).one()


def test_a_new_password_by_link_ends_the_sessions(visitor, enter):
    elsewhere = enter()
    elsewhere.sign_in("budi")
    ask(visitor, "budi")
    choose(visitor, link_in_mail(visitor.site))
    assert elsewhere.get("/account").status_int == 303


def test_nobody_can_flood_a_mailbox(visitor):
    answers = [ask(visitor, "budi").status_int for _time in range(4)]
    assert answers == [200, 200, 200, 429]
