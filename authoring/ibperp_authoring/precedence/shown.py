"""Which pairs a refused action shows: its codes together, and what the next stage would refuse."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ibperp.operations import effect
from ibperp.outcomes import Rejected
from ibperp.transition import transition
from ibperp_authoring.precedence.wanted import Pair, applies, pairs, stage_codes

if TYPE_CHECKING:
    from ibperp.actions import Action
    from ibperp.operations.effect import Check
    from ibperp.state import State


@dataclass(frozen=True, slots=True)
class Shown:
    """What a refusal shows: the codes of its stage, and those of the next, if that fails too."""

    codes: tuple[str, ...]
    later: tuple[str, ...]

    def shows(self, pair: Pair) -> bool:
        """Tell whether the two sides of a pair fail here, and the first of them is answered.

        `violated` after its first code is not compared (CF-7), so it does not show a pair.
        """
        if not pair.is_next_stage:
            return self.codes[:1] == (pair.first,) and pair.second in self.codes
        if not self.codes or not self.later:
            return False
        return {*self.codes} <= stage_codes(pair, pair.stage) and {*self.later} <= stage_codes(
            pair, pair.stage + 1
        )


def shown(state: State, action: Action) -> Shown | None:
    """Return what an action shows that the reference refuses in a state; None if it accepts."""
    outcome = transition(state, action)
    if not isinstance(outcome, Rejected):
        return None
    with _passing_over(outcome):
        try:
            later = transition(state, action)
        except Exception:  # noqa: BLE001 - a later stage rests on what the one before it checks
            return Shown(tuple(code.value for code in outcome.violated), ())
    codes = tuple(code.value for code in outcome.violated)
    if not isinstance(later, Rejected) or later == outcome:
        return Shown(codes, ())
    return Shown(codes, tuple(code.value for code in later.violated))


@contextmanager
def _passing_over(refused: Rejected) -> Iterator[None]:
    """Let the reference pass the stage that refused: its next one answers."""
    original = effect.rejection

    def passing(*checks: Check) -> Rejected | None:
        answer = original(*checks)
        return None if answer == refused else answer

    homes = [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("ibperp.") and getattr(module, "rejection", None) is original
    ]
    for module in homes:
        setattr(module, "rejection", passing)  # noqa: B010 - the type of a module has no such field
    try:
        yield
    finally:
        for module in homes:
            setattr(module, "rejection", original)  # noqa: B010


def missing(
    refusals: Iterable[tuple[str, Shown]], wanted: Iterable[Pair] | None = None
) -> list[Pair]:
    """Return the pairs that no refusal shows; a refusal is an action's type and what it shows."""
    left = dict.fromkeys(pairs() if wanted is None else wanted)
    by_action: dict[str, set[Shown]] = {}
    for action, each in refusals:
        by_action.setdefault(action, set()).add(each)
    return [pair for pair in left if not _is_shown(pair, by_action)]


def _is_shown(pair: Pair, by_action: Mapping[str, Iterable[Shown]]) -> bool:
    return any(
        each.shows(pair)
        for action, listed in by_action.items()
        if applies(pair, action)
        for each in listed
    )
