"""What is asked when people sign in, look after their account, or administer those of others."""

from __future__ import annotations

from typing import Any

from colander import Regex
from pyramid.request import Request
from sqlalchemy import select

from portal import vocabulary
from portal.accounts.verbs import LOGIN, ZONES
from portal.content.item import Item
from portal.forms import Choice, Choices, Line, Mail, Schema, Secret
from portal.i18n import INDONESIAN_ZONES, LANGUAGES, _

WISE = _("Paling sedikit 12 karakter. Beberapa kata yang tidak berhubungan paling mudah diingat.")
ZONE_NAMES = [(zone, f"{INDONESIAN_ZONES[zone]} – {zone.partition('/')[2]}") for zone in ZONES]


def _new_password(title: Any) -> Secret:
    return Secret(title, autocomplete="new-password", help=WISE)


class SignInSchema(Schema):
    """Login and password."""

    login = Line(_("Nama pengguna atau surel"), max=254, own={"autocomplete": "username", "spellcheck": "false"})
    password = Secret(_("Kata sandi"))


class CodeSchema(Schema):
    """A code of the authenticator, or a recovery code."""

    code = Line(
        _("Kode verifikasi"),
        max=40,
        help=_("Enam angka dari aplikasi autentikator, atau satu kode pemulihan."),
        own={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )


class SetUpSchema(Schema):
    """The first code of an authenticator."""

    code = Line(
        _("Kode verifikasi"),
        max=10,
        help=_("Enam angka yang sekarang ditampilkan aplikasi."),
        own={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ResetSchema(Schema):
    """For whom a link is asked."""

    login = Line(_("Nama pengguna atau surel"), max=254, own={"autocomplete": "username", "spellcheck": "false"})


class ChosenPasswordSchema(Schema):
    """A password chosen through a link."""

    password = _new_password(_("Kata sandi baru"))


class ChangedPasswordSchema(Schema):
    """A password changed by who knows the old one."""

    present = Secret(_("Kata sandi sekarang"))
    password = _new_password(_("Kata sandi baru"))


class ProfileSchema(Schema):
    """What people say of themselves."""

    name = Line(_("Nama lengkap"), max=120, own={"autocomplete": "name"})
    email = Mail(_("Surel"))
    phone = Line(_("Telepon"), max=30, required=False, missing="", own={"autocomplete": "tel", "inputmode": "tel"})
    language = Choice(LANGUAGES.items(), _("Bahasa"), look="radios")
    zone = Choice(ZONE_NAMES, _("Zona waktu"), look="radios")


def _units(request: Request) -> list[tuple[int, str]]:
    found = select(Item.id, Item.title).where(Item.kind == "organisation", Item.state == "active")
    return [(id_, title) for id_, title in request.db.execute(found.order_by(Item.title))]


def _roles(request: Request) -> list[tuple[str, str]]:
    known = vocabulary.terms(request.db, "role")
    return [(code, term.name(request.locale_name)) for code, term in known.items()]


class RolesSchema(Schema):
    """All roles in one unit."""

    unit = Choice(_units, _("Unit"), look="search")
    roles = Choices(_roles, _("Peran di unit itu"))


class NewAccountSchema(Schema):
    """A person, and the first unit with its roles."""

    login = Line(
        _("Nama pengguna"),
        max=64,
        validator=Regex(f"{LOGIN.pattern}$", _("Huruf kecil, angka, titik, garis bawah atau tanda hubung.")),
        own={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    name = Line(_("Nama lengkap"), max=120)
    email = Mail(_("Surel"))
    office_title = Line(_("Jabatan"), max=160, required=False, missing="", help=_("Seperti di bawah tanda tangan."))
    staff_number = Line(
        _("NIP atau NRP"),
        max=18,
        required=False,
        missing="",
        validator=Regex(r"(\d{18}|\d{8})?$", _("NIP 18 angka, NRP 8 angka.")),
    )
    unit = Choice(_units, _("Unit"), look="search")
    roles = Choices(_roles, _("Peran di unit itu"))
