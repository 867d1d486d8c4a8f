"""Invented people, firms, places and numbers that look Indonesian; nothing here belongs to anybody."""

from __future__ import annotations

import tomllib
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

from portal.vocabulary import rows

TITLES = {"Lalu", "Baiq", "Amaq", "Inaq", "Andi", "Daeng", "Indo", "Ambo"}
"""Words of a name that never stand alone; so do all abbreviations."""

MOBILES = "0811 0812 0813 0814 0815 0816 0817 0818 0819 0821 0822 0823 0831 0838 0852 0853 0856 0857 0858 0859".split()
MIDDLE = 0.3
"""Share of people with a second given name, where their people has it."""

BUCKETS = 9999
"""A NIK ends in 0001 to 9999."""

SUBDISTRICTS = 50
"""Together: about half a million persons whose NIKs differ for certain, without remembering any."""


def chance(*key: object) -> Random:
    """Chance that falls the same way for the same key."""
    return Random(":".join(map(str, key)))  # noqa: S311  # no secret depends on it


@cache
def texts(file: str) -> dict[str, Any]:
    """One of the demo's text files."""
    return tomllib.loads((Path(__file__).with_name("texts") / f"{file}.toml").read_text("utf-8"))


@dataclass(frozen=True)
class District:
    """A real kabupaten or kota."""

    code: str
    """As in districts.csv: 32.12."""
    name: str
    province_code: str
    province: str


@dataclass(frozen=True)
class Person:
    """A private person. `passport_name` is how the passport spells it, with bin or binti for some."""

    number: int
    name: str
    passport_name: str
    sex: str
    """M or F."""
    born: date
    home: District
    nik: str
    phone: str
    email: str
    """Empty for most."""
    village: str
    address: str


@cache
def districts() -> dict[str, District]:
    """All 514 districts by their full name."""
    return {
        row["name_full_id"]: District(row["code"], row["name_full_id"], row["province_code"], row["province_id"])
        for row in rows("districts")
    }


@cache
def country_names() -> dict[str, str]:
    """The Indonesian names of countries by code."""
    return {row["alpha2"]: row["name_id"] for row in rows("countries")}


@cache
def district(code: str) -> District:
    """The district with that code."""
    return next(found for found in districts().values() if found.code == code)


@cache
def _origins() -> tuple[list[District], list[int]]:
    shares: dict[str, int] = texts("origins")["districts"]
    return [districts()[name] for name in shares], list(accumulate(shares.values()))


def origin(rng: Random) -> District:
    """Where a worker comes from: the known sending districts, each with its share."""
    places, sums = _origins()
    return places[bisect(sums, rng.random() * sums[-1])]


def pick(rng: Random, words: str) -> str:
    """One word of a list; an underscore in it stands for a space."""
    return rng.choice(words.split()).replace("_", " ")


def names(rng: Random, home: District, sex: str) -> tuple[str, str]:
    """A name as on the KTP, and as in the passport, of somebody whose family lives there."""
    people = texts("people")[rng.choice(texts("origins")["peoples"][home.province_code])]
    given, family = ("male", "last_male") if sex == "M" else ("female", "last_female")
    while True:
        first, last = pick(rng, people[given]), pick(rng, people[family])
        alone = rng.random() < people["single"] and not _is_title(first)
        middle = pick(rng, people[given]) if rng.random() < MIDDLE and "_" not in people[given] else first
        words = [first] if alone else [first, last] if middle in {first, last} else [first, middle, last]
        name = " ".join(words)
        if first != last and name not in texts("people")["well_known"]["names"]:
            break
    if rng.random() >= people["bin"]:
        return name, name.upper()
    father = pick(rng, people["male"])
    while _is_title(father):
        father = pick(rng, people["male"])
    return name, f"{name} {'bin' if sex == 'M' else 'binti'} {father}".upper()


def _is_title(word: str) -> bool:
    return word in TITLES or word.endswith(".")


def person(rng: Random, number: int, home: District, sex: str, born: date) -> Person:
    """A person with everything that the number makes unique."""
    name, passport_name = names(rng, home, sex)
    where = village(rng)
    address = f"{street(rng)}, RT {rng.randint(1, 9):03}/RW {rng.randint(1, 6):03}, {where}, {home.name}"
    email = f"{slug(name)}{number}@surel.example" if rng.random() < 0.3 else ""
    return Person(
        number,
        name,
        passport_name,
        sex,
        born,
        home,
        nik(home.code, born, sex, number),
        mobile(number),
        email,
        where,
        address,
    )


def slug(name: str) -> str:
    """A name as part of an address: small letters, no signs."""
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())


def nik(district: str, born: date, sex: str, number: int) -> str:
    """PPKK of the district, CC, birth date (women: day + 40), serial; differs for differing numbers."""
    lap, place = divmod(number, BUCKETS)
    subdistrict = (lap + int(district.replace(".", ""))) % SUBDISTRICTS + 1
    day = born.day + (40 if sex == "F" else 0)
    serial = place * 7919 % BUCKETS + 1  # 7919 is prime to 9999: each place gets its own serial
    return f"{district.replace('.', '')}{subdistrict:02}{day:02}{born:%m%y}{serial:04}"


def passport(number: int) -> str:
    """A letter and seven digits; differs for differing numbers."""
    return f"{'ABCEX'[number % 5]}{number * 7_368_787 % 10_000_000:07}"


def mobile(number: int) -> str:
    """An Indonesian mobile number whose subscriber part begins with 0000, which no operator gives out."""
    lap, place = divmod(number, 100_000)
    return f"{MOBILES[(lap + place) % len(MOBILES)]}0000{place:05}"


def nip(born: date, appointed: date, sex: str, serial: int) -> str:
    """A civil servant's number: birth, month of appointment, sex, serial."""
    return f"{born:%Y%m%d}{appointed:%Y%m}{1 if sex == 'M' else 2}{serial:03}"


def nrp(born: date, serial: int) -> str:
    """A police officer's number: year and month of birth, serial."""
    return f"{born:%y%m}{serial:04}"


def village(rng: Random) -> str:
    """An invented village in an invented kecamatan."""
    return f"Desa {_place(rng)}, Kecamatan {_place(rng)}"


def _place(rng: Random) -> str:
    places = texts("people")["places"]
    return pick(rng, places["first"]) + pick(rng, places["second"])


def street(rng: Random) -> str:
    """An invented street and house."""
    return f"Jalan {pick(rng, texts('people')['places']['streets'])} No. {rng.randint(1, 180)}"


def companies(rng: Random, count: int) -> list[str]:
    """Invented agencies, each name once."""
    firms: dict[str, str] = texts("people")["firms"]
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"PT {' '.join(pick(rng, firms[part]) for part in ('first', 'second', 'third'))}"] = None
    return list(found)


def birth(rng: Random, at: date, youngest: int, oldest: int) -> date:
    """A birth date of somebody between two ages at that time."""
    return date(at.year - rng.randint(youngest, oldest), rng.randint(1, 12), rng.randint(1, 28))


def choose(sums: Sequence[float], at: float) -> int:
    """The place in a list of running sums that a number from 0 to 1 falls on."""
    return min(bisect(sums, at * sums[-1]), len(sums) - 1)
