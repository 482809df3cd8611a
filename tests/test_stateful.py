from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar, get_args

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ibperp import actions
from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CompleteRebalance,
    ConfirmWithdrawal,
    CreateAccount,
    Deposit,
    FailWithdrawal,
    Lend,
    ListAsset,
    Redeem,
    Repay,
    RequestWithdrawal,
    SetAccountSettings,
    SetPoolParameters,
    SetPrice,
    StartRebalance,
    Transfer,
)
from ibperp.numbers import RATIO
from ibperp.outcomes import Accepted
from ibperp.parameters import BookState, SystemParameters
from ibperp.state import State
from ibperp.transition import transition
from ibperp_invariants import Monitor, check_state
from ibperp_invariants.step import wealth
from ibperp_invariants.view import totals_of, view_of_state
from strategies import (
    AMOUNTS,
    CHAINS,
    POOL,
    SYSTEM,
    TIME_STEPS,
    amounts,
    any_action,
    asset,
    chains,
    funded,
    listed,
    owners,
    run,
    symbols,
    wholes,
)

HEALTH = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
BUDGET = settings(
    max_examples=300,
    stateful_step_count=60,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    database=None,
    suppress_health_check=HEALTH,
)
PROPERTY = settings(BUDGET, max_examples=150)


def busy(system: SystemParameters) -> State:
    """A little is lent and most of it borrowed, in both assets."""
    return run(
        funded(system),
        Lend(2, "USD", 13),
        Borrow(3, "USD", 9),
        Lend(3, "ORE", 100),
        Borrow(4, "ORE", 75),
    )


