"""Numbers that are not simply the next: supplements, numbers for paper days; and the register that shows them all."""

import io
import zipfile
from datetime import date

import pikepdf
import pypdfium2
import pytest
from lxml import etree
from webtest import Upload

from portal import registry
from portal.acts import Refused
from portal.blobs import Blob
from portal.correspondence import completeness, dispatching, incoming, numbering, paper, verbs
from portal.correspondence.model import Letter
from portal.correspondence.numbermodel import NumberRule, ReservedNumber
from portal.directory.model import Organisation
from tests.correspondence.conftest import PDF

BOOK = "letter/KWS1.DIT2/2026/B"


def book_of(office, key=BOOK):
    with office.site.sessions() as session:
        return next(b for b in completeness.books(session, [office.world.office]) if b.key == key)


def reserve(office, count=3, **more):
    told = {"security": "T", "day": date(2026, 3, 2), "count": count, "reason": "pemadaman listrik"} | more
    with office.world.act("tono") as act:
        return [row.id for row in paper.reserve(act, **told)]


def entered(office, reserved, case, **more):
    told = {
        "type_code": "ref_mission",
        "security": "T",
        "subject": "Permohonan pelindungan PMI",
        "summary": "Diketik di kertas ketika listrik padam.",
        "dated": date(2026, 3, 2),
        "signer_id": office.world.accounts["rina"],
        "to": [office.world.organisations["kbri"]],
    } | more
    with office.world.act("tono") as act:
        blob = office.site.blobs.put(PDF)
        row = act.session.get_one(ReservedNumber, reserved)
        scanned = Blob(blob.sha256, blob.size)
        return paper.enter(act, row, paper.PaperLetter(**told), case_number=case, scanned=scanned).id


def test_a_supplement_bears_the_number_of_another_letter_and_a_letter_behind_it(office):
    case = office.case()
    first = office.letter(office.issued(case=case))
    for suffix in "ab":
        letter = office.approved(case=case)
        office.do("tono", "issue_supplement", letter, number=first.number, reason="tembusan tertinggal")
        assert office.letter(letter).number == first.number.replace("T.1/", f"T.1{suffix}/")
    assert office.letter(office.issued(case=case)).sequence == 2
    book = book_of(office)
    assert (book.last, book.lines, book.supplements, book.is_whole) == (2, 2, ("1a", "1b"), True)


def test_a_supplement_needs_an_issued_number_of_the_same_book_and_the_offices_consent(office):
    case = office.case()
    first = office.issued(case=case)
    number = office.letter(first).number
    letter = office.approved(case=case)
    with pytest.raises(Refused):
        office.do("tono", "issue_supplement", letter, number="T.9/X", reason="x")
    secret = office.draft(case)
    with office.world.act("agus") as act:
        verbs.amend(act, act.session.get_one(Letter, secret), security="R")
    office.do("agus", "submit", secret)
    office.do("rudi", "initial", secret)
    office.do("rina", "approve", secret)
    with pytest.raises(Refused) as refusal:
        office.do("tono", "issue_supplement", secret, number=number, reason="x")
    assert "buku" in refusal.value.reasons[0].text("id")
    with office.world.act("admin") as act:
        registry.change(act, registry.SETTINGS[numbering.SUPPLEMENTS], 0)
    with pytest.raises(Refused):
        office.do("tono", "issue_supplement", letter, number=number, reason="x")
    with office.world.act("admin") as act:
        registry.change(act, registry.SETTINGS[numbering.SUPPLEMENTS], 1)
    office.do("tono", "issue_supplement", letter, number=number, reason="x")
    with pytest.raises(Refused):
        office.do("tono", "issue_supplement", office.approved(case=case), number=number, reason="x")
    office.do("tono", "void", first, reason="salah")
    assert office.letter(letter).state == "issued"


