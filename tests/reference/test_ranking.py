"""The rankings of deleveraging, followed from state to state, are those of each state."""

from __future__ import annotations

from random import Random
from typing import Final

from ibperp.outcomes import Accepted
from ibperp.ranking import followed_ranking, ranking
from ibperp.state import Perpetual
from ibperp.transition import transition
from walks.walk import traders, useful_action
from walks.walk_perpetual import limited
from walks.walk_risk import RISK, risky
from worlds.tiny import SYSTEM

WALKS: Final = 6
STEPS: Final = 120


def test_followed__is_the_ranking_of_the_later_state() -> None:
    changes = crowded = 0
    for seed in range(WALKS):
        random = Random(seed)
        state = traders(risky(random, limited(random, SYSTEM)))
        sides = [
            ranking(state, place, is_long=is_long)
            for place, market in enumerate(state.markets)
            if isinstance(market, Perpetual)
            for is_long in (False, True)
        ]
        for _ in range(STEPS):
            outcome = transition(state, useful_action(random, state, RISK))
            state = outcome.state if isinstance(outcome, Accepted) else state
            for number, old in enumerate(sides):
                sides[number] = new = followed_ranking(old, state)
                assert new.keys == ranking(state, new.market, is_long=new.is_long).keys
                changes += new.keys != old.keys
                crowded += len(new.keys) > 1
    assert changes > WALKS
    assert crowded > WALKS
