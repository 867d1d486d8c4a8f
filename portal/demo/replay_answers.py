"""The steps of the demo that partners take: in the portal themselves, or on paper that our registrar writes down."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from portal.acts import Act, Identity
from portal.clock import WIB
from portal.content import sharing
from portal.correspondence.model import Letter
from portal.demo import scans
from portal.demo.names import chance
from portal.demo.replay_scene import Scene
from portal.demo.stories import day
from portal.referrals import answers

PROOFS = {
    "MISSION": "MISSION_LETTER",
    "MOFA": "MISSION_LETTER",
    "LABOUR_OFFICE_DISTRICT": "DISNAKER_LETTER",
    "LABOUR_OFFICE_PROV": "DISNAKER_LETTER",
}
"""What kind of paper a partner's result is; of all others the office says it later."""


@dataclass(frozen=True)
class Upload:
    """A file as forms hand it over."""

    filename: str
    file: BinaryIO


def _who(scene: Scene) -> Identity:
    partner = scene.agency.people[scene.event.by]
    is_by_paper = any(scene.agency.units[code] in partner.memberships for code in scene.agency.by_paper)
    return scene.agency.holder("REGISTRAR", scene.trail.home) if is_by_paper else partner


def _act(scene: Scene) -> Act:
    return scene.act(_who(scene))


def acknowledge(scene: Scene) -> None:
    """It has arrived."""
    answers.acknowledge(_act(scene), scene.referral)


def accept(scene: Scene) -> None:
    """They take it on; an advocate gets the case with it, by the power of attorney that came along."""
    event, partner = scene.event, scene.agency.people[scene.event.by]
    rng = chance(scene.agency.seed, "accept", scene.trail.planned.number, event.referral or 0)
    promised = event.at.astimezone(WIB).date() + timedelta(days=rng.randint(10, 30))
    number = f"{rng.randint(1, 400):03d}/{event.at.year}" if rng.random() < 0.6 else ""
    answers.accept(_act(scene), scene.referral, officer=partner.name, partner_number=number, promised_on=promised)
    if "ADVOCATE" in partner.roles:
        act, reference = scene.act_as("COORDINATOR"), f"Surat kuasa {event.at:%d-%m-%Y}"
        principal = f"account:{partner.account_id}"
        sharing.give(act, scene.case, principal, "ADVOCATE", cause="mandate", reference=reference)


def need_info(scene: Scene) -> None:
    """They ask something back."""
    answers.need_info(_act(scene), scene.referral, info=scene.event.text)


def decline(scene: Scene) -> None:
    """They refuse."""
    answers.decline(_act(scene), scene.referral, code=scene.event.facts["reason"], note=scene.event.text)


def redirect(scene: Scene) -> None:
    """They say who else it is for."""
    other = scene.agency.cast.partner(scene.event.facts["to"])
    answers.redirect(_act(scene), scene.referral, to=other.name, note=scene.event.text)


def progress(scene: Scene) -> None:
    """They tell how far they are, and until when they hope to be done."""
    event = scene.event
    rng = chance(scene.agency.seed, "progress", scene.trail.planned.number, event.at.isoformat())
    promised = event.at.astimezone(WIB).date() + timedelta(days=rng.randint(16, 40))
    answers.progress(_act(scene), scene.referral, note=event.text, promised_on=promised)


def provide(scene: Scene) -> None:
    """They have done it, and send a paper along."""
    event, referral = scene.event, scene.referral
    letter = scene.session.get_one(Letter, referral.letter_id)
    today = event.at.astimezone(WIB).date()
    served = max(letter.dated or today, today - timedelta(days=1))
    partner = next(p for p in scene.trail.planned.done.referrals if p.number == event.referral)
    kind = PROOFS.get(partner.stakeholder)
    answers.provide(
        _act(scene),
        referral,
        extent=event.facts["extent"],
        note=event.text,
        served_on=served,
        files=[_paper(scene, event.at)],
        document_type=kind,
    )


def _paper(scene: Scene, at: datetime) -> Upload:
    worker = scene.trail.planned.facts.worker
    fields = {"Nama": worker.name, "Tanggal": day(at.astimezone(WIB).date()), "Isi": scene.event.text}
    number = scene.trail.planned.number * 10 + (scene.event.referral or 0)
    filename, content, _kind = scans.scan("MISSION_LETTER", fields, number)
    return Upload(filename, io.BytesIO(content))


STEPS = {
    "acknowledge": acknowledge,
    "accept": accept,
    "need_info": need_info,
    "decline": decline,
    "redirect": redirect,
    "progress": progress,
    "provide": provide,
}
