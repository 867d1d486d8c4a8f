"""Who can sign in to the demo, with the one password of all."""

from __future__ import annotations

from pyramid.config import Configurator

from portal.demo.replay_people import PASSWORD

SHOWN = (
    ("operator1", "Operator call center"),
    ("petugas1", "Petugas layanan pengaduan"),
    ("kasus1", "Petugas kasus"),
    ("koordinator1", "Koordinator"),
    ("mediator1", "Mediator"),
    ("pendamping1", "Pendamping hukum"),
    ("konseptor1", "Konseptor surat"),
    ("pemaraf1", "Pemaraf"),
    ("direktur1", "Penanda tangan"),
    ("agenda1", "Petugas agenda dan penomoran"),
    ("arsip1", "Arsiparis"),
    ("balai-jabar1", "Petugas BP3MI Jawa Barat"),
    ("ppns1", "PPNS"),
    ("analis1", "Analis"),
    ("dpo1", "Pejabat pelindungan data"),
    ("admin1", "Administrator"),
    ("pwni1", "Mitra: Kementerian Luar Negeri"),
    ("p3mi11", "Mitra: P3MI"),
    ("bareskrim1", "Mitra: Kepolisian"),
    ("lbh-bahtera1", "Advokat"),
)
"""One sign-in name for each role, and what the role is called."""


def rows() -> list[tuple[str, str, str]]:
    """Role, sign-in name and password of each."""
    return [(role, login, PASSWORD) for login, role in SHOWN]


def includeme(config: Configurator) -> None:
    """The port through which the sign-in page shows the list."""
    config.registry["demo_sign_ins"] = rows
