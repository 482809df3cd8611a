"""Short walks from many states: every action, and every invariant after every step."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, ClassVar, Final, get_args

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ibperp.actions import Action, CreateAccount, Deposit, SetSystemParameters
from ibperp.events import LiquidationStage
from ibperp.outcomes import Accepted
from ibperp_invariants import Monitor, check_state
from ibperp_invariants.search.risk import quoted, worked
from ibperp_invariants.search.search import shrunk, stepped
from ibperp_invariants.view.from_state import view_of_state
from ibperp_invariants.view.totals import totals_of
from invariants.test_risk_walks import BEARERS, said
from walks.any import any_action
from walks.ends import ended
from walks.walk import AROUND, TRADERS, WORK, Draw, spoilt_action
from walks.walk_perpetual import WORK_ON_PERPETUALS, limited
from walks.walk_risk import RISK, risky
from worlds.starts import STARTS
from worlds.tiny import CHAINS, SYMBOLS, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ibperp.state import State

BUDGET: Final = settings(
    max_examples=8,
    stateful_step_count=32,
    derandomize=True,
    deadline=None,
    phases=(Phase.generate,),
    database=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
"""Few examples from each of many states: beyond ten, most would repeat parts of earlier ones.

What breaks an invariant is made shorter by what the search has for it, in seconds.
"""

chances: Final = st.randoms(use_true_random=True)


def made(
    choices: Sequence[tuple[int, Callable[[Draw], Action]]],
) -> st.SearchStrategy[Callable[[Draw], Action]]:
    """One of the ways to make an action, whatever its weight."""
    return st.sampled_from([make for _, make in choices])


def peopled(state: State) -> State:
    """Return the state with every account that a walk knows; the new ones have a little."""
    for account in range(len(state.accounts), TRADERS[-1] + 1):
        state = run(state, CreateAccount(account, 9))
        for symbol in SYMBOLS:
            sequence = state.chains[0].next_sequence
            state = run(state, Deposit(account, symbol, CHAINS[0], sequence, 500))
    return state


class Walk(RuleBasedStateMachine):
    """A random walk over the reference, every invariant after every step."""

    first: ClassVar[State]
    seen: ClassVar[Counter[object]]

    def __init__(self) -> None:
        super().__init__()
        self.monitor = Monitor(self.first)
        self.actions = list[Action]()

    @property
    def state(self) -> State:
        return self.monitor.state

    def act(self, action: Action) -> None:
        self.actions.append(action)
        outcome, name, message = stepped(self.monitor, self.state, action)
        assert not name, "\n".join(
            [f"{name}: {message}", *map(str, shrunk(self.first, self.actions, name))]
        )
        if isinstance(outcome, Accepted):
            self.seen.update([type(action), *said(outcome)])

    @initialize(random=chances, changes=st.booleans())
    def limit(self, random: Random, changes: bool) -> None:
        if changes:
            self.act(SetSystemParameters(risky(random, limited(random, self.state.system))))

    @rule(random=chances)
    def act_on_the_due(self, random: Random) -> None:
        self.act(worked(random, self.state))

    @rule(random=chances)
    def ask_or_quote(self, random: Random) -> None:
        self.act(quoted(random, self.state))

    @rule(random=chances, make=made(RISK))
    def risk(self, random: Random, make: Callable[[Draw], Action]) -> None:
        self.act(make(Draw(random, self.state)))

    @rule(random=chances, make=made(WORK))
    def trade(self, random: Random, make: Callable[[Draw], Action]) -> None:
        self.act(make(Draw(random, self.state)))

    @rule(random=chances, make=made(WORK_ON_PERPETUALS))
    def trade_perpetuals(self, random: Random, make: Callable[[Draw], Action]) -> None:
        self.act(make(Draw(random, self.state)))

    @rule(random=chances, make=made(AROUND))
    def go_around(self, random: Random, make: Callable[[Draw], Action]) -> None:
        self.act(make(Draw(random, self.state)))

    @rule(random=chances)
    def end(self, random: Random) -> None:
        self.act(ended(Draw(random, self.state)))

    @rule(random=chances, make=made((*WORK, *WORK_ON_PERPETUALS, *AROUND, *RISK)))
    def spoil(self, random: Random, make: Callable[[Draw], Action]) -> None:
        self.act(spoilt_action(random, make(Draw(random, self.state))))

    @rule(action=any_action)
    def do_anything(self, action: Action) -> None:
        self.act(action)

    def teardown(self) -> None:
        assert self.monitor.totals == totals_of(view_of_state(self.state))
        assert check_state(self.state) == []


@pytest.mark.slow(9)
@pytest.mark.no_cover
def test_walk__every_invariant_holds_and_every_action_and_stage_is_reached() -> None:
    seen = Counter[object]()
    for name, start in STARTS.items():
        members = {"first": peopled(start()), "seen": seen}
        run_state_machine_as_test(type(name, (Walk,), members), settings=BUDGET)
    missing = {*get_args(Action), *LiquidationStage, *BEARERS} - seen.keys()
    assert not missing, f"never accepted or reached: {missing}; seen: {seen}"
