"""No vector breaks an invariant: what the reference does in them is what must always hold."""

from __future__ import annotations

import pytest

from ibperp.transition import transition
from ibperp_authoring.cases import BRICKS
from ibperp_authoring.cases.builder import Refused
from ibperp_invariants import Monitor
from worlds.shipped import starts


@pytest.mark.slow(4)
@pytest.mark.no_cover
@pytest.mark.parametrize("brick", BRICKS)
def test_vectors__break_no_invariant(brick: str) -> None:
    broken = {}
    for case in BRICKS[brick]:
        monitor = Monitor(starts()[case.setup])
        for number, step in enumerate(case.steps, 1):
            action = step.action if isinstance(step, Refused) else step
            outcome = transition(monitor.state, action)
            found = monitor.check(action, outcome)
            if found:
                broken[case.id, number] = found[0]
    assert broken == {}
