"""The demo is built by the portal's own verbs: everything in it must hold as if people had done it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from portal import journal, mailbox
from portal.accounts import passwords
from portal.accounts.identities import identity_of
from portal.accounts.model import Account, Membership
from portal.acts import DEPUTY, Act, Site, open_site
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.clock import FixedClock
from portal.content import catalog
from portal.content.item import Item
from portal.content.sharing import Grant
from portal.content.versions import Version
from portal.correspondence.model import Delivery, Incoming, Letter, Recipient
from portal.demo import build, sign_ins
from portal.demo.replay_papers import Papers
from portal.demo.replay_people import move_in
from portal.demo.replay_scene import Agency, Trail
from portal.demo.world import plan
from portal.documents.model import Document
from portal.mail import Mail
from portal.panel import worklists
from portal.people import verbs as people
from portal.people.doubles import recognise
from portal.people.model import Person
from portal.referrals.model import Referral
from portal.requirements import replay as requirements
from portal.settings import Settings

UNTIL = datetime(2026, 3, 16, 4, tzinfo=UTC)
CASES = 25

OpenSite = Callable[[], Site]


@pytest.fixture(scope="module")
def new_site(template_database: str, new_database: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSite]:
    """A portal on a database of its own, as long as the tests of this file run."""
    made: list[Site] = []

    def make() -> Site:
        settings = Settings(data=tmp_path_factory.mktemp("demo"), database=new_database(like=template_database))
        made.append(open_site(settings, FixedClock(UNTIL)))
        return made[-1]

    yield make
    for site in made:
        site.engine.dispose()


@pytest.fixture(scope="module")
def demo(new_site: OpenSite) -> Site:
    """A demo of a few cases."""
    site = new_site()
    assert build.is_empty(site)
    assert build.build(site, cases=CASES) == []  # the plan fits all guards
    return site


@pytest.fixture
def session(demo: Site) -> Iterator[Any]:
    with demo.sessions(bind=demo.readers) as session:
        yield session


def state_of_all(site: Site) -> list[tuple[Any, ...]]:
    """What two builds of the same plan must have in common."""
    with site.sessions(bind=site.readers) as session:
        items = session.execute(
            select(Item.kind, Item.name, Item.title, Item.state, Item.created_at, Item.due_at).order_by(
                Item.kind, Item.name, Item.title, Item.created_at
            )
        )
        numbers = session.execute(select(Letter.number, Letter.dated).order_by(Letter.number))
        return [*map(tuple, items), *map(tuple, numbers)]


def test_the_history_of_each_case_is_in_order_of_time(session: Any):
    lines = select(journal.Entry.dossier_id, journal.Entry.at).where(journal.Entry.dossier_id != journal.SITE_CHAIN)
    of_cases = session.execute(lines.order_by(journal.Entry.dossier_id, journal.Entry.seq)).all()
    backwards = [b for a, b in itertools.pairwise(of_cases) if a.dossier_id == b.dossier_id and b.at < a.at]
    assert backwards == []


def test_the_journal_holds_and_tells_the_same_as_the_requirements(session):
    assert list(journal.problems(session)) == []
    assert list(requirements.problems(session)) == []


def test_every_case_is_where_the_plan_says(session):
    planned = list(plan(2026, CASES, UNTIL).cases())
    found = list(session.scalars(select(Case).order_by(Case.id)))
    assert [case.state for case in found] == [one.stage for one in planned]
    assert [case.closure_reason for case in found] == [one.done.closure_reason for one in planned]
    assert [case.received_at for case in found] == [one.facts.at for one in planned]


def test_every_referral_of_the_plan_is_where_the_plan_says(session):
    """Those that were asked back after an approval end with their letter, which the plan calls recalled too."""
    service = {"approved", "sent", "received", "accepted", "in_progress", "confirmed", "declined", "redirected"}
    planned = [referral.state for case in plan(2026, CASES, UNTIL).cases() for referral in case.done.referrals]
    found = list(session.scalars(select(Referral.state)))
    for state in service & {"confirmed", "declined", "redirected"}:
        assert found.count(state) == planned.count(state)
    assert found.count("lapsed") == planned.count("lapsed")


def test_numbers_have_no_gaps_and_follow_the_calendar(session):
    for model, moment in ((Letter, Letter.issued_at), (Incoming, Incoming.created_at)):
        rows = session.execute(
            select(model.series, model.sequence, moment).where(model.series.is_not(None)).order_by(moment)
        )
        books: dict[str, list[tuple[int, datetime]]] = {}
        for series, sequence, at in rows:
            books.setdefault(series, []).append((sequence, at))
        assert books
        for series, lines in books.items():
            assert [sequence for sequence, _at in lines] == list(range(1, len(lines) + 1)), series
            assert all(f"/{at.astimezone().year}" in series for _sequence, at in lines[1:-1])


def test_cases_are_numbered_year_by_year(session):
    names = list(session.scalars(select(Case.name).order_by(Case.received_at)))
    for year, group in itertools.groupby(names, key=lambda name: name.split("-")[1]):
        assert list(group) == [f"PMI-{year}-{place:06d}" for place in range(1, names_of(names, year) + 1)]


def names_of(names: list[str], year: str) -> int:
    return sum(name.split("-")[1] == year for name in names)


def test_whatever_went_out_is_a_file_that_is_still_there(demo, session):
    sent = list(session.scalars(select(Letter).where(Letter.state.in_(("dispatched", "answered", "closed")))))
    assert sent
    for letter in sent:
        assert demo.blobs.read(letter.pdf_sha256).startswith(b"%PDF-")
    for sha256 in session.scalars(select(Document.sha256)):
        demo.blobs.read(sha256)


def test_letters_wait_on_every_desk(session):
    states = set(session.scalars(select(Letter.state)))
    assert {"draft", "in_review", "approved", "issued", "dispatched"} <= states


def test_letters_that_nobody_could_place_wait_for_the_registrar(session):
    assert {"registered", "unmatched"} & set(session.scalars(select(Incoming.state)))


ROLES = sorted({role for one in worklists.WORKLISTS for role in one.roles} - {DEPUTY})
"""Nobody of the demo is absent, so nobody stands in for anybody."""


@pytest.mark.parametrize("role", ROLES)
def test_every_role_that_has_worklists_has_work(demo, session, role):
    members = select(Account.id, Membership.roles).join(Membership, Membership.account_id == Account.id)
    people = [identity_of(session, account) for account, roles in session.execute(members) if role in roles]
    assert sum(sum(worklists.counts(session, person, demo.clock.now()).values()) for person in people) > 0


def test_an_advocate_has_mandates_for_several_cases(session):
    given = list(session.scalars(select(Grant).where(Grant.cause == "mandate", Grant.role == "ADVOCATE")))
    assert len({grant.item_id for grant in given}) >= 2


def test_nothing_is_addressed_to_anybody_who_exists(demo, session):
    addresses = {*session.scalars(select(Mail.address)), *session.scalars(select(Delivery.address))}
    addresses |= {*session.scalars(select(Recipient.email)), *session.scalars(select(Account.email))}
    addresses |= set(session.scalars(select(Person.email)))
    written = {address for address in addresses if "@" in address}
    assert written
    assert all(address.endswith(".example") for address in written)
    assert {Path(str(message["to"])).suffix for message in mailbox.messages(demo.settings.data)} == {".example"}


def test_everybody_on_the_list_signs_in_with_the_one_password(demo, session):
    assert not build.is_empty(demo)
    kept = dict(map(tuple, session.execute(select(Account.login, Account.password_hash))))
    shown = build.sign_ins(demo)
    for _role, login, password in sign_ins.rows():
        assert login in shown
        assert passwords.fits(kept[login], password)
    assert len(set(kept.values())) == 1


@pytest.mark.slow
def test_the_same_plan_gives_the_same_demo(demo, new_site):
    again = new_site()
    build.build(again, cases=CASES)
    assert state_of_all(again) == state_of_all(demo)


@pytest.fixture(scope="module")
def large(new_site: OpenSite) -> Site:
    """A demo of so many cases that there is an archive: 30 worked on, of which six have letters, and 50 copies."""
    site = new_site()
    assert build.build(site, cases=80, letters=6, samples=24, seed=5) == []
    return site


@pytest.fixture
def archive(large: Site) -> Iterator[Any]:
    with large.sessions(bind=large.readers) as session:
        yield session


def test_of_very_many_cases_only_the_newest_have_letters(archive):
    worked = list(archive.scalars(select(Case).order_by(Case.id)))[:24]
    with_letters = set(archive.scalars(select(Letter.dossier_id)))
    assert len(list(archive.scalars(select(Case.id)))) == 80
    assert not with_letters & {case.id for case in worked}
    assert 0 < len(with_letters) <= 6
    assert {case.state for case in worked} <= {"registered", "triaged", "verifying", "clarifying", "closed"}


def test_an_archive_holds_like_cases_that_people_worked_on(archive):
    assert list(journal.problems(archive)) == []
    assert list(requirements.problems(archive)) == []
    assert len(set(archive.scalars(select(Case.name)))) == 80
    if archive.get_bind().dialect.name == "sqlite":
        assert archive.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_case_of_the_archive_is_about_somebody_of_its_own(archive):
    workers = list(archive.scalars(select(Case.worker_id).where(Case.worker_id.is_not(None))))
    assert len(set(workers)) > 70  # somebody may complain twice
    officer = identity_of(archive, _account(archive, "operator1"))
    of_office = select(Case).where(Case.worker_id.is_not(None), Case.office_id == officer.unit_id)
    copy = archive.scalars(of_office.order_by(Case.id.desc())).first()
    worker = archive.get_one(Person, copy.worker_id)
    assert copy.title.startswith(worker.title)
    assert [match.url for match in recognise(archive, officer, UNTIL, nik=worker.nik)] == [f"/people/{worker.name}"]
    values = archive.scalars(select(Version.values).where(Version.item_id == copy.id)).first()
    assert values["worker_id"] == worker.id


def test_a_case_of_the_archive_is_found_by_those_who_may_see_it(large, archive):
    copy = archive.scalars(select(Case).where(Case.assignee_id.is_not(None)).order_by(Case.id.desc())).first()
    officer, partner = (
        identity_of(archive, account) for account in (copy.assignee_id, _account(archive, "bareskrim1"))
    )
    now = large.clock.now()
    assert copy.id in [row.id for row in catalog.search(archive, officer, now, copy.name)[0]]
    assert catalog.search(archive, partner, now, copy.name)[0] == []


def _account(session: Any, login: str) -> int:
    return session.scalar(select(Account.id).where(Account.login == login))


def test_work_goes_on_after_an_archive_was_filled(large):
    with large.sessions() as session, session.begin():
        officer = identity_of(session, _account(session, "operator1"))
        act = Act(session, officer, large.clock.now(), large)
        worker = people.record(act, name="Sutinah Rahayu", office_id=officer.unit_id)
        case, _pin = cases.receive(
            act, office_id=officer.unit_id, channel="PHONE", complainant_type="FAMILY", categories=["UNPAID_WAGES"],
            narrative="Gaji belum dibayar.", worker_id=worker.id,
        )  # fmt: skip
        assert list(journal.problems(session, case.dossier_id)) == []
        session.rollback()


def test_a_case_ends_where_the_portal_refuses_a_step_and_the_others_go_on(new_site):
    site = new_site()
    world = plan(3, 2, UNTIL)
    units, people, by_paper = move_in(site, world.cast, UNTIL, 3)
    papers = Papers(site.blobs)
    replay = build.Replay(Agency(site, world.cast, 3, UNTIL, units, people, by_paper, papers), site.clock)
    first, second = (Trail(case, "HQ") for case in world.cases())
    come = [(trail, replace(trail.planned.done.events[0], by="operator1")) for trail in (first, second)]
    too_early = (first, replace(come[0][1], verb="resolve", text="Selesai."))
    replay.transact([*come, too_early], build.STEPS)
    papers.close()
    assert len(replay.refused) == 1
    with site.sessions(bind=site.readers) as session:
        assert list(session.scalars(select(Case.narrative))) == [second.planned.facts.words.story]
