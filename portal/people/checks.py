"""What looks odd about identity data: warnings only, for papers of migrant workers are often wrong or forged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import phonenumbers
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.i18n import _

PASSPORT = re.compile(r"[A-Z]{1,2} ?\d{6,7}")
WOMAN = 40
"""Added to the day of birth in a woman's NIK."""


def nik_warnings(session: Session, nik: str, *, birth_date: date | None = None, sex: str = "") -> Iterator[Any]:
    """PPKKCC-DDMMYY-SSSS: sixteen digits, a known province and district, a date, and the same as what else is known."""
    digits = re.sub(r"[ .-]", "", nik)
    if not digits:
        return
    if not re.fullmatch(r"[0-9]{16}", digits):
        yield _("NIK seharusnya 16 angka.")
        return
    if digits[:2] not in vocabulary.terms(session, "province"):
        yield _("Kode provinsi pada NIK tidak dikenal.")
    elif f"{digits[:2]}.{digits[2:4]}" not in vocabulary.terms(session, "district"):
        yield _("Kode kabupaten/kota pada NIK tidak dikenal.")
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    is_woman = day > WOMAN
    born = _day(year, month, day - WOMAN if is_woman else day)
    if born is None:
        yield _("Tanggal lahir pada NIK bukan tanggal.")
    elif birth_date and (born.day, born.month, born.year % 100) != (
        birth_date.day,
        birth_date.month,
        birth_date.year % 100,
    ):
        yield _("Tanggal lahir pada NIK berbeda dengan tanggal lahir yang tercatat.")
    if sex and is_woman != (sex == "F"):
        yield _("Jenis kelamin pada NIK berbeda dengan yang tercatat.")


def _day(year: int, month: int, day: int) -> date | None:
    # The century is not in the number; 2000 is a leap year, so 29 February passes for every year that may have one.
    try:
        return date(2000 + year, month, day)
    except ValueError:
        return None


def passport_warnings(number: str) -> Iterator[Any]:
    """One letter and seven digits, formerly two and six."""
    if not PASSPORT.fullmatch(number.strip().upper()):
        yield _("Tidak berbentuk nomor paspor Indonesia (satu huruf dan tujuh angka).")


def phone_warnings(number: str) -> Iterator[Any]:
    """A number that can be dialled from Indonesia."""
    try:
        is_known = phonenumbers.is_valid_number(phonenumbers.parse(number, "ID"))
    except phonenumbers.NumberParseException:
        is_known = False
    if not is_known:
        yield _("Tidak dikenali sebagai nomor telepon; disimpan seperti ditulis.")


def readable_phone(number: str) -> str:
    """The number in international spelling; "" when it can't be understood."""
    try:
        parsed = phonenumbers.parse(number, "ID")
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
