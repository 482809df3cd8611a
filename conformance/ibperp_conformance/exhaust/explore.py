"""Breadth first from a setup: every action after every state, and no state twice."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import Accepted
from ibperp.transition import transition
from ibperp_conformance.fuzz.ask import Difference, answers, different, failed, reference_replies
from ibperp_conformance.fuzz.generator.run import Step
from ibperp_conformance.protocol.client import EngineFailureError
from ibperp_conformance.protocol.states import dump
from ibperp_conformance.protocol.wire import encode_action, type_name
from ibperp_conformance.runner.vectors import compact
from ibperp_invariants.check.monitor import Monitor
from ibperp_invariants.search.alphabet import alphabet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ibperp.actions import Action
    from ibperp.state import State
    from ibperp_conformance.fuzz.ask import Asked, Request

HERE: Final = "here"
"""The name under which an engine saves the state from which every action is tried."""


@dataclass(frozen=True, slots=True)
class Found:
    """The first thing that is wrong: the steps that lead to it from the setup, the fewest."""

    steps: tuple[Step, ...]
    difference: Difference


@dataclass(slots=True)
class Exploration:
    """How far the exploration of one setup has come."""

    actions: tuple[Action, ...]
    depth: int = 0
    states: int = 1
    steps: int = 0
    accepted: int = 0
    found: Found | None = None
    seen: set[bytes] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Reached:
    """A state that is to be expanded, as its steps lead to it and as the protocol carries it."""

    state: State
    path: tuple[Step, ...]


def explore(
    state: State,
    depth: int,
    most: int,
    engine: Asked | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Exploration:
    """Try every run of at most `depth` actions; stop at the first thing that is wrong.

    A level that would bring the steps above `most` is not begun, so that a depth is always whole.
    `tick` is called after every state.
    """
    found = Exploration(alphabet(state))
    found.seen.add(digest(state))
    level = [_Reached(state, ())]
    while found.depth < depth and found.steps + len(level) * len(found.actions) <= most:
        below: list[_Reached] = []
        for reached in level:
            below += _expanded(found, reached, engine)
            if found.found:
                return found
            tick()
        found.depth += 1
        level = below
    return found


def _expanded(found: Exploration, reached: _Reached, engine: Asked | None) -> list[_Reached]:
    """Try every action after a state; return the states that no run reached before."""
    steps, fresh = [], []
    monitor = Monitor(reached.state)
    for action in found.actions:
        step = Step(reached.state, action, transition(reached.state, action))
        steps.append(step)
        found.steps += 1
        broken = copy(monitor).check(action, step.outcome)
        if broken:
            first = broken[0]
            kind, name = "invariant", type_name(type(action))
            wrong = Difference(
                len(reached.path), kind, name, first.invariant, "", first.message, (), first.clauses
            )
            found.found = Found((*reached.path, step), wrong)
            return []
        if isinstance(step.outcome, Accepted):
            found.accepted += 1
            told = digest(step.after)
            if told not in found.seen:
                found.seen.add(told)
                found.states += 1
                fresh.append(_Reached(step.after, (*reached.path, step)))
    if engine is not None:
        found.found = _asked(reached, steps, engine)
    return fresh


def _asked(reached: _Reached, steps: Sequence[Step], engine: Asked) -> Found | None:
    """Ask an engine every step from one state; return the first that it answers otherwise.

    Refused actions come first, one after the other: after them the state must be what it was.
    """
    refused = [place for place, own in enumerate(steps) if not isinstance(own.outcome, Accepted)]
    asked: list[tuple[tuple[int, str], Request]] = [
        ((0, "load"), ("load", {"state": dump(reached.state)})),
        ((0, "save"), ("save", {"name": HERE})),
    ]
    asked += [_applied(steps, place) for place in refused]
    asked += [((place, "observe"), ("observe", {})) for place in refused[-1:]]
    for place, step in enumerate(steps):
        if isinstance(step.outcome, Accepted):
            asked.append(((place, "restore"), ("restore", {"name": HERE})))
            asked.append(_applied(steps, place))
            asked.append(((place, "observe"), ("observe", {})))
    places = [about for about, _ in asked]
    try:
        received = answers(engine, [request for _, request in asked])
    except EngineFailureError as failure:
        return Found((*reached.path, steps[0]), failed(steps[:1], failure))
    for about, wanted, got in zip(places, reference_replies(steps, places), received, strict=True):
        wrong = different(steps, about, wanted, got, engine.capabilities)
        if wrong:
            return Found((*reached.path, steps[about[0]]), wrong)
    return None


def _applied(steps: Sequence[Step], place: int) -> tuple[tuple[int, str], Request]:
    return (place, "apply"), ("apply", {"action": encode_action(steps[place].action)})


def digest(state: State) -> bytes:
    """Return what tells states apart: all of a state that a later answer may depend on (CF-10)."""
    return sha256(compact(dump(state)).encode()).digest()
