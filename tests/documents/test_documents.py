"""Files of a case: kept as they came, judged by their content, shown as clean copies."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import select

from portal import jobs, journal
from portal.acts import Refused
from portal.documents import media, previews, verbs
from portal.documents.model import Document, Preview
from portal.journal import Entry
from tests.documents import files

HEIC = Path(__file__).with_name("photo.heic").read_bytes()


def test_a_file_is_kept_byte_by_byte_under_a_name_of_ours(site, case, add, see):
    content = files.pdf(pages=2)
    document = see(add(content, "C:\\Users\\Siti\\paspor saya.pdf"))
    assert site.blobs.read(document.sha256) == content
    assert (document.state, document.media_type, document.pages) == ("received", "application/pdf", 2)
    assert document.filename == f"{case} document-1 Paspor.pdf"
    assert document.sent_as == "paspor saya.pdf"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("paspor\u202efdp.exe.pdf", "paspor fdp.exe.pdf"),
        ("a\nb\x07.pdf", "a b.pdf"),
        ("x" * 5000 + ".pdf", "x" * (media.LONGEST_NAME - 10) + ".pdf"),
        ("", ""),
    ],
)
def test_the_senders_name_is_only_text(sent, kept, add, see):
    document = see(add(filename=sent))
    assert document.sent_as == kept
    assert (document.state, document.filename.endswith("document-1 Paspor.pdf")) == ("received", True)


@pytest.mark.parametrize(
    ("content", "filename", "finding"),
    [
        (files.pdf_that_runs("when opened"), "surat.pdf", "active"),
        (files.pdf_locked(), "slip.pdf", "encrypted"),
        (b"<!doctype html><script>alert(1)</script>", "paspor.pdf", "page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "foto.svg", "page"),
        (files.word({"word/media/image1.bmp": b"\0" * 60_000_000}), "kronologi.docx", "huge"),
        (files.png_of(30_000, 30_000), "foto.png", "huge"),
        (files.pdf(), "foto.jpg", "mismatch"),
        (files.pdf(), "paspor.exe", "mismatch"),
        (files.png_of(500, 500), "foto.png", "damaged"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_goes_to_quarantine_whole(content, filename, finding, site, add, see):
    document = see(add(content, filename))
    assert (document.state, document.finding, document.media_type) == ("quarantined", finding, media.UNKNOWN)
    assert site.blobs.read(document.sha256) == content
    assert document.filename.endswith(".bin")
    assert not jobs.run_one(site)  # nothing of it is pictured


def test_a_photo_may_call_itself_by_another_photos_ending(add, see):
    document = see(add(files.photo("PNG"), "foto.jpg"))
    assert (document.state, document.media_type) == ("received", "image/png")
    assert document.filename.endswith(".png")


def test_an_empty_file_is_refused_and_leaves_nothing(site, add):
    with pytest.raises(Refused) as refused, site.act() as act:
        verbs.add(act, None, document_type="KK", content=io.BytesIO(), filename="a.pdf", provider="staff")
    assert [reason.text("id") for reason in refused.value.reasons] == ["Berkas kosong."]
    assert not site.blobs.folder.exists()


def test_the_copy_for_people_hides_where_a_photo_was_taken(site, add, see):
    content = files.photo(place=True, turned=True)
    assert b"Ponsel Siti" in content
    document = see(add(content, "foto.jpg"))
    shown = site.blobs.read(document.shown_sha256)
    with Image.open(io.BytesIO(shown)) as image:
        assert not image.getexif()
        assert image.size == (240, 320)  # upright, though nothing says any longer how the telephone was held
    assert site.blobs.read(document.sha256) == content


def test_comments_in_a_photo_are_not_passed_on(site, add, see):
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "JPEG", comment=b"milik Siti", xmp=b"<x>Siti</x>")
    assert b"milik Siti" in out.getvalue()
    assert b"Siti" not in site.blobs.read(see(add(out.getvalue(), "foto.jpg")).shown_sha256)


def test_a_photo_of_an_iphone_is_shown_as_jpeg(site, add, see):
    document = see(add(HEIC, "IMG_0001.HEIC"))
    assert (document.media_type, document.copy_media_type) == ("image/heic", "image/jpeg")
    assert document.copy_filename.endswith("Paspor.jpg")
    assert b"Ponsel Siti" in HEIC
    assert b"Ponsel Siti" not in site.blobs.read(document.copy_sha256)


def test_the_author_of_a_pdf_is_not_passed_on(site, add, see):
    content = files.pdf(author="Siti Rahayu")
    document = see(add(content))
    with pikepdf.open(io.BytesIO(site.blobs.read(document.shown_sha256))) as shown:
        assert "/Author" not in shown.docinfo
        assert "/Metadata" not in shown.Root


def test_a_signed_pdf_is_passed_on_as_it_is(add, see):
    with pikepdf.open(io.BytesIO(files.pdf(author="Siti"))) as signed:
        signed.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]), SigFlags=3)
        mark = pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=pikepdf.Array([0, 1, 2, 3]), Contents=b"x")
        signed.Root.Signature = signed.make_indirect(mark)
        content = files.saved(signed)
    document = see(add(content))
    assert (document.state, document.shown_sha256, document.copy_sha256) == ("received", "", document.sha256)


def test_the_place_in_a_film_is_blanked_without_moving_anything(site, add, see):
    content = files.film(place=b"-06.2088+106.8456/")
    document = see(add(content, "video.mp4"))
    shown = site.blobs.read(document.shown_sha256)
    assert b"106.8456" in content
    assert b"106.8456" not in shown
    assert len(shown) == len(content)
    assert shown.index(b"mdat") == content.index(b"mdat")


def test_the_same_file_again_is_kept_named_and_linked(site, add, see):
    content = files.pdf()
    first, again, other = add(content), add(content, "lagi.pdf"), add(files.pdf(pages=5))
    with site.sessions() as session:
        same = [d.id for d in verbs.same_content(session, session.get_one(Document, again))]
        told = [e.data["earlier"] for e in session.scalars(select(Entry).where(Entry.event == "document_repeated"))]
    assert same == [first]
    assert told == ["document-1"]
    assert see(other).state == "received"


def test_pages_are_pictured_after_the_act(site, add):
    document_id = add(files.pdf(pages=3))
    with site.sessions() as session:
        assert previews.previews(session, [document_id]) == {}
    jobs.run_all(site)
    with site.sessions() as session:
        made = previews.previews(session, [document_id])[document_id]
    assert [p.page for p in made] == [0, 1, 2, 3]
    with Image.open(io.BytesIO(site.blobs.read(made[1].sha256))) as picture:
        assert (picture.format, picture.size) == ("WEBP", (made[1].width, made[1].height))
    assert max(made[0].width, made[0].height) <= 480


def test_pictures_made_twice_are_there_once(site, add):
    document_id = add()
    jobs.run_all(site)
    previews.make(site, {"document": document_id})
    with site.sessions() as session:
        assert len(session.scalars(select(Preview)).all()) == 2


def test_making_pictures_disturbs_no_open_form(site, add, see):
    document_id = add()
    before = see(document_id).version
    jobs.run_all(site)
    assert see(document_id).version == before


def test_a_rejected_document_stays_and_says_why(site, world, add, see):
    document_id = add()
    with world.act("dewi") as act:
        verbs.reject(act, act.session.get_one(Document, document_id), reason="illegible", note="Foto buram")
    document = see(document_id)
    assert (document.state, document.reject_reason, document.reject_note) == ("rejected", "illegible", "Foto buram")
    with pytest.raises(Refused), world.act("dewi") as act:
        verbs.accept(act, act.session.get_one(Document, document_id))


def test_what_lies_in_quarantine_can_only_be_rejected(world, add, see):
    document_id = add(files.pdf_locked(), "slip.pdf")
    with pytest.raises(Refused), world.act("dewi") as act:
        verbs.accept(act, act.session.get_one(Document, document_id))
    with world.act("dewi") as act:
        verbs.reject(act, act.session.get_one(Document, document_id), reason="other", note="Terkunci")
    assert see(document_id).state == "rejected"


def test_a_document_expires_only_after_its_day(site, world, add):
    document_id = add(expires_on=date(2026, 3, 2))
    with world.act("dewi") as act:
        verbs.accept(act, act.session.get_one(Document, document_id))
    with world.act("dewi") as act:
        assert verbs.overdue(act) == []
    site.clock.move(days=1)
    with world.act("dewi") as act:
        assert verbs.overdue(act) == [document_id]


def test_everything_that_happens_to_a_document_stands_in_the_journal(site, world, add):
    document_id = add()
    with world.act("dewi") as act:
        document = act.session.get_one(Document, document_id)
        verbs.describe(act, document, holder="Siti Rahayu", number="C1234567")
        verbs.accept(act, document)
        verbs.withdraw(act, document, reason="Diminta kembali oleh keluarga")
    with site.sessions() as session:
        events = list(session.scalars(select(Entry.event).where(Entry.item_id == document_id).order_by(Entry.seq)))
        assert not list(journal.problems(session))
    assert events == ["document_added", "document_described", "document_accepted", "document_withdrawn"]
