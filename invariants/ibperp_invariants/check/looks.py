"""Which checks a step calls: of the invariants that it can break, and of those in doubt."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ibperp_invariants.check.registry import INVARIANTS
from ibperp_invariants.check.when import ANY, breaking

if TYPE_CHECKING:
    from ibperp_invariants.step.step import Invariant, StateCheck, Step, StepCheck

Look: TypeAlias = "tuple[Invariant, StepCheck | None, StateCheck | None, StepCheck | None]"
"""An invariant with those of its checks that are called: on a step, a state, and what changed."""

EVERY: Final = frozenset(invariant.name for invariant in INVARIANTS)
"""All invariants, where nothing is known of the state before."""

PLAIN: Final = frozenset(
    invariant.name
    for invariant in INVARIANTS
    if invariant.on_state is not None and invariant.on_change is None
)
"""The invariants of every state that have no form for changes."""

FOLLOWED: Final = frozenset(own.name for own in INVARIANTS if own.on_change is not None)
"""The invariants of every state that have one."""

IN_FULL: Final[tuple[Look, ...]] = tuple(
    (own, own.on_step, own.on_state, own.on_change) for own in INVARIANTS
)

LIKES: Final = 1 << 12
"""Of so many steps that moved different parts it is remembered what they call."""


def looks(step: Step, again: Collection[str]) -> tuple[Look, ...]:
    """Return what is called on a step; the invariants in `again` look at the whole state."""
    action: type = type(step.action)
    usual = _usual(action, step.moved, is_accepted=step.is_accepted())
    if not again:
        return usual
    chosen = {look[0].name: look for look in usual}
    chosen |= {look[0].name: look for look in IN_FULL if look[0].name in again}
    return tuple(chosen[own.name] for own in INVARIANTS if own.name in chosen)


@lru_cache(maxsize=LIKES)
def _usual(action: Any, moved: int, *, is_accepted: bool) -> tuple[Look, ...]:
    """Return what is called on a step from a state that kept all: made once for its like."""
    able = _able(action, is_accepted=is_accepted)
    return tuple(look for look, parts in able if parts == ANY or parts & moved)


@cache
def _able(action: Any, *, is_accepted: bool) -> tuple[tuple[Look, int], ...]:
    """Return what an action can make be called, with the parts of which one has to move."""
    names = breaking(action, is_accepted=is_accepted)
    return tuple(
        ((own, on_step, None if on_change else on_state, on_change), names[own.name])
        for own, on_step, on_state, on_change in IN_FULL
        if own.name in names
    )
