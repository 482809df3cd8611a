"""The vectors in this process: what the right reference answers, and which lines each reaches."""

from __future__ import annotations

import signal
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import Accepted, Outcome, Rejected
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import decode_action, decode_system

if TYPE_CHECKING:
    from types import FrameType

    from ibperp.actions import Action
    from ibperp_conformance.runner.vectors import Setup, Suite, Vector

PATIENCE: Final = 3.0
"""Seconds after which a vector counts as noticed: the mutant does not come to an end."""


class EndlessError(Exception):
    """A mutant does not come to an end."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A vector ready to be judged: its start, its own actions, the right answers, and its end."""

    id: str
    clauses: tuple[str, ...]
    start: State
    actions: tuple[Action, ...]
    right: tuple[Outcome, ...]
    shown: Mapping[str, object]

    def notices(self) -> bool:
        """Run the actions as the reference is now; tell whether an engine like it fails."""
        state = self.start
        for action, right in zip(self.actions, self.right, strict=True):
            outcome = transition(state, action)
            if isinstance(right, Rejected) or isinstance(outcome, Rejected):
                if not isinstance(outcome, Rejected) or not isinstance(right, Rejected):
                    return True
                if outcome.code is not right.code:
                    return True
                continue
            if outcome.events != right.events:
                return True
            state = outcome.state
        return observe(state) != self.shown


def replays(suite: Suite, chosen: Iterable[Vector]) -> Iterator[Replay]:
    """Yield the vectors as the right reference runs them; each setup is built once."""
    starts: dict[str, State] = {}
    for vector in chosen:
        if vector.setup not in starts:
            starts[vector.setup] = _built(suite.setups[vector.setup])
        state, right = starts[vector.setup], []
        actions = tuple(decode_action(step.action) for step in vector.steps)
        for action in actions:
            outcome = transition(state, action)
            right.append(outcome)
            state = outcome.state if isinstance(outcome, Accepted) else state
        yield Replay(
            vector.id, vector.clauses, starts[vector.setup], actions, tuple(right), observe(state)
        )


def _built(setup: Setup) -> State:
    state = genesis(decode_system(setup.system))
    for action in setup.actions:
        outcome = transition(state, decode_action(action))
        if isinstance(outcome, Accepted):
            state = outcome.state
    return state


def reached(replayed: Sequence[Replay]) -> Mapping[str, Mapping[int, list[int]]]:
    """Return which vectors reach each line of the reference, by file and line."""
    import coverage

    watch = coverage.Coverage(data_file=None, source=["ibperp"], config_file=False)
    watch.set_option("run:disable_warnings", ["module-not-measured", "already-imported"])
    watch.start()
    try:
        for place, each in enumerate(replayed):
            watch.switch_context(str(place))
            each.notices()
    finally:
        watch.stop()
    data = watch.get_data()
    found: dict[str, dict[int, list[int]]] = defaultdict(dict)
    for file in data.measured_files():
        for line, contexts in data.contexts_by_lineno(file).items():
            found[file][line] = sorted(int(each) for each in contexts if each)
    return found


def noticing(replayed: Iterable[Replay]) -> str | None:
    """Return the id of the first vector that notices what is planted; None if none does."""
    with _patience() as again:
        for each in replayed:
            again()
            try:
                if each.notices():
                    return each.id
            except Exception:  # noqa: BLE001 - an engine that raises fails the vector
                return each.id
    return None


@contextmanager
def _patience() -> Iterator[Callable[[], object]]:
    def end(_number: int, _frame: FrameType | None) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGALRM, end)
    try:
        yield lambda: signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
