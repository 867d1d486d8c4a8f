"""Who works in the demo: the agency's offices and staff, the partner organisations and their people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from portal.demo import names
from portal.vocabulary import rows

AGENCY_COUNT = 6
CAPITAL = "Kota Administrasi Jakarta Selatan"
ADVOCATES = {"Advokat", "Paralegal"}


@dataclass(frozen=True)
class Office:
    """An office of the agency. `provinces`: whose people it serves; none for the headquarters."""

    code: str
    name: str
    district: str
    address: str
    phone: str
    email: str
    provinces: tuple[str, ...]


@dataclass(frozen=True)
class Worker:
    """Somebody who signs in: of the staff (`unit` is an office) or of a partner (`unit` is its code)."""

    login: str
    name: str
    sex: str
    title: str
    number: str
    """NIP, for police NRP; empty outside public service."""
    roles: tuple[str, ...]
    unit: str
    email: str
    phone: str


@dataclass(frozen=True)
class Partner:
    """An outside organisation. No provinces: it serves the whole country. `country`: of missions and agencies abroad."""

    code: str
    type: str
    name: str
    city: str
    address: str
    phone: str
    email: str
    provinces: tuple[str, ...] = ()
    country: str = "ID"
    people: tuple[Worker, ...] = ()


@dataclass(frozen=True)
class Cast:
    """Everybody who acts in the demo but the complainants."""

    offices: tuple[Office, ...]
    staff: tuple[Worker, ...]
    partners: tuple[Partner, ...]

    def logins(self, role: str, office: str = "HQ") -> list[str]:
        """The sign-in names of an office's people with that role."""
        return [worker.login for worker in self.staff if role in worker.roles and worker.unit == office]

    def office_for(self, province: str) -> str:
        """The regional office that serves a province, else the headquarters."""
        return next((office.code for office in self.offices if province in office.provinces), "HQ")

    def partner(self, code: str) -> Partner:
        """The partner of that code."""
        return next(partner for partner in self.partners if partner.code == code)

    def serving(self, kind: str, province: str, country: str, city: str) -> list[Partner]:
        """The partners of a type that a case belongs to: the nearest first, none if all serve other places."""
        of_type = [partner for partner in self.partners if partner.type == kind]
        if kind in {"MISSION", "OVERSEAS_AGENCY"}:
            there = [partner for partner in of_type if partner.country == country]
            return sorted(there, key=lambda partner: partner.city != city)
        near = [partner for partner in of_type if province in partner.provinces]
        return near + [partner for partner in of_type if not partner.provinces]


def assemble(seed: int) -> Cast:
    """The agency and its partners for that seed; codes and sign-in names are the same for every seed."""
    rng = names.chance(seed, "cast")
    count = iter(range(1, 10_000))
    offices, staff = [], []
    for row in names.texts("staff")["office"]:
        offices.append(
            Office(
                row["code"],
                row["name"],
                row["district"],
                _address(rng, row["district"]),
                _landline(rng),
                f"{row['code'].lower()}@badan.example",
                tuple(row["provinces"]),
            )
        )
        for login, roles, title in row["staff"]:
            staff.append(_worker(rng, next(count), login, title, tuple(roles.split()), row["code"], "badan", names.nip))
    partners = [*_public(rng, count), *_missions(rng, count), *_agencies(rng, count)]
    return Cast(tuple(offices), tuple(staff), tuple(partners))


def _worker(
    rng: Random,
    serial: int,
    login: str,
    title: str,
    roles: tuple[str, ...],
    unit: str,
    domain: str,
    numbering: Callable[..., str] | None,
) -> Worker:
    sex = rng.choice("MF")
    born = names.birth(rng, date(2025, 1, 1), 26, 56)
    name, _ = names.names(rng, names.origin(rng), sex)
    number = ""
    if numbering is names.nip:
        appointed = date(born.year + rng.randint(22, 25), rng.choice([1, 2, 3, 4, 12]), 1)
        number = names.nip(born, appointed, sex, serial % 20 + 1)
    elif numbering is names.nrp:
        number = names.nrp(born, serial)
    phone = names.mobile(1_900_000 + serial)  # far from the complainants' numbers
    return Worker(login, name, sex, title, number, roles, unit, f"{login}@{domain}.example", phone)


def _partner(rng: Random, count: Any, row: dict[str, Any]) -> Partner:
    code, kind = row["code"], row["type"]
    private = kind in {"P3MI", "LEGAL_AID", "NGO", "BANK", "HOSPITAL", "INSURER_CONSORTIUM", "OVERSEAS_AGENCY"}
    numbering = None if private else names.nrp if kind == "POLICE" else names.nip
    people = tuple(
        _worker(
            rng,
            next(count),
            f"{code}{place}",
            title,
            ("ADVOCATE",) if title in ADVOCATES else ("PARTNER_USER",),
            code,
            code,
            numbering,
        )
        for place, title in enumerate(row["titles"], 1)
    )
    return Partner(
        code,
        kind,
        row["name"],
        row["city"],
        _address(rng, row["city"]),
        _landline(rng),
        f"surat@{code}.example",
        tuple(row.get("provinces", ())),
        row.get("country", "ID"),
        people,
    )


def _public(rng: Random, count: Any) -> list[Partner]:
    return [_partner(rng, count, row) for row in names.texts("partners")["partner"]]


def _missions(rng: Random, count: Any) -> list[Partner]:
    titles = {"KBRI": ["Atase Ketenagakerjaan", "Fungsi Konsuler"], "KDEI": ["Kepala Bidang Tenaga Kerja", "Analis"]}
    return [
        _partner(
            rng,
            count,
            {
                "type": "MISSION",
                "code": names.slug(row["name_id"]),
                "name": row["name_id"],
                "city": row["city_id"],
                "country": row["country_alpha2"],
                "titles": titles.get(row["kind"], ["Fungsi Konsuler"]),
            },
        )
        for row in rows("missions_draft")
        if row["country_alpha2"] in names.texts("destinations")
    ]


def _agencies(rng: Random, count: Any) -> list[Partner]:
    cities = ["Jakarta", "Jakarta", "Bekasi", "Malang", "Cirebon", "Mataram"]
    return [
        _partner(
            rng,
            count,
            {
                "type": "P3MI",
                "code": f"p3mi{place}",
                "name": name,
                "city": cities[place - 1],
                "titles": ["Direktur", "Staf Hukum"][: rng.randint(1, 2)],
            },
        )
        for place, name in enumerate(names.companies(rng, AGENCY_COUNT), 1)
    ]


def _address(rng: Random, city: str) -> str:
    return f"Jalan Contoh No. {rng.randint(1, 199)}, {city}"


def _landline(rng: Random) -> str:
    return f"(021) 0000{rng.randint(1000, 9999)}"
