"""Sending: the issued file and no other, to everybody, with proof; failures shown and mended."""

import hashlib
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from portal import jobs
from portal.acts import Refused
from portal.blobs import Damaged
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.cases.workflow import WORKFLOW
from portal.content.item import Item
from portal.content.workflow import reasons_against
from portal.correspondence import dispatching, letters, registers, verbs
from portal.correspondence.guards import no_letter_is_underway
from portal.correspondence.model import Letter
from tests.postgres import free_port


class Postbox:
    """A mail server that keeps what it takes and refuses whom it is told to."""

    def __init__(self):
        self.taken, self.unknown = [], set()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address in self.unknown:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.taken.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=default)))
        return "250 2.0.0 taken as 4711"


@pytest.fixture
def postbox(office):
    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    office.site.settings = replace(office.site.settings, mail=f"smtp://127.0.0.1:{port}")
    yield box
    controller.stop()


def sent(office, letter):
    with office.site.sessions() as session:
        return {(d.channel, d.address): d for d in dispatching.deliveries(session, session.get_one(Letter, letter))}


def test_the_issued_file_goes_out_by_mail_with_a_way_to_check_it_and_no_secret(office, postbox):
    letter = office.issued()
    office.do("dewi", "dispatch", letter)
    jobs.run_all(office.site)
    [(address, message)] = postbox.taken
    found = office.letter(letter)
    [attachment] = list(message.iter_attachments())
    assert address == "kbri@mitra.example"
    assert hashlib.sha256(attachment.get_content()).hexdigest() == found.pdf_sha256
    assert f"/verify/{found.check_code}" in message.get_body().get_content()
    assert "Siti" not in message.get_body().get_content() + message["Subject"] + attachment.get_filename()
    delivery = sent(office, letter)["email", "kbri@mitra.example"]
    assert (delivery.state, delivery.response) == ("delivered", "250 2.0.0 taken as 4711")
    assert delivery.sha256 == found.pdf_sha256


def test_an_unknown_address_is_listed_mended_and_sent_again(office, postbox):
    postbox.unknown.add("kbri@mitra.example")
    letter = office.issued()
    office.do("dewi", "dispatch", letter)
    jobs.run_all(office.site)
    with office.site.sessions() as session:
        [(failed, _letter, recipient)] = dispatching.failures(session, Letter.id == letter)
    assert "550" in failed.response
    assert recipient.office == "Duta Besar Republik Indonesia"
    office.do("tono", "send_again", letter, delivery_id=failed.id, address="konsuler@mitra.example")
    jobs.run_all(office.site)
    assert [address for address, _message in postbox.taken] == ["konsuler@mitra.example"]
    assert sent(office, letter)["email", "konsuler@mitra.example"].state == "delivered"


def test_what_failed_by_mail_may_go_by_post_and_both_stay_on_record(office, postbox):
    postbox.unknown.add("kbri@mitra.example")
    letter = office.issued()
    office.do("dewi", "dispatch", letter)
    jobs.run_all(office.site)
    failed = sent(office, letter)["email", "kbri@mitra.example"]
    office.do("tono", "send_again", letter, delivery_id=failed.id, channel="post", address="Jalan Tun Razak 233")
    with office.world.act("tono") as act:
        [(carried, _letter, _recipient)] = registers.expedition(act)
    assert (carried.channel, carried.state) == ("post", "queued")
    office.do("tono", "note_delivery", letter, delivery_id=carried.id, state="handed_over", proof="EE123456789ID")
    now = sent(office, letter)
    assert now["email", "kbri@mitra.example"].state == "rerouted"
    assert now["post", "Jalan Tun Razak 233"].response == "EE123456789ID"


def test_an_address_that_is_none_is_refused(office):
    letter = office.issued()
    office.do("dewi", "dispatch", letter)
    [delivery] = sent(office, letter).values()
    for address in ("no-at-sign", "two words@x.example", "a@b.example\nBcc: c@d.example"):
        with pytest.raises(Refused):
            office.do("tono", "send_again", letter, delivery_id=delivery.id, channel="email", address=address)


def test_a_letter_without_any_way_to_its_addressee_is_not_submitted(office):
    with office.site.act() as act:
        kbri = act.session.get_one(Item, office.world.organisations["kbri"])
        kbri.by_portal = kbri.by_email = False
        kbri.city = kbri.address = ""
    letter = office.draft(office.case())
    with pytest.raises(Refused):
        office.do("agus", "submit", letter)


def test_a_damaged_file_never_leaves(office):
    letter = office.issued()
    office.site.blobs.path(office.letter(letter).pdf_sha256).write_bytes(b"%PDF-other")
    with pytest.raises(Damaged):
        office.do("dewi", "dispatch", letter)
    assert office.letter(letter).state == "issued"


def test_portal_delivery_is_settled_by_whoever_opens_the_door_and_goes_by_post_otherwise(office):
    with office.site.act() as act:
        kbri = act.session.get_one(Item, office.world.organisations["kbri"])
        kbri.by_email, kbri.address = False, "Jalan Tun Razak 233"
    letter = office.issued()
    office.do("dewi", "dispatch", letter)
    assert [d.channel for d in sent(office, letter).values()] == ["post"]


def test_withdrawing_tells_those_who_have_it(office, postbox):
    letter = office.issued()
    office.do("dewi", "dispatch", letter)
    office.do("rina", "withdraw", letter, reason="nama keliru")
    jobs.run_all(office.site)
    assert [message["Subject"] for _a, message in postbox.taken][-1].startswith("Penarikan surat")
    assert office.letter(letter).state == "withdrawn"


def test_a_case_lapses_only_after_the_completion_letter_has_arrived(office, postbox):
    case = office.case()
    with office.world.act("dewi") as act:
        found = act.session.scalar(select(Case).where(Case.name == case))
        cases.triage(act, found)
        cases.open_requirements(act, found)
    office.site.clock.move(days=2)

    def reasons():
        with office.world.act("maya") as act:
            found = act.session.scalar(select(Case).where(Case.name == case))
            return " ".join(r.text("id") for r in reasons_against(act, found, WORKFLOW.transition("lapse")))

    assert "permintaan kelengkapan" in reasons()
    letter = office.draft(case, type_code="request_completion", to=None)
    assert "Kronologi permasalahan" in letters.body_html(office.letter(letter))
    signer = office.letter(letter).signer["name"]
    assert signer == "Dewi Anggraini"
    office.do("agus", "submit", letter)
    office.do("dewi", "approve", letter)
    office.do("tono", "issue", letter)
    jobs.run_all(office.site)
    office.do("dewi", "dispatch", letter)
    assert "permintaan kelengkapan" in reasons()
    jobs.run_all(office.site)
    assert postbox.taken[0][0] == "ahmad@keluarga.example"
    assert "permintaan kelengkapan" not in reasons()


def test_no_case_closes_over_an_issued_letter(office):
    case = office.case()
    letter = office.issued(case=case)
    with office.world.act("maya") as act:
        found = act.session.scalar(select(Case).where(Case.name == case))
        assert len(list(no_letter_is_underway(act, found))) == 1
        verbs.void(act, act.session.get_one(Letter, letter), reason="batal")
        assert not list(no_letter_is_underway(act, found))
