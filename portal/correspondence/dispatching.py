"""Sending an issued letter: to each recipient by portal, e-mail or post, with proof, and again where it failed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal import journal, mail
from portal.acts import Act, Reason, Refused
from portal.content import catalog, item
from portal.content.workflow import advance
from portal.correspondence import disclosures
from portal.correspondence.issuing import check_url, spelled
from portal.correspondence.model import Delivery, Letter, Recipient
from portal.i18n import _, day, translate

CHANNELS = {"portal": _("Portal"), "email": _("Pos-el"), "post": _("Pos"), "courier": _("Kurir")}
STATES = {
    "queued": _("Menunggu dikirim"),
    "handed_over": _("Diserahkan ke pengantar"),
    "delivered": _("Sampai"),
    "opened": _("Dibuka"),
    "acknowledged": _("Diakui diterima"),
    "soft_failed": _("Gagal sementara, akan diulang"),
    "hard_failed": _("Gagal"),
    "uncertain": _("Tidak pasti terkirim"),
    "rerouted": _("Dialihkan"),
}
FAILED = ("hard_failed", "uncertain")
BY_MAIL_STATE = {"sent": "delivered", "failed": "hard_failed", "uncertain": "uncertain"}
PROOFS = ("handed_over", "delivered", "acknowledged", "hard_failed")

journal.declare(
    letter_dispatched=_("${by} mengirim surat Nomor ${number}"),
    delivery_changed=_("Pengiriman kepada ${office} lewat ${channel}: ${state}"),
    delivery_again=_("${by} mengirim ulang kepada ${office} lewat ${channel}: ${address}"),
    letter_answered=_("Surat Nomor ${number} terjawab"),
    letter_closed=_("${by} menutup surat Nomor ${number}"),
    letter_withdrawn=_("${by} menarik surat Nomor ${number}: ${reason}"),
)


def deliveries(session: Session, letter: Letter) -> list[Delivery]:
    """How the letter went, or goes, to each recipient."""
    return list(session.scalars(select(Delivery).where(Delivery.letter_id == letter.id).order_by(Delivery.id)))


def dispatch(act: Act, letter: Letter) -> None:
    """Send the issued file, and no other, to every recipient over every channel he or she has."""
    advance(act, letter, "dispatch")
    act.site.blobs.read(letter.final_sha256)  # a damaged file is noticed before anything goes out
    for recipient in letter.recipients:
        for channel, address in _ways(recipient):
            _start(act, letter, recipient, channel, address)
    disclosures.note_sending(act, letter)
    journal.record(act, "letter_dispatched", letter, number=letter.number, sha256=letter.final_sha256)
    _leave_closed_doors(act, letter)
    catalog.index(act.session, letter)


def _ways(recipient: Recipient) -> list[tuple[str, str]]:
    ways = []
    if recipient.by_portal:
        ways.append(("portal", ""))
    if recipient.email:
        ways.append(("email", recipient.email))
    if not ways and recipient.address:
        ways.append(("post", recipient.address))
    return ways


def _start(act: Act, letter: Letter, recipient: Recipient, channel: str, address: str) -> Delivery:
    delivery = Delivery(
        letter_id=letter.id,
        recipient_id=recipient.id,
        channel=channel,
        address=address,
        state="queued",
        at=act.at,
        sha256=letter.final_sha256,
    )
    act.session.add(delivery)
    act.session.flush()
    if channel == "email":
        _post(act, letter, delivery)
    return delivery


def _post(act: Act, letter: Letter, delivery: Delivery) -> None:
    """Queue the mail: the file, where to check it, and no code that opens anything."""
    delivery.outbox_id = mail.post(
        act,
        delivery.address,
        translate(_("Surat Nomor ${number}", mapping={"number": letter.number or ""}), letter.language),
        _mail_text(act, letter),
        item_id=letter.id,
        attachments=({"sha256": letter.final_sha256, "filename": filename(letter), "media_type": "application/pdf"},),
        is_official=True,
    ).id


MAIL = _(
    """Dengan hormat,

Terlampir surat Nomor ${number} tanggal ${date}.
Keaslian surat dapat diperiksa di ${url} (kode ${code}).

