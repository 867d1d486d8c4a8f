"""The demo's people move in: offices, staff, partner organisations, and an account for everybody."""

from __future__ import annotations

from datetime import datetime
from random import Random

from portal.accounts import passwords
from portal.accounts import verbs as accounts
from portal.accounts.identities import identity_of
from portal.acts import Act, Identity, Site
from portal.demo.cast import Cast, Office, Partner, Worker
from portal.demo.names import chance
from portal.directory import verbs as directory

PASSWORD = "rinjani-pagi-perahu-jingga"  # noqa: S105 - of invented people, and shown on the sign-in page
UNIT_CODES = {"HQ": "KWS1.DIT2"}
"""Codes in letter numbers, where they differ from the office's own."""

PRIVATE = {"P3MI", "LEGAL_AID", "NGO", "BANK", "HOSPITAL", "INSURER_CONSORTIUM", "OVERSEAS_AGENCY"}
BY_PAPER_SHARE = 0.12
"""So many partners have not joined the portal: they are written to by e-mail, and staff write down what they answer."""


def move_in(site: Site, cast: Cast, at: datetime, seed: int) -> tuple[dict[str, int], dict[str, Identity], set[str]]:
    """Id of each office and partner by its code, identities by sign-in name, and the partners without the portal."""
    ready = passwords.hashed(PASSWORD)
    paper = {p.code for p in cast.partners if _is_by_paper(chance(seed, "paper", p.code), p)}
    with site.act(at=at) as act:
        units = {office.code: _open_office(act, office) for office in cast.offices}
        home = units[cast.offices[0].code]
        units |= {p.code: _add_partner(act, p, home, by_portal=p.code not in paper) for p in cast.partners}
        workers = [*cast.staff, *(person for partner in cast.partners for person in partner.people)]
        ids = {worker.login: _sign_up(act, worker, units[worker.unit], ready) for worker in workers}
    with site.sessions(bind=site.readers) as session:
        return units, {login: identity_of(session, account) for login, account in ids.items()}, paper


def _is_by_paper(rng: Random, partner: Partner) -> bool:
    return partner.type == "MISSION" and rng.random() < BY_PAPER_SHARE


def _open_office(act: Act, office: Office) -> int:
    return directory.add_organisation(
        act,
        name=office.name,
        stakeholder_type="OFFICE",
        addressee=f"Kepala {office.name.partition(',')[0]}",
        address=office.address,
        city="Jakarta" if "Jakarta" in office.district else office.district.partition(" ")[2],
        phone=office.phone,
        email=office.email,
        unit_code=UNIT_CODES.get(office.code, office.code),
    ).id


def _add_partner(act: Act, partner: Partner, home: int, *, by_portal: bool) -> int:
    return directory.add_organisation(
        act,
        name=partner.name,
        stakeholder_type=partner.type,
        addressee=f"{'Pimpinan' if partner.type in PRIVATE else 'Kepala'} {partner.name}",
        address=partner.address.rpartition(", ")[0],
        city=partner.city,
        country_code=partner.country,
        phone=partner.phone,
        email=partner.email,
        by_portal=by_portal,
        by_email=True,
        office_id=home,
    ).id


def _sign_up(act: Act, worker: Worker, unit: int, ready: str) -> int:
    account = accounts.create_account(
        act,
        login=worker.login,
        name=worker.name,
        email=worker.email,
        office_title=worker.title,
        staff_number=worker.number,
        phone=worker.phone,
    )
    accounts.set_password(act, account, PASSWORD, ready=ready)
    accounts.join(act, account, unit, worker.roles)
    return account.id
