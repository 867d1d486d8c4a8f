from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from portal.acts import INSIDERS, SYSTEM, Act, Identity, open_site
from portal.clock import FixedClock
from portal.content import catalog, sharing
from portal.content.item import KINDS, Item
from portal.content.sharing import OFFICE, Grant, Reader
from portal.content.tree import may
from portal.settings import Settings
from tests.conftest import NOW
from tests.content.conftest import make

HOUR = timedelta(hours=1)
ROLES = sorted(INSIDERS | {"PARTNER_USER", "ADVOCATE", "ADDRESSEE", "COLLEAGUE"})


def people(world) -> list[Identity]:
    """Somebody for every role in the office, in another office and at the police; somebody with two; nobody much."""
    units = (world.office, world.other_office, world.organisations["polres"])
    found = [
        Identity(1000 + 100 * place + number, f"{role} {unit}", {unit: frozenset({role})})
        for place, unit in enumerate(units)
        for number, role in enumerate(ROLES)
    ]
    two = {world.office: frozenset({"ADMIN"}), world.other_office: frozenset({"OPERATOR", "ANALYST"})}
    return [*found, Identity(2000, "Dua kantor", two), Identity(2001, "Tanpa unit"), SYSTEM]


def ways(world, now) -> list[tuple[str, str, object]]:
    """Grants to give: principal, role, expiry; each for good, still lasting, just ended."""
    polres, office = f"unit:{world.organisations['polres']}", f"unit:{world.office}"
    kinds = [
        (office, OFFICE),
        (polres, OFFICE),
        (polres, "ADDRESSEE"),
        (polres, "ADVOCATE"),
        ("account:2001", "ADVOCATE"),
        ("account:1003", "CASE_OFFICER"),
        ("staff", "COLLEAGUE"),
    ]
    return [(principal, role, until) for principal, role in kinds for until in (None, now + HOUR, now)]


def readable(session, identity, now) -> set[int]:
    return set(session.scalars(sharing.readable_ids(identity, now)))


def newest(session, identity, now) -> set[int]:
    return {number for kind in KINDS for number in sharing.newest(session, identity, now, kind=kind, limit=10_000)}


def permitted(session, items, identity, now) -> set[int]:
    """Whom the page of each item would admit: the same tables, asked item by item."""
    grants: dict[int, list[Grant]] = {}
    for grant in session.scalars(select(Grant)):
        grants.setdefault(grant.item_id, []).append(grant)
    found = set()
    for item in items:
        reaching = [g for place in sharing.line(item) for g in grants.get(place, ())]
        roles = sharing.local_roles(identity, reaching, now)
        if roles & KINDS[item.kind].workflow.roles("view", item.state):
            found.add(item.id)
    return found


@pytest.fixture(scope="session")
def everything(peopled, new_database, tmp_path_factory):
    """An item of each kind in each state, for each way of granting, on itself or on the case it lies in.

    Made once for each database: its tests only read.
    """
    settings = Settings(data=tmp_path_factory.mktemp("everything"), database=new_database(like=peopled[0]))
    site = open_site(settings, FixedClock(NOW))
    world = replace(peopled[1], site=site)
    parts = set(KINDS["case"].parts)
    with site.act() as act:
        for principal, role, until in ways(world, act.at):
            dossier = make(act, world, "case")
            for kind, about in KINDS.items():
                for state in about.workflow.states:
                    inside = dossier if kind in parts else None
                    made = make(act, world, kind, inside, state.name)
                    if kind == "incoming":
                        made.dossier_id = dossier.id
                    if kind not in parts or role == "ADDRESSEE":
                        sharing.give(act, made, principal, role, cause="sharing", expires_at=until, quietly=True)
            sharing.give(act, dossier, principal, role, cause="sharing", expires_at=until, quietly=True)
    yield world
    site.engine.dispose()


def test_lists_and_pages_agree_for_every_kind_state_role_and_grant(everything):
    with everything.site.sessions() as session:
        items = session.execute(select(Item.__table__)).all()
        assert len(items) > 1000
        for moment in (
            everything.site.clock.now(),
            everything.site.clock.now() + HOUR - timedelta(microseconds=1),
            everything.site.clock.now() + HOUR,
        ):
            for identity in people(everything):
                expected = permitted(session, items, identity, moment)
                assert readable(session, identity, moment) == expected, identity.name
                assert newest(session, identity, moment) == expected, identity.name


def test_somebody_is_admitted_and_somebody_is_not(everything):
    """The comparison above would also hold if nobody saw anything."""
    now = everything.site.clock.now()
    with everything.site.sessions() as session:
        seen = {identity.name: len(readable(session, identity, now)) for identity in people(everything)}
    assert seen["Tanpa unit"] > 0
    assert seen["Sistem"] == 0
    assert seen[f"OPERATOR {everything.office}"] > seen[f"OPERATOR {everything.other_office}"] > 0
    assert seen[f"ADMIN {everything.office}"] < seen[f"OPERATOR {everything.office}"]


