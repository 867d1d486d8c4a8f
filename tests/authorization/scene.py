"""The world of the matrix: two offices, partners, an advocate; items of every kind in every state that is cheap to reach."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from portal import jobs, registry
from portal.accounts import verbs as accounts
from portal.acts import SYSTEM, Act
from portal.casefile import verbs as casefiles
from portal.cases import verbs as cases
from portal.cases.model import Case
from portal.consents import verbs as consents
from portal.content import comments, sharing
from portal.content.item import Item
from portal.correspondence import incoming as agenda
from portal.correspondence import verbs as letters
from portal.correspondence.model import Incoming, Letter
from portal.correspondence.settings import SIGNATURE
from portal.directory import verbs as directory
from portal.directory.model import Organisation
from portal.documents import previews
from portal.documents import verbs as documents
from portal.documents.model import Document
from portal.people import verbs as people
from portal.referrals import verbs as referrals
from portal.referrals.model import Referral
from portal.requirements import verbs as requirements
from tests.authorization.canaries import B, C
from tests.consents import giving
from tests.documents import files
from tests.referrals import course
from tests.world import PASSWORD, World

MORE = {
    "mira": ("Mira Handayani", "MEDIATOR", "office"),
    "lia": ("Lia Amalia", "LEGAL_COMPANION", "office"),
    "arif": ("Arif Wibowo", "ARCHIVIST", "office"),
    "pandu": ("Pandu Wijaya", "PPNS", "office"),
    "ana": ("Ana Puspita", "ANALYST", "office"),
    "wati": ("Wati Ningsih", "CASE_OFFICER", "other_office"),
    "obh2": ("Rekan LBH", "ADVOCATE", "obh"),
}
LETTERS = course.TYPES


@dataclass
class Scene:
    """What there is: items by case, kind and state, each with its address."""

    world: World
    cases: dict[str, str] = field(default_factory=dict)
    """Letter of a case → its number."""
    pin: str = ""
    """Of case A."""
    tracked: str = ""
    """The requirement of case A that the complainant may still send something for."""
    answers: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Who has opened an answer link ("": nobody) → its path, and its referral."""
    code: str = ""
    """What opens the bearer's."""

    def account(self, login: str, name: str, role: str, unit: str) -> None:
        """One more person."""
        known = {"office": self.world.office, "other_office": self.world.other_office} | self.world.organisations
        with self.world.site.act(SYSTEM) as act:
            made = accounts.create_account(
                act, login=login, name=name, email=f"{login}@rujukan.example", office_title="Petugas", password=PASSWORD
            )
            accounts.join(act, made, known[unit], {role})
            self.world.accounts[login] = made.id

    @contextmanager
    def on(self, letter: str, who: str = "dewi") -> Iterator[tuple[Act, Case]]:
        """An act of somebody, and the case of that letter."""
        with self.world.act(who) as act:
            yield act, act.session.scalars(select(Case).where(Case.name == self.cases[letter])).one()

    def do(self, who: str, verb: Any, model: type[Any], number: int, **answers: Any) -> None:
        """One verb on one item."""
        with self.world.act(who) as act:
            verb(act, act.session.get_one(model, number), **answers)

    def refer(self, letter: str, to: str, until: str = "drafted", who: str = "dewi", **more: Any) -> tuple[int, int]:
        """A referral with its letter, so far: drafted, in_review, approved, issued, sent. Gives both ids."""
        with self.on(letter, who) as (act, case):
            known = {"ask": "Mohon ditindaklanjuti.", "again": True} | more
            organisation = self.world.organisations[to]
            made = referrals.draft(act, case, organisation_id=organisation, letter_type=LETTERS[to], **known)
            course.fill(act, act.session.get_one(Letter, made.letter_id))
            referral, written = made.id, made.letter_id
        steps = (
            ("in_review", who, letters.submit),
            ("initialled", "rudi", letters.initial),
            ("approved", "rina", letters.approve),
            ("issued", "tono", letters.issue),
        )
        for state, by, verb in steps if until != "drafted" else ():
            self.do(by, verb, Letter, written)
            if state == until:
                return referral, written
        if until != "drafted":
            with self.world.act("tono") as act:
                printed = act.session.get_one(Letter, written)
                course.lay_in(act, printed)
                if until == "sent":
                    letters.dispatch(act, printed)
        return referral, written

    def link(self, referral_id: int, letter_id: int) -> tuple[tuple[str, int], str]:
        """Path and code that a letter prints, with its referral."""
        with self.world.site.act() as act:
            reply = act.session.get_one(Letter, letter_id).snapshot["page"]["reply"]
        return (f"/answer/{reply['url'].rpartition('/')[2]}", referral_id), reply["code"]


