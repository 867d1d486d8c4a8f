"""The portal as a WSGI application: its parts in order, one reason each, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from pyramid.config import Configurator

from portal import jobs
from portal import settings as deployment
from portal.acts import Site, open_site
from portal.edge import guard

FOUNDATION = (
    "portal.db",  # a session and a transaction per request
    "portal.security",  # closed by default, CSRF on
    "portal.edge",  # hostile requests answered before any view; headers on every response
    "portal.i18n",  # language of the person
    "portal.pages",  # templates and static files
    "portal.reads",  # no page with personal data without its journal line
    "portal.health",  # for whoever watches
    "portal.once",  # a form posted twice is done once
)
CONTENT = ("portal.content",)  # tree, predicates; the screens of every item come by the scan
FEATURES = (
    "portal.accounts",  # who signs in
    "portal.people",  # workers, complainants
    "portal.directory",  # offices and stakeholders
    "portal.cases",
    "portal.documents",
    "portal.consents",  # what may be told to whom
    "portal.requirements",
    "portal.correspondence",
    "portal.referrals",
)
DESKS = (
    "portal.panel",  # worklists, registers, administration
    "portal.desk",  # partners
    "portal.intake",  # from the ring to the case; the complainant's own page
    "portal.casefile",  # advocates
)


ELSEWHERE = (
    "migrations",  # old scripts are run by Alembic only
    "demo",
    "cli",
    "pdf.process",  # what children load would only weigh on the web process
    "pdf.press",
    "pdf.fetcher",
    *(f"signatures.{name}" for name in ("process", "keys", "trust", "signing", "inspection", "network", "authority")),
    "documents.inspection",
    "documents.rendering",
)
"""Modules that hold no view and are imported elsewhere or in other processes."""


def define_tables() -> None:
    """Import every feature: their models and kinds are then known, with or without a web application."""
    for part in (*FOUNDATION, *FEATURES, *DESKS):
        import_module(part)


def configured(site: Site) -> Configurator:
    """Every part on an opened site: what the application is made from, and what can tell of its views."""
    config = Configurator()
    config.registry["site"] = site
    for part in (*FOUNDATION, *CONTENT, *FEATURES, *DESKS):
        config.include(part)
    if site.settings.demo:
        config.include("portal.demo.sign_ins")  # the welcome page tells who can sign in
    config.scan("portal", ignore=[f"portal.{name}" for name in ELSEWHERE])
    config.commit()
    return config


def application(site: Site) -> Any:
    """The application on an opened site."""
    return guard(configured(site).make_wsgi_app(), max_body=site.settings.max_upload)


def main(_global_config: Mapping[str, Any], **raw: str) -> Any:
    """For pserve: the application that an ini file describes, with its worker."""
    site = open_site(deployment.parse(raw))
    if site.settings.worker:
        jobs.Worker(site).start()
    return application(site)