def test_reserved_numbers_are_skipped_filled_with_their_letter_or_voided(office):
    case = office.case()
    _one, two, three = reserve(office)
    assert office.letter(office.issued(case=case)).sequence == 4
    letter = office.letter(entered(office, two, case))
    assert (letter.number, letter.state) == ("T.2/KWS1.DIT2/PP.01/III/2026", "issued")
    assert office.site.blobs.read(letter.final_sha256) == PDF
    with office.world.act("tono") as act:
        paper.void_reserved(act, act.session.get_one(ReservedNumber, three), reason="tidak terpakai")
    book = book_of(office)
    assert (book.last, book.lines, book.unfilled, book.voided, book.from_paper) == (4, 2, (1,), (3,), (2,))
    assert book.is_whole
    with pytest.raises(Refused):
        entered(office, two, case)
    with pytest.raises(Refused):
        entered(office, three, case)


def test_what_is_missing_or_double_is_named_on_the_command_line_too(office):
    letter = office.issued()
    with office.site.act() as act:
        act.session.get_one(Letter, letter).sequence = 9
        act.session.flush()
        assert list(completeness.faults(act.session)) == [
            f"{BOOK}: no line for 1",
            f"{BOOK}: more than one line for 9",
        ]


def test_numbers_whose_day_is_over_are_counted_until_each_is_accounted_for(office, enter):
    one, _two = reserve(office, 2)
    count = lambda: enter("tono").get("/letters/").html.select_one('a[href="/letters/reserved"] .count')  # noqa: E731
    assert count() is None
    office.site.clock.move(hours=24)
    assert count().text == "2"
    with office.world.act("tono") as act:
        paper.void_reserved(act, act.session.get_one(ReservedNumber, one), reason="tidak terpakai")
    assert count().text == "1"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"security": "R"}, "security"),
        ({"dated": date(2026, 3, 1)}, "dated"),
        ({"dated": date(2026, 3, 9)}, "dated"),
        ({"to": []}, "recipient"),
    ],
)
def test_what_does_not_fit_the_number_is_refused_beside_its_field(office, wrong, field):
    case, [reserved] = office.case(), reserve(office, 1)
    with pytest.raises(Refused) as refusal:
        entered(office, reserved, case, **wrong)
    assert [reason.field for reason in refusal.value.reasons] == [field]


def test_a_letter_from_paper_goes_by_post_and_is_a_letter_like_any_other(office):
    case, [reserved] = office.case(), reserve(office, 1)
    letter = entered(office, reserved, case)
    office.do("dewi", "dispatch", letter)
    with office.site.sessions() as session:
        deliveries = [(d.channel, d.sha256) for d in dispatching.deliveries(session, session.get_one(Letter, letter))]
    assert deliveries == [("post", office.letter(letter).final_sha256)]


def test_an_office_numbers_in_its_own_way_and_sees_the_next_number(office):
    case = office.case()
    with office.world.act("admin") as act:
        act.session.add(
            NumberRule(office_id=office.world.office, security="T", book="D", pattern="{sec}-{seq}/{unit}/{mm}/{year}")
        )
        act.session.flush()
        unit = act.session.get_one(Organisation, office.world.office)
        other = act.session.get_one(Organisation, office.world.other_office)
        assert numbering.next_number(act.session, unit, "T", date(2026, 3, 2)) == "T-1/KWS1.DIT2/03/2026"
        assert numbering.next_number(act.session, other, "T", date(2026, 3, 2)) == "T.1/BP3MI-JTM/PP.01/III/2026"
    letter = office.letter(office.issued(case=case))
    assert (letter.number, letter.series) == ("T-1/KWS1.DIT2/03/2026", "letter/KWS1.DIT2/2026/D")


