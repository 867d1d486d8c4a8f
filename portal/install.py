"""Making a portal ready: the newest schema, and the reference data that is not there yet."""

from __future__ import annotations

from portal import deadlines, migrations, vocabulary
from portal.acts import Site
from portal.app import define_tables
from portal.consents import coverage
from portal.consents import follow as consents
from portal.correspondence import approval_rules, paragraphs
from portal.referrals import ladder, rounds
from portal.requirements import follow, rules


def migrate(site: Site) -> None:
    """Bring the database to the newest schema."""
    define_tables()
    migrations.upgrade(site.engine)


def load_reference(site: Site) -> None:
    """Add what is missing; what the office has changed stays as it is."""
    with site.act() as act:
        vocabulary.load(act.session)
        deadlines.load(act.session)
        rules.load(act.session)
        coverage.load(act.session)
        approval_rules.load(act.session)
        paragraphs.load(act.session)
        ladder.load(act.session)


def begin_daily_work(site: Site) -> None:
    """Queue what is done once a day, unless it is queued: each day's work queues the next day's."""
    with site.act() as act:
        follow.schedule(act)
        rounds.schedule(act)
        consents.schedule(act)
