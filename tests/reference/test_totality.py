"""The transition answers any action that is well typed, in any state: it never raises."""

from __future__ import annotations

from copy import copy, deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibperp.actions import Action
from ibperp.transition import transition
from ibperp_invariants import Monitor
from walks.any import changed
from worlds.starts import STARTS

if TYPE_CHECKING:
    from ibperp.state import State

PROPERTY: Final = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=(HealthCheck.too_slow,),
)
"""Few examples of each of many kinds: beyond ten, most would repeat parts of earlier ones."""


@cache
def start(name: str) -> tuple[Monitor, State]:
    """Return a monitor of a state, and a copy of the state that shares nothing with it."""
    state = STARTS[name]()
    return Monitor(state), deepcopy(state)


@pytest.mark.no_cover
@pytest.mark.parametrize("kind", get_args(Action))
@PROPERTY
@given(st.sampled_from(tuple(STARTS)), st.data())
def test_transition__answers_any_action_and_leaves_its_state_alone(
    kind: Any, name: str, data: st.DataObject
) -> None:
    monitor, kept = start(name)
    for _ in range(3):
        action = data.draw(changed(kind))
        outcome = transition(monitor.state, action)
        assert copy(monitor).check(action, outcome) == []
        assert monitor.state == kept
