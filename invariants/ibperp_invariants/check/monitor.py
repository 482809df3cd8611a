"""Watches states and runs of the reference: a step costs the checks of what it did."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ibperp.outcomes import Accepted
from ibperp.risk_index import followed_index, indexed
from ibperp.transition import transition
from ibperp_invariants.check.looks import FOLLOWED, PLAIN, looks
from ibperp_invariants.check.narrow import OF_TIME, narrowed
from ibperp_invariants.check.registry import check_view
from ibperp_invariants.step.facts import facts_of_events
from ibperp_invariants.step.moved import sums_moved
from ibperp_invariants.step.step import Step, Violation
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.totals import totals_after, totals_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from ibperp.actions import Action
    from ibperp.outcomes import Outcome
    from ibperp.risk_index import RiskIndex
    from ibperp.state import State
    from ibperp_invariants.step.step import Invariant
    from ibperp_invariants.view.totals import Totals
    from ibperp_invariants.view.view import View


def check_state(state: State) -> list[Violation]:
    """Return what a state breaks; looks at every account."""
    view = view_of_state(state)
    return check_view(view, totals_of(view))


def check_step(before: State, action: Action, outcome: Outcome) -> list[Violation]:
    """Return what a step and the state after it break; looks at every account."""
    return Monitor(before).check(action, outcome)


def step_of(
    before: State,
    action: Action,
    outcome: Outcome,
    *,
    seen: View | None = None,
    is_repeated: bool = True,
) -> Step:
    """Return a step of the reference as the invariants see it.

    `seen`: the view of the state before, if there is one already. `is_repeated`: the reference does
    the action once more, because its outcome has to be the same (NT-9).
    """
    view = seen or view_of_state(before)
    is_same = not is_repeated or transition(before, action) == outcome
    repeat = "" if is_same else "the reference gave another outcome the second time"
    if not isinstance(outcome, Accepted):
        code, violated = outcome.code.value, tuple(code.value for code in outcome.violated)
        return Step(view, view, action, code, violated, repeat=repeat)
    after = view_of_state(outcome.state, (before, view))
    facts = facts_of_events(outcome.state, outcome.events)
    return Step(view, after, action, facts=facts, repeat=repeat)


SAMPLE: Final = 16
"""So many actions of a kind are done a second time where some are, and later each so many-th."""


class Monitor:
    """Watches a run of the reference: after the first state, a step costs only what it changes.

    It follows the due list by its index as well, unless it is told not to: that looks at the health
    of everybody whom a price touches, at every price. It does each action a second time; with
    `repeats_some` the first actions of a kind alone, and then each sixteenth (NT-9).
    """

    def __init__(
        self, state: State, *, follows_index: bool = True, repeats_some: bool = False
    ) -> None:
        self.state, self.follows_index, self.repeats_some = state, follows_index, repeats_some
        self._done = Counter[type]()
        self._again: Collection[str] = PLAIN
        self.view = view_of_state(state)
        self.totals = totals_of(self.view)
        self._index: RiskIndex | None = None

    def check(self, action: Action, outcome: Outcome) -> list[Violation]:
        """Return what the step and the state after it break, and go on from that state."""
        is_repeated = not self.repeats_some or self._is_sample(action)
        step = step_of(self.state, action, outcome, seen=self.view, is_repeated=is_repeated)
        totals = self.totals
        if isinstance(outcome, Accepted):
            if self.follows_index:
                index = self._index or indexed(self.state)
                self._index = followed_index(index, outcome.state)
                step = replace(step, index=self._index, origin=self.state)
            totals = totals_after(self.totals, step.before, step.after, sums_moved(step.moved))
            self.state, self.view = outcome.state, step.after
        found = self._found(step, totals)
        self.totals = totals
        self._again = {broken.invariant for broken in found} - FOLLOWED
        return found

    def _is_sample(self, action: Action) -> bool:
        """Tell whether an action is among the first of its kind, or a later one that is chosen."""
        self._done[type(action)] += 1
        count = self._done[type(action)]
        return count <= SAMPLE or count % SAMPLE == 0

    def _found(self, step: Step, totals: Totals) -> list[Violation]:
        """Return what a step breaks of what it can break, and of what was broken before it."""
        wide, narrow = narrowed(step, self.totals, totals)
        seen = dict.fromkeys(OF_TIME, wide) | dict.fromkeys(self._again, step.after)
        of_steps, of_changes, of_states = list[Violation](), list[Violation](), list[Violation]()
        for own, on_step, on_state, on_change in looks(step, self._again):
            if on_step is not None:
                of_steps += _violations(own, on_step(step))
            if on_change is not None:
                of_changes += _violations(own, on_change(step))
            if on_state is not None:
                of_states += _violations(own, on_state(seen.get(own.name, narrow), totals))
        return of_steps + of_changes + of_states


def _violations(invariant: Invariant, messages: Iterable[str]) -> list[Violation]:
    return [Violation(invariant.name, invariant.clauses, message) for message in messages]


class Follower:
    """Checks steps of a run: each costs only what it changes, if it goes on from the last.

    Of its actions some are done a second time (NT-9): search and fuzz do so with every one.
    """

    def __init__(self) -> None:
        self._monitor: Monitor | None = None

    def check(self, before: State, action: Action, outcome: Outcome) -> list[Violation]:
        """Return what a step from `before` and the state after it break, as `check_step` does."""
        if self._monitor is None or self._monitor.state is not before:
            self._monitor = Monitor(before, follows_index=False, repeats_some=True)
        return self._monitor.check(action, outcome)
