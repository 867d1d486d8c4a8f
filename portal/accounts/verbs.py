"""What is done with accounts: opening, roles in units, disabling, passwords. Only these functions write them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, select

from portal import journal, vocabulary
from portal.accounts import passwords
from portal.accounts.model import Account, Membership, OneTimeLink, RecoveryCode, SignIn
from portal.acts import INSIDERS, Act, Reason, Refused
from portal.content.item import Item
from portal.i18n import LANGUAGES, _

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
OUTSIDERS = frozenset({"PARTNER_USER", "ADVOCATE"})
OWN = frozenset({"name", "email", "phone", "office_title", "staff_number", "language", "zone"})

journal.declare(
    account_created=_("${by} membuka akun ${name}"),
    account_amended=_("${by} mengubah data akun ${name}: ${fields}"),
    account_renamed=_("${by} mengganti nama pengguna ${name}"),
    account_roles=_("${by} mengubah peran ${name} di ${unit}: ${roles}"),
    account_left=_("${by} mengeluarkan ${name} dari ${unit}"),
    account_disabled=_("${by} menonaktifkan akun ${name}"),
    account_enabled=_("${by} mengaktifkan kembali akun ${name}"),
    account_password=_("${by} mengganti kata sandi ${name}"),
    account_sessions_ended=_("${by} mengakhiri semua sesi ${name}"),
    account_factor_reset=_("${by} menghapus verifikasi dua langkah ${name}"),
)


def create_account(
    act: Act,
    *,
    login: str,
    name: str,
    email: str,
    office_title: str = "",
    staff_number: str = "",
    phone: str = "",
    language: str = "id",
    zone: str = "Asia/Jakarta",
    password: str | None = None,
) -> Account:
    """Open an account; without a password it waits for its invitation to be followed."""
    login = _free_login(act, login)
    _expect_mail(email)
    account = Account(
        login=login,
        name=name,
        email=email,
        office_title=office_title,
        staff_number=staff_number,
        phone=phone,
        language=language,
        zone=zone,
        created_at=act.at,
    )
    act.session.add(account)
    if password is not None:
        _expect_good(account, password)
        account.password_hash, account.password_changed_at = passwords.hashed(password), act.at
    act.session.flush()
    journal.record(act, "account_created", name=name, account=account.id)
    return account


def _free_login(act: Act, login: str) -> str:
    login = login.strip().casefold()
    if not LOGIN.fullmatch(login):
        message = _("Nama pengguna: 2–64 huruf kecil, angka, titik, garis bawah atau tanda hubung.")
        raise Refused([Reason(message, field="login")])
    if act.session.scalar(select(Account.id).where(Account.login == login)) is not None:
        raise Refused([Reason(_("Nama pengguna ini sudah dipakai."), field="login")])
    return login


def _expect_mail(email: str) -> None:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        raise Refused([Reason(_("Alamat surel tidak benar."), field="email")])


def _expect_good(account: Account, password: str) -> None:
    if faults := passwords.faults(password, (account.login, account.name, account.email)):
        raise Refused([Reason(fault, field="password") for fault in faults])


def amend(act: Act, account: Account, **columns: Any) -> list[str]:
    """Change what is known of the person; gives the names of what did change."""
    if unknown := set(columns) - OWN:
        raise TypeError(f"not of an account: {', '.join(sorted(unknown))}")
    if columns.get("language", "id") not in LANGUAGES or columns.get("zone", ZONES[0]) not in ZONES:
        raise Refused([Reason(_("Pilih salah satu dari daftar."))])
    if "email" in columns:
        _expect_mail(columns["email"])
    changed = sorted(name for name, value in columns.items() if getattr(account, name) != value)
    for name in changed:
        setattr(account, name, columns[name])
    if changed:
        journal.record(act, "account_amended", name=account.name, account=account.id, fields=", ".join(changed))
    return changed


def rename(act: Act, account: Account, login: str) -> None:
    """Give the account another login; its sessions end."""
    account.login = _free_login(act, login)
    _end_all(act, account)
    journal.record(act, "account_renamed", name=account.name, account=account.id)


def join(act: Act, account: Account, unit_id: int, roles: Collection[str]) -> None:
    """Give the account exactly these roles in a unit; its sessions end, so that no page shows old rights."""
    unit = act.session.get(Item, unit_id)
    if unit is None or unit.kind != "organisation":
        raise Refused([Reason(_("Unit tidak dikenal."), field="unit")])
    wanted = frozenset(roles)
    if not wanted or wanted - set(vocabulary.terms(act.session, "role")):
        raise Refused([Reason(_("Pilih paling sedikit satu peran dari daftar."), field="roles")])
    _expect_same_side(act, account, unit, wanted)
    membership = act.session.get(Membership, (account.id, unit_id))
    if "ADMIN" in (membership.roles if membership else ()) and "ADMIN" not in wanted:
        _expect_another_administrator(act, account)
    if membership is None:
        act.session.add(Membership(account_id=account.id, unit_id=unit_id, roles=sorted(wanted)))
    else:
        membership.roles = sorted(wanted)
    _end_all(act, account)
    said = ", ".join(vocabulary.name(act.session, "role", role) for role in sorted(wanted))
    journal.record(act, "account_roles", name=account.name, account=account.id, unit=unit.title, roles=said)


def _expect_same_side(act: Act, account: Account, unit: Any, roles: frozenset[str]) -> None:
    # An outsider with an insider's role anywhere would see what all staff see.
    is_office = unit.stakeholder_type == "OFFICE"
    elsewhere = select(Membership.roles).where(Membership.account_id == account.id, Membership.unit_id != unit.id)
    others = {role for held in act.session.scalars(elsewhere) for role in held}
    if roles & (OUTSIDERS if is_office else INSIDERS):
        message = _("Peran petugas hanya di kantor sendiri; peran mitra hanya di lembaga mitra.")
        raise Refused([Reason(message, field="roles")])
    if others & (OUTSIDERS if is_office else INSIDERS):
        message = _("Satu akun tidak dapat menjadi petugas dan mitra sekaligus.")
        raise Refused([Reason(message, field="roles")])


def leave(act: Act, account: Account, unit_id: int) -> None:
    """Take all roles in a unit away; sessions end."""
    membership = act.session.get(Membership, (account.id, unit_id))
    if membership is None:
        return
    if "ADMIN" in membership.roles:
        _expect_another_administrator(act, account)
    act.session.delete(membership)
    _end_all(act, account)
    unit = act.session.get_one(Item, unit_id)
    journal.record(act, "account_left", name=account.name, account=account.id, unit=unit.title)


def _expect_another_administrator(act: Act, account: Account) -> None:
    others = (
        select(Membership.roles)
        .join(Account, Account.id == Membership.account_id)
        .where(Account.is_active, Account.id != account.id)
    )
    if not any("ADMIN" in roles for roles in act.session.scalars(others)):
        raise Refused([Reason(_("Paling sedikit satu administrator harus tetap aktif."))])


def disable(act: Act, account: Account) -> None:
    """Nobody signs in with it any more; its sessions and links end. What the person did stays."""
    held = act.session.scalars(select(Membership.roles).where(Membership.account_id == account.id))
    if any("ADMIN" in roles for roles in held):
        _expect_another_administrator(act, account)
    account.is_active = False
    _end_all(act, account)
    _end_links(act, account)
    journal.record(act, "account_disabled", name=account.name, account=account.id)


def enable(act: Act, account: Account) -> None:
    """Let the person sign in again."""
    account.is_active = True
    journal.record(act, "account_enabled", name=account.name, account=account.id)


def set_password(act: Act, account: Account, password: str, *, ready: str | None = None) -> None:
    """A new password; all sessions and unused links end. `ready` is its hash, made before the transaction began."""
    _expect_good(account, password)
    account.password_hash, account.password_changed_at = ready or passwords.hashed(password), act.at
    _end_all(act, account)
    _end_links(act, account)
    journal.record(act, "account_password", name=account.name, account=account.id)


def end_sessions(act: Act, account: Account) -> None:
    """Sign the person out everywhere."""
    _end_all(act, account)
    journal.record(act, "account_sessions_ended", name=account.name, account=account.id)


def reset_second_factor(act: Act, account: Account) -> None:
    """Forget the person's authenticator and recovery codes, for one who has lost them; sessions end."""
    account.totp_secret, account.totp_last_step = "", 0
    act.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    _end_all(act, account)
    journal.record(act, "account_factor_reset", name=account.name, account=account.id)


def _end_all(act: Act, account: Account) -> None:
    act.session.execute(delete(SignIn).where(SignIn.account_id == account.id))


def _end_links(act: Act, account: Account) -> None:
    act.session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None)))


def by_login(act_session: Any, login: str) -> Account | None:
    """The account of that login or mail address; None where the address is not of exactly one person."""
    text = login.strip().casefold()
    if found := act_session.scalar(select(Account).where(Account.login == text)):
        return found
    several = list(act_session.scalars(select(Account).where(func.lower(Account.email) == text).limit(2)))
    return several[0] if len(several) == 1 else None
