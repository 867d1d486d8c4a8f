"""Signatures as they stand in files, judged by an independent reader too."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from asn1crypto import pkcs12
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, StreamObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from portal import signatures
from portal.signatures import SignatureRefused, Trust, workshop
from portal.signatures.authority import Authority, pem
from tests.postgres import free_port
from tests.signatures.conftest import NOW, PASSPHRASE

NOBODY = Trust()
REFUSED = {"changed", "broken", "failed", "unsigned", "time", "memory"}
needs_poppler = pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler-utils is not installed")


def signed(key, file, trust=NOBODY, passphrase=PASSPHRASE):
    [outcome] = signatures.sign(key, passphrase, [file], trust, NOW)
    if isinstance(outcome, SignatureRefused):
        raise outcome
    return outcome


def key_of(authority, name="Rina Kusuma", **more):
    return authority.signer(name, **more).pkcs12(PASSPHRASE)


def reason(call, *given):
    with pytest.raises(SignatureRefused) as refusal:
        call(*given)
    return refusal.value.reason


def told_by_poppler(file, tmp_path):
    path = tmp_path / "surat.pdf"
    path.write_bytes(file)
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout


@needs_poppler
def test_a_signed_file_begins_with_the_frozen_bytes_and_poppler_finds_its_signature_valid(authority, letter, tmp_path):
    file, made = signed(key_of(authority), letter)
    told = told_by_poppler(file, tmp_path)
    assert file.startswith(letter)
    assert made.level == "B-B"
    assert made.certificate.holder == "Rina Kusuma"
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


@needs_poppler
def test_a_flipped_byte_breaks_the_signature_for_us_and_for_poppler(authority, letter, tmp_path):
    file, _made = signed(key_of(authority), letter)
    place = len(letter) // 2
    flipped = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
    assert "Signature is Valid" not in told_by_poppler(flipped, tmp_path)
    assert reason(signatures.examine, letter, flipped, NOBODY, NOW) == "different"
    behind = len(letter) + 20
    late = file[:behind] + bytes([file[behind] ^ 1]) + file[behind + 1 :]
    assert reason(signatures.examine, letter, late, NOBODY, NOW) in {"broken", "changed", "failed", "unsigned"}


@needs_poppler
def test_several_sign_one_after_another_and_all_stay_valid(authority, letter, tmp_path):
    first, _made = signed(key_of(authority), letter)
    second, _made = signed(key_of(authority, "Dewi Anggraini"), first)
    found = signatures.examine(letter, second, NOBODY, NOW)
    assert [each.certificate.holder for each in found] == ["Rina Kusuma", "Dewi Anggraini"]
    assert told_by_poppler(second, tmp_path).count("Signature is Valid") == 2


def test_the_standards_and_the_machine_readable_letter_stay_in_the_signed_file(authority, letter):
    file, _made = signed(key_of(authority), letter)
    with pikepdf.open(io.BytesIO(file)) as document, document.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("3", "A", "1")
        assert document.attachments["surat.json"].get_file().read_bytes() == b"{}"
        assert document.Root.Perms.DocMDP.Reference[0].TransformParams.P == 2  # others may sign; nobody may change


def test_a_known_chain_is_trusted_and_another_is_not(authority, letter):
    key = key_of(authority)
    other = Authority(NOW - timedelta(days=60), name="Otoritas Lain")
    assert signatures.describe(key, PASSPHRASE, Trust(pem(authority.root.certificate)), NOW).is_trusted
    assert not signatures.describe(key, PASSPHRASE, Trust(pem(other.root.certificate)), NOW).is_trusted
    assert not signatures.describe(key, PASSPHRASE, NOBODY, NOW).is_trusted


def test_with_an_authority_for_time_the_signature_bears_its_stamp(bureau, letter):
    trust = Trust("", bureau.trust.time_stamps)
    file, made = signed(key_of(bureau.authority), letter, trust)
    assert made.level == "B-T"
    assert bureau.asked >= 1
    assert signatures.examine(letter, file, NOBODY, NOW) == [made]


@needs_poppler
def test_with_time_and_a_known_chain_the_proofs_go_into_the_file(bureau, letter, tmp_path):
    file, made = signed(key_of(bureau.authority), letter, bureau.trust)
    assert (made.level, made.certificate.is_trusted) == ("B-LT", True)
    with pikepdf.open(io.BytesIO(file)) as document:
        assert len(document.Root.DSS.CRLs) == 1
    assert "Signature is Valid" in told_by_poppler(file, tmp_path)


def test_time_from_somebody_unknown_is_refused_where_the_chain_is_to_be_proved(bureau, letter):
    bureau.clock = Authority(NOW - timedelta(days=60), name="Waktu Lain").clock()
    assert reason(signed, key_of(bureau.authority), letter, bureau.trust) == "tsa-unknown"


def test_an_authority_for_time_that_does_not_answer_is_a_refusal_asked_once_for_many(authority, letter):
    trust = Trust("", f"http://127.0.0.1:{free_port()}/tsa")
    outcomes = signatures.sign(key_of(authority), PASSPHRASE, [letter] * 3, trust, NOW)
    assert [each.reason for each in outcomes] == ["tsa"] * 3


@pytest.mark.parametrize("place", ["file:///etc/hostname", "ftp://127.0.0.1/tsa"])
def test_time_is_asked_by_http_only(place, authority, letter):
    assert reason(signed, key_of(authority), letter, Trust("", place)) == "tsa"


@pytest.mark.parametrize(
    ("days", "expected"),
    [({"until": NOW - timedelta(days=1)}, "expired"), ({"since": NOW + timedelta(days=1)}, "not-yet")],
)
def test_a_certificate_signs_in_its_own_days_only(days, expected, authority):
    assert reason(signatures.describe, key_of(authority, **days), PASSPHRASE, NOBODY, NOW) == expected


def test_a_certificate_for_something_else_does_not_sign(authority):
    key = key_of(authority, usage=("key_encipherment",))
    assert reason(signatures.describe, key, PASSPHRASE, NOBODY, NOW) == "usage"
    above = authority.issuing.pkcs12(PASSPHRASE)
    assert reason(signatures.describe, above, PASSPHRASE, NOBODY, NOW) == "usage"


def test_a_revoked_certificate_does_not_sign(bureau, letter):
    holder = bureau.authority.signer("Rina Kusuma")
    key = holder.pkcs12(PASSPHRASE)
    assert signatures.describe(key, PASSPHRASE, bureau.trust, NOW).is_trusted
    bureau.authority.revoke(holder, NOW - timedelta(days=3))
    assert reason(signatures.describe, key, PASSPHRASE, bureau.trust, NOW) == "revoked"
    assert reason(signed, key, letter, bureau.trust) == "revoked"


def test_a_wrong_passphrase_and_a_file_that_is_no_key_are_told_apart(authority, letter):
    key = key_of(authority)
    assert reason(signatures.describe, key, "salah", NOBODY, NOW) == "passphrase"
    assert reason(signatures.describe, letter, PASSPHRASE, NOBODY, NOW) == "no-key"
    assert reason(signatures.describe, b"", PASSPHRASE, NOBODY, NOW) == "no-key"


def updated(file, change):
    """The file with somebody else's change behind it, as an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(file))
    page = writer.root["/Pages"]["/Kids"][0]
    change(writer, page)
    writer.write(out := io.BytesIO())
    return out.getvalue()


