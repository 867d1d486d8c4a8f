from datetime import UTC, date, datetime
from pathlib import Path

import colander
import deform
import pytest
from babel.messages.pofile import read_po

from portal.i18n import _, ago, catalogue, day, late, moment, size, translate
from tests.frame.words import of_module, of_template

ROOT = Path(__file__).parents[2]
OURS = [ROOT / "portal/i18n.py", *ROOT.glob("portal/pages/*.py"), *ROOT.glob("portal/forms/*.py")]
TEMPLATES = [
    ROOT / "templates/layout.pt",
    *(f for d in ("macros", "deform", "errors") for f in ROOT.glob(f"templates/{d}/*.pt")),
]
MORNING = datetime(2025, 10, 13, 2, 30, tzinfo=UTC)


def test_every_word_of_the_frame_has_its_english():
    asked = {m for f in OURS for m in of_module(f)} | {m for f in TEMPLATES for m in of_template(f)}
    assert len(asked) > 80
    assert [m for m in sorted(asked) if ("portal", None, m) not in catalogue("en")] == []


@pytest.mark.parametrize("library", [colander, deform])
def test_every_message_of_the_form_libraries_has_its_indonesian(library):
    name = library.__name__
    with (Path(library.__file__).parent / f"locale/{name}.pot").open("rb") as source:
        asked = {str(m.id) for m in read_po(source) if m.id}
    assert [m for m in sorted(asked) if (name, None, m) not in catalogue("id")] == []


def test_a_sentence_is_translated_with_the_sentences_inside_it():
    inner = _("besok")
    outer = _("Tanggal paling awal ${day}.", mapping={"day": inner})
    assert translate(outer, "en") == "The earliest date is tomorrow."
    assert translate(outer, "id") == "Tanggal paling awal besok."
    assert translate("besok", "en") == "besok"


def test_days_and_moments_read_as_an_office_writes_them():
    assert day(date(2025, 10, 13), "id") == "13 Oktober 2025"
    assert moment(MORNING, "Asia/Jakarta", "id") == "13 Oktober 2025 pukul 09.30 WIB"
    assert moment(MORNING, "Asia/Makassar", "id").endswith("10.30 WITA")
    assert moment(MORNING, "Asia/Jayapura", "en") == "13 October 2025 at 11:30 WIT"
    assert moment(MORNING, "Asia/Hong_Kong", "en").endswith("10:30 HKT")
    assert moment(MORNING, "Asia/Riyadh", "id").endswith("05.30 UTC+03")
    assert moment(MORNING.replace(tzinfo=None), "Asia/Jakarta", "id").endswith("09.30 WIB")


@pytest.mark.parametrize(
    ("due", "words"),
    [(11, "terlambat 2 hari"), (12, "terlambat 1 hari"), (13, "hari ini"), (14, "besok"), (16, "3 hari lagi")],
)
def test_lateness_is_said_in_words(due, words):
    assert late(date(2025, 10, due), date(2025, 10, 13), "id") == words


def test_past_and_sizes_are_said_in_words():
    assert ago(MORNING, MORNING, "id") == "baru saja"
    assert ago(MORNING, datetime(2025, 10, 13, 2, 35, tzinfo=UTC), "id") == "5 menit yang lalu"
    assert (size(240_000, "id"), size(1_440_000, "id"), size(1_440_000, "en")) == ("240 kB", "1,4 MB", "1.4 MB")
