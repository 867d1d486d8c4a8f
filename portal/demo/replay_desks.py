"""What lies on the desks of the demo beside the plan: stray letters, papers that come late, letters half written."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select

from portal.correspondence import incoming
from portal.correspondence.model import Incoming
from portal.demo.cast import Partner
from portal.demo.chronicle import Event
from portal.demo.names import chance
from portal.demo.proportions import office_time
from portal.demo.replay_scene import Scene
from portal.demo.world import PlannedCase, World

STRAYS = (
    ("Permohonan informasi penanganan warga kami", "Kantor Desa Contoh", "Menyebut nama PMI tanpa nomor pengaduan."),
    ("Laporan keadaan PMI sakit", "Rumah Sakit Contoh Sejahtera", "Nama pasien tidak terbaca."),
    ("Surat keluarga PMI", "Keluarga PMI, tanpa alamat", "Tulisan tangan, tanpa nomor."),
    ("Undangan rapat koordinasi pelindungan PMI", "Sekretariat Forum Contoh", "Bukan tentang satu kasus."),
)
"""Subject, sender and summary of letters whose case nobody knows at first."""

ONE_IN = 7
"""So many cases have a stray letter."""

ON_DESKS = 10
AT_ONCE = 2
"""So many letters are being written in each case that is on a desk today."""

WRITING = ("submit", "initial", "sign", "issue")
"""What is done one after the other with a letter that is being written now."""
DESKS = {"initial": "REVIEWER", "sign": "SIGNER", "issue": "REGISTRAR"}
LETTERS = {"MOFA": "ref_mofa", "POLICE": "ref_police"}


def strays(planned: PlannedCase, world: World) -> list[Event]:
    """A letter that comes in without a number, and finds its case some days later."""
    if planned.number % ONE_IN != 3 or len(planned.done.events) < 3:
        return []
    rng = chance(world.seed, "stray", planned.number)
    start, end = planned.done.events[2].at, planned.done.events[-1].at
    at = office_time(start + (end - start) * rng.random(), rng).replace(microsecond=0)
    found = office_time(at + timedelta(days=rng.uniform(1, 4)), rng).replace(microsecond=0)
    return [_stray(world, at, planned.number), _stray(world, found, planned.number, "match_stray")]


def _stray(world: World, at: datetime, place: int, verb: str = "stray") -> Event:
    subject, sender, summary = STRAYS[place % len(STRAYS)]
    registrar = world.cast.logins("REGISTRAR")[0]
    return Event(at, verb, registrar, summary, None, {"subject": subject, "sender": sender})


def stray(scene: Scene) -> None:
    """It comes in, and nobody knows yet what it is about."""
    facts, act = scene.event.facts, scene.act()
    found = incoming.register(
        act, channel="LETTER", subject=facts["subject"], sender=facts["sender"], summary=scene.event.text
    )
    scene.trail.stray = found.id
    if scene.trail.planned.number % 2:
        incoming.set_aside(act, found)


def match_stray(scene: Scene) -> None:
    """Its case is found, or it is seen to belong to none."""
    act = scene.act()
    found = scene.session.scalar(select(Incoming).where(Incoming.id == scene.trail.stray))
    if found is None:
        return
    if scene.event.facts["subject"] == STRAYS[-1][0]:
        incoming.note(act, found, note="Diteruskan kepada pimpinan; bukan tentang kasus.")
        incoming.file(act, found)
    else:
        incoming.match(act, found, reference=scene.case.name, reason="Nama PMI dan tempat kerja cocok.")
        incoming.note(act, found, note="Isinya sudah diketahui petugas.")


def newest_open(world: World) -> list[PlannedCase]:
    """The newest cases that are being handled."""
    backwards = (world.case(number) for number in range(world.count - 1, -1, -1))
    return list(islice((case for case in backwards if case.stage == "in_process"), ON_DESKS))


def desk_steps(world: World, planned: PlannedCase, home: str, place: int) -> list[Event]:
    """What somebody is doing with that case today: a letter half written, a paper to look at, a mandate."""
    cast, officer = world.cast, planned.done.officer
    start = max(planned.done.events[-1].at, world.until - timedelta(hours=6))
    pause = (world.until - start) / 16
    found: list[Event] = []

    def do(verb: str, by: str, referral: int | None = None, **facts: str) -> None:
        at = (start + pause * (len(found) + 1)).replace(microsecond=0)
        found.append(Event(at, verb, by, "", referral, facts))

    if place % 2 == 0:
        do("mandate", cast.logins("COORDINATOR")[0], advocate=cast.partner("lbh-bahtera").people[0].login)
    if place % 3 != 2:
        do("late_document", officer)
    if place % 4 == 1:
        found.append(_stray(world, start + pause, planned.number))
    facts = {"signer": cast.logins("SIGNER", home)[0], "out": (world.until + timedelta(days=3)).isoformat()}
    first = 1 + max((referral.number for referral in planned.done.referrals), default=-1)
    for more, partner in enumerate(_not_asked(planned, world)):
        number = first + more
        do("draft_letter", officer, number, partner=partner.code, letter=LETTERS[partner.type], **facts)
        for verb in WRITING[: (place * AT_ONCE + more) % (len(WRITING) + 1)]:
            do(verb, cast.logins(DESKS[verb], home)[0] if verb in DESKS else officer, number)
    return found


def _not_asked(planned: PlannedCase, world: World) -> list[Partner]:
    asked = {referral.partner for referral in planned.done.referrals}
    return [p for p in world.cast.partners if p.type in LETTERS and p.code not in asked][:AT_ONCE]


STEPS = {"stray": stray, "match_stray": match_stray}
