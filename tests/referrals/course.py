"""A referral on its way: drafted by Dewi, approved by Rina, numbered and sent by Tono, as in the office."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal import jobs
from portal.cases.model import Case
from portal.content import due
from portal.correspondence import letters
from portal.correspondence import verbs as correspondence
from portal.correspondence.model import Letter
from portal.documents import verbs as documents
from portal.referrals import verbs
from portal.referrals.model import Referral
from tests.documents.files import pdf
from tests.world import World

TYPES = {
    "polres": "ref_police",
    "imigrasi": "ref_immigration",
    "kbri": "ref_mission",
    "obh": "ref_legal_aid",
    "bpjs": "claim_support",
    "p3mi": "summons_clarification",
}
VALUES = {"date": "2026-06-01", "moment": "2026-02-01T10:00:00+07:00", "list": ["Satu", "Dua"]}


def case_of(act: Any, number: str) -> Case:
    return act.session.scalar(select(Case).where(Case.name == number))


def referral_of(act: Any, referral_id: int) -> Referral:
    return act.session.get_one(Referral, referral_id)


def drafted(world: World, number: str, to: str = "polres", after: int | None = None, **more: Any) -> int:
    """Dewi asks that organisation, in place of a refused one (`after`); gives the id. `more` goes to the verb."""
    with world.act("dewi") as act:
        case = case_of(act, number)
        known = {"organisation_id": world.organisations[to], "letter_type": TYPES[to]}
        known |= {"ask": "Mohon ditindaklanjuti sebagai dugaan tindak pidana."} | more
        former = referral_of(act, after) if after else None
        referral = verbs.draft(act, case, redirected_from=former, **known)
        fill(act, act.session.get_one(Letter, referral.letter_id))
        return referral.id


def fill(act: Any, letter: Letter) -> None:
    """Answers to all that the case did not know."""
    by_id = {f.id: f for f in letters.type_of(letter).fields}
    given = {name: VALUES.get(by_id[name].type, "Diketahui") for name in letters.missing(letter)}
    choices = {name: by_id[name].choices[0] for name in given if by_id[name].type == "choice"}
    correspondence.amend(act, letter, fields=given | choices)


def due_dates(session: Any, referral: Referral) -> dict[str, Any]:
    """When each step is due that is waited for or stands still."""
    return {d.step: d.due_at for d in due.of(session, referral, due.RUNNING, due.STOPPED)}


def step(world: World, who: str, referral_id: int, verb: Any) -> None:
    """One step of the referral's letter."""
    with world.act(who) as act:
        verb(act, act.session.get_one(Letter, referral_of(act, referral_id).letter_id))


def sent(world: World, number: str, to: str = "polres", *, printed: bool = False, **more: Any) -> int:
    """The letter has gone out; gives the referral's id."""
    referral_id = drafted(world, number, to, **more)
    with world.site.act() as act:
        letter_id = referral_of(act, referral_id).letter_id
    send_letter(world, letter_id, printed=printed)
    return referral_id


def send_letter(world: World, letter_id: int, *, printed: bool = False) -> None:
    """A draft goes all its way. Rendering takes a second: only `printed` letters are."""
    for who, verb in (
        ("dewi", correspondence.submit),
        ("rudi", correspondence.initial),
        ("rina", correspondence.approve),
        ("tono", correspondence.issue),
    ):
        with world.act(who) as act:
            letter = act.session.get_one(Letter, letter_id)
            if verb is not correspondence.initial or letter.chain:
                verb(act, letter)
    if printed:
        jobs.run_all(world.site)
    with world.act("tono") as act:
        letter = act.session.get_one(Letter, letter_id)
        if not printed:
            lay_in(act, letter)
        correspondence.dispatch(act, letter)


def lay_in(act: Any, letter: Letter) -> None:
    """A file in the place of the rendered one."""
    blob = act.site.blobs.put(pdf())
    letter.pdf_sha256, letter.pdf_size = blob.sha256, blob.size


def accepted_document(world: World, number: str, document_type: str = "KTP_WORKER") -> int:
    with world.act("sari") as act:
        document = documents.add(
            act,
            case_of(act, number),
            document_type=document_type,
            content=pdf(),
            filename="ktp siti rahayu asli.pdf",
            provider="complainant",
        )
        documents.accept(act, document)
        return document.id
