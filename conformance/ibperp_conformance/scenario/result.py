"""What a scenario came to: its steps, each with what was before it, and the names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ibperp.outcomes import Accepted, Outcome, RejectionCode
from ibperp.state import State

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp_conformance.presets.preset import Preset
    from ibperp_conformance.scenario.repeat import Repeat
    from ibperp_invariants import Violation


@dataclass(frozen=True, slots=True)
class StepResult:
    """A step: where it stands, what it did, and whether that was expected.

    `line` is 0 and `label` says so for the steps that set the scene. `expected` None expects
    acceptance. `repeat`: the outermost one that the step belongs to.
    """

    line: int
    label: str
    action: Action
    before: State
    outcome: Outcome
    expected: RejectionCode | None
    violations: tuple[Violation, ...]
    repeat: Repeat | None = None

    @property
    def after(self) -> State:
        """Return the state that the step left."""
        return self.outcome.state if isinstance(self.outcome, Accepted) else self.before

    @property
    def is_expected(self) -> bool:
        """Tell whether the outcome is the one that the scenario expects."""
        if isinstance(self.outcome, Accepted):
            return self.expected is None
        return self.outcome.code is self.expected


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """A scenario that was run: the steps that set the scene, those of the file, and the names.

    `names` are those of accounts, `orders` those of orders, by id. `start`: the state before the
    first step. `begins`: the date of second 0, if the scenario has one. `is_whole`: all of its
    steps were taken, and it was not interrupted.
    """

    title: str
    preset: Preset
    scene: tuple[StepResult, ...]
    steps: tuple[StepResult, ...]
    names: dict[int, str]
    orders: dict[int, str]
    start: State
    begins: datetime | None = None
    is_whole: bool = True

    def moment(self, time: int) -> str:
        """Return a time as a date, up to year 9999, if the scenario has one, else in seconds."""
        try:
            date = None if self.begins is None else self.begins + timedelta(seconds=time)
        except OverflowError:
            date = None
        return str(time) if date is None else date.strftime("%Y-%m-%d %H:%M:%S")

    @property
    def final(self) -> State:
        """Return the state at the end."""
        every = (*self.scene, *self.steps)
        return every[-1].after if every else self.start

    @property
    def is_ok(self) -> bool:
        """Tell whether every step was taken, every outcome expected, and every invariant held."""
        every = (*self.scene, *self.steps)
        return self.is_whole and all(step.is_expected and not step.violations for step in every)
