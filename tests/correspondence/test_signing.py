"""Letters signed in the portal, elsewhere and with a pen: what leaves is what was signed, and nothing says otherwise."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from datetime import timedelta
from types import SimpleNamespace

import pikepdf
import pypdfium2
import pytest
from sqlalchemy import select
from webtest import Upload

from portal import jobs, journal, registry, signatures
from portal.acts import Refused
from portal.content.workflow import require
from portal.correspondence import certificates, verbs
from portal.correspondence.model import Delivery, Letter, SigningCertificate
from portal.correspondence.settings import ANCHORS, ISSUER, SIGNATURE, TIME_STAMPS, way_of_signing
from portal.signatures import Trust
from portal.signatures.authority import Authority, pem
from tests.conftest import NOW
from tests.documents import files
from tests.postgres import free_port

PASSPHRASE = "kunci rahasia Rina 7"


@pytest.fixture(scope="module")
def authority():
    return Authority(NOW - timedelta(days=60))


@pytest.fixture
def decide(office):
    """The office decides about its signatures."""

    def decide(key, value):
        with office.world.act("admin") as act:
            registry.change(act, registry.SETTINGS[key], value)

    return decide


@pytest.fixture
def enrol(office, authority):
    """Somebody enrols a certificate."""

    def enrol(who="rina", name="Rina Kusuma", issued_by=authority, **more):
        key = issued_by.signer(name, **more).pkcs12(PASSPHRASE)
        with office.world.act(who) as act:
            trust, by, at = certificates.trust_of(act.session), act.by, act.at
        found = certificates.checked(office.site, by, at, trust, key, PASSPHRASE)
        with office.world.act(who) as act:
            certificates.enrol(act, key, found)
        return key

    return enrol


def step(office, who, name, letter_id, **answers):
    """A step with slow work, as its page does it: the work holds no transaction."""
    with office.world.act(who) as act:
        letter = act.session.get_one(Letter, letter_id)
        require(act, letter, name)
        work = verbs.PREPARATIONS[name](act, letter)
    office.do(who, name, letter_id, **work(**answers))


def reasons(call, *given, **more):
    with pytest.raises(Refused) as refusal:
        call(*given, **more)
    return " ".join(r.text("id") for r in refusal.value.reasons)


def file_of(office, letter, which="final_sha256"):
    return office.site.blobs.read(getattr(office.letter(letter), which))


def upload(content, name="surat.pdf"):
    return SimpleNamespace(filename=name, file=io.BytesIO(content))


def words(content):
    with pypdfium2.PdfDocument(content) as document:
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def test_a_letter_for_the_pen_claims_no_electronic_signature_and_leaves_as_before(office):
    letter = office.issued()
    found = office.letter(letter)
    assert (found.state, found.signature, found.final_sha256) == ("issued", "ink", found.pdf_sha256)
    assert "ditandatangani secara elektronik" not in words(file_of(office, letter))
    assert "Periksa keaslian surat ini di" in words(file_of(office, letter))
    office.do("dewi", "dispatch", letter)
    assert office.letter(letter).state == "dispatched"


def test_a_letter_signed_in_the_portal_leaves_with_its_signature_and_only_then(office, decide, enrol, authority):
    decide(SIGNATURE, "portal")
    enrol()
    letter = office.issued()
    assert office.letter(letter).state == "signing"
    assert reasons(office.do, "dewi", "dispatch", letter).startswith("“Kirim” tidak dapat dilakukan")
    step(office, "rina", "sign", letter, passphrase=PASSPHRASE)
    found = office.letter(letter)
    assert (found.state, found.signed_at, found.signed_by_id) == ("issued", NOW, office.world.accounts["rina"])
    assert file_of(office, letter).startswith(file_of(office, letter, "pdf_sha256"))
    assert f"sertifikat elektronik yang diterbitkan oleh {authority.name}" in words(file_of(office, letter))
    [made] = signatures.examine(file_of(office, letter, "pdf_sha256"), file_of(office, letter), Trust(), NOW)
    assert made.as_json() | {"certificate": None} == found.signatures[0] | {"certificate": None}
    office.do("dewi", "dispatch", letter)
    with office.site.sessions() as session:
        [delivery] = session.scalars(select(Delivery))
        assert delivery.sha256 == found.signed_sha256 != found.pdf_sha256
        assert not list(journal.problems(session))


def test_no_letter_is_numbered_for_the_portal_before_its_signer_has_a_certificate(office, decide):
    decide(SIGNATURE, "portal")
    letter = office.approved()
    assert "Rina Kusuma belum memasang sertifikat elektronik" in reasons(office.do, "tono", "issue", letter)


def test_only_the_named_signer_signs(office, decide, enrol):
    decide(SIGNATURE, "portal")
    enrol()
    enrol("dewi", "Dewi Anggraini")
    letter = office.issued()
    assert "ditandatangani oleh Rina Kusuma" in reasons(step, office, "dewi", "sign", letter, passphrase=PASSPHRASE)


def test_a_wrong_passphrase_signs_nothing_and_can_not_be_tried_for_ever(office, decide, enrol):
    decide(SIGNATURE, "portal")
    enrol()
    letter = office.issued()
    for _try in range(certificates.TRIES):
        assert "Frasa sandi tidak cocok" in reasons(step, office, "rina", "sign", letter, passphrase="salah")
    assert "Terlalu banyak percobaan" in reasons(step, office, "rina", "sign", letter, passphrase=PASSPHRASE)
    assert office.letter(letter).state == "signing"


def test_time_that_does_not_answer_leaves_the_letter_as_it_was(office, decide, enrol):
    decide(SIGNATURE, "portal")
    decide(TIME_STAMPS, f"http://127.0.0.1:{free_port()}/tsa")
    enrol()
    letter = office.issued()
    assert "Penanda waktu (TSA) tidak menjawab" in reasons(step, office, "rina", "sign", letter, passphrase=PASSPHRASE)
    assert (office.letter(letter).state, office.letter(letter).signed_sha256) == ("signing", "")


def test_a_certificate_of_another_issuer_than_the_printed_one_is_refused(office, decide, enrol):
    decide(SIGNATURE, "portal")
    enrol()
    letter = office.issued()
    enrol(issued_by=Authority(NOW - timedelta(days=9), name="Otoritas Lain"))
    told = reasons(step, office, "rina", "sign", letter, passphrase=PASSPHRASE)
    assert "Balai Sertifikasi Percobaan" in told
    assert "Otoritas Lain" in told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"until": NOW - timedelta(days=1)}, "sudah berakhir"),
        ({"since": NOW + timedelta(days=1)}, "belum mulai berlaku"),
        ({"usage": ("key_encipherment",)}, "bukan untuk tanda tangan"),
    ],
)
def test_a_certificate_that_may_not_sign_is_not_enrolled(office, enrol, more, told):
    assert told in reasons(enrol, **more)


def test_a_certificate_that_ends_between_number_and_signature_signs_no_more(office, decide, enrol):
    decide(SIGNATURE, "portal")
    enrol(until=NOW + timedelta(days=2))
    letter = office.issued()
    office.site.clock.move(days=3)
    assert "sudah berakhir" in reasons(step, office, "rina", "sign", letter, passphrase=PASSPHRASE)


def test_the_key_is_kept_sealed_and_its_passphrase_nowhere(office, decide, enrol):
    decide(SIGNATURE, "portal")
    key = enrol()
    step(office, "rina", "sign", office.issued(), passphrase=PASSPHRASE)
    with office.site.sessions() as session:
        kept = session.scalars(select(SigningCertificate)).one()
        written = " ".join(str(entry.data) for entry in session.scalars(select(journal.Entry)))
        queued = " ".join(str(job.payload) for job in session.scalars(select(jobs.Job)))
    everything = [p.read_bytes() for p in office.site.settings.data.rglob("*") if p.is_file()]
    assert not any(PASSPHRASE.encode() in content or key[40:90] in content for content in everything)
    assert PASSPHRASE not in written + queued + kept.key


def test_the_office_decides_for_letters_to_come(office, decide, enrol):
    before = office.issued()
    decide(SIGNATURE, "portal")
    enrol()
    after = office.issued()
    decide(SIGNATURE, "ink")
    assert [office.letter(x).signature for x in (before, after)] == ["ink", "portal"]
    assert office.letter(after).state == "signing"


def test_what_others_sign_too_stays_with_the_pen(office, decide):
    decide(SIGNATURE, "external")
    letter = office.draft(office.case(), type_code="minutes_handover", to=None)
    with office.site.sessions() as session:
        assert way_of_signing(session, session.get_one(Letter, letter)) == "ink"


def outside(authority, file, name="Rina Kusuma"):
    """Signed at a desk elsewhere."""
    [(content, _made)] = signatures.sign(authority.signer(name).pkcs12(PASSPHRASE), PASSPHRASE, [file], Trust(), NOW)
    return content


def test_a_file_signed_elsewhere_comes_back_and_is_what_leaves(office, decide, authority):
    decide(SIGNATURE, "external")
    decide(ISSUER, "Balai Sertifikasi Elektronik")
    decide(ANCHORS, pem(authority.root.certificate))
    letter = office.issued()
    frozen = file_of(office, letter, "pdf_sha256")
    assert "diterbitkan oleh Balai Sertifikasi Elektronik" in words(frozen)
    step(office, "tono", "attach", letter, file=upload(outside(authority, frozen)))
    found = office.letter(letter)
    assert (found.state, found.signatures[0]["certificate"]["is_trusted"]) == ("issued", True)
    office.do("dewi", "dispatch", letter)


def test_what_comes_back_otherwise_is_refused_and_nothing_is_lost(office, decide, authority):
    decide(SIGNATURE, "external")
    letter, other = office.issued(), office.issued()
    frozen = file_of(office, letter, "pdf_sha256")
    signed = outside(authority, frozen)
    with pikepdf.open(io.BytesIO(signed)) as document:
        document.save(rewritten := io.BytesIO())
    wrong = {
        "tidak diawali naskah itu": [outside(authority, file_of(office, other, "pdf_sha256")), rewritten.getvalue()],
        "tidak memuat tanda tangan": [frozen],
    }
    for told, contents in wrong.items():
        for content in contents:
            assert told in reasons(step, office, "tono", "attach", letter, file=upload(content))
    assert office.letter(letter).state == "signing"
    step(office, "tono", "attach", letter, file=upload(signed))
    assert office.letter(letter).signed_sha256


def test_a_number_that_waits_for_its_signature_can_be_voided_and_keeps_the_case_open(office, decide):
    decide(SIGNATURE, "external")
    letter = office.issued()
    office.do("tono", "void", letter, reason="Layanan tanda tangan terganggu.")
    assert office.letter(letter).state == "voided"


def test_the_scan_of_a_signed_paper_is_kept_and_sent_on_wish(office):
    kept, sent = office.issued(), office.issued()
    paper = files.pdf()
    step(office, "tono", "scan", kept, file=upload(paper), is_sent=False)
    step(office, "tono", "scan", sent, file=upload(paper), is_sent=True)
    assert office.letter(kept).final_sha256 == office.letter(kept).pdf_sha256
    assert file_of(office, kept, "scan_sha256") == file_of(office, sent) == paper
    assert "harus berupa PDF" in reasons(
        step, office, "tono", "scan", kept, file=upload(b"halo", "a.pdf"), is_sent=False
    )


def test_verify_reads_the_signed_files_too(office, decide, enrol):
    decide(SIGNATURE, "portal")
    enrol()
    letter = office.issued()
    step(office, "rina", "sign", letter, passphrase=PASSPHRASE)
    sha256 = office.letter(letter).signed_sha256
    command = [sys.executable, "-W", "ignore", "-m", "portal.cli", "verify", "--data", office.site.settings.data]
    command += ["--database", office.site.engine.url.render_as_string(hide_password=False)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    office.site.blobs.path(sha256).write_bytes(b"%PDF-other")
    broken = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (broken.returncode, sha256 in broken.stdout) == (1, True)


# --- by the pages ---


def enrolled(browser, authority):
    form = browser.get("/account/certificate").forms["form1"]
    form["upload"] = Upload("rina.p12", authority.signer("Rina Kusuma").pkcs12(PASSPHRASE))
    form["passphrase"] = PASSPHRASE
    return form.submit("do", expect_errors=True)


def test_the_head_enrols_and_signs_all_that_wait_with_one_passphrase(office, decide, enter, authority):
    decide(SIGNATURE, "portal")
    rina = enter("rina", assured=True)
    page = enrolled(rina, authority).follow()
    assert "Rina Kusuma" in page.text
    assert PASSPHRASE not in page.text
    waiting = [office.issued() for _one in range(2)]
    page = rina.get("/letters/signatures")
    form = next(f for f in page.forms.values() if "passphrase" in f.fields)
    posted = [(k, v) for k, v in form.submit_fields() if k not in {"passphrase", "do"}]
    posted += [("item", str(i)) for i in waiting] + [("do", "do")]
    wrong = rina.post("/letters/signatures", [*posted, ("passphrase", "salah")], expect_errors=True)
    assert "Frasa sandi tidak cocok" in wrong.text
    posted = [(k, v) for k, v in posted if k != "once"]
    done = rina.post("/letters/signatures", [*posted, ("passphrase", PASSPHRASE)])
    assert done.html.select_one(".results").text.count("ditandatangani") == 2
    assert [office.letter(x).state for x in waiting] == ["issued", "issued"]


def test_one_letter_is_signed_on_its_own_page_and_then_shows_its_signature(office, decide, enter, authority):
    decide(SIGNATURE, "portal")
    rina = enter("rina", assured=True)
    enrolled(rina, authority)
    letter = office.issued()
    here = office.address(letter)
    assert rina.get(here + "/@pdf", expect_errors=True).status_int == 404
    form = rina.get(here + "/@workflow/sign").forms["form1"]
    form["passphrase"] = "salah"
    refused = form.submit("do", expect_errors=True)
    assert (refused.status_int, "Frasa sandi tidak cocok" in refused.text) == (422, True)
    form = refused.forms["form1"]
    form["passphrase"] = PASSPHRASE
    page = form.submit("do").follow()
    assert "PAdES B-B" in page.text
    assert office.site.blobs.put(rina.get(here + "/@pdf").body).sha256 == office.letter(letter).signed_sha256


def test_the_frozen_text_goes_to_those_who_sign_it_and_comes_back_signed(office, decide, enter, authority):
    decide(SIGNATURE, "external")
    letter = office.issued()
    here = office.address(letter)
    tono = enter("tono")
    frozen = tono.get(here + "/@frozen").body
    for outsider in ("agus", "obh", "polres"):
        assert enter(outsider).get(here + "/@frozen", expect_errors=True).status_int in {403, 404}
    form = tono.get(here + "/@workflow/attach").forms["form1"]
    form["upload"] = Upload("surat.pdf", outside(authority, frozen))
    page = form.submit("do").follow()
    assert "Tidak dikenal" in page.text  # no authority is trusted yet
    assert office.letter(letter).state == "issued"


def test_the_check_page_knows_both_files_and_no_person(office, decide, enter, authority):
    decide(SIGNATURE, "external")
    letter = office.issued()
    visitor, frozen = enter(), file_of(office, letter, "pdf_sha256")
    code = office.letter(letter).check_code
    assert "belum ditandatangani" in visitor.get(f"/verify/{code}").text
    signed = outside(authority, frozen)
    step(office, "tono", "attach", letter, file=upload(signed))
    for address in ("/verify", f"/verify/{code}"):
        told = {}
        for name, content in (("signed", signed), ("frozen", frozen), ("flipped", signed[:-9] + b"x" + signed[-8:])):
            page = visitor.post(address, upload_files=[("file", "surat.pdf", content)])
            told[name] = page.text
            assert "Rina" not in page.text
        assert "persis yang kami terbitkan" in told["signed"]
        assert "sebelum ditandatangani" in told["frozen"]
        assert "bukan berkas yang kami terbitkan" in told["flipped"]
        assert "Direktur Layanan Pengaduan" in told["signed"]
        assert authority.name in told["signed"]
    office.do("dewi", "dispatch", letter)
    office.do("rina", "withdraw", letter, reason="keliru")
    assert "Ditarik" in visitor.post("/verify", upload_files=[("file", "surat.pdf", signed)]).text


def test_the_administrator_chooses_how_letters_are_signed(office, enter):
    admin = enter("admin", assured=True)
    form = admin.get(f"/control/settings/{SIGNATURE}").forms["form1"]
    form["value"] = "external"
    assert form.submit("save").status_int == 303
    assert "di luar portal" in admin.get("/control/settings").text
    form = admin.get(f"/control/settings/{ANCHORS}").forms["form1"]
    form["value"] = "bukan sertifikat"
    assert "tidak terbaca" in form.submit("save", expect_errors=True).text
    with pytest.raises(TypeError), office.world.act("admin") as act:
        registry.change(act, registry.SETTINGS[SIGNATURE], "lilin")


def test_two_who_sign_at_once_leave_one_signature(office, decide, enrol):
    decide(SIGNATURE, "portal")
    enrol()
    letter = office.issued()
    with office.world.act("rina") as act:
        works = [verbs.PREPARATIONS["sign"](act, act.session.get_one(Letter, letter)) for _one in range(2)]
    answers = [work(passphrase=PASSPHRASE) for work in works]
    for each in answers:
        with contextlib.suppress(Refused):
            office.do("rina", "sign", letter, **each)
    assert office.letter(letter).signed_sha256 == answers[0]["signed"].blob.sha256
