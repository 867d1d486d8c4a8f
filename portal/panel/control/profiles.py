"""What each kind of recipient may see, as a table of the office."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import vocabulary
from portal.acts import Reason
from portal.consents.coverage import Told
from portal.consents.model import CONSENT, DisclosureProfile
from portal.forms import Choice, Choices, Text
from portal.i18n import _
from portal.pages import Column
from portal.panel.control.tables import Table, Values, declare
from portal.panel.control.vocabularies import terms_of

WITH, WITHOUT = ("consent", _("Perlu persetujuan")), ("law", _("Dasar hukum tetap"))


def _line(session: Session, profile: DisclosureProfile, lang: str) -> dict[str, Any]:
    return {
        "title": vocabulary.name(session, "stakeholder_type", profile.stakeholder_type, lang),
        "ground": vocabulary.name(session, "processing_ground", profile.ground, lang),
        "data": Told(frozenset(profile.data)).words(session, lang) or None,
        "documents": Told(documents=frozenset(profile.documents)).words(session, lang) or None,
    }


def _group(profile: DisclosureProfile) -> tuple[str, Any]:
    return WITH if profile.ground == CONSENT else WITHOUT


def _is_the_only_one(
    session: Session, _table: Table, values: Values, profile: DisclosureProfile | None
) -> Iterator[Reason]:
    if profile is None and session.scalar(
        select(DisclosureProfile.id).filter_by(stakeholder_type=values["stakeholder_type"])
    ):
        yield Reason(_("Profil untuk jenis instansi ini sudah ada."), field="stakeholder_type")


declare(
    Table(
        name="disclosure-profile",
        title=_("Profil penerima data"),
        about=_(
            "Data dan dokumen apa yang boleh dilihat tiap jenis instansi, dan atas dasar apa. Yang lebih dari profil "
            "perlu alasan. Jenis tanpa profil tidak mendapat apa pun tanpa persetujuan."
        ),
        model=DisclosureProfile,
        fixed={"stakeholder_type": lambda: Choice(terms_of("stakeholder_type"), _("Jenis instansi"), look="search")},
        fields={
            "ground": lambda: Choice(terms_of("processing_ground"), _("Dasar"), look="radios"),
            "data": lambda: Choices(terms_of("personal_data"), _("Data"), required=False),
            "documents": lambda: Choices(terms_of("document_type"), _("Dokumen"), required=False),
            "note": lambda: Text(_("Catatan"), max=1000, rows=2, required=False, missing=""),
        },
        columns=(
            Column("title", _("Jenis instansi"), "link"),
            Column("ground", _("Dasar")),
            Column("data", _("Data")),
            Column("documents", _("Dokumen")),
        ),
        line=_line,
        group=_group,
        order=(DisclosureProfile.id,),
        can_remove=True,
        check=_is_the_only_one,
    )
)
