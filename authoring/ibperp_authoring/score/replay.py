"""The vectors in this process: each step of them once, what is right there, and what it runs."""

from __future__ import annotations

import signal
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from ibperp.outcomes import Accepted, Outcome, Rejected
from ibperp.state import State, genesis
from ibperp.transition import transition
from ibperp_conformance.protocol.observation import observe
from ibperp_conformance.protocol.wire import decode_action, decode_system

if TYPE_CHECKING:
    from types import FrameType

    from ibperp.actions import Action
    from ibperp.parameters import SystemParameters
    from ibperp_conformance.runner.vectors import Setup, Suite, Vector

PATIENCE: Final = 3.0
"""Seconds of the processor after which a step counts as noticed: the mutant does not end."""

Lines: TypeAlias = Mapping[str, Mapping[int, Sequence[int]]]
"""Which places of `Replays` run a line of the reference, by file and line."""


class EndlessError(Exception):
    """A mutant does not come to an end."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The start of a setup: the system, and the right first state."""

    system: SystemParameters
    right: State
    vectors: list[int]

    def tried(self, _state: State | None = None) -> State | None:
        """Return the first state as the reference is now."""
        return genesis(self.system)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that vectors share: from which state, the right answer, and the state after it.

    `is_own`: of vectors, not of their setup, whose events are not compared.
    """

    before: State
    action: Action
    answer: Outcome
    right: State
    is_own: bool
    vectors: list[int]

    def tried(self, state: State | None = None) -> State | None:
        """Return the state after it as the reference is now; None if its answer is wrong."""
        start = self.before if state is None else state
        outcome = transition(start, self.action)
        if isinstance(self.answer, Rejected) or isinstance(outcome, Rejected):
            is_same = self._code(self.answer) is self._code(outcome)
            return start if is_same else None
        if self.is_own and outcome.events != self.answer.events:
            return None
        return outcome.state

    @staticmethod
    def _code(outcome: Outcome) -> object:
        return outcome.code if isinstance(outcome, Rejected) else None


@dataclass(frozen=True, slots=True)
class End:
    """A state in which vectors end, and its right observation."""

    right: State
    shown: Mapping[str, object]
    vectors: list[int]

    def tried(self, state: State | None = None) -> State | None:
        """Return the state if the reference shows it right, as it is now; else None."""
        own = self.right if state is None else state
        return self.right if observe(own) == self.shown else None


Place: TypeAlias = Reset | Step | End


@dataclass(frozen=True, slots=True)
class Replay:
    """A vector: its id, its clauses, and its places from the reset to the end."""

    id: str
    clauses: tuple[str, ...]
    path: tuple[int, ...]


class Replays:
    """Vectors as a tree: what they have in common is taken once, and right when it is built."""

    def __init__(self, suite: Suite, chosen: Iterable[Vector]) -> None:
        """Take every step of the chosen vectors with the reference as it is now."""
        self.places: list[Place] = []
        self.vectors: list[Replay] = []
        self._known: dict[tuple[int, object, bool], int] = {}
        for vector in chosen:
            self._enter(suite.setups[vector.setup], vector)

    def _enter(self, setup: Setup, vector: Vector) -> None:
        system = decode_system(setup.system)
        path = [self._at((-1, system, False), lambda: Reset(system, genesis(system), []))]
        steps = [(action, False) for action in setup.actions]
        steps += [(step.action, True) for step in vector.steps]
        for record, is_own in steps:
            action, before = decode_action(record), self.places[path[-1]].right
            key = (path[-1], action, is_own)
            path.append(self._at(key, partial(_step, before, action, is_own=is_own)))
        state = self.places[path[-1]].right
        path.append(self._at((path[-1], None, True), lambda: End(state, observe(state), [])))
        for place in path:
            self.places[place].vectors.append(len(self.vectors))
        self.vectors.append(Replay(vector.id, vector.clauses, tuple(path)))

    def _at(self, key: tuple[int, object, bool], made: Callable[[], Place]) -> int:
        if key not in self._known:
            self._known[key] = len(self.places)
            self.places.append(made())
        return self._known[key]

    def lines(self) -> Lines:
        """Return which places run each line of the reference."""
        import coverage

        watch = coverage.Coverage(data_file=None, source=["ibperp"], config_file=False)
        watch.set_option("run:disable_warnings", ["module-not-measured", "already-imported"])
        watch.start()
        try:
            for number, place in enumerate(self.places):
                watch.switch_context(str(number))
                place.tried()
        finally:
            watch.stop()
        data = watch.get_data()
        found: dict[str, dict[int, list[int]]] = defaultdict(dict)
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                found[file][line] = sorted(int(each) for each in contexts if each)
        return found

    def noticing(self, places: Iterable[int], liked: Collection[str] = ()) -> str | None:
        """Return the id of a vector that notices what is planted; None if none does.

        `places`: those that run it, in the order to try; `liked`: ids to name before others.
        """
        with _patience() as again:
            for number in places:
                found = [self.vectors[each].id for each in self._noticed_at(number, again)]
                if found:
                    return next((each for each in found if each in liked), found[0])
        return None

    def _noticed_at(self, number: int, again: Callable[[], object]) -> Sequence[int]:
        """Return the vectors that notice at a place, or one that notices after it."""
        place = self.places[number]
        again()
        try:
            state = place.tried()
        except Exception:  # noqa: BLE001 - an engine that raises fails the vector
            return place.vectors
        if state is None:
            return place.vectors
        if state == place.right:
            return ()
        return next(
            ([each] for each in place.vectors if self._fails(each, number, state, again)), ()
        )

    def _fails(self, vector: int, number: int, state: State, again: Callable[[], object]) -> bool:
        """Tell whether a vector fails that goes on from a state that is not the right one."""
        path = self.vectors[vector].path
        now: State | None = state
        for place in path[path.index(number) + 1 :]:
            again()
            try:
                now = self.places[place].tried(now)
            except Exception:  # noqa: BLE001 - an engine that raises fails the vector
                return True
            if now is None:
                return True
        return False


def _step(before: State, action: Action, *, is_own: bool) -> Step:
    answer = transition(before, action)
    after = answer.state if isinstance(answer, Accepted) else before
    return Step(before, action, answer, after, is_own, [])


@contextmanager
def _patience() -> Iterator[Callable[[], object]]:
    def end(_number: int, _frame: FrameType | None) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGVTALRM, end)
    try:
        yield lambda: signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
