"""A run as a list of actions that can be cut: ids and sequences follow when one is left out."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from ibperp.actions import Action, CreateAccount, Deposit
from ibperp.outcomes import Accepted
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.fuzz.generator.run import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibperp.parameters import SystemParameters
    from ibperp.state import State

ID_FIELDS: Final = {
    "account": "accounts",
    "sender": "accounts",
    "receiver": "accounts",
    "counterparty": "accounts",
    "quoter": "accounts",
    "order": "orders",
    "withdrawal": "withdrawals",
    "rebalance": "rebalances",
    "request": "requests",
}
"""The fields of actions that hold an id, and the records that it is of."""

RECORDS: Final = tuple(dict.fromkeys(ID_FIELDS.values()))


@dataclass(frozen=True, slots=True)
class Reference:
    """An id in a field of an action: the `offset`-th record that the line `key` made."""

    field: str
    records: str
    key: int
    offset: int


@dataclass(frozen=True, slots=True)
class Line:
    """An action, and what of it follows from the lines before; `key` names it for later ones.

    `is_next`: it makes the next account, or brings the next deposit of its chain.
    """

    key: int
    action: Action
    references: tuple[Reference, ...] = ()
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """System parameters, and the lines of a run from genesis on."""

    system: SystemParameters
    lines: tuple[Line, ...]


def scripted(system: SystemParameters, steps: Sequence[Step]) -> Script:
    """Return a run as a script."""
    made: dict[tuple[str, int], tuple[int, int]] = {}
    lines = []
    for key, step in enumerate(steps):
        lines.append(_line(key, step, made))
        for records in RECORDS:
            first = len(getattr(step.before, records))
            for index in range(first, len(getattr(step.after, records))):
                made[records, index] = (key, index - first)
    return Script(system, tuple(lines))


def _line(key: int, step: Step, made: dict[tuple[str, int], tuple[int, int]]) -> Line:
    action = step.action
    references = []
    for item in fields(action):
        records = ID_FIELDS.get(item.name)
        value = getattr(action, item.name)
        if records and (records, value) in made:
            references.append(Reference(item.name, records, *made[records, value]))
    return Line(key, action, tuple(references), _is_next(step.before, action))


def _is_next(state: State, action: Action) -> bool:
    if isinstance(action, CreateAccount):
        return action.account == len(state.accounts)
    return isinstance(action, Deposit) and action.sequence == _following(state, action)


def _following(state: State, action: Deposit) -> int | None:
    found = (chain.next_sequence for chain in state.chains if chain.name == action.chain)
    return next(found, None)


def replayed(
    system: SystemParameters,
    lines: Sequence[Line],
    known: tuple[Sequence[Line], Sequence[Step]] = ((), ()),
) -> list[Step]:
    """Return what the reference answers to the lines from genesis, ids put in.

    `known`: lines with the steps that they gave; what both begin with is not done again.
    """
    pairs = zip(lines, *known, strict=False)
    steps = [step for _, _, step in takewhile(lambda three: three[0] is three[1], pairs)]
    state = steps[-1].after if steps else genesis(system)
    starts = {
        (records, line.key): len(getattr(step.before, records))
        for line, step in zip(lines, steps, strict=False)
        for records in RECORDS
    }
    for line in lines[len(steps) :]:
        action = _resolved(state, line, starts)
        for records in RECORDS:
            starts[records, line.key] = len(getattr(state, records))
        outcome = transition(state, action)
        steps.append(Step(state, action, outcome))
        if isinstance(outcome, Accepted):
            state = outcome.state
    return steps


def _resolved(state: State, line: Line, starts: dict[tuple[str, int], int]) -> Action:
    changes: dict[str, Any] = {
        own.field: starts[own.records, own.key] + own.offset
        for own in line.references
        if (own.records, own.key) in starts
    }
    if line.is_next and isinstance(line.action, CreateAccount):
        changes["account"] = len(state.accounts)
    if line.is_next and isinstance(line.action, Deposit):
        changes["sequence"] = _following(state, line.action) or line.action.sequence
    return replace(line.action, **changes) if changes else line.action
