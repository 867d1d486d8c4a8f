from datetime import UTC, datetime
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from portal.demo.scans import fields_of, machine_lines, scan, titles
from portal.demo.world import plan

CASE = plan(7, 60, datetime(2026, 3, 16, 4, tzinfo=UTC)).case(12).facts


@pytest.mark.parametrize("document", titles())
def test_every_document_type_has_a_small_readable_file_that_stays_the_same(document):
    fields = fields_of(CASE, document)
    for seed in range(3):
        name, content, media_type = scan(document, fields, seed)
        assert scan(document, fields, seed) == (name, content, media_type)
        assert len(content) <= 40_000
        if media_type == "application/pdf":
            assert name.endswith(".pdf")
            assert len(pikepdf.open(BytesIO(content)).pages) == 1
        else:
            image = Image.open(BytesIO(content))
            image.load()
            assert Image.MIME[image.format] == media_type


def test_another_seed_gives_another_file():
    fields = fields_of(CASE, "WORK_CONTRACT")
    assert scan("WORK_CONTRACT", fields, 1) != scan("WORK_CONTRACT", fields, 2)


def test_a_sheet_bears_the_red_mark_of_a_sample():
    _, content, _ = scan("PAYMENT_PROOF", fields_of(CASE, "PAYMENT_PROOF"), 1)
    pixels = list(Image.open(BytesIO(content)).convert("RGB").get_flattened_data())
    assert sum(red > green + 30 for red, green, _ in pixels) > 0.015 * len(pixels)


def test_machine_readable_lines_have_44_signs_and_the_check_digits_of_the_standard():
    fields = {"Nama": "ANNA MARIA", "No. Paspor": "L898902C", "Tempat/Tgl Lahir": "Utopia, 06-08-1969"}
    upper, lower = machine_lines(fields)
    assert len(upper) == len(lower) == 44
    assert lower.startswith("L898902C<3IDN6908061F")  # the specimen of ICAO 9303: check digits 3 and 1


def test_only_papers_about_work_abroad_name_the_employer():
    assert "Pemberi Kerja" in fields_of(CASE, "WORK_CONTRACT")
    assert "Pemberi Kerja" not in fields_of(CASE, "KK")
