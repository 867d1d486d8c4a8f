"""Who signs in: accounts, their roles in units, sessions, one-time links, recovery codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, Id


class Account(Base):
    """A person who can sign in. Never deleted: a leaver is disabled."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    staff_number: Mapped[str] = mapped_column(default="")
    """NIP (18 digits) or NRP (8)."""
    office_title: Mapped[str] = mapped_column(default="")
    """Jabatan, as it stands under a signature."""
    language: Mapped[str] = mapped_column(default="id")
    zone: Mapped[str] = mapped_column(default="Asia/Jakarta")
    password_hash: Mapped[str] = mapped_column(default="", info={"secret": True})
    totp_secret: Mapped[str] = mapped_column(default="", info={"secret": True})
    """Sealed (portal.seals). Empty: no second factor yet."""
    totp_last_step: Mapped[int] = mapped_column(default=0)
    """The last time step used: a code works once."""
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime]
    password_changed_at: Mapped[datetime | None]


class Membership(Base):
    """The roles that an account holds in one unit: an own office or a partner organisation."""

    __tablename__ = "membership"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    roles: Mapped[list[Any]]


class SignIn(Base):
    """One session of one account, kept on the server: it can be seen and ended."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account_id", "account_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """None: a visitor's session (CSRF token, language, messages), before signing in."""
    token_hash: Mapped[str] = mapped_column(unique=True, info={"secret": True})
    data: Mapped[dict[str, Any]]
    """CSRF token, messages to show next, and the like."""
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    assured_at: Mapped[datetime | None]
    """When the second factor was last given."""
    device: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")


class OneTimeLink(Base):
    """A single-use link for invitation or reset, kept as a hash."""

    __tablename__ = "one_time_link"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True, info={"secret": True})
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that replaces the second factor once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(info={"secret": True})
    used_at: Mapped[datetime | None]