def build(world: World) -> Scene:
    """Everything, by verbs."""
    scene = Scene(world)
    for login, (name, role, unit) in MORE.items():
        scene.account(login, name, role, unit)
    with world.act("admin") as act:
        act.session.get_one(Organisation, world.office).phone = "021 2924 4800"
        closed = directory.add_organisation(act, name="Lembaga Lama", stakeholder_type="POLICE", addressee="Kepala")
        directory.retire(act, closed)
    for letter in "ARVK":
        scene.cases[letter] = open_case(scene, letter)
    with scene.on("A") as (act, case):
        account = f"account:{world.accounts['obh']}"
        sharing.give(act, case, account, "ADVOCATE", cause="mandate", reference="SK-1")
        cases.assign(act, case, account_id=world.accounts["dewi"], name="Dewi")
        comments.add(act, case, "Catatan kami sendiri.", comments.INTERNAL)
        requirements.open_for(act, case)
    of_documents(scene)
    of_consents(scene)
    of_referrals(scene)
    of_requirements(scene)
    of_incoming(scene)
    with scene.on("A") as (act, case):
        cases.begin(act, case)
    with scene.on("V") as (act, case):
        cases.open_requirements(act, case)
    with scene.on("K", "maya") as (act, case):
        cases.close_otherwise(act, case, reason="WITHDRAWN", note="Dicabut pengadu.")
    secret_case(scene, "B", B, "budi", world.office)
    secret_case(scene, "C", C, "joko", world.other_office)
    with world.act("obh") as act:
        casefiles.ask(act, act.session.scalars(select(Case).where(Case.name == scene.cases["A"])).one())
    jobs.run_all(world.site, names={casefiles.MAKE})
    return scene


def open_case(scene: Scene, letter: str) -> str:
    """A case of headquarters; triaged, but for the one that has only just come in."""
    world = scene.world
    with world.act("budi") as act:
        worker = people.record(act, name=f"Siti {letter} Rahayu", passports=[f"C123456{ord(letter)}"])
        twin = people.record(act, name=f"Siti {letter} Rahaju")
        people.merge(act, twin, into_id=worker.id)
        family = people.record(act, name=f"Ahmad {letter} Fauzi", email="ahmad@keluarga.example")
        case, pin = cases.receive(
            act,
            office_id=world.office,
            channel="PHONE",
            complainant_type="FAMILY",
            categories=["UNPAID_WAGES"],
            narrative="Gaji lima bulan tidak dibayar.",
            worker_id=worker.id,
            complainant_id=family.id,
            country_code="MY",
            city="Kuala Lumpur",
            demand="Upah dibayar.",
            agency_id=world.organisations["p3mi"],
        )
        if letter != "R":
            cases.triage(act, case, categories=["UNPAID_WAGES"], urgency=3, is_emergency=False, emergency_action="")
        if letter == "A":
            scene.pin = pin
        return case.name