def another_text(writer, page):
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b"BT /F1 12 Tf 50 50 Td (lunas) Tj ET"))
    writer.update_container(page)


def turned(writer, page):
    page["/Rotate"] = NumberObject(180)
    writer.update_container(page)


def another_form(writer, page):
    field = DictionaryObject({pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("jumlah")})
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_root()


@pytest.mark.parametrize("change", [another_text, turned, another_form])
def test_a_change_that_was_signed_is_still_a_change(change, authority, letter):
    """The file begins with the frozen bytes and its signature is whole; what it shows is something else."""
    file, _made = signed_anyhow(key_of(authority), updated(letter, change))
    assert file.startswith(letter)
    assert reason(signatures.examine, letter, file, NOBODY, NOW) == "changed"


@pytest.mark.parametrize("change", [another_text, turned])
def test_a_change_behind_the_signature_is_found(change, authority, letter):
    file, _made = signed(key_of(authority), letter)
    assert reason(signatures.examine, letter, updated(file, change), NOBODY, NOW) in {"changed", "broken"}


def signed_anyhow(key, file):
    """As a tool elsewhere signs: whatever lies before it."""
    signer = SimpleSigner.load_pkcs12_data(key, [], PASSPHRASE.encode())
    tool = PdfSigner(PdfSignatureMetadata(field_name="Lain", subfilter=SigSeedSubFilter.PADES), signer)
    # In a thread of its own: the browser of other tests leaves an event loop in this one, and pyHanko wants its own.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(tool.sign_pdf, IncrementalPdfFileWriter(io.BytesIO(file))).result().getvalue(), None


