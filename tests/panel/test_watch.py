"""Keeping an eye on the portal: jobs, mail, the journal, readers and health."""

import pytest
from sqlalchemy import select, update

from portal import jobs, journal, mail
from portal.acts import Refused
from portal.cases.model import Case
from portal.jobs import Job
from portal.mail import Mail
from portal.panel.control import verbs

EVENTS = {"reference_changed", "setting_changed", "job_retried", "mail_sent_again", "mail_found_delivered"}


def dead_job(world):
    with world.act("admin") as act:
        jobs.enqueue(act, "mail.send", mail_id=0, secret="C1234567")
        job = act.session.scalars(select(Job).order_by(Job.id.desc())).first()
        job.state, job.attempts, job.error = "dead", 6, "SMTP 451"
        return job.id


def stopped_mail(world, state="uncertain"):
    with world.act("tono") as act:
        sent = mail.post(act, "polres@mitra.example", "Surat Nomor B.1", "Terlampir surat.", is_official=True)
        act.session.execute(update(Job).values(state="done"))
        sent.state, sent.response = state, "ConnectionResetError"
        return sent.id


def state_of(world, mail_id):
    with world.site.sessions() as session:
        return session.get_one(Mail, mail_id).state


def test_a_dead_job_gets_all_its_attempts_again(world):
    job_id = dead_job(world)
    with world.act("admin") as act:
        verbs.retry(act, job_id)
    with world.act("admin") as act:
        job = act.session.get_one(Job, job_id)
        assert (job.state, job.attempts) == ("queued", 0)
        with pytest.raises(Refused):
            verbs.retry(act, job_id)
        with pytest.raises(Refused):
            verbs.retry(act, 10**9)
    jobs.run_all(world.site)
    with world.act("admin") as act:
        assert act.session.get_one(Job, job_id).state == "done"


def test_jobs_show_what_ails_them_and_nothing_they_carry(enter, world):
    job_id = dead_job(world)
    browser = enter("admin")
    page = browser.get("/control/jobs")
    assert "SMTP 451" in page
    assert "mail_id 0" in page
    assert "C1234567" not in page
    browser.press(page, "/control/jobs")
    assert f"<small>{job_id}</small>" in browser.get("/control/jobs?state=queued")
    world.site.clock.move(minutes=11)
    assert f"<small>{job_id}</small>" in browser.get("/control/jobs?state=late")


def test_the_data_protection_officer_looks_on_without_buttons(enter, world):
    job_id, mail_id = dead_job(world), stopped_mail(world)
    browser = enter("dpo")
    assert "Coba lagi" not in browser.get("/control/jobs")
    page = browser.get("/control/mail")
    assert "Kirim lagi" not in page
    token = next(form["csrf_token"].value for form in page.forms.values() if "csrf_token" in form.fields)
    for place, sent in (("/control/jobs", {"job": job_id}), ("/control/mail", {"mail": mail_id, "do": "again"})):
        assert browser.post(place, {"csrf_token": token} | sent, expect_errors=True).status_int == 404
    assert state_of(world, mail_id) == "uncertain"


def test_an_official_mail_that_may_be_out_is_sent_again_by_decision_only(world):
    mail_id = stopped_mail(world)
    jobs.run_all(world.site)
    assert state_of(world, mail_id) == "uncertain"
    with world.act("admin") as act:
        mail.send_again(act, act.session.get_one(Mail, mail_id))
    jobs.run_all(world.site)
    assert state_of(world, mail_id) == "sent"
    assert len(list((world.site.settings.data / "mail").iterdir())) == 1
    with world.act("admin") as act, pytest.raises(Refused):
        mail.send_again(act, act.session.get_one(Mail, mail_id))


def test_a_mail_known_to_have_arrived_is_not_sent(enter, world):
    mail_id = stopped_mail(world)
    browser = enter("admin")
    page = browser.get("/control/mail")
    assert "polres@mitra.example" not in page
    assert "p…@mitra.example" in page
    form = next(form for form in page.forms.values() if "proof" in form.fields)
    refused = form.submit("do", value="delivered").follow()
    assert "Tulis dari mana diketahui" in refused
    assert state_of(world, mail_id) == "uncertain"
    form = next(form for form in refused.forms.values() if "proof" in form.fields)
    form["proof"] = "Telepon petugas polres, 2 Maret"
    form.submit("do", value="delivered")
    jobs.run_all(world.site)
    assert state_of(world, mail_id) == "sent"
    assert not (world.site.settings.data / "mail").exists()


