"""Compare the reference with the engine in JavaScript: the same actions through one protocol.

Both are processes of their own, begin with the same state, and answer the same batch of requests.
What counts is the CPU time of the engine's process with all its threads: reading requests and
writing answers included, building requests and reading answers not. Of Linux alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ibperp import actions
from ibperp.outcomes import Accepted
from ibperp.transition import transition
from ibperp_authoring.bench import fuzzing
from ibperp_authoring.bench import orders as bench_orders
from ibperp_authoring.bench.settlement import MARK, MOVE, OPEN, with_positions
from ibperp_authoring.bench.states import populated, with_orders
from ibperp_conformance.protocol.client import Engine
from ibperp_conformance.protocol.states import dump
from ibperp_conformance.protocol.wire import encode_action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ibperp.actions import Action
    from ibperp.state import State

REFERENCE, OTHER = "embedded", "javascript"
SIZE: Final = 100
"""Accounts, resting orders."""

POSITIONS: Final = 100
ACTIONS: Final = 200
"""How many actions of a kind are sent in a batch, of which those count that are accepted."""

ROUNDS: Final = 3
"""How often each batch is sent; the least time counts, when what can be compiled is."""

TIMEOUT: Final = 600.0
NANOSECONDS: Final = 10**9


def microseconds(
    kinds: Mapping[str, Callable[[int], Action]],
) -> dict[str, dict[str, float]]:
    """Return what an action takes either engine in microseconds, by kind, and the ratio."""
    commands = fuzzing.engines()
    if OTHER not in commands:
        return {}
    found: dict[str, dict[str, float]] = {}
    for kind, state, sent in rows(kinds):
        took = {name: least(commands[name], state, sent) / len(sent) for name in (REFERENCE, OTHER)}
        ratio = took[OTHER] / took[REFERENCE]
        found[kind] = {name: round(each * 10**6, 1) for name, each in took.items()}
        found[kind]["times_as_fast"] = round(ratio, 2)
    return found


def rows(
    kinds: Mapping[str, Callable[[int], Action]],
) -> Iterator[tuple[str, State, list[Action]]]:
    """Yield each kind of action with the state that it begins at, and what is sent."""
    state = populated(SIZE, ACTIONS)
    for kind, make in kinds.items():
        yield kind, state, accepted(state, map(make, range(ACTIONS)))
    state = with_orders(SIZE)
    for kind, make in bench_orders.kinds(SIZE).items():
        yield kind, state, accepted(state, map(make, range(ACTIONS)))
    state = with_positions(POSITIONS)
    yield f"mark and settle {POSITIONS} positions", state, accepted(state, settling(state))


def settling(state: State) -> Iterator[Action]:
    """Yield what moves the mark and settles, a few times."""
    for number in range(1, ROUNDS + 1):
        yield actions.AdvanceTime(state.time + number * state.system.settlement_interval)
        yield actions.UpdateMark(OPEN, MARK + number % 2 * MOVE, has_basis=False, basis=0)
        yield actions.Settle()


def accepted(state: State, wanted: Iterable[Action]) -> list[Action]:
    """Return those actions that are accepted, one after another."""
    found = []
    for action in wanted:
        outcome = transition(state, action)
        if isinstance(outcome, Accepted):
            state = outcome.state
            found.append(action)
    return found


def least(command: Sequence[str], state: State, sent: Sequence[Action]) -> float:
    """Return the least CPU seconds in which an engine takes actions; all must be accepted."""
    requests = [("apply", {"action": encode_action(action)}) for action in sent]
    took = []
    with Engine(command, TIMEOUT) as engine:
        engine.hello()
        process = engine._process.pid  # noqa: SLF001 - only the benchmark looks from outside
        for _ in range(ROUNDS):
            assert engine.request("load", state=dump(state)).kind == "ok"
            before = spent(process)
            replies = engine.batch(requests)
            took.append(spent(process) - before)
            assert {reply.kind for reply in replies} == {"accepted"}, (sent[0], command)
    return min(took)


def spent(process: int) -> float:
    """Return the CPU seconds that a process has taken, with all its threads."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / NANOSECONDS
