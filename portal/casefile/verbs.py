"""Asking for a case file, and making it: rights are asked when it is wished for and again when it is made."""

from __future__ import annotations

from typing import Any

from portal import jobs, journal
from portal.accounts.identities import identity_of
from portal.acts import Act, Site
from portal.casefile.binding import bind
from portal.casefile.contents import exhibits, manifest, manifest_hash
from portal.casefile.model import CaseFile
from portal.cases.model import Case
from portal.content.item import kind_of
from portal.content.sharing import grants_on, local_roles
from portal.i18n import _, translate
from portal.pdf import RenderFailed

MAKE = "casefile.make"

journal.declare(
    casefile_asked=_("${by} meminta berkas perkara"),
    casefile_made=_("Berkas perkara disusun: ${count} lampiran, ${pages} halaman"),
    casefile_read=_("${by} membuka daftar berkas perkara"),
    casefile_downloaded=_("${by} mengunduh berkas perkara (${form})"),
)


def ask(act: Act, case: Case) -> CaseFile:
    """Have the file bound for the person who asks; it is made after commit."""
    wanted = CaseFile(case_id=case.id, asked_by=act.by.account_id, asked_at=act.at, state="waiting")
    act.session.add(wanted)
    journal.record(act, "casefile_asked", case)
    jobs.enqueue(act, MAKE, casefile_id=wanted.id)
    return wanted


def _make(site: Site, payload: dict[str, Any]) -> None:
    with site.sessions(bind=site.readers) as session:
        wanted = session.get_one(CaseFile, payload["casefile_id"])
        case = session.get_one(Case, wanted.case_id)
        asker = identity_of(session, wanted.asked_by)
        now = site.clock.now()
        roles = local_roles(asker, grants_on(session, [case.id]), now)
        if not roles & kind_of(case).workflow.roles("casefile:view", case.state):
            _settle(site, wanted.id, state="failed", error="rights")
            return
        found = exhibits(session, asker, now, case, asker.language)
        title = translate(_("Berkas perkara ${number}", mapping={"number": case.name}), asker.language)
    content = manifest(case, found)
    try:
        bound = bind(found, content, site.blobs.read, title=title, lang=asker.language, made=wanted.asked_at)
    except RenderFailed as error:
        raise jobs.Failed(f"case file: {error.reason}") from error
    _settle(
        site,
        wanted.id,
        state="ready",
        manifest=content,
        manifest_hash=manifest_hash(content),
        pages=bound.pages,
        pdf_sha256=site.blobs.put(bound.pdf).sha256,
        zip_sha256=site.blobs.put(bound.zip).sha256,
    )


def _settle(site: Site, casefile_id: int, **values: Any) -> None:
    with site.act() as act:
        made = act.session.get_one(CaseFile, casefile_id)
        for name, value in values.items():
            setattr(made, name, value)
        if made.state == "ready":
            case = act.session.get_one(Case, made.case_id)
            count = len(made.manifest["exhibits"]) if made.manifest else 0
            journal.record(act, "casefile_made", case, count=count, pages=made.pages, manifest=made.manifest_hash)


def _give_up(site: Site, payload: dict[str, Any]) -> None:
    _settle(site, payload["casefile_id"], state="failed", error="render")


jobs.work(MAKE, _make, _give_up)
