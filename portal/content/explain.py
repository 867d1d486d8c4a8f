"""Who may do what, printed from the tables that decide it: kind × state × role → permissions and transitions."""

from __future__ import annotations

from collections.abc import Iterator

from portal.content.item import KINDS, Kind
from portal.i18n import translate
from portal.security import SITE_PERMISSIONS


def permissions_page() -> str:
    """The whole policy as one page of Markdown; the printed page in docs/ is compared with this."""
    return "\n".join([*_intro(), *_site(), *(line for kind in KINDS.values() for line in _kind(kind))]) + "\n"


def _intro() -> Iterator[str]:
    yield "# Who may do what"
    yield ""
    yield "Printed by `portal explain permissions` from the tables that decide; a test compares."
    yield "A role counts where it is held: in an office that has access to the item (grant OFFICE), or by a grant of"
    yield "its own (ADDRESSEE: the organisation a referral went to; ADVOCATE: a mandate; COLLEAGUE: all staff)."
    yield "DEPUTY is nobody's for good: who stands in for somebody of a unit has it there on the days of the delegation."
    yield "COORDINATION is what reviewers of another unit are on a letter that they are asked to initial."
    yield ""


def _site() -> Iterator[str]:
    yield "## The site"
    yield ""
    yield "| permission | roles |"
    yield "|---|---|"
    for permission in sorted(SITE_PERMISSIONS):
        yield f"| {permission} | {', '.join(sorted(SITE_PERMISSIONS[permission]))} |"
    yield ""


def _kind(kind: Kind) -> Iterator[str]:
    workflow = kind.workflow
    roles = {r for p in workflow.permissions.values() for r in p} | {r for t in workflow.transitions for r in t.roles}
    roles |= {r for s in workflow.states for p in s.permissions.values() for r in p}
    yield f"## {kind.name} ({translate(kind.title, 'id')})"
    yield ""
    yield "| state | role | may | transitions |"
    yield "|---|---|---|---|"
    for state in workflow.states:
        names = sorted({*workflow.permissions, *state.permissions})
        lines: dict[tuple[str, str], list[str]] = {}
        for role in sorted(roles):
            may = ", ".join(p for p in names if role in workflow.roles(p, state.name))
            moves = ", ".join(t.name for t in workflow.leaving(state.name) if role in t.roles)
            if may or moves:
                lines.setdefault((may, moves), []).append(role)
        for (may, moves), holders in lines.items():
            yield f"| {state.name} | {', '.join(holders)} | {may} | {moves} |"
    yield ""
