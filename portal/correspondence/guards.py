"""What has to hold before a letter moves on: each guard tells its reasons, with a place to mend them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from portal import registry
from portal.acts import Act, Reason
from portal.cases.model import Case
from portal.clock import WIB
from portal.content import comments
from portal.content.item import Item
from portal.content.workflow import Guard
from portal.correspondence import letters
from portal.correspondence.certificates import certificate_of
from portal.correspondence.model import Delivery, Incoming, Letter
from portal.correspondence.numbering import SUPPLEMENTS
from portal.correspondence.settings import way_of_signing
from portal.directory.model import Organisation
from portal.documents.model import Document
from portal.i18n import _
from portal.requirements import gaps

CHECKS: dict[str, list[Guard]] = defaultdict(list)

UNISSUED = ("draft", "in_review", "approved")
UNDERWAY = ("approved", "signing", "issued")
EVIDENCE = frozenset({"delivered", "opened", "acknowledged"})
"""States of a delivery that prove it arrived; by e-mail: their server took it."""


def fields_are_filled(_act: Act, letter: Letter) -> Iterable[Reason]:
    """Nothing in the text is still marked as missing, and the wording names known fields only."""
    type_ = letters.type_of(letter)
    yield from letters.wording_mistakes(letter)
    labels = {field.id: field for field in type_.fields}
    for name in letters.missing(letter):
        label = labels[name].label
        yield Reason(_("“${field}” belum terisi.", mapping={"field": label}), mend="@edit", field=f"field-{name}")


def recipients_can_be_reached(_act: Act, letter: Letter) -> Iterable[Reason]:
    """At least one addressee, and a channel with its address for each (demands 18)."""
    to = [r for r in letter.recipients if r.role == "to"]
    if not to:
        yield Reason(_("Penerima surat belum dipilih."), mend="@edit", field="to")
    for recipient in to:
        if not (recipient.by_portal or recipient.email or recipient.address):
            known = {"office": recipient.office}
            yield Reason(
                _("“${office}” belum dapat dicapai: tidak ada portal, pos-el, atau alamat.", mapping=known),
                mend="@edit",
                field="to",
            )


def signer_is_named(_act: Act, letter: Letter) -> Iterable[Reason]:
    """A letter names its signer and the signer's office."""
    if letter.signer_id is None or not letter.signer.get("office"):
        yield Reason(_("Penanda tangan belum dipilih atau belum punya jabatan."), mend="@edit", field="signer_id")


def reply_date_lies_ahead(act: Act, letter: Letter) -> Iterable[Reason]:
    """Nobody is asked to answer by a day that has passed."""
    for field in letters.type_of(letter).fields:
        asked = letters.typed(field, letter.fields.get(field.id)) if field.source == "letter.reply_by" else None
        if isinstance(asked, date) and asked <= act.at.astimezone(WIB).date():
            yield Reason(
                _("“${field}” sudah lewat; perbarui tanggalnya.", mapping={"field": field.label}),
                mend="@edit",
                field=f"field-{field.id}",
            )


def enclosures_are_accepted(act: Act, letter: Letter) -> Iterable[Reason]:
    """Every enclosure is still the accepted document whose hash the letter names."""
    for enclosure in letter.enclosures:
        document = act.session.get(Document, enclosure.document_id)
        if document is None or document.state != "accepted" or document.copy_sha256 != enclosure.sha256:
            known = {"title": enclosure.title}
            yield Reason(
                _("Lampiran “${title}” tidak lagi berstatus diterima.", mapping=known), mend="@edit", field="enclosures"
            )


def required_documents_are_there(act: Act, letter: Letter) -> Iterable[Reason]:
    """What this type of letter needs is accepted, replaced or waived; an emergency need not wait for papers."""
    case = act.session.get_one(Case, letter.dossier_id)
    if case.is_emergency:
        return
    for requirement in gaps.blocking(act.session, case, letters.type_of(letter).enclosures):
        if requirement.is_mandatory:
            known = {"title": requirement.title}
            yield Reason(_("Dokumen “${title}” belum diterima.", mapping=known), mend=f"../{requirement.name}/")


def comments_are_settled(act: Act, letter: Letter) -> Iterable[Reason]:
    """No remark of a colleague is left without an answer."""
    if count := comments.open_count(act.session, letter):
        yield Reason(_("${n} komentar internal belum diselesaikan.", mapping={"n": count}), mend="@comments")


