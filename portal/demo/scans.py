"""Small pictures and PDFs that look like scanned papers of a demo case; every one says CONTOH (sample)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from itertools import cycle
from random import Random

from PIL import Image, ImageDraw, ImageFont

from portal.demo import stories
from portal.demo.facts import Facts
from portal.demo.names import chance, country_names
from portal.vocabulary import rows

CARD, PAGE, SLIP, PHONE = (640, 404), (620, 877), (480, 640), (400, 711)
PAPER, INK, BLUE, RED = (252, 251, 246), (40, 40, 48), (38, 62, 130), (176, 42, 42)
MADE = time.gmtime(1_704_067_200)
"""Always the same date inside PDFs, so that the same paper is the same file."""

CARDS = {"KTP_COMPLAINANT", "KTP_WORKER", "HEIR_ID", "CITIZEN_PROOF", "BPJS_CARD", "KPA", "TICKET", "VISA", "LOCAL_ID"}
PASSPORTS = {"PASSPORT", "ESCORT_PASSPORT"}
OF_HOME = set(
    "KTP_COMPLAINANT KTP_WORKER HEIR_ID CITIZEN_PROOF KK BIRTH_CERT MARITAL_STATUS HEIR_CERT POVERTY_CERT".split()
)
"""Papers of the village or the civil registry: nothing about the work abroad stands on them."""

SLIPS = {"PAYMENT_PROOF", "PAYSLIP", "MEDICAL_BILL", "HEIR_BANK"}
OF_COMPLAINANT = {"KTP_COMPLAINANT", "HEIR_ID", "HEIR_BANK", "CHRONOLOGY", "STATEMENT_LETTER", "POWER_OF_ATTORNEY"}

Fields = Mapping[str, str]


@cache
def titles() -> dict[str, str]:
    """Code → Indonesian name of all document types."""
    return {row["code"]: row["name_id"] for row in rows("document_types")}


def fields_of(case: Facts, document: str) -> dict[str, str]:
    """What stands on that document of that case, in the order of the lines."""
    person = case.complainant if document in OF_COMPLAINANT and case.complainant else case.worker
    placement = case.placement
    found = {
        "Nama": person.passport_name if document in PASSPORTS else person.name,
        "NIK": person.nik,
        "Tempat/Tgl Lahir": f"{person.home.name.partition(' ')[2]}, {person.born:%d-%m-%Y}",
        "Jenis Kelamin": "Laki-laki" if person.sex == "M" else "Perempuan",
        "Alamat": person.address,
    }
    if document not in OF_HOME and person is case.worker:
        place = f"{placement.city}, {country_names()[placement.country]}"
        found |= {"No. Paspor": placement.passport, "Negara": place, "Pekerjaan": placement.job_title}
        found["Pemberi Kerja"] = placement.employer
    if document in SLIPS:
        found["Jumlah"] = case.slots["gaji"] if document == "PAYSLIP" else case.slots["uang"]
        found["Penerima"] = placement.recruiter if document == "PAYMENT_PROOF" else person.name
    found["Tanggal"] = stories.day(case.at.date())
    if document in {"CHRONOLOGY", "STATEMENT_LETTER", "CHAT_EVIDENCE"}:
        found["Isi"] = case.words.story
    return found


def scan(document: str, fields: Fields, seed: int) -> tuple[str, bytes, str]:
    """File name, bytes and media type of a paper of that type with those fields; the same for the same seed."""
    rng = chance(document, seed)
    image = _drawing(document)(document, fields, rng)
    _stamp_sample(image)
    stem = f"{document.lower()}_{rng.randint(1000, 9999)}"
    buffer = BytesIO()
    if document == "CHAT_EVIDENCE":
        image.quantize(16, Image.Quantize.FASTOCTREE).save(buffer, "PNG")
        return f"{stem}.png", buffer.getvalue(), "image/png"
    image = image.rotate(rng.uniform(-0.8, 0.8), fillcolor=(226, 225, 220))
    if image.size == PAGE and rng.random() < 0.6:
        image.convert("L").save(buffer, "PDF", resolution=75, quality=30, creationDate=MADE, modDate=MADE)
        return f"{stem}.pdf", buffer.getvalue(), "application/pdf"
    image.save(buffer, "JPEG", quality=38)
    return f"{stem}.jpg", buffer.getvalue(), "image/jpeg"


def _drawing(document: str) -> Callable[[str, Fields, Random], Image.Image]:
    if document in PASSPORTS:
        return _passport
    if document in CARDS:
        return _card
    if document in SLIPS:
        return _slip
    return {"CHAT_EVIDENCE": _chat, "PHOTO_WORKER": _photo}.get(document, _letter)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


@cache
def _sample_mask(size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]]:
    """The slanting word, and its upper left corner: only that part of the paper has to be painted over."""
    mask = Image.new("L", size)
    font = _font(size[0] // 6)
    ImageDraw.Draw(mask).text((size[0] / 2, size[1] / 2), "CONTOH", 95, font, anchor="mm")
    mask = mask.rotate(24)
    box = mask.getbbox() or (0, 0, *size)
    return mask.crop(box), box[:2]


def _stamp_sample(image: Image.Image) -> None:
    mask, (left, top) = _sample_mask(image.size)
    image.paste(RED, (left, top, left + mask.width, top + mask.height), mask)


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += f"{word} "
    return [line.rstrip() for line in lines]


def _lines(draw: ImageDraw.ImageDraw, fields: Fields, at: tuple[int, int], size: int, width: int, column: int) -> int:
    x, y = at
    for label, value in fields.items():
        draw.text((x, y), label, INK, _font(size))
        draw.text((x + column - 10, y), ":", INK, _font(size))
        for line in _wrap(value, width):
            draw.text((x + column, y), line, INK, _font(size))
            y += size + 5
        y += 2
    return y


def _face(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], rng: Random) -> None:
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    draw.rectangle(box, fill=rng.choice([(178, 52, 48), (60, 96, 170), (226, 228, 232)]))
    draw.pieslice((left, bottom - high // 3, right, bottom + high // 3), 180, 360, fill=(58, 62, 80))
    draw.ellipse((left + wide // 4, top + high // 5, right - wide // 4, bottom - high // 4), fill=(205, 168, 136))


def _card(document: str, fields: Fields, rng: Random) -> Image.Image:
    image = Image.new("RGB", CARD, (196, 220, 232))
    draw = ImageDraw.Draw(image)
    for y in range(0, CARD[1], 12):
        draw.line((0, y, CARD[0], y + 40), fill=(206, 228, 236))
    title = "KARTU TANDA PENDUDUK" if fields.get("NIK") and document.startswith("KTP") else titles()[document].upper()
    draw.text((CARD[0] / 2, 26), title[:44], INK, _font(22), anchor="mm")
    draw.text((24, 52), fields.get("NIK") or fields.get("No. Paspor", ""), INK, _font(24))
    _lines(draw, {k: v for k, v in fields.items() if k not in {"NIK", "Isi"}}, (24, 92), 15, 34, 130)
    _face(draw, (494, 96, 612, 250), rng)
    return image


def _passport(_document: str, fields: Fields, rng: Random) -> Image.Image:
    image = Image.new("RGB", CARD, (222, 232, 222))
    draw = ImageDraw.Draw(image)
    for x in range(0, CARD[0], 16):
        draw.arc((x - 90, -60, x + 90, 300), 0, 180, fill=(208, 224, 212))
    draw.text((24, 14), "REPUBLIK INDONESIA   PASPOR / PASSPORT", INK, _font(20))
    _face(draw, (24, 56, 166, 246), rng)
    shown = {key: fields[key] for key in ("No. Paspor", "Nama", "Tempat/Tgl Lahir", "Jenis Kelamin") if key in fields}
    _lines(draw, shown, (186, 64), 16, 26, 140)
    for y, line in zip((330, 362), machine_lines(fields), strict=True):
        draw.text((20, y), line, INK, _font(21))
    return image


def machine_lines(fields: Fields) -> tuple[str, str]:
    """The two lines of 44 signs at the foot of a passport (ICAO 9303), with right check digits."""
    name = "".join(sign if sign.isalpha() else "<" for sign in fields.get("Nama", "").upper())
    number = fields.get("No. Paspor", "").ljust(9, "<")[:9]
    day, month, year = (fields.get("Tempat/Tgl Lahir", "").rpartition(", ")[2] or "01-01-1990").split("-")
    born, expires = f"{year[2:]}{month}{day}", "290101"
    sex = "M" if fields.get("Jenis Kelamin") == "Laki-laki" else "F"
    parts = [part + _check_digit(part) for part in (number, born, expires, "<" * 14)]
    checked = parts[0] + parts[1] + parts[2] + parts[3]
    return (
        f"P<IDN{name}".ljust(44, "<")[:44],
        f"{parts[0]}IDN{parts[1]}{sex}{parts[2]}{parts[3]}{_check_digit(checked)}",
    )


def _check_digit(text: str) -> str:
    values = (0 if sign == "<" else int(sign, 36) for sign in text)
    return str(sum(value * weight for value, weight in zip(values, cycle((7, 3, 1)), strict=False)) % 10)


def _slip(document: str, fields: Fields, rng: Random) -> Image.Image:
    image = Image.new("RGB", SLIP, PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((SLIP[0] / 2, 40), "KUITANSI" if document == "PAYMENT_PROOF" else "RINCIAN", INK, _font(26), anchor="mm")
    draw.text((SLIP[0] / 2, 72), f"No. {rng.randint(100, 9999)}", INK, _font(15), anchor="mm")
    draw.line((30, 92, SLIP[0] - 30, 92), fill=INK, width=2)
    shown = {key: fields[key] for key in ("Tanggal", "Nama", "Penerima", "Negara", "Pemberi Kerja") if key in fields}
    y = _lines(draw, shown, (34, 112), 15, 32, 118)
    draw.rectangle((34, y + 20, SLIP[0] - 34, y + 70), outline=INK, width=2)
    draw.text((SLIP[0] / 2, y + 45), fields.get("Jumlah", ""), INK, _font(22), anchor="mm")
    _sign(draw, (300, y + 130), rng)
    return image


def _letter(document: str, fields: Fields, rng: Random) -> Image.Image:
    image = Image.new("RGB", PAGE, PAPER)
    draw = ImageDraw.Draw(image)
    for y, line in enumerate(_wrap(titles().get(document, document).upper(), 42)):
        draw.text((PAGE[0] / 2, 60 + 26 * y), line, INK, _font(20), anchor="mm")
    draw.line((70, 128, PAGE[0] - 70, 128), fill=INK, width=2)
    draw.text((70, 144), f"Nomor: {rng.randint(1, 999)}/CONTOH/{rng.randint(1, 12):02}", INK, _font(15))
    y = _lines(draw, {k: v for k, v in fields.items() if k != "Isi"}, (70, 184), 15, 42, 130) + 16
    body = fields.get("Isi") or "Demikian dokumen contoh ini dibuat untuk keperluan peragaan sistem."
    for line in _wrap(body, 64):
        draw.text((70, y), line, INK, _font(15))
        y += 22
    _sign(draw, (390, min(y + 50, 740)), rng)
    return image


def _sign(draw: ImageDraw.ImageDraw, at: tuple[int, int], rng: Random) -> None:
    x, y = at
    draw.ellipse((x - 70, y - 34, x + 26, y + 62), outline=BLUE, width=3)
    draw.text((x - 22, y + 14), "CONTOH", BLUE, _font(15), anchor="mm")
    strokes = [(x + step * 11, y + 18 + rng.randint(-22, 22)) for step in range(11)]
    draw.line(strokes, fill=(30, 34, 92), width=2, joint="curve")


def _chat(_document: str, fields: Fields, rng: Random) -> Image.Image:
    image = Image.new("RGB", PHONE, (229, 221, 213))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, PHONE[0], 54), fill=(7, 94, 84))
    draw.text((18, 16), fields.get("Nama", ""), (255, 255, 255), _font(18))
    y = 76
    for place, sentence in enumerate(fields.get("Isi", "Contoh percakapan. Berapa biayanya?").split(". ")[:5]):
        lines = _wrap(sentence, 34)
        left = 14 if place % 2 else 84
        box = (left, y, left + 302, y + 22 * len(lines) + 16)
        draw.rounded_rectangle(box, 9, fill=(255, 255, 255) if place % 2 else (220, 248, 198))
        for row, line in enumerate(lines):
            draw.text((left + 12, y + 8 + 22 * row), line, INK, _font(15))
        y = box[3] + rng.randint(8, 18)
    return image


def _photo(_document: str, _fields: Fields, rng: Random) -> Image.Image:
    image = Image.new("RGB", (300, 400), PAPER)
    _face(ImageDraw.Draw(image), (0, 0, 300, 400), rng)
    return image