class Walk(RuleBasedStateMachine):
    """A random walk over the reference, every invariant after every step."""

    accepted: ClassVar[Counter[type]] = Counter()
    asked: ClassVar[Counter[type]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.state = listed()
        self.monitor = Monitor(self.state)

    @initialize(start=st.sampled_from((listed, funded, busy)), entry_fee=st.booleans())
    def start(self, start: Callable[[SystemParameters], State], entry_fee: bool) -> None:
        self.state = start(replace(SYSTEM, entry_fee=entry_fee))
        self.monitor = Monitor(self.state)
        assert check_state(self.state) == []

    def act(self, action: Action) -> None:
        outcome = transition(self.state, action)
        self.asked[type(action)] += 1
        if isinstance(outcome, Accepted):
            self.accepted[type(action)] += 1
            self.state = outcome.state
        assert self.monitor.check(action, outcome) == [], action

    @rule(user=st.integers(0, 2), ahead=st.sampled_from((0, 0, 0, 1, -1)))
    def create_account(self, user: int, ahead: int) -> None:
        self.act(CreateAccount(len(self.state.accounts) + ahead, user))

    @rule(
        account=st.integers(0, 4),
        symbol=symbols,
        chain=chains,
        amount=amounts,
        ahead=st.sampled_from((0, 0, 0, 0, 1, -1)),
    )
    def deposit(self, account: int, symbol: str, chain: str, amount: int, ahead: int) -> None:
        sequence = self.state.chains[CHAINS.index(chain)].next_sequence + ahead
        self.act(Deposit(account, symbol, chain, sequence, amount))

    @rule(
        account=owners,
        symbol=symbols,
        chain=chains,
        amount=amounts,
        redeem=st.booleans(),
        borrow=st.booleans(),
    )
    def withdraw(  # noqa: PLR0917
        self, account: int, symbol: str, chain: str, amount: int, redeem: bool, borrow: bool
    ) -> None:
        self.act(RequestWithdrawal(account, symbol, chain, amount, redeem, borrow))

    @rule(back=st.sampled_from((1, 1, 2, 3, 0)))
    def confirm(self, back: int) -> None:
        self.act(ConfirmWithdrawal(len(self.state.withdrawals) - back))

    @rule(back=st.sampled_from((1, 1, 2, 3, 0)))
    def fail(self, back: int) -> None:
        self.act(FailWithdrawal(len(self.state.withdrawals) - back))

    @rule(symbol=symbols, source=chains, destination=chains, amount=amounts)
    def start_rebalance(self, symbol: str, source: str, destination: str, amount: int) -> None:
        self.act(StartRebalance(symbol, source, destination, amount))

    @rule(back=st.sampled_from((1, 1, 2, 0)), cost=st.sampled_from((0, 1, 9, 10, -1)))
    def complete_rebalance(self, back: int, cost: int) -> None:
        index = len(self.state.rebalances) - back
        known = 0 <= index < len(self.state.rebalances)
        sent = self.state.rebalances[index].amount if known else 1
        self.act(CompleteRebalance(index, sent - cost))

    @rule(sender=owners, receiver=owners, symbol=symbols, amount=amounts)
    def transfer(self, sender: int, receiver: int, symbol: str, amount: int) -> None:
        self.act(Transfer(sender, receiver, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=amounts)
    def lend(self, account: int, symbol: str, amount: int) -> None:
        self.act(Lend(account, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=wholes)
    def redeem(self, account: int, symbol: str, amount: int | None) -> None:
        self.act(Redeem(account, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=amounts)
    def borrow(self, account: int, symbol: str, amount: int) -> None:
        self.act(Borrow(account, symbol, amount))

    @rule(account=owners, symbol=symbols, amount=wholes)
    def repay(self, account: int, symbol: str, amount: int | None) -> None:
        self.act(Repay(account, symbol, amount))

    @rule(
        account=owners,
        lend=st.booleans(),
        repay=st.booleans(),
        limit=st.sampled_from((RATIO - 1, RATIO, 10 * RATIO)),
    )
    def settings(self, account: int, lend: bool, repay: bool, limit: int) -> None:
        self.act(SetAccountSettings(account, lend, repay, limit))

    @rule(symbol=symbols, price=st.sampled_from((0, 1, 99, 100, 101, 250, 10**6)))
    def set_price(self, symbol: str, price: int) -> None:
        self.act(SetPrice(symbol, price))

    @rule(step=st.sampled_from((0, *TIME_STEPS)))
    def advance(self, step: int) -> None:
        self.act(AdvanceTime(self.state.time + step))

    @rule(symbol=st.sampled_from(("USD", "NEW", "")))
    def list_asset(self, symbol: str) -> None:
        self.act(ListAsset(symbol, asset()))

    @rule(
        symbol=symbols,
        book=st.sampled_from((*[BookState.OPEN] * 3, *BookState)),
        throttle=st.sampled_from((RATIO * 8 // 10, RATIO * 9 // 10, RATIO, RATIO + 1)),
        limit=st.sampled_from((0, 100, 5000)),
    )
    def set_pool(self, symbol: str, book: BookState, throttle: int, limit: int) -> None:
        changed = replace(
            POOL, book_state=book, throttle_utilization=throttle, open_borrow_lend_limit=limit
        )
        self.act(SetPoolParameters(symbol, changed))

    def teardown(self) -> None:
        assert self.monitor.totals == totals_of(view_of_state(self.state))
        assert check_state(self.state) == []


def test_walk__every_invariant_holds_and_every_action_was_accepted() -> None:
    Walk.accepted.clear()
    Walk.asked.clear()
    run_state_machine_as_test(Walk, settings=BUDGET)
    rare = [kind.__name__ for kind in get_args(actions.Action) if Walk.accepted[kind] < 5]
    assert not rare, f"hardly accepted: {rare}; accepted: {Walk.accepted}"
    never_refused = [
        kind.__name__ for kind in Walk.asked if Walk.asked[kind] == Walk.accepted[kind]
    ]
    assert not never_refused


@PROPERTY
@given(st.lists(any_action, max_size=6))
def test_transition__total_for_any_well_typed_action(steps: list[Action]) -> None:
    state = funded()
    monitor = Monitor(state)
    for action in steps:
        outcome = transition(state, action)
        assert transition(state, action) == outcome
        assert monitor.check(action, outcome) == []
        state = outcome.state if isinstance(outcome, Accepted) else state


def grown(others: int, borrowed: int, seconds: int) -> State:
    """A pool with a lender, a borrower and interest, so that share prices are uneven."""
    state = run(funded(), Lend(2, "USD", others))
    debt = min(borrowed, others * 8 // 10)
    if debt:
        state = tried(state, Borrow(3, "USD", debt))
    return run(state, AdvanceTime(seconds))


def free(state: State, account: int) -> int:
    return view_of_state(state).accounts[account].free.get("USD", 0)


def tried(state: State, *steps: Action) -> State:
    """Apply what is accepted."""
    for action in steps:
        outcome = transition(state, action)
        state = outcome.state if isinstance(outcome, Accepted) else state
    return state


pools = st.builds(
    grown, st.integers(1, 1000), st.integers(0, 800), st.sampled_from((1, 60, 3600, 31_536_000))
)
small = st.one_of(st.sampled_from(AMOUNTS[:-1]), st.integers(1, 1000))


@PROPERTY
@given(pools, small)
def test_round_trip__lend_and_redeem_gain_nothing(state: State, amount: int) -> None:
    assert free(tried(state, Lend(4, "USD", amount), Redeem(4, "USD", None)), 4) <= free(state, 4)


@PROPERTY
@given(pools, small)
def test_round_trip__borrow_and_repay_gain_nothing(state: State, amount: int) -> None:
    after = tried(state, Borrow(4, "USD", amount), Repay(4, "USD", None))
    assert free(after, 4) <= free(state, 4)


@PROPERTY
@given(pools, small, small)
def test_split__two_lends_claim_no_more_than_one(state: State, first: int, second: int) -> None:
    once = tried(state, Lend(4, "USD", first + second))
    twice = tried(state, Lend(4, "USD", first), Lend(4, "USD", second))
    if free(once, 4) == free(twice, 4):
        assert wealth(view_of_state(twice), 4, "USD") <= wealth(view_of_state(once), 4, "USD")


@PROPERTY
@given(pools, small, small)
def test_split__two_borrows_owe_no_less_than_one(state: State, first: int, second: int) -> None:
    once = tried(state, Borrow(4, "USD", first + second))
    twice = tried(state, Borrow(4, "USD", first), Borrow(4, "USD", second))
    if free(once, 4) == free(twice, 4):
        assert wealth(view_of_state(twice), 4, "USD") <= wealth(view_of_state(once), 4, "USD")
