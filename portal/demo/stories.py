"""The demo's words: what complainants tell, what partners answer, what staff remark; natural Indonesian, no real case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from portal.demo.names import texts

FOR_OTHERS = ("{kami}", "{Kami}", "eluarga")
"""A story with one of these is told about the worker, never by the worker."""

JOBS = {
    "domestic": ("pekerja rumah tangga", "rumah majikan"),
    "care": ("perawat lansia", "rumah majikan"),
    "plantation": ("pekerja ladang sawit", "kongsi ladang"),
    "construction": ("pekerja bangunan", "mes proyek"),
    "factory": ("operator pabrik", "asrama pabrik"),
    "restaurant": ("pelayan rumah makan", "mes rumah makan"),
    "driver": ("sopir keluarga", "rumah majikan"),
    "spa": ("terapis spa", "mes karyawan"),
    "ship": ("awak kapal ikan", "kapal"),
    "scam": ("petugas layanan pelanggan", "gedung berpagar"),
}
"""Job → what the complainant calls it, and where one lives and works."""

RELATIONS = {
    "self": "saya",
    "husband": "istri saya",
    "wife": "suami saya",
    "child": "orang tua saya",
    "father": "anak saya",
    "mother": "anak saya",
    "sibling": "saudara saya",
    "relative": "keponakan saya",
    "lawyer": "klien kami",
    "companion": "dampingan kami",
    "colleague": "teman sekerja saya",
    "employer": "pekerja kami",
    "official": "PMI atas nama",
    "witness": "seorang PMI bernama",
}
"""Relationship of the complainant (relationships.csv) → what the complainant calls the worker."""


@dataclass(frozen=True)
class Complaint:
    """One complaint in words."""

    subject: str
    story: str
    wish: str
    note: str
    """What the operator wrote down beside it."""


class Slots(dict[str, str]):
    """Values of a text's slots. A capital slot is the small one at the start of a sentence."""

    def __missing__(self, slot: str) -> str:
        """The small slot's value with a capital letter."""
        small = slot.lower()
        if small == slot:
            raise KeyError(slot)
        value = self[small]
        return value[:1].upper() + value[1:]


class Telling(Slots):
    """Slots of a complaint: names the worker at the first mention, then only calls them "istri saya" and the like."""

    def __init__(self, values: Slots, relation: str) -> None:
        """Tell it as somebody with that relation to the worker."""
        super().__init__(values)
        own = relation == "self"
        self.update(ia="saya" if own else "dia", milik=" saya" if own else "nya", kami="saya" if own else "kami")
        called = RELATIONS[relation]
        again = called if called.endswith((" saya", " kami", "saya")) else values["pmi"]
        self._mentions = [again, called if own else f"{called} {values['pmi']}"]

    def __getitem__(self, slot: str) -> str:
        """The slot's value; for the worker, by name the first time."""
        if slot == "siapa":
            return self._mentions.pop() if len(self._mentions) > 1 else self._mentions[0]
        return super().__getitem__(slot)


def day(value: date) -> str:
    """A date in words."""
    return format_date(value, "d MMMM y", locale="id")


def rupiah(millions: int) -> str:
    """An amount of whole millions of rupiah."""
    return f"Rp{format_decimal(millions * 1_000_000, locale='id')},00"


def foreign(currency: str, amount: int) -> str:
    """A wage in the money of the country."""
    return f"{currency} {format_decimal(amount, locale='id')}"


def money(rng: Random, category: str) -> str:
    """An amount that fits the category."""
    low, high = texts("complaints")[category].get("money", (5, 45))
    return rupiah(rng.randint(low, high))


def is_female_only(category: str) -> bool:
    """Whether only women can have this trouble."""
    return bool(texts("complaints")[category].get("female_only"))


def complaint(rng: Random, category: str, job: str, relation: str, slots: Slots) -> Complaint:
    """Tell a complaint of that category by somebody with that relation to the worker."""
    texts_of: dict[str, Any] = texts("complaints")[category]
    stories = texts_of["stories"] + 2 * texts_of.get(job, [])
    if relation == "self":
        stories = [story for story in stories if not any(sign in story for sign in FOR_OTHERS)] or stories
    return Complaint(
        texts_of["subject"].format_map(slots),
        rng.choice(stories).format_map(Telling(slots, relation)),
        rng.choice(texts_of["asks"]).format_map(Telling(slots, relation)),
        rng.choice(texts_of["notes"]).format_map(slots),
    )


def answer(rng: Random, stakeholder: str, kind: str, slots: Slots) -> str:
    """What a partner of that type says: acknowledge, need_info, accept, decline, progress or result."""
    return str(rng.choice(texts("answers")[stakeholder][kind]).format_map(slots))


def remark(rng: Random, kind: str, slots: Slots, code: str = "") -> str:
    """What staff write on an act; for closing, rejecting and waiving by the code of the reason."""
    found = texts("remarks")[kind]
    chosen = found[code] if code else found
    return str((chosen if isinstance(chosen, str) else rng.choice(chosen)).format_map(slots))