@pytest.mark.parametrize("sent", [{"mail": "x"}, {"mail": "9" * 30}, {"mail": "1", "do": "delete"}, {}])
def test_a_decision_nobody_offered_is_not_found(enter, sent):
    browser = enter("admin")
    forms = browser.get("/control/journal").forms.values()
    token = next(form["csrf_token"].value for form in forms if "csrf_token" in form.fields)
    assert browser.post("/control/mail", {"csrf_token": token} | sent, expect_errors=True).status_int == 404


@pytest.mark.parametrize("state", ["dead", "late", "running", "queued"])
def test_every_state_of_jobs_has_its_page(enter, state):
    assert "Tidak ada pekerjaan di sini." in enter("dpo").get("/control/jobs", {"state": state})


def test_states_that_do_not_exist_are_not_found(enter):
    browser = enter("dpo")
    for place in ("jobs", "mail"):
        assert browser.get(f"/control/{place}?state=strange", expect_errors=True).status_int == 404


def test_the_journal_is_read_as_sentences_by_event_person_and_day(enter, world):
    browser = enter("dpo")
    page = browser.get("/control/journal")
    assert "Dian Pertiwi" in page.html.select_one(".timeline").text
    assert browser.get("/control/journal", {"event": "signed_in"}).html.select(".timeline li")
    assert browser.get("/control/journal", {"who": "PERTIWI", "day": "02-03-2026"}).html.select(".timeline li")
    assert "Belum ada kejadian." in browser.get("/control/journal", {"day": "01-03-2026"})
    assert "Belum ada kejadian." in browser.get("/control/journal", {"who": "%"})


def test_the_journal_has_older_pages(enter, world):
    for _time in range(60):
        with world.act("admin") as act:
            journal.record(act, "job_retried", name="mail.send", job=1)
    browser = enter("dpo")
    page = browser.get("/control/journal", {"event": "job_retried"})
    assert len(page.html.select(".timeline li")) == 50
    assert (
        len(browser.get(f"/control/journal{page.html.select_one('a[rel=next]')['href']}").html.select("li time")) == 10
    )


def test_chains_are_proved_and_a_forged_line_is_found(enter, world):
    number = world.case()
    browser = enter("dpo")
    assert "Semua rantai utuh." in browser.get("/control/journal?prove=1")
    with world.act("admin") as act:
        case = act.session.scalars(select(Case).where(Case.name == number)).one()
        line = select(journal.Entry.id).where(journal.Entry.dossier_id == case.id).limit(1)
        forged = update(journal.Entry).where(journal.Entry.id == line.scalar_subquery()).values(by_name="Orang lain")
        act.session.execute(forged)
    assert "was altered" in browser.get("/control/journal?prove=1")


def test_the_data_protection_officer_learns_who_read_a_case_and_leaves_a_trace(enter, world):
    number = world.case()
    enter("dewi").get(f"/cases/{number}")
    browser = enter("dpo")
    page = browser.get("/control/readers", {"case": number})
    assert "Dewi Anggraini" in page.html.select_one(".timeline").text
    again = browser.get("/control/readers", {"case": number})
    assert "Dian Pertiwi" in again.html.select_one(".timeline").text
    assert "Tidak ada kasus dengan nomor itu." in browser.get("/control/readers", {"case": "' OR 1=1"})
    assert enter("admin").get("/control/readers", {"case": number}, expect_errors=True).status_int == 404


def test_health_is_told_part_by_part(enter, world):
    dead_job(world)
    page = enter("admin").get("/control/health")
    assert "Portal dapat melayani." in page
    assert page.html.select_one("a[href='/control/jobs?state=dead']").text == "1"


def test_everything_done_here_has_its_sentence():
    assert set(journal.SENTENCES) >= EVENTS