Surat ini dikirim otomatis; jawaban disampaikan menurut petunjuk di dalam surat.
"""
)


def _mail_text(act: Act, letter: Letter) -> str:
    code = letter.check_code or ""
    known = {
        "number": letter.number or "",
        "date": day(letter.dated, letter.language) if letter.dated else "",
        "url": check_url(act.site, code),
        "code": spelled(code),
    }
    return translate(MAIL % known, letter.language)


def filename(letter: Letter) -> str:
    """A name for the file that says which letter it is and nothing about anybody."""
    return f"surat-{(letter.number or letter.name).replace('/', '-').replace(' ', '')}.pdf"


def _leave_closed_doors(act: Act, letter: Letter) -> None:
    """Where nobody gave the recipient access to the portal for this letter, it goes by post instead."""
    found = deliveries(act.session, letter)
    for delivery in found:
        if delivery.channel == "portal" and delivery.state == "queued":
            recipient = act.session.get_one(Recipient, delivery.recipient_id)
            if any(d.recipient_id == delivery.recipient_id and d.channel != "portal" for d in found):
                act.session.delete(delivery)
            else:
                delivery.channel, delivery.address = "post", recipient.address or recipient.place or recipient.office


def settle(act: Act, letter: Letter, delivery: Delivery, state: str, response: str = "") -> None:
    """Write down how a delivery went."""
    if (delivery.state, delivery.response) == (state, response):
        return
    delivery.state, delivery.response, delivery.at = state, response or delivery.response, act.at
    office = act.session.get_one(Recipient, delivery.recipient_id).office
    words = {"channel": translate(CHANNELS[delivery.channel], "id"), "state": translate(STATES[state], "id")}
    journal.record(act, "delivery_changed", letter, office=office, delivery=delivery.id, code=state, **words)


def settle_portal(act: Act, letter: Letter, organisation_id: int, state: str) -> None:
    """The recipient can see the letter in the portal (delivered), has opened it, or has said so (acknowledged)."""
    found = select(Delivery).join(Recipient, Recipient.id == Delivery.recipient_id)
    found = found.where(Delivery.letter_id == letter.id, Recipient.organisation_id == organisation_id)
    for delivery in act.session.scalars(found.where(Delivery.channel == "portal")):
        settle(act, letter, delivery, state)


def follow_mail(act: Act, sent: mail.Mail) -> None:
    """The state of a delivery by e-mail follows the outbox."""
    delivery = act.session.scalar(select(Delivery).where(Delivery.outbox_id == sent.id))
    if delivery is None:
        return
    state = BY_MAIL_STATE.get(sent.state) or ("soft_failed" if sent.response else "queued")
    settle(act, act.session.get_one(Letter, delivery.letter_id), delivery, state, sent.response)


mail.FOLLOWERS.append(follow_mail)


def _own(act: Act, letter: Letter, delivery_id: int) -> Delivery:
    delivery = act.session.get(Delivery, delivery_id)
    if delivery is None or delivery.letter_id != letter.id:
        raise Refused([Reason(_("Pengiriman itu tidak ada pada surat ini."), field="delivery_id")])
    return delivery


def send_again(
    act: Act, letter: Letter, *, delivery_id: int, channel: str | None = None, address: str | None = None
) -> None:
    """Send the same file again, with a corrected address or over another channel; what failed stays on record."""
    advance(act, letter, "send_again")
    former = _own(act, letter, delivery_id)
    channel, address = channel or former.channel, (address or former.address).strip()
    if channel not in CHANNELS or channel == "portal":
        raise Refused([Reason(_("Kirim ulang hanya lewat pos-el, pos, atau kurir."), field="channel")])
    if not address or (channel == "email" and ("@" not in address or any(c.isspace() for c in address))):
        raise Refused([Reason(_("Alamat tidak lengkap."), field="address")])
    recipient = act.session.get_one(Recipient, former.recipient_id)
    same = next(
        (d for d in deliveries(act.session, letter) if (d.recipient_id, d.channel) == (recipient.id, channel)), None
    )
    if same is not former:
        settle(act, letter, former, "rerouted")
    if same is None:
        _start(act, letter, recipient, channel, address)
    else:
        same.address, same.state, same.response, same.at, same.sha256 = (
            address,
            "queued",
            "",
            act.at,
            letter.final_sha256,
        )
        if channel == "email":
            _post(act, letter, same)
    item.touch(act, letter)
    words = {"channel": translate(CHANNELS[channel], "id"), "address": address}
    journal.record(act, "delivery_again", letter, office=recipient.office, delivery=delivery_id, **words)
    catalog.index(act.session, letter)


def note_delivery(act: Act, letter: Letter, *, delivery_id: int, state: str, proof: str) -> None:
    """Write down what the carrier or the recipient says: register number, receipt, return and its reason."""
    advance(act, letter, "note_delivery")
    delivery = _own(act, letter, delivery_id)
    if state not in PROOFS:
        raise Refused([Reason(_("Keadaan pengiriman tidak dikenal."), field="state")])
    if not proof.strip():
        raise Refused([Reason(_("Tulis nomor resi, tanda terima, atau alasannya."), field="proof")])
    settle(act, letter, delivery, state, proof.strip())
    item.touch(act, letter)
    catalog.index(act.session, letter)


def answer(act: Act, letter: Letter) -> None:
    """Say that the letter has its answer."""
    advance(act, letter, "answer")
    journal.record(act, "letter_answered", letter, number=letter.number)
    catalog.index(act.session, letter)


def close(act: Act, letter: Letter) -> None:
    """Nothing more is expected from this letter."""
    advance(act, letter, "close")
    journal.record(act, "letter_closed", letter, number=letter.number)
    catalog.index(act.session, letter)


WITHDRAWAL = _("Surat kami Nomor ${number} tanggal ${date} ditarik. Mohon tidak menindaklanjuti isinya.\n")


def withdraw(act: Act, letter: Letter, *, reason: str) -> None:
    """Withdraw a letter that went out; whoever got it by e-mail is told, and the check page says so."""
    advance(act, letter, "withdraw")
    letter.void_reason = reason
    known = {"number": letter.number or "", "date": day(letter.dated, letter.language) if letter.dated else ""}
    subject = _("Penarikan surat Nomor ${number}", mapping=known)
    for address in _mail_addresses(deliveries(act.session, letter)):
        text = translate(WITHDRAWAL % known, letter.language)
        mail.post(act, address, translate(subject, letter.language), text, item_id=letter.id, is_official=True)
    journal.record(act, "letter_withdrawn", letter, number=letter.number, reason=reason)
    catalog.index(act.session, letter)


def _mail_addresses(found: Sequence[Delivery]) -> list[str]:
    return list(dict.fromkeys(d.address for d in found if d.channel == "email" and d.state != "hard_failed"))


def failures(session: Session, which: ColumnElement[bool]) -> list[tuple[Delivery, Letter, Recipient]]:
    """The deliveries of these letters that need a person (demands 13)."""
    query = (
        select(Delivery, Letter, Recipient)
        .join(Letter, Letter.id == Delivery.letter_id)
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .where(Delivery.state.in_(FAILED), which)
        .order_by(Delivery.id)
    )
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]  # Row is a tuple of these