def test_the_registrar_reserves_prints_enters_and_voids_in_the_browser(office, enter):
    case = office.case()
    tono = enter("tono", assured=True)
    form = next(f for f in tono.get("/letters/reserved").forms.values() if "count" in f.fields)
    form["security"], form["day"], form["count"], form["reason"] = "T", "02-03-2026", "2", "listrik padam"
    page = form.submit("do").follow()
    assert "T" not in page.html.select_one("tbody").text.split("/")[0]
    assert "____.1/KWS1.DIT2/____/III/2026" in page.text
    sheet = tono.get("/letters/number-sheet")
    assert len(pikepdf.open(io.BytesIO(sheet.body)).pages) == 1
    first, second = [a["href"] for a in page.html.select("tbody a")]
    asked = tono.get(first)
    form = next(f for f in asked.forms.values() if "subject" in f.fields)
    form["case_number"], form["type_code"], form["subject"] = case, "ref_mission", "Permohonan pelindungan"
    form["security"], form["signer_id"] = "T", str(office.world.accounts["rina"])
    form["recipient"], form["summary"] = "Duta Besar Republik Indonesia", "Surat diketik."
    form["upload"] = Upload("surat.pdf", scan())
    done = form.submit("enter").follow()
    assert "T.1/KWS1.DIT2/PP.01/III/2026" in done.text
    assert tono.get(done.request.path + "@pdf").body.startswith(b"%PDF-")
    form = next(f for f in tono.get(second).forms.values() if "reason" in f.fields)
    page = form.submit("void", expect_errors=True)
    assert page.status_int == 422
    form = next(f for f in page.forms.values() if "reason" in f.fields)
    form["reason"] = "tidak terpakai"
    assert "tidak terpakai" in form.submit("void").follow().text
    register = tono.get("/letters/").html.select_one("tbody").text
    assert "Nomor cadangan batal" in register
    assert "Permohonan pelindungan" in register
    gaps = tono.get("/letters/gaps").text
    assert "batal: 2" in gaps
    assert "diisi dari surat kertas: 1" in gaps


def scan():
    out, made = io.BytesIO(), pikepdf.new()
    made.add_blank_page(page_size=(300, 400))
    made.save(out)
    return out.getvalue()


def test_the_year_is_a_book_and_a_spreadsheet(office, enter):
    case = office.case()
    office.issued(case=case)
    reserve(office, 1)
    tono = enter("tono")
    book = tono.get("/letters/?format=pdf")
    assert book.content_type == "application/pdf"
    assert len(pikepdf.open(io.BytesIO(book.body)).pages) == 1
    ods = zipfile.ZipFile(io.BytesIO(tono.get("/letters/?format=ods").body))
    assert ods.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
    content = etree.fromstring(ods.read("content.xml"))
    assert "T.1/KWS1.DIT2/PP.01/III/2026" in "".join(content.itertext())
    assert not content.xpath("//@*[local-name()='formula']")
    for ending in ("pdf", "ods", "csv"):
        assert tono.get(f"/letters/incoming?format={ending}").status_int == 200


def test_the_desk_where_paper_arrives_prints_a_slip_and_a_receipt(office, enter):
    with office.world.act("tono") as act:
        name = incoming.register(act, channel="LETTER", subject="Balasan <b>KBRI", sender="KBRI ${x}").name
    tono, polres = enter("tono"), enter("polres")
    page = tono.get(f"/incoming/{name}/")
    for words in ("Cetak lembar disposisi", "Cetak tanda terima"):
        sheet = page.click(words)
        assert sheet.content_type == "application/pdf"
        text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(sheet.body))
        assert name in text
        assert "Balasan <b>KBRI" in text
        assert polres.get(sheet.request.path, expect_errors=True).status_int == 404


def test_a_letter_that_was_replaced_says_so_to_anybody_and_names_only_an_open_successor(office, enter):
    case = office.case()
    first, second = office.issued(case=case), office.approved(case=case)
    with pytest.raises(Refused):
        office.do("rina", "supersede", first, number=office.letter(first).number, reason="x")
    office.do("tono", "issue", second)
    number = office.letter(second).number
    office.do("rina", "supersede", first, number=number, reason="salah tanggal")
    code, nobody = office.letter(first).check_code, enter()
    page = nobody.get(f"/verify/{code}").text
    assert "Digantikan: surat ini tidak lagi berlaku" in page
    assert number not in page
    with office.site.act() as act:
        act.session.get_one(Letter, second).security = "B"
    page = nobody.get(f"/verify/{code}").text
    assert f"Yang berlaku adalah surat Nomor <b>{number}</b>" in page
    assert "Siti" not in page
    assert number in enter("dewi").get(office.address(first) + "/").text
    with pytest.raises(Refused):
        office.do("rina", "supersede", second, number=office.letter(first).number, reason="melingkar")
    with pytest.raises(Refused):
        office.do("rina", "supersede", first, number=number, reason="sekali lagi")
