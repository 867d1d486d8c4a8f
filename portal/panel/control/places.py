"""The addresses below /control: tables and their rows, settings; and the frame their pages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.request import Request

from portal.i18n import _
from portal.panel.control import tables
from portal.registry import SETTINGS


class Place:
    """One address: what is above it, and its name."""

    def __init__(self, parent: Any, name: str, request: Request) -> None:
        """Stand below `parent` under that name."""
        self.__parent__, self.__name__, self.request = parent, name, request


class Control(Place):
    """/control."""

    def __getitem__(self, name: str) -> Place:
        """The two parts that have addresses below them."""
        return {"reference": Reference, "settings": Settings}[name](self, name, self.request)


class Reference(Place):
    """/control/reference: every table."""

    def __getitem__(self, name: str) -> TablePlace:
        """One table."""
        return TablePlace(self, name)


class TablePlace(Place):
    """/control/reference/<table>."""

    def __init__(self, parent: Place, name: str) -> None:
        """The table of that name."""
        super().__init__(parent, name, parent.request)
        self.table = tables.TABLES[name]

    def __getitem__(self, name: str) -> RowPlace:
        """One row: one query."""
        row = tables.row(self.request.db, self.table, name)
        if row is None:
            raise KeyError(name)
        return RowPlace(self, name, row)


class RowPlace(Place):
    """/control/reference/<table>/<key>."""

    def __init__(self, parent: TablePlace, name: str, row: Any) -> None:
        """One row of the table above."""
        super().__init__(parent, name, parent.request)
        self.table, self.row = parent.table, row


class Settings(Place):
    """/control/settings: every setting."""

    def __getitem__(self, name: str) -> SettingPlace:
        """One setting."""
        return SettingPlace(self, name)


class SettingPlace(Place):
    """/control/settings/<key>."""

    def __init__(self, parent: Place, name: str) -> None:
        """The setting of that key."""
        super().__init__(parent, name, parent.request)
        self.setting = SETTINGS[name]


@dataclass(frozen=True)
class Part:
    """One part of the control panel, as its first page and the tabs of the others show it."""

    name: str
    title: Any
    about: Any
    permission: str


PARTS = (
    Part(
        "reference", _("Data acuan"), _("Masalah, dokumen, tenggat, hari libur, dan istilah lain."), "control:reference"
    ),
    Part("settings", _("Setelan"), _("Pola nomor surat dan nomor yang dapat dihubungi pengadu."), "control:edit"),
    Part("jobs", _("Pekerjaan latar"), _("Yang terlambat, gagal, atau sedang berjalan."), "control:watch"),
    Part("mail", _("Surel keluar"), _("Surat resmi yang gagal atau tidak pasti terkirim."), "control:watch"),
    Part(
        "journal", _("Jurnal portal"), _("Masuk, akun, dan perubahan data; pemeriksaan rantai jurnal."), "control:watch"
    ),
    Part("readers", _("Siapa membaca"), _("Siapa membuka berkas satu kasus, dan kapan."), "control:readers"),
    Part("health", _("Kesehatan portal"), _("Basis data, berkas, dan antrean."), "control:watch"),
)


def parts(request: Request) -> list[Part]:
    """The parts that the person may open."""
    return [part for part in PARTS if request.has_permission(part.permission)]


def trail(*more: tuple[Any, str]) -> list[tuple[Any, str]]:
    """What stands above a page: title and address."""
    return [(_("Kendali"), "/control"), *more]