def of_documents(scene: Scene) -> None:
    """Case A has a document in every state."""
    with scene.on("A", "sari") as (act, case):
        plain = documents.examine(act.site.blobs, files.pdf(), "berkas.pdf")

        def add(kind: str, content: bytes | None = None, **told: Any) -> Document:
            known = {"filename": "berkas.pdf", "provider": "staff"} | told
            return documents.add(act, case, document_type=kind, content=content or plain, **known)

        add("PASSPORT")
        add("PASSPORT", files.pdf_that_runs("when opened"))
        pictured = add("CHRONOLOGY")
        documents.accept(act, pictured)
        documents.reject(act, add("PASSPORT"), reason="ILLEGIBLE")
        documents.accept(act, gone := add("KTP_WORKER"))
        documents.withdraw(act, gone, reason="Ditarik pemberi.")
        documents.accept(act, old := add("PASSPORT", expires_on=date(2026, 1, 1)))
        documents.expire(act, old)
        number = pictured.id
    previews.make(scene.world.site, {"document": number})


def of_consents(scene: Scene) -> None:
    """Case A has a consent in every state, each for a kind of recipient of its own."""
    world, number = scene.world, scene.cases["A"]
    giving.agreed(world, number, "INSURER_BPJS")
    giving.proposed(world, number, "HOSPITAL")
    giving.do(world, "maya", consents.refuse, giving.proposed(world, number, "NGO"), note="Dapat ditanya.")
    giving.withdrawn(world, giving.agreed(world, number, "LPSK"))


def of_referrals(scene: Scene) -> None:
    """Case A has referrals and letters in every state; the police has had most of them."""
    with scene.on("A") as (act, case):
        accepted = select(Document.id).where(Document.parent_id == case.id, Document.state == "accepted")
        enclosed = list(act.session.scalars(accepted))
    asked, written = scene.refer("A", "polres", "sent", enclosures=enclosed)
    scene.answers["bearer"], scene.code = scene.link(asked, written)
    for until in ("drafted", "in_review", "approved", "issued"):
        scene.refer("A", "polres", until)
    wait_for_signature(scene)
    _referral, void = scene.refer("A", "polres", "issued")
    scene.do("tono", letters.void, Letter, void, reason="Keliru.")
    _referral, withdrawn = scene.refer("A", "polres", "sent")
    scene.do("rina", letters.withdraw, Letter, withdrawn, reason="Keliru.")
    answers = {
        "received": [(referrals.acknowledge, {})],
        "info_wanted": [(referrals.need_info, {"info": "Kontrak"})],
        "accepted": [(referrals.accept, {"officer": "Bripka Yudi"})],
        "declined": [(referrals.decline, {"code": "not_competent"})],
        "redirected": [(referrals.redirect, {"to": "Polres Cirebon"})],
        "service_given": [
            (referrals.accept, {"officer": "Bripka Yudi"}),
            (referrals.provide, {"extent": "full", "note": "Laporan dibuat."}),
        ],
    }
    made = {}
    for state, steps in answers.items():
        made[state], _letter = scene.refer("A", "polres", "sent")
        for verb, told in steps:
            scene.do("polres", verb, Referral, made[state], **told)
    scene.do("dewi", referrals.close, Referral, made.pop("declined"), outcome="Dicari jalan lain.")
    with scene.world.act("dewi") as act:
        first = act.session.scalars(select(Referral).where(Referral.state == "sent")).first()
        comments.add(act, first, "Catatan internal rujukan.", comments.INTERNAL)
        comments.add(act, first, "Pesan untuk polres.", comments.SHARED)
    scene.answers[""], _code = scene.link(*scene.refer("A", "p3mi", "sent"))
    scene.refer("A", "bpjs")
    recalled, _letter = scene.refer("A", "imigrasi", "sent")
    scene.do("dewi", referrals.recall, Referral, recalled, reason="Persetujuan dicabut.")


def wait_for_signature(scene: Scene) -> None:
    """One letter with a number and no signature yet, as an office has it that signs electronically."""
    setting = registry.SETTINGS[SIGNATURE]
    with scene.world.act("admin") as act:
        registry.change(act, setting, "external")
    _referral, written = scene.refer("A", "polres", "issued")
    with scene.world.act("admin") as act:
        course.lay_in(act, act.session.get_one(Letter, written))
        registry.change(act, setting, "ink")