def test_a_plain_signature_of_another_tool_is_accepted(authority, letter):
    file, _made = signed_anyhow(key_of(authority), letter)
    [made] = signatures.examine(letter, file, NOBODY, NOW)
    assert made.certificate.issuer == authority.name


def deep(letter):
    return letter + b"\n9999 0 obj\n" + b"[" * 200_000 + b"\nendobj\nstartxref\n9\n%%EOF\n"


def endless(letter):
    return letter + b"\nxref\n0 999999999\ntrailer\n<</Root 1 0 R/Prev 0>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(letter) + 1
    )


def looping(letter):
    place = len(letter) + 1
    return letter + b"\nxref\n0 0\ntrailer\n<</Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (place, place)


@pytest.mark.parametrize("bomb", [deep, endless, looping])
def test_a_hostile_file_is_a_refusal(bomb, letter):
    assert reason(signatures.examine, letter, bomb(letter), NOBODY, NOW) in REFUSED


def test_a_key_that_takes_for_ever_to_open_is_given_up(authority, monkeypatch):
    monkeypatch.setattr(workshop, "CPU_SECONDS", 1)
    slow = pkcs12.Pfx.load(key_of(authority))
    slow["mac_data"]["iterations"] = 2**31 - 1
    assert reason(signatures.describe, slow.dump(force=True), PASSPHRASE, NOBODY, NOW) == "time"


def test_what_is_no_signature_is_refused(authority, letter):
    examine = signatures.examine
    file, _made = signed(key_of(authority), letter)
    assert reason(examine, letter, letter, NOBODY, NOW) == "unsigned"
    assert reason(examine, letter, letter + b"\n% more\n", NOBODY, NOW) in {"unsigned", "failed"}
    assert reason(examine, letter, file[: len(letter) + 500], NOBODY, NOW) in {"failed", "unsigned", "broken"}
    with pikepdf.open(io.BytesIO(file)) as document:
        document.save(rewritten := io.BytesIO())
    assert reason(examine, letter, rewritten.getvalue(), NOBODY, NOW) == "different"


def test_the_command_line_makes_a_certificate_to_try_with(tmp_path):
    command = [sys.executable, "-W", "ignore", "-m", "portal.cli", "certificate", tmp_path / "try", "--holder", "Rina"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    passphrase = told.partition("passphrase: ")[2].partition(")")[0]
    trust = Trust((tmp_path / "try" / "root.pem").read_text())
    found = signatures.describe((tmp_path / "try" / "signer.p12").read_bytes(), passphrase, trust, datetime.now(UTC))
    assert (found.holder, found.is_trusted) == ("Rina", True)