def unit_has_a_code(act: Act, letter: Letter) -> Iterable[Reason]:
    """The office has the code that stands in its numbers."""
    office = act.session.get(Organisation, letter.office_id) if letter.office_id else None
    if office is None or not office.unit_code.strip():
        yield Reason(_("Unit penerbit belum punya kode untuk nomor surat."), mend="/directory")


def supplements_are_in_use(act: Act, _letter: Letter) -> Iterable[Reason]:
    """The office has decided that a number may have supplements."""
    if not registry.value(act.session, SUPPLEMENTS):
        yield Reason(_("Kantor tidak memakai nomor sisipan."))


def file_is_set(_act: Act, letter: Letter) -> Iterable[Reason]:
    """The frozen file has to exist first."""
    if not letter.pdf_sha256:
        why = letter.render_error or _("masih dibuat")
        yield Reason(_("Berkas PDF belum ada: ${why}.", mapping={"why": why}))


def file_is_ready(act: Act, letter: Letter) -> Iterable[Reason]:
    """Only the issued file goes out, and where a signature belongs into it, only with that."""
    yield from file_is_set(act, letter)
    if letter.pdf_sha256 and not letter.final_sha256:
        yield Reason(_("Surat belum ditandatangani secara elektronik."))


def signer_has_a_certificate(act: Act, letter: Letter) -> Iterable[Reason]:
    """A letter that says that it is signed in the portal names who issued the signer's certificate: there has to be one."""
    if way_of_signing(act.session, letter) == "portal":
        kept = certificate_of(act.session, letter.signing_id)
        if kept is None or kept.valid_until < act.at:
            name = (letter.acting or letter.signer).get("name", "")
            yield Reason(_("${name} belum memasang sertifikat elektronik yang berlaku.", mapping={"name": name}))


def person_has_a_certificate(act: Act, _letter: Letter) -> Iterable[Reason]:
    """Who signs has enrolled a certificate that is still good."""
    kept = certificate_of(act.session, act.by.account_id)
    if kept is None:
        yield Reason(_("Anda belum memasang sertifikat elektronik."), mend="/account/certificate")
    elif kept.valid_until < act.at:
        yield Reason(_("Masa berlaku sertifikat Anda sudah berakhir."), mend="/account/certificate")


def has_reply(act: Act, letter: Letter) -> Iterable[Reason]:
    """Answered means that a reply is linked."""
    if act.session.scalar(select(Incoming.id).where(Incoming.letter_id == letter.id).limit(1)) is None:
        yield Reason(_("Belum ada surat masuk yang dicocokkan dengan surat ini."))


def is_done(act: Act, letter: Letter) -> Iterable[Reason]:
    """A letter that expects an answer is closed when it has one; no delivery may be left failed."""
    if letter.state == "dispatched" and letter.reply_days:
        yield Reason(_("Jawaban masih ditunggu."))
    failed = select(Delivery.id).where(
        Delivery.letter_id == letter.id, Delivery.state.in_(("hard_failed", "uncertain"))
    )
    if act.session.scalar(failed.limit(1)) is not None:
        yield Reason(_("Ada pengiriman yang gagal atau tidak pasti."))


def has_unfiled_files(_act: Act, incoming: Incoming) -> Iterable[Reason]:
    """There is something to file, and a case to file it in."""
    if incoming.dossier_id is None:
        yield Reason(_("Surat ini belum dicocokkan dengan kasus."))
    if all(file.document_id for file in incoming.files):
        yield Reason(_("Tidak ada berkas yang belum dimasukkan."))


def no_letter_is_underway(act: Act, case: Any) -> Iterable[Reason]:
    """No case closes over a letter that has been decided but not sent."""
    left = select(Item).where(Item.dossier_id == case.id, Item.kind == "letter", Item.state.in_(UNDERWAY))
    for letter in act.session.scalars(left):
        yield Reason(
            _("Surat “${title}” belum dikirim atau dibatalkan.", mapping={"title": letter.title}), mend=letter.name
        )


def completion_was_asked(act: Act, case: Any) -> Iterable[Reason]:
    """Perban 6/2024 art. 30(1)a: the complainant was asked in writing, and it arrived."""
    proven = (
        select(Delivery.id)
        .join(Letter, Letter.id == Delivery.letter_id)
        .where(Letter.dossier_id == case.id, Letter.type_code == "request_completion")
        .where(
            Delivery.state.in_(EVIDENCE)
            | ((Delivery.channel == "post") & (Delivery.state == "handed_over") & (Delivery.response != ""))
        )
    )
    if act.session.scalar(proven.limit(1)) is None:
        yield Reason(_("Belum ada surat permintaan kelengkapan dengan bukti terkirim."), mend="@draft-letter")
