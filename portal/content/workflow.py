"""Workflows as tables: states with who may do what, transitions with guards that tell all their reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from portal.acts import Act, Reason, Refused
from portal.i18n import _

Guard = Callable[[Act, Any], Iterable[Reason]]
Roles = frozenset[str]
Phase = Literal["new", "running", "waiting", "done", "stopped"]


class Stateful(Protocol):
    """What has a state: an item, by its spine."""

    kind: Any
    state: Any
    modified_at: Any


@dataclass(frozen=True)
class State:
    """A state, its words, and where its rights differ from the workflow's own."""

    name: str
    title: Any
    phase: Phase = "running"
    """What the chip looks like: word, shape and colour."""
    permissions: Mapping[str, Roles] = field(default_factory=dict)
    final: bool = False


@dataclass(frozen=True)
class Transition:
    """A named way from some states to another, by some roles, when all guards are content."""

    name: str
    title: Any
    sources: tuple[str, ...]
    target: str | None
    """None: the state stays (an event that counts, such as a note of progress) or the verb chooses it."""
    roles: Roles
    guards: tuple[Guard, ...] = ()
    targets: tuple[str, ...] = ()
    """States the verb may choose from, when `target` is None."""
    assured: bool = False
    """Whether a second factor must have been given lately."""
    prominent: bool = False
    """Whether it is the usual next step."""
    hint: Any = None
    suits: Callable[[Any], bool] = lambda _item: True
    """Whether it is a matter of that item at all; one that is not is neither offered nor done."""


@dataclass(frozen=True)
class Offer:
    """A transition as shown to one person: possible, or refused with every reason."""

    transition: Transition
    reasons: tuple[Reason, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be done now."""
        return not self.reasons


@dataclass(frozen=True)
class Workflow:
    """The machine of one kind. `permissions` hold in every state that does not say otherwise."""

    kind: str
    initial: str
    permissions: Mapping[str, Roles]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def state(self, name: str) -> State:
        """The state of that name."""
        return next(s for s in self.states if s.name == name)

    def transition(self, name: str) -> Transition | None:
        """The transition of that name."""
        return next((t for t in self.transitions if t.name == name), None)

    def roles(self, permission: str, state: str) -> Roles:
        """Who may do that in that state."""
        own = self.state(state).permissions
        return own.get(permission, self.permissions.get(permission, frozenset()))

    def leaving(self, state: str) -> list[Transition]:
        """The transitions out of a state."""
        return [t for t in self.transitions if state in t.sources]

    def check(self, verbs: set[str]) -> None:
        """Prove the table: known states, all reachable, no dead end that is not final, a verb for each transition."""
        names = {s.name for s in self.states}
        used = {s for t in self.transitions for s in (*t.sources, *t.targets, *([t.target] if t.target else []))}
        faults = [f"unknown state {s}" for s in sorted(used - names)]
        reached, fresh = {self.initial}, [self.initial]
        while fresh:
            for step in self.leaving(fresh.pop()):
                for target in (*step.targets, *([step.target] if step.target else [])):
                    if target not in reached:
                        reached.add(target)
                        fresh.append(target)
        faults += [f"state {s} can't be reached" for s in sorted(names - reached)]
        for state in self.states:
            moves = [t for t in self.leaving(state.name) if t.targets or t.target not in {None, state.name}]
            if not moves and not state.final:
                faults.append(f"state {state.name} is a dead end")
        faults += [f"transition {t.name} has no verb" for t in self.transitions if t.name not in verbs]
        faults += [f"verb {v} has no transition" for v in sorted(verbs - {t.name for t in self.transitions})]
        if faults:
            raise ValueError(f"workflow of {self.kind}: " + "; ".join(faults))


WORKFLOWS: dict[str, Workflow] = {}
"""The machine of each registered kind (content.item.register)."""


def reasons_against(act: Act, item: Stateful, transition: Transition) -> list[Reason]:
    """Every reason why this transition can't be done now; rights are not asked here."""
    if item.state not in transition.sources or not transition.suits(item):
        state = WORKFLOWS[item.kind].state(item.state).title
        return [
            Reason(
                _(
                    "“${act}” tidak dapat dilakukan ketika statusnya “${state}”.",
                    mapping={"act": transition.title, "state": state},
                )
            )
        ]
    return [reason for guard in transition.guards for reason in guard(act, item)]


def require(act: Act, item: Stateful, name: str) -> Transition:
    """The transition, if its source state and all its guards allow it; raises Refused with all reasons."""
    transition = WORKFLOWS[item.kind].transition(name)
    if transition is None:
        raise LookupError(name)
    reasons = reasons_against(act, item, transition)
    if reasons:
        raise Refused(reasons)
    return transition


def advance(act: Act, item: Stateful, name: str, target: str | None = None) -> str:
    """Move the item by a transition and give its former state; the verb journals, then reindexes.

    `target` chooses among the transition's targets where it leaves the choice to the verb.
    """
    transition = require(act, item, name)
    if target is not None and target not in (*transition.targets, transition.target):
        raise ValueError(f"{name} does not lead to {target}")
    former = item.state
    item.state = target or transition.target or item.state
    item.modified_at = act.at
    return former
