"""Make a run with a difference small: fewest actions first, then small numbers and plain flags.

Every trial is a run of the reference and one batch to the engine. The difference must keep its
signature; where it shows earlier, the run is cut there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from ibperp.actions import CreateAccount
from ibperp.outcomes import Accepted
from ibperp_conformance.fuzz.ask import ANSWERED, Difference, differs
from ibperp_conformance.fuzz.script import Line, Script, replayed
from ibperp_conformance.protocol.client import EngineFailureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ibperp.parameters import SystemParameters
    from ibperp_conformance.fuzz.ask import Asked
    from ibperp_conformance.fuzz.generator.run import Step

STEPS_MAX: Final = 6
"""The most steps of its own that a finding should have."""


class Asking(Protocol):
    """How a run is judged: `differs`, or what stands for it."""

    def __call__(
        self,
        engine: Asked,
        system: SystemParameters,
        steps: Sequence[Step],
        every: int,
        other: Asked | None = None,
        *,
        loaded: int = 0,
    ) -> Difference | None:
        """Return the first difference."""
        ...


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The small run: `own` of its steps are to be watched, those before lead to their state."""

    script: Script
    steps: tuple[Step, ...]
    difference: Difference
    own: int
    trials: int
    seconds: float


class Shrinker:
    """Holds the smallest run so far. `open_engine` gives the engine anew after a failure."""

    def __init__(
        self,
        script: Script,
        difference: Difference,
        open_engine: Callable[[], Asked],
        budget: float,
        *,
        other: Asked | None = None,
        asks: Asking = differs,
    ) -> None:
        """Begin with a run of which the difference is known; `asks` found it."""
        self.script = replace(script, lines=script.lines[: difference.step + 1])
        self.difference = difference
        self.trials = 0
        self._steps = replayed(script.system, self.script.lines)
        self._open, self._other, self._asks = open_engine, other, asks
        self._engine: Asked | None = None
        self._began = time.monotonic()
        self._deadline = self._began + budget

    def shrunk(self) -> Shrunk:
        """Return the smallest run that was found before the budget was spent."""
        self._without_refused()
        self._fewer()
        self._plainer()
        self._fewer()
        steps = self._steps
        own = self._own(steps)
        seconds = time.monotonic() - self._began
        return Shrunk(self.script, tuple(steps), self.difference, own, self.trials, seconds)

    def _is_over(self) -> bool:
        return time.monotonic() > self._deadline

    def _takes(self, lines: tuple[Line, ...]) -> bool:
        """Keep `lines` if they show the same difference."""
        if not lines:
            return False
        steps = replayed(self.script.system, lines, (self.script.lines, self._steps))
        if not self._is_worth_asking(steps[-1]):
            return False
        self.trials += 1
        found = self._asked(steps)
        if found is None or found.signature != self.difference.signature:
            return False
        self.script = replace(self.script, lines=lines[: found.step + 1])
        self._steps = steps[: found.step + 1]
        self.difference = found
        return True

    def _is_worth_asking(self, last: Step) -> bool:
        """Tell whether the reference's own last answer may still be the one that differs."""
        if self.difference.kind not in ANSWERED - {"invariant"}:
            return True
        kept = self._steps[-1].outcome
        if isinstance(kept, Accepted) and isinstance(last.outcome, Accepted):
            kinds = {type(event) for event in kept.events}
            return not kinds or any(type(event) in kinds for event in last.outcome.events)
        if isinstance(kept, Accepted) or isinstance(last.outcome, Accepted):
            return False
        return kept.code is last.outcome.code

    def _asked(self, steps: list[Step], loaded: int = 0) -> Difference | None:
        if self._engine is None:
            self._engine = self._open()
        every = 1 if self.difference.kind == "observation" else len(steps)
        try:
            found = self._asks(
                self._engine, self.script.system, steps, every, self._other, loaded=loaded
            )
        except EngineFailureError:
            self._engine = None
            return None
        if found and found.kind not in ANSWERED:
            self._engine = None
        return found

    def _without_refused(self) -> None:
        """Leave out at once all that is refused before the last step."""
        *before, last = self.script.lines
        kept = [
            line
            for line, step in zip(before, self._steps, strict=False)
            if isinstance(step.outcome, Accepted)
        ]
        if len(kept) < len(before):
            self._takes((*kept, last))

    def _fewer(self) -> None:
        """Leave out parts of the run, the large ones first, until no line can be left out."""
        size = max(len(self.script.lines) // 2, 1)
        while size and not self._is_over():
            place, is_shorter = max(len(self.script.lines) - 1 - size, 0), False
            while place >= 0 and not self._is_over():
                lines = self.script.lines
                end = min(place + size, len(lines) - 1)
                if place < end and self._takes((*lines[:place], *lines[end:])):
                    is_shorter = True
                    place = min(place, len(self.script.lines) - 1)
                elif place == 0:
                    break
                place = max(place - size, 0)
            if not is_shorter or size > 1:
                size //= 2

    def _plainer(self) -> None:
        """Make the numbers of every line small and its flags plain."""
        for place in reversed(range(len(self.script.lines))):
            if place >= len(self.script.lines):
                continue
            for change in _changes(self.script.lines[place].action):
                if self._is_over():
                    return
                lines = self.script.lines
                line = replace(lines[place], action=change(lines[place].action))
                if line.action != lines[place].action:
                    self._takes((*lines[:place], line, *lines[place + 1 :]))

    def _own(self, steps: list[Step]) -> int:
        """Return how many of the last steps show the difference from the state before them."""
        refused = [
            place for place, step in enumerate(steps[:-1]) if not isinstance(step.outcome, Accepted)
        ]
        least = len(steps) - refused[0] if refused else 1
        if self._engine is None:
            self._engine = self._open()
        if "states" not in self._engine.capabilities or self._other is not None:
            return max(least, min(STEPS_MAX, len(steps)))
        for own in range(least, len(steps)):
            found = self._asked(steps, loaded=len(steps) - own)
            if found and found.signature == self.difference.signature:
                return own
        return len(steps)


def _changes(action: Any) -> Iterator[Callable[[Any], Any]]:
    """Yield what may make an action plainer, the boldest first, field by field."""
    if isinstance(action, CreateAccount):
        return
    for path, value in _leaves(action, ()):
        if path[-1] in {"account", "sequence", "time", "order", "request", "withdrawal"}:
            continue
        for plainer in _plainer(value):
            yield partial(_with, path=path, value=plainer)


def _leaves(record: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for item in fields(record):
        value = getattr(record, item.name)
        if is_dataclass(value):
            yield from _leaves(value, (*path, item.name))
        elif isinstance(value, bool | int):
            yield (*path, item.name), value


def _plainer(value: int) -> tuple[int, ...]:
    if isinstance(value, bool):
        return (False,) if value else ()
    size = abs(value)
    if size < 2:
        return ()
    power = 10 ** (len(str(size)) - 1)
    sign = 1 if value > 0 else -1
    return tuple(
        sign * own for own in dict.fromkeys((1, power, size // power * power)) if own < size
    )


def _with(record: Any, path: tuple[str, ...], value: Any) -> Any:
    name, *rest = path
    inner = _with(getattr(record, name), tuple(rest), value) if rest else value
    return replace(record, **{name: inner})
