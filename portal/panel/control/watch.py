"""Keeping an eye on the portal: work that is late or dead, mail that waits for a decision, and its health."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, select

from portal import health, mail
from portal.acts import Refused
from portal.correspondence.model import Letter
from portal.health import LATE
from portal.i18n import _
from portal.jobs import Job
from portal.mail import Mail
from portal.pages import Chip, Fact
from portal.panel.control import verbs
from portal.panel.control.places import Control, trail

SHOWN = 100
WATCH, EDIT = "control:watch", "control:edit"


def _is_late(request: Request) -> Any:
    return (Job.state == "queued") & (Job.run_at < request.at - LATE)


JOB_STATES: dict[str, tuple[Any, Callable[[Request], Any]]] = {
    "dead": (_("Mati"), lambda _request: Job.state == "dead"),
    "late": (_("Terlambat"), _is_late),
    "running": (_("Berjalan"), lambda _request: Job.state == "running"),
    "queued": (_("Menunggu"), lambda request: (Job.state == "queued") & ~_is_late(request)),
}
MAIL_STATES = {
    "uncertain": _("Tidak pasti terkirim"),
    "failed": _("Gagal"),
    "queued": _("Menunggu"),
    "sending": _("Sedang dikirim"),
    "sent": _("Terkirim"),
}


@dataclass(frozen=True)
class Work:
    """One job, without what it carries but the numbers of what it is about."""

    id: int
    name: str
    about: str
    attempts: int
    run_at: Any
    error: str | None


def _work(job: Job) -> Work:
    about = ", ".join(f"{name} {value}" for name, value in job.payload.items() if name.endswith("_id"))
    return Work(job.id, job.name, about, job.attempts, job.run_at, job.error)


@view_config(context=Control, name="jobs", request_method="GET", permission=WATCH, renderer="panel/control/jobs.pt")
def show_jobs(request: Request) -> dict[str, Any]:
    """Jobs that are not done, by what ails them."""
    state = request.GET.get("state", "dead")
    if state not in JOB_STATES:
        raise HTTPNotFound
    chips = []
    for name, (title, fits) in JOB_STATES.items():
        count = request.db.scalar(select(func.count()).select_from(Job).where(fits(request)))
        chips.append(Chip(title, f"/control/jobs?state={name}", name == state, count))
    found = request.db.scalars(select(Job).where(JOB_STATES[state][1](request)).order_by(Job.run_at).limit(SHOWN))
    return {
        "title": _("Pekerjaan latar"),
        "trail": trail(),
        "chips": chips,
        "jobs": [_work(job) for job in found],
        "can_retry": state == "dead" and request.has_permission(EDIT),
    }


@view_config(context=Control, name="jobs", request_method="POST", permission=EDIT)
def retry_job(request: Request) -> HTTPSeeOther:
    """Try a dead job again."""
    return _done(request, "/control/jobs", lambda: verbs.retry(request.act, _number(request, "job")))


def _number(request: Request, name: str) -> int:
    value = request.POST.get(name, "")
    if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16):
        raise HTTPNotFound
    return int(value)


def _done(request: Request, back: str, act: Callable[[], None]) -> HTTPSeeOther:
    try:
        act()
    except Refused as refusal:
        for reason in refusal.reasons:
            request.session.flash(reason.message, "warning")
    else:
        request.session.flash(_("Perubahan disimpan."))
    return HTTPSeeOther(back)


@dataclass(frozen=True)
class Posted:
    """One mail, with as much of its address as shows which server refused it."""

    id: int
    subject: str
    address: str
    response: str
    at: Any
    is_official: bool


def _posted(sent: Mail, number: str | None) -> Posted:
    name, _at, host = sent.address.rpartition("@")
    subject = _("Surat Nomor ${number}", mapping={"number": number}) if number else sent.subject
    is_told = sent.is_official or number
    return Posted(
        sent.id,
        subject if is_told else _("Pemberitahuan"),
        f"{name[:1]}…@{host}",
        sent.response,
        sent.created_at,
        sent.is_official,
    )


@view_config(context=Control, name="mail", request_method="GET", permission=WATCH, renderer="panel/control/mail.pt")
def show_mail(request: Request) -> dict[str, Any]:
    """The outbox by state; official letters that failed or may have gone out wait for a decision."""
    state = request.GET.get("state", "uncertain")
    if state not in MAIL_STATES:
        raise HTTPNotFound
    counted = dict(request.db.execute(select(Mail.state, func.count()).group_by(Mail.state)).all())
    found = (
        select(Mail, Letter.number)
        .outerjoin(Letter, Letter.id == Mail.item_id)
        .where(Mail.state == state)
        .order_by(Mail.id.desc())
        .limit(SHOWN)
    )
    return {
        "title": _("Surel keluar"),
        "trail": trail(),
        "chips": [
            Chip(title, f"/control/mail?state={name}", name == state, counted.get(name, 0))
            for name, title in MAIL_STATES.items()
        ],
        "mails": [_posted(sent, number) for sent, number in request.db.execute(found)],
        "can_decide": state in mail.STOPPED and request.has_permission(EDIT),
    }


@view_config(context=Control, name="mail", request_method="POST", permission=EDIT)
def decide_mail(request: Request) -> HTTPSeeOther:
    """Say that a mail arrived, or send it again."""
    sent = request.db.get(Mail, _number(request, "mail"))
    decision, proof = request.POST.get("do", ""), request.POST.get("proof", "").strip()[:300]
    if sent is None or decision not in {"delivered", "again"}:
        raise HTTPNotFound
    back = f"/control/mail?state={quote(sent.state)}"
    if decision == "again":
        return _done(request, back, lambda: mail.send_again(request.act, sent))
    if not proof:
        request.session.flash(_("Tulis dari mana diketahui bahwa surel itu sampai."), "warning")
        return HTTPSeeOther(back)
    return _done(request, back, lambda: mail.was_delivered(request.act, sent, proof=proof))


@view_config(context=Control, name="health", request_method="GET", permission=WATCH, renderer="panel/control/health.pt")
def show_health(request: Request) -> dict[str, Any]:
    """Whether the portal can serve, part by part."""
    found = health.state_of(request.registry["site"])
    words = {True: _("baik"), False: _("bermasalah")}
    return {
        "title": _("Kesehatan portal"),
        "trail": trail(),
        "is_ready": found["ready"],
        "facts": [
            Fact(_("Basis data"), words[found["database"]]),
            Fact(_("Tempat berkas"), words[found["files"]]),
            Fact(_("Pekerjaan terlambat"), found["jobs_late"], "/control/jobs?state=late"),
            Fact(_("Pekerjaan mati"), found["jobs_dead"], "/control/jobs?state=dead"),
        ],
    }
