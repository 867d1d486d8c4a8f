"""Letters that wait for the head of the demo, and the head who opens and approves them one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.client import Person, filled
from portal.accounts import second_factor
from portal.accounts.identities import identity_of
from portal.accounts.model import Account
from portal.acts import Identity, Site, open_site
from portal.app import define_tables
from portal.cases.model import Case
from portal.content.tree import path
from portal.correspondence import verbs as letters
from portal.directory.model import Organisation
from portal.settings import Settings

HEAD, DRAFTER = "direktur1", "konseptor1"
TYPE = "inq_generic"
GIVEN = {"asked": ["Status perekaman KTP"], "ground": "Penanganan pengaduan", "purpose": "Verifikasi identitas"}


def lay_out(data: Path, count: int) -> list[str]:
    """The addresses of so many new letters in review; the head has no second factor yet."""
    define_tables()
    site = open_site(Settings(data=data, demo=True))
    with site.act() as act:
        second_factor.remove(act, _account(act.session, HEAD))
    drafter, head = _identity(site, DRAFTER), _identity(site, HEAD)
    found = []
    for _number in range(count):
        with site.act(drafter) as act:
            case = act.session.scalars(
                select(Case).where(Case.office_id == drafter.unit_id).order_by(Case.id).limit(1)
            ).first()
            to = act.session.scalar(select(Organisation.id).where(Organisation.stakeholder_type == "CIVIL_REGISTRY"))
            letter = letters.draft(act, case, type_code=TYPE, to=[to], fields=GIVEN, signer_id=head.account_id)
            letters.submit(act, letter)
            found.append(path(letter, case.name))
    site.engine.dispose()
    return found


def _account(session: Session, login: str) -> Account:
    return session.scalars(select(Account).where(Account.login == login)).one()


def _identity(site: Site, login: str) -> Identity:
    with site.sessions(bind=site.readers) as session:
        return identity_of(session, _account(session, login).id)


def with_second_factor(person: Person) -> None:
    """Set up an authenticator: approving asks for it."""
    place = "/account/second-factor"
    _status, page, _where = person.ask("GET", place)
    person.ask("POST", f"{place}/begin", {"csrf_token": person.token(page)})
    _status, page, _where = person.ask("GET", place)
    secret = re.sub(r"\s", "", BeautifulSoup(page, "html.parser").select_one("main code").text)
    status, _page, _where = person.ask("POST", place, filled(page) | {"code": pyotp.TOTP(secret).now()})
    if status != 200:
        raise RuntimeError(f"no second factor: {status}")


def approve(waiting: Iterator[str], person: Person) -> bool:
    """Open the next letter and approve it."""
    place = next(waiting)
    status, _page, _where = person.ask("GET", place)
    _status, page, _where = person.ask("GET", f"{place}/@workflow/approve")
    done, _page, _where = person.ask("POST", f"{place}/@workflow/approve", filled(page))
    return (status, done) == (200, 303)
