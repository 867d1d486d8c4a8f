"""What is done with an organisation's entry. Only these functions write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal import journal, series
from portal.acts import Act
from portal.content import catalog, item, sharing, versions
from portal.content.workflow import advance
from portal.directory.model import Organisation
from portal.directory.workflow import COLLEAGUE
from portal.i18n import _

EDITABLE = frozenset(
    """stakeholder_type addressee attention address city country_code district_code phone email language by_portal
    by_email superior_id unit_code""".split()
)

journal.declare(
    organisation_added=_("${by} menambahkan ${name} ke direktori"),
    organisation_amended=_("${by} mengubah data lembaga: ${fields}"),
    organisation_retired=_("${by} menonaktifkan lembaga"),
    organisation_revived=_("${by} mengaktifkan kembali lembaga"),
)


def add_organisation(
    act: Act, *, name: str, stakeholder_type: str, addressee: str, office_id: int | None = None, **columns: Any
) -> Organisation:
    """Add an own office (stakeholder type "OFFICE") or an outside body; all staff may see it."""
    if unknown := set(columns) - EDITABLE:
        raise TypeError(f"not of an organisation: {', '.join(sorted(unknown))}")
    number = f"L-{series.take(act.session, 'organisation'):05d}"
    organisation = item.create(
        act,
        Organisation,
        parent=None,
        name=number,
        title=name,
        stakeholder_type=stakeholder_type,
        addressee=addressee,
        **columns,
    )
    keeper = office_id or act.by.unit_id or organisation.id
    organisation.office_id = keeper
    act.session.flush()
    versions.keep(act, organisation)
    journal.record(act, "organisation_added", organisation, name=name)
    sharing.give(act, organisation, "staff", COLLEAGUE, cause="directory", quietly=True)
    sharing.give(act, organisation, f"unit:{keeper}", sharing.OFFICE, cause="directory", quietly=True)
    catalog.index(act.session, organisation)
    return organisation


def amend(act: Act, organisation: Organisation, *, name: str | None = None, **columns: Any) -> list[str]:
    """Change an entry; gives the names of what did change. Letters already drafted keep what they say."""
    if unknown := set(columns) - EDITABLE:
        raise TypeError(f"not of an organisation: {', '.join(sorted(unknown))}")
    changed = [key for key, value in columns.items() if getattr(organisation, key) != value]
    for key in changed:
        setattr(organisation, key, columns[key])
    if name is not None and name != organisation.title:
        organisation.title = name
        changed.append("title")
    if changed:
        item.touch(act, organisation)
        versions.keep(act, organisation)
        journal.record(act, "organisation_amended", organisation, fields=", ".join(sorted(changed)))
        catalog.index(act.session, organisation)
    return changed


def retire(act: Act, organisation: Organisation) -> None:
    """No new letters go there; what was sent stays readable."""
    advance(act, organisation, "retire")
    journal.record(act, "organisation_retired", organisation)
    catalog.index(act.session, organisation)


def revive(act: Act, organisation: Organisation) -> None:
    """Use the entry again."""
    advance(act, organisation, "revive")
    journal.record(act, "organisation_revived", organisation)
    catalog.index(act.session, organisation)


TRANSITIONS: dict[str, Callable[..., Any]] = {"retire": retire, "revive": revive}
