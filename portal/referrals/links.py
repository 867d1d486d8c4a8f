"""The answer link of a referral: printed in its letter, mailed, ended, renewed; who holds address and code may answer."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import deadlines, journal
from portal.accounts.tokens import fingerprint
from portal.acts import Act, Identity, Reason, Site
from portal.content.item import Item
from portal.content.workflow import require
from portal.correspondence import disclosures, issuing
from portal.correspondence.model import Letter
from portal.directory.model import Organisation
from portal.i18n import _, translate
from portal.referrals import link_mail
from portal.referrals.model import AnswerLink, Referral

RULE = "ANSWER_LINK"
"""How long a link lasts; the office edits it among the deadlines."""
TOKEN_LENGTH, CODE_LENGTH = 16, 8
"""79 random bits can't be guessed and can still be typed from paper; the code is tried a few times only."""
NOBODY = fingerprint(secrets.token_hex(16))
"""Compared with when there is no such link."""

ENDS = {
    "renewed": _("diganti dengan tautan baru"),
    "revoked": _("dicabut"),
    "recalled": _("rujukan ditarik"),
    "ground": _("persetujuannya berakhir"),
}

journal.declare(
    answer_link_opened=_("${by} membuka tautan jawaban dengan kodenya"),
    answer_link_renewed=_("${by} membuat tautan jawaban yang baru"),
    answer_link_ended=_("Tautan jawaban berakhir: ${why}"),
)


@dataclass(frozen=True)
class Bearer(Identity):
    """Somebody of the addressed organisation who came by a link: no account, no role, the name that he or she typed."""

    link_id: int = 0
    person: str = ""

    @classmethod
    def of(cls, link: AnswerLink, referral: Referral, person: str) -> Bearer:
        """Whoever typed that name; reads and answers this referral as its addressee."""
        name = translate(_("${person} (lewat tautan jawaban)", mapping={"person": person}), "id")
        # Without a language of its own: the page follows the browser's.
        return cls(None, name, {referral.organisation_id: frozenset()}, "", link_id=link.id, person=person)


def normal(text: str, length: int) -> str:
    """A token or code as it is kept, whatever hyphens, spaces or small letters it was typed with; "" for none."""
    bare = re.sub(r"[\s-]", "", text[:60]).upper()
    return bare if len(bare) == length and set(bare) <= set(issuing.ALPHABET) else ""


def address(site: Site, token: str) -> str:
    """Where that link leads."""
    return f"{site.settings.public_url.rstrip('/')}/answer/{issuing.spelled(token)}"


def _signs(length: int) -> str:
    return "".join(secrets.choice(issuing.ALPHABET) for _sign in range(length))


def _code_hash(token: str, code: str) -> str:
    return fingerprint(f"{token}/{code}")


def make(act: Act, referral: Referral, *, is_printed: bool) -> tuple[str, str]:
    """A new link; gives address and code, which nobody can ask for again."""
    token, code = _signs(TOKEN_LENGTH), _signs(CODE_LENGTH)
    act.session.add(
        AnswerLink(
            referral_id=referral.id,
            token_hash=fingerprint(token),
            code_hash=_code_hash(token, code),
            is_printed=is_printed,
            made_at=act.at,
            expires_at=_until(act),
        )
    )
    act.session.flush()
    return address(act.site, token), issuing.spelled(code)


def _until(act: Act) -> datetime | None:
    return deadlines.by_rule(act.session, RULE, act.at)


def offer(act: Act, letter: Letter) -> dict[str, str] | None:
    """The place to answer that a referral's letter prints."""
    query = select(Referral).where(Referral.letter_id == letter.id).order_by(Referral.id)
    referral = act.session.scalars(query).first()
    if referral is None:
        return None
    url, code = make(act, referral, is_printed=True)
    return {"url": url, "code": code}


def last(session: Session, referral: Referral) -> AnswerLink | None:
    """The newest link of a referral; the ones before it have ended."""
    query = select(AnswerLink).where(AnswerLink.referral_id == referral.id).order_by(AnswerLink.id.desc())
    return session.scalars(query).first()


def is_live(link: AnswerLink, now: datetime) -> bool:
    """Whether it opens anything now."""
    return link.ended_at is None and not is_over(link, now)


def is_over(link: AnswerLink, now: datetime) -> bool:
    """Whether its time has passed."""
    return link.expires_at is not None and link.expires_at <= now


def of_token(session: Session, token: str) -> AnswerLink | None:
    """The link of that token, alive or not."""
    return session.scalar(select(AnswerLink).where(AnswerLink.token_hash == fingerprint(token)))


