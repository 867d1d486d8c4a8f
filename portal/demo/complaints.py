"""The facts of one demo case: who complains for whom, from where, about what; the same for the same number and seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from portal.demo import names, proportions, stories
from portal.demo.cast import Cast
from portal.demo.facts import Facts, Placement
from portal.demo.names import Person, texts
from portal.demo.stories import Slots

YEARS = 2
PERSONS_PER_CASE = 2
NEVER_SELF = {"DEATH_ABROAD", "MISSING_PERSON", "LOST_CONTACT", "DEATH_PENALTY_RISK", "MENTAL_ILLNESS"}
IRREGULAR = {"TRAFFICKING", "ILLEGAL_RECRUITMENT", "JOB_FRAUD", "UNDOCUMENTED", "RETURN_TRIP_LOSS"}
"""Categories without a licensed agency; of the others about half went through one (IDX-2023: 81 % nonprocedural)."""

BY_AGENCY = {
    "OVERCHARGING", "FAILED_DEPARTURE", "FAILED_PLACEMENT", "UNFIT", "SOCIAL_SECURITY", "UNFULFILLED_RIGHTS",
    "UNILATERAL_TERMINATION", "WORKPLACE_TRANSFER", "CONTRACT_MISMATCH", "AGENCY_NEGLECT", "DOCUMENT_WITHHOLDING",
}  # fmt: skip
EMERGENCY_SHARE = 0.6
"""Of the cases of urgency 1, so many need somebody at once."""

FAMILY = {"husband": 4, "wife": 2, "child": 2, "father": 3, "mother": 3, "sibling": 4, "relative": 1}
COMPLAINANTS = {
    "self": 30,
    "family": 52,
    "NGO": 6,
    "LAWYER": 3,
    "AGENCY": 4,
    "ANONYMOUS": 2,
    "OTHER": 2,
    "EMPLOYER_FAMILY": 1,
}
OLD_ENOUGH = 39
"""Age of a worker whose grown child may complain."""

RELATION_OF = {
    "NGO": "companion",
    "LAWYER": "lawyer",
    "AGENCY": "official",
    "ANONYMOUS": "witness",
    "OTHER": "colleague",
    "EMPLOYER_FAMILY": "employer",
}
MALE_JOBS = {
    "plantation": 0.8,
    "construction": 1.0,
    "driver": 1.0,
    "ship": 1.0,
    "factory": 0.5,
    "scam": 0.7,
    "restaurant": 0.4,
}
"""Share of men in a job; in all others nearly all are women."""

OTHERS = ["UNPAID_WAGES", "DOCUMENT_WITHHOLDING", "CONTRACT_MISMATCH", "OVERSTAY", "WANT_REPATRIATION", "ILLNESS"]


def facts(seed: int, number: int, cases: int, until: datetime, cast: Cast, same_as: Facts | None = None) -> Facts:
    """The complaint with that number; `same_as`: somebody else's complaint about the same worker."""
    rng = names.chance(seed, "case", number)
    at = moment(seed, number, cases, until)
    if same_as:
        category, worker, placement = same_as.category, same_as.worker, same_as.placement
    else:
        category = category_of(seed, number)
        country = proportions.share(_countries(), proportions.spread(number, "country", seed))
        worker, placement = _worker(rng, number, category, country, at, cast)
    kind, relation = _teller(rng, category, worker, placement, at, is_second=same_as is not None)
    slots = _slots(rng, category, worker, placement, at)
    urgency = proportions.categories()[category]["urgency"]
    return Facts(
        number,
        at,
        proportions.channel(at, proportions.spread(number, "channel", seed)),
        kind,
        relation,
        _complainant(rng, number, kind, relation, worker, at),
        worker,
        placement,
        category,
        _others(rng, category, placement),
        urgency,
        urgency == "1" and rng.random() < EMERGENCY_SHARE,
        stories.complaint(rng, category, placement.job, relation, slots),
        slots,
    )


def moment(seed: int, number: int, cases: int, until: datetime) -> datetime:
    """When the complaint comes in; a higher number is never earlier."""
    within = names.chance(seed, "moment", number).random()
    start = until - timedelta(days=365 * YEARS)
    return proportions.moment(start, until, (number + within) / cases).replace(microsecond=0)


def category_of(seed: int, number: int) -> str:
    """The main category of that complaint."""
    return proportions.share(proportions.category_weights(), proportions.spread(number, "category", seed))


@cache
def _countries() -> dict[str, float]:
    return {code: country["share"] for code, country in texts("destinations").items()}


