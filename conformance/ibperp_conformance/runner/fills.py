"""The vectors of an engine without a book: the trades of a vector are its fills (CF-11).

They are made from the vectors of the specification by the reference, which runs each twice: with
its orders, and with nothing of them but the trades.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from ibperp.events import OrderAccepted, OrderEnded, Traded
from ibperp.outcomes import Accepted, Outcome, Rejected
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_conformance.protocol.fills import encode_fill, filled, fills_of
from ibperp_conformance.protocol.observation import difference, flatten, observe
from ibperp_conformance.protocol.wire import decode_action, decode_system, encode_outcome
from ibperp_conformance.runner.capabilities import ORDER_ACTIONS
from ibperp_conformance.runner.vectors import (
    OF_FILLS,
    Expectation,
    Setup,
    Step,
    Suite,
    Vector,
    content_hash,
)

if TYPE_CHECKING:
    from ibperp.events import Event
    from ibperp.state import State
    from ibperp_conformance.runner.vectors import Object

OF_ORDERS: Final = (OrderAccepted, OrderEnded, Traded)
"""The events that tell of orders, which an engine without a book has none of."""

CHAPTERS: Final = ("PP", "ST", "LQ", "PF")
"""The chapters whose rules such an engine is held to: perpetuals to portfolio."""


@dataclass(frozen=True, slots=True)
class Both:
    """The state of a run with orders, and of the same run in which their trades are fills."""

    orders: State
    fills: State


@dataclass(frozen=True, slots=True)
class Share:
    """How many vectors of a clause there are, and how many of them need no book."""

    clause: str
    of: int
    held: int


def suite_of_fills(suite: Suite) -> Suite:
    """Return the vectors for an engine without a book: those without orders, and with fills.

    A vector whose actions beside the orders end otherwise, or tell otherwise, without a book is
    about the book, and so is one that ends with an order that trades nothing: it is left out.
    """
    setups, vectors = dict(suite.setups), dict[str, Vector]()
    reached: dict[str, Both | None] = {}
    for vector in suite.vectors.values():
        setup = suite.setups[vector.setup]
        if not _has_orders((*setup.actions, *(step.action for step in vector.steps))):
            vectors[vector.id] = vector
            continue
        if setup.id not in reached:
            reached[setup.id] = None
            if (of_fills := _setup(setup)) is not None:
                made, reached[setup.id] = of_fills
                setups[made.id] = made
        start = reached[setup.id]
        made_vector = _vector(vector, start) if start else None
        if made_vector is not None:
            vectors[made_vector.id] = made_vector
    for name, vector in vectors.items():
        if vector.twin not in vectors:
            vectors[name] = replace(vector, twin=None)
    return Suite(setups, vectors)


def shares(suite: Suite, of_fills: Suite) -> list[Share]:
    """Return by clause of the chapters concerned how much needs no book, in their order."""
    whole, held = _counted(suite), _counted(of_fills)
    order = {chapter: place for place, chapter in enumerate(CHAPTERS)}
    clauses = [clause for clause in whole if clause.partition("-")[0] in order]
    clauses.sort(key=lambda each: (order[each.partition("-")[0]], int(each.partition("-")[2])))
    return [Share(clause, whole[clause], held[clause]) for clause in clauses]


def told_shares(listed: Sequence[Share], *, by_clause: bool = False) -> list[str]:
    """Return how much of each chapter needs no book, and of each clause on request."""
    lines = []
    for chapter in CHAPTERS:
        own = [each for each in listed if each.clause.partition("-")[0] == chapter]
        vectors = f"{sum(each.held for each in own)} of {sum(each.of for each in own)} vectors"
        clauses = f"{sum(each.held > 0 for each in own)} of {len(own)} clauses"
        lines.append(f"without a book, {chapter}: {clauses}, {vectors}")
        if by_clause:
            lines += (f"  {each.clause}: {each.held} of {each.of}" for each in own)
    return lines


def _counted(suite: Suite) -> Counter[str]:
    return Counter(clause for each in suite.vectors.values() for clause in each.clauses)


def _has_orders(actions: Iterable[Object]) -> bool:
    return any(action["type"] in ORDER_ACTIONS for action in actions)


def _setup(setup: Setup) -> tuple[Setup, Both] | None:
    """Return a setup with its trades as fills, and where it leads to; None if that is elsewhere."""
    start = genesis(decode_system(setup.system))
    run, steps = Both(start, start), list[Step]()
    for action in setup.actions:
        done = _step(run, action)
        if done is None:
            return None
        run, made = done
        steps += made
    observation = flatten(observe(run.fills))
    actions = tuple(step.action for step in steps)
    return Setup(f"{setup.id}{OF_FILLS}", setup.system, actions, observation), run


def _vector(vector: Vector, start: Both) -> Vector | None:
    """Return a vector with its trades as fills; None if it is about the book."""
    run, steps, made = start, list[Step](), list[Step]()
    for step in vector.steps:
        done = _step(run, step.action)
        if done is None:
            return None
        run, made = done
        steps += made
    if not made:
        return None
    post = difference(flatten(observe(start.fills)), flatten(observe(run.fills)))
    of_fills = replace(
        vector,
        id=f"{vector.id}{OF_FILLS}",
        twin=f"{vector.twin}{OF_FILLS}" if vector.twin else None,
        setup=f"{vector.setup}{OF_FILLS}",
        steps=tuple(steps),
        post=post,
    )
    return replace(of_fills, hash=content_hash(entry_of(of_fills)))


def entry_of(vector: Vector) -> dict[str, Any]:
    """Return a vector as a file has it (CF-8)."""
    steps = [{"action": each.action, "expect": _told(each.expect)} for each in vector.steps]
    content = {name: value for name, value in asdict(vector).items() if value is not None}
    return content | {"steps": steps}


def _told(expect: Expectation) -> dict[str, Any]:
    if expect.code is None:
        return {"accepted": {"events": expect.events}}
    return {"rejected": {"code": expect.code, "violated": expect.violated}}


def _step(run: Both, wire: Object) -> tuple[Both, list[Step]] | None:
    """Return where an action leads to, with and without orders; None if that is not the same."""
    action = decode_action(wire)
    outcome = transition(run.orders, action)
    orders = outcome.state if isinstance(outcome, Accepted) else run.orders
    if wire["type"] not in ORDER_ACTIONS:
        alone = transition(run.fills, action)
        if not _is_alike(outcome, alone):
            return None
        fills = alone.state if isinstance(alone, Accepted) else run.fills
        return Both(orders, fills), [Step(wire, _expected(run.fills, alone))]
    fills, steps = run.fills, list[Step]()
    if isinstance(outcome, Rejected):
        return run, steps
    told: list[Event] = []
    for fill in fills_of(outcome):
        done = filled(fills, fill)
        if isinstance(done, Rejected):
            return None
        steps.append(Step(encode_fill(fill), _expected(fills, done)))
        fills = done.state
        told += done.events
    return (Both(orders, fills), steps) if _without_orders(outcome) == told else None


def _is_alike(outcome: Outcome, alone: Outcome) -> bool:
    """Tell whether an outcome is the same without a book, except what events say of orders."""
    if isinstance(outcome, Rejected) or isinstance(alone, Rejected):
        return isinstance(outcome, Rejected) and outcome == alone
    return _without_orders(outcome) == list(alone.events)


def _without_orders(outcome: Accepted) -> list[Event]:
    return [each for each in outcome.events if not isinstance(each, OF_ORDERS)]


def _expected(state: State, outcome: Outcome) -> Expectation:
    told: Mapping[str, Any] = encode_outcome(state, outcome)
    if isinstance(outcome, Rejected):
        return Expectation(outcome.code.value, tuple(told["rejected"]["violated"]), ())
    return Expectation(None, (), tuple(told["accepted"]["events"]))