def opened_with(session: Session, token: str, code: str) -> AnswerLink | None:
    """The link that token and code fit, alive or not; a stranger learns nothing from how long it takes."""
    link = of_token(session, token)
    fits = hmac.compare_digest(link.code_hash if link else NOBODY, _code_hash(token, code))
    return link if fits else None


def note_opening(act: Act, link: AnswerLink) -> None:
    """Somebody has given the right code."""
    link.opened_at = link.opened_at or act.at
    journal.record(act, "answer_link_opened", act.session.get_one(Referral, link.referral_id))


def prolong(act: Act, referral: Any, _entry: Any = None) -> None:
    """Something has happened between both sides: the link lasts its whole time from now."""
    link = last(act.session, referral)
    if link is not None and is_live(link, act.at):
        link.expires_at = _until(act)


def end(act: Act, referral: Referral, why: str) -> None:
    """Let the link open nothing any more, in no browser."""
    link = last(act.session, referral)
    if link is None or link.ended_at is not None:
        return
    link.ended_at, link.ended_by = act.at, why
    journal.record(act, "answer_link_ended", referral, why=translate(ENDS[why], "id"), code=why)


def has_link(act: Act, referral: Any) -> Iterable[Reason]:
    """There is a link that has not ended."""
    link = last(act.session, referral)
    if link is None or link.ended_at is not None:
        yield Reason(_("Rujukan ini tidak mempunyai tautan jawaban. Buat tautan baru."))


def can_be_mailed(act: Act, referral: Any) -> Iterable[Reason]:
    """The address is known (the letter prints it), and so is where to mail it."""
    link = last(act.session, referral)
    if link is not None and link.ended_at is None and not link.is_printed:
        yield Reason(_("Alamat tautan ini hanya diketahui penerimanya. Buat tautan baru bila hilang."))
    organisation = act.session.get_one(Organisation, referral.organisation_id)
    if not organisation.email:
        yield Reason(_("Pos-el instansi ini belum dicatat di direktori."), mend=f"/directory/{organisation.name}")


def printed(act: Act, referral: Referral) -> str:
    """The address that the letter prints, which from now on holds its whole time again; "" where it opens nothing."""
    link, letter = last(act.session, referral), act.session.get_one(Letter, referral.letter_id)
    if link is None or link.ended_at is not None or not link.is_printed or letter.snapshot is None:
        return ""
    link.expires_at = _until(act)
    return str(letter.snapshot["page"]["reply"]["url"])


def ground_stands(act: Act, referral: Any) -> Iterable[Reason]:
    """Nobody is shown anew what he or she may no longer see."""
    if referral.sent_at is not None and not disclosures.stands(act, referral.letter_id, referral.organisation_id):
        case = act.session.get_one(Item, referral.dossier_id)
        yield Reason(_("Persetujuan rujukan ini sudah berakhir."), mend=f"/cases/{case.name}/@consents")


def send_link(act: Act, referral: Referral) -> None:
    """Mail the link that the letter prints, without the code; one whose time had passed holds again."""
    require(act, referral, "send_link")
    link, letter = last(act.session, referral), act.session.get_one(Letter, referral.letter_id)
    url = printed(act, referral)
    if link is None or not url:
        raise LookupError("a link without its letter")
    link_mail.send(act, referral, letter, link, url)


def renew_link(act: Act, referral: Referral) -> Any:
    """End the link and make another; gives the sentence with address and code, to be told to the partner now."""
    require(act, referral, "renew_link")
    end(act, referral, "renewed")
    url, code = make(act, referral, is_printed=False)
    journal.record(act, "answer_link_renewed", referral)
    link = last(act.session, referral)
    if link is not None and not list(_lacks_address(act, referral)):
        link_mail.send(act, referral, act.session.get_one(Letter, referral.letter_id), link, url)
    words = _(
        "Tautan baru: ${address} – kode ${code}. Sampaikan kodenya lewat telepon; sesudah ini tidak dapat dilihat lagi."
    )
    return words % {"address": url, "code": code}


def _lacks_address(act: Act, referral: Referral) -> Iterable[str]:
    organisation = act.session.get_one(Organisation, referral.organisation_id)
    if not organisation.email:
        yield organisation.title


def revoke_link(act: Act, referral: Referral) -> None:
    """End the link: it got into wrong hands, or is not wanted."""
    require(act, referral, "revoke_link")
    end(act, referral, "revoked")


issuing.REPLIES.append(offer)
