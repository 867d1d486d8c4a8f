from __future__ import annotations

import smtplib
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from portal import jobs, mail, mailbox
from portal.jobs import Job
from portal.mail import Mail


class Server:
    """A mail server that really listens and behaves as a test says."""

    def __init__(self, **habits):
        self.habits, self.taken, self.asked = habits, [], 0

    def _habit(self, name, server, otherwise):
        habit = self.habits.get(name, otherwise)
        if habit == "cut":
            server.transport.abort()
        return otherwise if habit == "cut" else habit

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        self.asked += 1
        answer = self._habit("rcpt", server, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        answer = self._habit("data", server, "250 Accepted")
        if answer.startswith("250"):
            self.taken.append(envelope.content)
        return answer

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        return self._habit("quit", server, "221 Bye")


@pytest.fixture
def listen(site):
    """`listen(rcpt="550 No")` starts a server with that habit and gives it; mail of the site then goes there."""
    running = []

    def listen(**habits):
        server = Server(**habits)
        running.append(mailbox._FreePort(server, hostname="127.0.0.1", port=0))
        running[-1].start()
        site.settings = replace(site.settings, mail=f"smtp://127.0.0.1:{running[-1].port}")
        return server

    yield listen
    for controller in running:
        controller.stop()


def post(site, **more):
    with site.act() as act:
        kind = {"is_official": True} | more
        return mail.post(act, "polres@mitra.example", "Rujukan 12/2026", "Terlampir surat kami.", **kind).id


def states(site):
    with site.sessions() as session:
        return [m.state for m in session.scalars(select(Mail).order_by(Mail.id))]


def answer_of(site):
    with site.sessions() as session:
        return session.scalars(select(Mail)).one().response


def work_until_the_end(site):
    """Do all jobs, and wait as long as they want to wait."""
    while True:
        jobs.run_all(site)
        with site.sessions() as session:
            waiting = [job.run_at for job in session.scalars(select(Job).where(Job.state == "queued"))]
        if not waiting:
            return
        site.clock.at = max(site.clock.now(), *waiting)


def test_a_mail_arrives_as_it_was_written(site, listen):
    server = listen()
    kept = site.blobs.put(b"%PDF-1.7 surat")
    post(site, attachments=({"sha256": kept.sha256, "filename": "Surat é.pdf", "media_type": "application/pdf"},))
    work_until_the_end(site)
    message = message_from_bytes(server.taken[0], policy=policy.default)
    (part,) = message.iter_attachments()
    assert message["To"] == "polres@mitra.example"
    assert message["Subject"] == "Rujukan 12/2026"
    assert message.get_body().get_content().strip() == "Terlampir surat kami."
    assert (part.get_filename(), part.get_content()) == ("Surat é.pdf", b"%PDF-1.7 surat")
    assert (states(site), answer_of(site)) == (["sent"], "250 Accepted")


def test_an_act_that_fails_sends_nothing(site, listen):
    server = listen()
    with pytest.raises(ZeroDivisionError), site.act() as act:  # noqa: PT012
        mail.post(act, "polres@mitra.example", "Rujukan", "Isi")
        raise ZeroDivisionError
    work_until_the_end(site)
    assert (server.taken, states(site)) == ([], [])


@pytest.mark.parametrize("habit", [{"rcpt": "550 No such user"}, {"data": "554 Refused"}])
def test_a_mail_refused_for_good_has_failed_and_is_not_tried_again(site, listen, habit):
    server = listen(**habit)
    post(site)
    work_until_the_end(site)
    assert (states(site), server.asked) == (["failed"], 1)
    assert answer_of(site).startswith("55")


@pytest.mark.parametrize("habit", [{"rcpt": "451 Try later"}, {"data": "452 Mailbox full"}])
def test_a_mail_refused_for_now_is_tried_again(site, listen, habit):
    server = listen(**habit)
    post(site)
    jobs.run_all(site)
    assert (states(site), server.taken) == (["queued"], [])
    server.habits.clear()
    work_until_the_end(site)
    assert (states(site), len(server.taken)) == (["sent"], 1)


def test_a_mail_that_is_refused_for_now_every_time_has_failed_in_the_end(site, listen):
    server = listen(rcpt="451 Try later")
    told = []
    mail.FOLLOWERS.append(follow := lambda _act, sent: told.append(sent.state))
    try:
        post(site)
        work_until_the_end(site)
    finally:
        mail.FOLLOWERS.remove(follow)
    assert (states(site), server.asked, told[-1]) == (["failed"], jobs.ATTEMPTS, "failed")


def test_an_official_mail_whose_line_is_cut_after_the_text_is_uncertain_and_never_sent_again(site, listen):
    server = listen(data="cut")
    post(site)
    jobs.run_all(site)
    assert states(site) == ["uncertain"]
    server.habits.clear()
    work_until_the_end(site)
    assert (states(site), server.asked) == (["uncertain"], 1)
    with site.act() as act:
        assert len(mail.uncertain(act)) == 1


def test_a_notice_whose_line_is_cut_after_the_text_is_sent_again(site, listen):
    server = listen(data="cut")
    post(site, is_official=False)
    jobs.run_all(site)
    server.habits.clear()
    work_until_the_end(site)
    assert states(site) == ["sent"]


def test_an_official_mail_whose_line_is_cut_before_the_text_is_sent_again(site, listen):
    server = listen(rcpt="cut")
    post(site)
    jobs.run_all(site)
    assert states(site) == ["queued"]
    server.habits.clear()
    work_until_the_end(site)
    assert (states(site), len(server.taken)) == (["sent"], 1)


@pytest.mark.parametrize("nowhere", ["smtp://127.0.0.1:1", "smtp://no-such-host.invalid:25"])
def test_an_official_mail_waits_for_a_server_that_cannot_be_reached(site, listen, nowhere):
    site.settings = replace(site.settings, mail=nowhere)
    post(site)
    jobs.run_all(site)
    assert states(site) == ["queued"]
    listen()
    work_until_the_end(site)
    assert states(site) == ["sent"]


def test_what_the_server_says_when_we_leave_changes_nothing(site, listen):
    server = listen(quit="421 Shutting down")
    post(site)
    work_until_the_end(site)
    assert (states(site), len(server.taken)) == (["sent"], 1)


def test_an_official_mail_whose_worker_died_while_sending_is_left_to_a_person(site, listen):
    server = listen()
    number = post(site)
    jobs.claim(site)
    assert mail._claim(site, number) is not None  # and then the worker's process is gone
    site.clock.move(seconds=jobs.LEASE.total_seconds() + 1)
    work_until_the_end(site)
    assert (states(site), server.asked) == (["uncertain"], 0)


def test_a_mail_whose_file_is_damaged_has_failed_and_never_went_out(site, listen):
    server = listen()
    kept = site.blobs.put(b"%PDF-1.7 surat")
    post(site, attachments=({"sha256": kept.sha256, "filename": "Surat.pdf", "media_type": "application/pdf"},))
    site.blobs.path(kept.sha256).unlink()
    work_until_the_end(site)
    assert (states(site), server.asked) == (["failed"], 0)


@pytest.mark.parametrize(
    ("address", "subject"),
    [("a@b.example\r\nBcc: x@y.example", "Hal"), ("a@b.example", "Hal\nBcc: x@y.example"), ("nobody", "Hal")],
)
def test_an_address_or_subject_that_would_become_a_header_is_refused(site, address, subject):
    with pytest.raises(ValueError, match="address or subject"), site.act() as act:
        mail.post(act, address, subject, "Isi")


def test_without_a_server_mail_is_kept_in_a_folder(site):
    post(site)
    work_until_the_end(site)
    (kept,) = (site.settings.data / "mail").glob("*.eml")
    assert b"polres@mitra.example" in kept.read_bytes()


def test_the_demo_mailbox_takes_mail_and_shows_it(site):
    box = mailbox.start(site.settings.data)
    try:
        site.settings = replace(site.settings, mail=box.url)
        post(site)
        work_until_the_end(site)
        (shown,) = mailbox.messages(site.settings.data)
        assert (shown["to"], shown["text"].strip()) == ("polres@mitra.example", "Terlampir surat kami.")
        with smtplib.SMTP("127.0.0.1", box.controller.port) as smtp:
            assert smtp.noop()[0] == 250
    finally:
        box.stop()