def of_requirements(scene: Scene) -> None:
    """Requirements of case A in several states."""
    with scene.on("A") as (act, case):
        by_kind = defaultdict(list)
        for item in act.session.scalars(select(Item).where(Item.parent_id == case.id)):
            by_kind[item.kind].append(item)
        free = [r for r in by_kind["requirement"] if r.state == "needed"]
        fit = next(d for d in by_kind["document"] if d.state == "accepted")
        requirements.request(act, free[0], requested_from="Pengadu")
        requirements.waive(act, free[1], reason="emergency", note="Hilang terbakar.")
        requirements.substitute(act, free[2], document_id=fit.id)
        scene.tracked = next(r for r in free if r.state == "needed").name


def of_incoming(scene: Scene) -> None:
    """Letters that came in, in every state; one with its scan."""
    letter = {"channel": "LETTER", "subject": "Jawaban", "sender": "Polsek"}
    with scene.on("A", "tono") as (act, case):
        agenda.register(act, **letter)
        agenda.set_aside(act, agenda.register(act, **letter))
        agenda.discard(act, agenda.register(act, **letter), reason="Iklan.")
        agenda.register(act, case=case, files=[scan("jawaban.pdf")], **letter)
        agenda.note(act, noted := agenda.register(act, case=case, **letter), note="Cukup diketahui.")
        agenda.note(act, filed := agenda.register(act, case=case, **letter), note="Cukup diketahui.")
        agenda.file(act, filed)
        assert noted.state == "noted"


def scan(name: str) -> Any:
    """A file as forms hand it over."""
    return SimpleNamespace(filename=name, file=io.BytesIO(files.pdf()))


def secret_case(scene: Scene, letter: str, told: Any, who: str, office: int) -> None:
    """A case that nobody outside its office may notice; every text in it is a canary."""
    world = scene.world
    with world.act(who) as act:
        worker = people.record(
            act,
            name=told.worker,
            aliases=[told.alias],
            birth_place=told.birth_place,
            passports=[told.passport],
            phones=[told.phone],
            email=told.email,
            address=told.address,
        )
        family = people.record(act, name=told.complainant, phones=[told.complainant_phone])
        facts = {name: getattr(told, name) for name in "narrative demand city whereabouts employer".split()}
        facts |= {"employer_contact": told.employer_contact, "overseas_agency": told.overseas_agency}
        facts |= {"worker_id": worker.id, "complainant_id": family.id, "emergency_action": told.emergency}
        case, _pin = cases.receive(
            act,
            office_id=office,
            channel="PHONE",
            complainant_type="FAMILY",
            categories=["UNPAID_WAGES"],
            country_code={"B": "SA", "C": "TW"}[letter],
            agency_id=world.organisations["p3mi"],
            **facts,
        )
        scene.cases[letter] = case.name
        cases.triage(act, case, categories=["UNPAID_WAGES"], urgency=3, is_emergency=False, emergency_action="")
        cases.note_contact(act, case, channel="PHONE", was_reached=True, note=told.contact_note)
        comments.add(act, case, told.remark, comments.INTERNAL)
        cases.open_requirements(act, case)
        paper = {"document_type": "CHRONOLOGY", "filename": told.filename, "provider": "staff"}
        document = documents.add(
            act, case, content=files.pdf(author=told.holder), holder=told.holder, number=told.number, **paper
        )
        documents.accept(act, document)
        number = document.id
        agenda.register(
            act,
            channel="LETTER",
            subject=told.subject,
            sender=told.sender,
            sender_number=told.sender_number,
            summary=told.summary,
            files=[scan(told.scan)],
            case=case,
        )
    previews.make(world.site, {"document": number})
    _referral, written = scene.refer(letter, "kbri", who=who, ask=told.ask)
    with world.act(who) as act:
        letters.amend(act, act.session.get_one(Letter, written), subject=told.subject, body=f"<p>{told.body}</p>")


def incoming_files(scene: Scene) -> dict[int, int]:
    """The first file of each incoming letter that has one."""
    with scene.world.site.sessions() as session:
        return {i.id: i.files[0].id for i in session.scalars(select(Incoming)) if i.files}
