"""The people and places of the tests: Budi the operator, Rina the head, the police of Indramayu, and the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from portal.accounts import verbs as accounts
from portal.accounts.identities import identity_of
from portal.acts import SYSTEM, Identity, Site
from portal.cases import verbs as cases
from portal.directory import verbs as directory
from portal.people import verbs as people

PASSWORD = "kereta-senja-di-utara"

STAFF = {
    "budi": ("Budi Hartono", "OPERATOR", "Operator"),
    "sari": ("Sari Wulandari", "FRONT_OFFICER", "Petugas Layanan Pengaduan"),
    "dewi": ("Dewi Anggraini", "CASE_OFFICER", "Petugas Penanganan Permasalahan"),
    "agus": ("Agus Salim", "DRAFTER", "Konseptor"),
    "rudi": ("Rudi Setiawan", "REVIEWER", "Kepala Subdirektorat"),
    "rina": ("Rina Kusuma", "SIGNER", "Direktur Layanan Pengaduan"),
    "tono": ("Tono Prasetyo", "REGISTRAR", "Petugas Tata Usaha"),
    "maya": ("Maya Lestari", "COORDINATOR", "Koordinator Crisis Center"),
    "admin": ("Adi Nugroho", "ADMIN", "Administrator"),
    "dpo": ("Dian Pertiwi", "DPO", "Pejabat Pelindungan Data"),
}

PARTNERS = {
    "polres": ("Polres Indramayu", "POLICE", "Kepala Kepolisian Resor Indramayu", "Indramayu"),
    "bpjs": ("BPJS Ketenagakerjaan Cabang Cirebon", "INSURER_BPJS", "Kepala Kantor Cabang Cirebon", "Cirebon"),
    "imigrasi": ("Kantor Imigrasi Cirebon", "IMMIGRATION", "Kepala Kantor Imigrasi Kelas I Cirebon", "Cirebon"),
    "p3mi": ("PT Citra Bahari Mandiri", "P3MI", "Pimpinan PT Citra Bahari Mandiri", "Bekasi"),
    "kbri": ("KBRI Kuala Lumpur", "MISSION", "Duta Besar Republik Indonesia", "Kuala Lumpur"),
    "obh": ("LBH Pantura", "LEGAL_AID", "Ketua LBH Pantura", "Cirebon"),
}


@dataclass
class World:
    """Ids by short name, and identities as they are when somebody signs in."""

    site: Site
    office: int = 0
    other_office: int = 0
    accounts: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)

    def who(self, name: str) -> Identity:
        """The identity of a named person, as the database has it now."""
        with self.site.sessions() as session:
            return identity_of(session, self.accounts[name], at=self.site.clock.now())

    def act(self, name: str) -> Any:
        """An act of that person in a transaction of its own: `with world.act("budi") as act`."""
        return self.site.act(self.who(name))

    def case(self, by: str = "budi", **columns: Any) -> str:
        """A registered case about unpaid wages; gives its number."""
        with self.act(by) as act:
            worker = people.record(act, name="Siti Rahayu", passports=["C1234567"], phones=["081200000001"])
            facts = {
                "office_id": self.office,
                "channel": "PHONE",
                "complainant_type": "FAMILY",
                "categories": ["UNPAID_WAGES"],
                "narrative": "Gaji lima bulan tidak dibayar oleh majikan di Kuala Lumpur.",
                "worker_id": worker.id,
                "country_code": "MY",
                "agency_id": self.organisations["p3mi"],
            } | columns
            case, _pin = cases.receive(act, **facts)
            return case.name


def make_world(site: Site) -> World:
    """Two offices, one person for every staff role, six partner organisations with one person each."""
    world = World(site)
    with site.act(SYSTEM) as act:
        own = {"stakeholder_type": "OFFICE", "city": "Jakarta"}
        office = directory.add_organisation(
            act, name="Crisis Center", addressee="Kepala Crisis Center", unit_code="KWS1.DIT2", **own
        )
        other = directory.add_organisation(
            act, name="BP3MI Jawa Timur", addressee="Kepala BP3MI Jawa Timur", unit_code="BP3MI-JTM", **own
        )
        world.office, world.other_office = office.id, other.id
        for login, (name, role, title) in STAFF.items():
            world.accounts[login] = _person(act, login, name, title, office.id, role)
        world.accounts["joko"] = _person(act, "joko", "Joko Widagdo", "Petugas BP3MI", other.id, "REGIONAL_OFFICER")
        for short, (name, kind, addressee, city) in PARTNERS.items():
            organisation = directory.add_organisation(
                act,
                name=name,
                stakeholder_type=kind,
                addressee=addressee,
                city=city,
                email=f"{short}@mitra.example",
                by_portal=True,
                by_email=True,
                office_id=office.id,
            )
            world.organisations[short] = organisation.id
            role = "ADVOCATE" if kind == "LEGAL_AID" else "PARTNER_USER"
            world.accounts[short] = _person(act, short, f"Petugas {name}", "Petugas", organisation.id, role)
    return world


def _person(act: Any, login: str, name: str, title: str, unit: int, role: str) -> int:
    account = accounts.create_account(
        act, login=login, name=name, email=f"{login}@rujukan.example", office_title=title, password=PASSWORD
    )
    accounts.join(act, account, unit, {role})
    return account.id