def _worker(
    rng: Random, number: int, category: str, country: str, at: datetime, cast: Cast
) -> tuple[Person, Placement]:
    land = texts("destinations")[country]
    job = rng.choice(land["jobs"])
    sex = "M" if rng.random() < MALE_JOBS.get(job, 0.03) and not stories.is_female_only(category) else "F"
    home = names.origin(rng)
    worker = names.person(rng, PERSONS_PER_CASE * number, home, sex, names.birth(rng, at.date(), 19, 48))
    return worker, _placement(rng, category, country, land, job, worker, at, cast)


def _placement(
    rng: Random, category: str, country: str, land: dict[str, Any], job: str, worker: Person, at: datetime, cast: Cast
) -> Placement:
    licensed = category not in IRREGULAR and job != "scam" and (category in BY_AGENCY or rng.random() < 0.5)
    agencies = [partner for partner in cast.partners if partner.type == "P3MI"]
    agency = agencies[min(int(rng.expovariate(0.6)), len(agencies) - 1)] if licensed else None
    recruiter = agency.name if agency else f"perekrut bernama {names.names(rng, worker.home, rng.choice('MF'))[0]}"
    departed = None if is_before(category) else at.date() - timedelta(days=rng.randint(150, 900))
    currency, low, high = land["wage"]
    step = 10 if high < 10_000 else 500
    return Placement(
        country,
        rng.choice(land["cities"]),
        job,
        stories.JOBS[job][0],
        rng.choice(land.get("firms", {}).get(job, land["employers"])),
        rng.choice(land["agencies"]),
        agency.code if agency else "",
        recruiter,
        departed,
        stories.foreign(currency, rng.randrange(low, high, step)),
        names.passport(worker.number),
    )


def is_before(category: str) -> bool:
    """Whether such trouble comes before departure."""
    return bool(proportions.categories()[category]["phase"] == "before")


def _teller(
    rng: Random, category: str, worker: Person, placement: Placement, at: datetime, *, is_second: bool
) -> tuple[str, str]:
    weights = dict(COMPLAINANTS)
    if category in NEVER_SELF or is_second:
        weights["self"] = 0
    if is_before(category):
        weights["self"] *= 3
    kind = proportions.share(weights, rng.random())
    if kind == "self":
        return ("CPMI" if placement.departed is None else "PMI"), "self"
    if kind == "family":
        impossible = {"wife" if worker.sex == "F" else "husband"}
        if at.year - worker.born.year < OLD_ENOUGH:
            impossible.add("child")
        return "FAMILY", proportions.share({k: v for k, v in FAMILY.items() if k not in impossible}, rng.random())
    return kind, RELATION_OF[kind]


def _complainant(rng: Random, number: int, kind: str, relation: str, worker: Person, at: datetime) -> Person | None:
    if kind == "ANONYMOUS":
        return None
    if relation == "self":
        return worker
    sex = {"husband": "M", "father": "M", "wife": "F", "mother": "F"}.get(relation) or rng.choice("MF")
    if relation in {"father", "mother"}:
        born = date(worker.born.year - rng.randint(20, 30), rng.randint(1, 12), rng.randint(1, 28))
    elif relation == "child":
        born = date(at.year - rng.randint(19, 20), rng.randint(1, 12), rng.randint(1, 28))
    else:
        born = names.birth(rng, at.date(), 22, 55)
    person = names.person(rng, PERSONS_PER_CASE * number + 1, worker.home, sex, born)
    return replace(person, village=worker.village, address=worker.address) if kind == "FAMILY" else person


def _others(rng: Random, category: str, placement: Placement) -> tuple[str, ...]:
    if placement.departed is None or rng.random() < 0.65:
        return ()
    return tuple(rng.sample([code for code in OTHERS if code != category], rng.choice([1, 1, 2])))


def _slots(rng: Random, category: str, worker: Person, placement: Placement, at: datetime) -> Slots:
    happened = at.date() - timedelta(days=rng.randint(1, 60))
    away = (at.date() - placement.departed).days // 30 if placement.departed else 9
    return Slots(
        pmi=worker.name,
        negara=names.country_names()[placement.country],
        kota=placement.city,
        kerja=placement.job_title,
        majikan=placement.employer,
        agensi=placement.overseas_agency,
        penyalur=placement.recruiter,
        asal=worker.home.name,
        desa=worker.village,
        tempat=placement.employer if placement.job == "ship" else stories.JOBS[placement.job][1],
        berangkat=stories.day(placement.departed or happened),
        tgl=stories.day(happened),
        bulan=str(rng.randint(2, max(2, min(away, 14)))),
        uang=stories.money(rng, category),
        gaji=placement.wage,
    )
