"""Round trips and splits through the pools, and through a market, gain nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibperp.actions import Action, AdvanceTime, Borrow, Lend, Redeem, Repay, SetPrice
from ibperp.orders import OrderFlags, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.state import State
from ibperp.transition import transition
from ibperp_invariants.claims.portfolio.positions import settled_wealth
from ibperp_invariants.step.step import wealth
from ibperp_invariants.view.from_state import view_of_state
from worlds.perpetual import MARK, PERPETUALS, quoted_perpetual
from worlds.tiny import AMOUNTS, flags, funded, order, quoted, run

PROPERTY = settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=(HealthCheck.too_slow,),
)


def grown(others: int, borrowed: int, seconds: int) -> State:
    """A pool with a lender, a borrower and interest, so that share prices are uneven."""
    state = run(funded(), Lend(2, "USD", others))
    debt = min(borrowed, others * 8 // 10)
    if debt:
        state = tried(state, Borrow(3, "USD", debt))
    prices = (SetPrice("USD", 100), SetPrice("ORE", 250))
    return run(state, AdvanceTime(seconds), *prices)


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


@PROPERTY
@given(st.sampled_from((2, 4)), st.integers(1, 6), st.sampled_from(tuple(PERPETUALS)))
def test_round_trip__perpetual_bought_and_sold_gains_nothing(
    maker: int, lots: int, market: str
) -> None:
    state, taker = quoted_perpetual(), 6 - maker
    fast = TimeInForce.IOC
    after = tried(
        state,
        order(taker, market, Side.BID, lots, MARK + 2, time_in_force=fast),
        order(taker, market, Side.ASK, lots, MARK - 2, time_in_force=fast),
    )
    views = view_of_state(after), view_of_state(state)
    if not views[0].accounts[taker].positions:
        assert settled_wealth(views[0], taker) <= settled_wealth(views[1], taker)


@PROPERTY
@given(st.sampled_from((2, 4)), st.integers(1, 6), flags, flags)
def test_round_trip__buy_and_sell_gain_nothing(
    maker: int, lots: int, first: OrderFlags, second: OrderFlags
) -> None:
    state, taker = quoted(), 6 - maker
    fast = TimeInForce.IOC
    after = tried(
        state,
        order(taker, "ORE_USD", Side.BID, lots, 26, time_in_force=fast, flags=first),
        order(taker, "ORE_USD", Side.ASK, lots, 24, time_in_force=fast, flags=second),
    )
    views = view_of_state(after), view_of_state(state)
    if wealth(views[0], taker, "ORE") == wealth(views[1], taker, "ORE"):
        assert wealth(views[0], taker, "USD") <= wealth(views[1], taker, "USD")