def test_the_address_of_an_item_asks_the_same_tables(everything):
    now = everything.site.clock.now()
    with everything.site.sessions() as session:
        items = session.scalars(select(Item).order_by(Item.id)).all()[::17]
        for identity in people(everything)[::7]:
            act = Act(session, identity, now, everything.site)
            request = SimpleNamespace(identity=identity, db=session, at=now, environ={}, act=act)
            admitted = {item.id for item in items if may(request, item, "view")}
            assert admitted == readable(session, identity, now) & {item.id for item in items}


def test_lists_walk_through_many_pages_without_loss_or_repetition(everything):
    identity = Identity(1, "x", {everything.office: frozenset({"OPERATOR", "ADMIN"})})
    with everything.site.sessions() as session:
        whole = sharing.newest(session, identity, everything.site.clock.now(), kind="letter", limit=500)
        pages = [
            number
            for start in range(0, 500, 7)
            for number in sharing.newest(
                session, identity, everything.site.clock.now(), kind="letter", limit=7, offset=start
            )
        ]
        assert pages == whole
        states = sharing.newest(
            session, identity, everything.site.clock.now(), kind="letter", states=["issued", "draft"]
        )
        assert states
        assert set(states) <= set(whole)


class Dossiers(RuleBasedStateMachine):
    """Grants given and ended, states changed, parts added and letters matched in any order."""

    site = world = None
    items = Bundle("items")

    def __init__(self) -> None:
        super().__init__()
        with self.site.act() as act:
            for table in (Reader, Grant):
                act.session.execute(delete(table))

    @rule(target=items)
    def a_case(self):
        with self.site.act() as act:
            made = make(act, self.world, "case")
            catalog.index(act.session, made)
            return made.id

    @rule(target=items)
    def a_letter_that_came_in(self):
        with self.site.act() as act:
            made = make(act, self.world, "incoming")
            catalog.index(act.session, made)
            return made.id

    @rule(target=items, whole=items, kind=st.sampled_from(["document", "letter", "referral", "requirement"]))
    def a_part(self, whole, kind):
        with self.site.act() as act:
            parent = act.session.get_one(Item, whole)
            if parent.kind != "case":
                return whole
            made = make(act, self.world, kind, parent)
            catalog.index(act.session, made)
            return made.id

    @rule(number=items, data=st.data())
    def another_state(self, number, data):
        with self.site.act() as act:
            found = act.session.get_one(Item, number)
            found.state = data.draw(st.sampled_from([s.name for s in KINDS[found.kind].workflow.states]))
            catalog.index(act.session, found)

    @rule(number=items, whole=items)
    def matched(self, number, whole):
        with self.site.act() as act:
            found, dossier = act.session.get_one(Item, number), act.session.get_one(Item, whole)
            if (found.kind, dossier.kind) == ("incoming", "case"):
                found.dossier_id = dossier.id
                catalog.index(act.session, found)

    @rule(number=items, data=st.data())
    def given(self, number, data):
        with self.site.act() as act:
            principal, role, until = data.draw(st.sampled_from(ways(self.world, act.at)))
            found = act.session.get_one(Item, number)
            sharing.give(act, found, principal, role, cause="sharing", expires_at=until, quietly=True)

    @rule(number=items)
    def ended(self, number):
        with self.site.act() as act:
            sharing.end(act, act.session.get_one(Item, number), cause="sharing")

    @rule(minutes=st.integers(1, 90))
    def later(self, minutes):
        self.site.clock.move(minutes=minutes)

    @invariant()
    def the_index_is_what_it_would_be_if_it_were_made_anew(self):
        with self.site.sessions() as session:
            kept = _rows(session)
            granted = select(Grant.item_id)
            for item in session.scalars(
                select(Item).where(Item.parent_id.is_(None), Item.id.in_(select(Reader.item_id).union(granted)))
            ):
                sharing.reindex(session, item)
            assert _rows(session) == kept
            session.rollback()

    @invariant()
    def lists_and_pages_agree(self):
        now = self.site.clock.now()
        with self.site.sessions() as session:
            items = session.execute(select(Item.__table__)).all()
            for identity in people(self.world)[::9]:
                assert readable(session, identity, now) == permitted(session, items, identity, now)


def _rows(session) -> set[tuple]:
    columns = (Reader.item_id, Reader.token, Reader.kind, Reader.state, Reader.modified_at, Reader.expires_at)
    return {tuple(row) for row in session.execute(select(*columns))}


def test_the_index_keeps_step_with_any_sequence_of_acts(site, world):
    machine = type("Dossiers", (Dossiers,), {"site": site, "world": world})
    check = hypothesis_settings(
        max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=check)


def test_a_grant_that_ended_is_told_in_the_journal_and_opens_nothing(site, world, case):
    with world.act("maya") as act:
        found = act.session.scalar(select(Item).where(Item.name == case))
        sharing.give(act, found, f"unit:{world.organisations['obh']}", "ADVOCATE", cause="mandate", reference="SK-1")
    with site.sessions() as session:
        assert found.id in readable(session, world.who("obh"), site.clock.now())
    with world.act("maya") as act:
        assert sharing.end(act, act.session.get_one(Item, found.id), cause="mandate", reference="SK-2") == 0
        assert sharing.end(act, act.session.get_one(Item, found.id), cause="mandate", reference="SK-1") == 1
    with site.sessions() as session:
        assert found.id not in readable(session, world.who("obh"), site.clock.now())
