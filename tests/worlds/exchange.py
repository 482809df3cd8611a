"""A small exchange for tests of portfolios and books, and a trader whose state is drawn.

A dollar is 1,000 atoms and an atom of a coin is never worth more than one of them, so that what a
rounding takes from equity is an atom at most.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from hypothesis import settings
from hypothesis import strategies as st

from ibperp.actions import (
    Action,
    AdvanceTime,
    Borrow,
    CreateAccount,
    Deposit,
    Lend,
    ListAsset,
    ListMarket,
    PlaceOrder,
    SetPrice,
)
from ibperp.numbers import INT128_MAX, RATIO
from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
from ibperp.outcomes import Accepted
from ibperp.parameters import (
    AssetParameters,
    HaircutKind,
    HaircutParameters,
    MarketParameters,
    TokenParameters,
)
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_invariants.worlds import asset_of, market_of, pool_of, system_of

if TYPE_CHECKING:
    from ibperp.state import State

TRADER: Final = 2
MAKER: Final = 3
LENDER: Final = 4
CHAIN: Final = "north"
DOLLAR: Final = 1000
COIN: Final = 10**5
"""Atoms of a whole ORE or GEM."""

NATIVE: Final = 10
"""Atoms that the chain can move at once."""

DEEP: Final = 10**11
OWED: Final = 10**9
COINS: Final = ("ORE", "GEM")
SYMBOLS: Final = ("USD", *COINS)
PRICES: Final = {"USD": DOLLAR, "ORE": 10 * DOLLAR, "GEM": 40 * DOLLAR}
COPIES: Final = 4
"""Markets of each pair, so that any one of an account's orders can be met alone."""

LOT: Final = COIN // 100
MARKETS: Final = tuple(f"{coin}{copy}" for coin in COINS for copy in range(COPIES))
SYSTEM: Final = system_of(quote_unit=DOLLAR, settlement_asset="USD")
POOL: Final = pool_of(
    base_rate=RATIO // 2,
    throttle_utilization=RATIO,
    throttle_fraction=0,
    open_borrow_lend_limit=INT128_MAX,
)
HAIRCUTS: Final = {
    "USD": HaircutParameters(HaircutKind.IDENTITY, RATIO, 0, 0),
    "ORE": HaircutParameters(HaircutKind.IDENTITY, RATIO * 9 // 10, 0, 0),
    "GEM": HaircutParameters(
        HaircutKind.INVERSE_SQRT, RATIO * 95 // 100, RATIO * 11 // 10, RATIO // 200
    ),
}
NO_FLAGS: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=False
)
MARGIN: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=True, auto_borrow=True, auto_borrow_repay=True
)


def asset(symbol: str) -> AssetParameters:
    return asset_of(
        decimals=3 if symbol == "USD" else 5,
        lot_atoms=DOLLAR if symbol == "USD" else COIN,
        haircut=HAIRCUTS[symbol],
        imf_factor=RATIO // 2000,
        mmf_factor=RATIO // 4000,
        tokens=(TokenParameters(CHAIN, NATIVE, NATIVE, 2 * NATIVE, 10**30, NATIVE),),
        pool=POOL,
    )


def market(coin: str, maker_fee: int = RATIO // 1000) -> MarketParameters:
    """A market without bands that bind."""
    return market_of(
        base=coin, quote="USD", lot_atoms=LOT, maker_fee=maker_fee, premium_tolerance=0
    )


def placed(
    account: int,
    name: str,
    side: Side,
    lots: int,
    price: int,
    *,
    flags: OrderFlags = MARGIN,
    time_in_force: TimeInForce = TimeInForce.GTC,
) -> PlaceOrder:
    """A limit order, or a market order if the price is zero."""
    return PlaceOrder(
        account=account,
        market=name,
        side=side,
        kind=OrderKind.LIMIT if price else OrderKind.MARKET,
        lots=lots,
        price=price,
        time_in_force=time_in_force,
        post_only=False,
        reduce_only=False,
        self_trade_prevention=SelfTradePrevention.REJECT_TAKER,
        flags=flags,
    )


def run(state: State, *steps: Action) -> State:
    """Apply actions that must all be accepted."""
    for action in steps:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state


def tried(state: State, *steps: Action) -> State:
    """Apply actions and pass over those that are refused."""
    for action in steps:
        outcome = transition(state, action)
        state = outcome.state if isinstance(outcome, Accepted) else state
    return state


@cache
def exchange(maker_fee: int = RATIO // 1000) -> State:
    """Deep pools lent by one account, a maker with deep pockets, a trader with none."""
    state = run(
        genesis(SYSTEM),
        *(ListAsset(symbol, asset(symbol)) for symbol in SYMBOLS),
        *(SetPrice(symbol, PRICES[symbol]) for symbol in SYMBOLS),
        *(ListMarket(name, market(name[:-1], maker_fee)) for name in MARKETS),
        *(CreateAccount(account, account) for account in (TRADER, MAKER, LENDER)),
    )
    for symbol in SYMBOLS:
        state = funded(state, MAKER, symbol, DEEP)
        state = run(funded(state, LENDER, symbol, DEEP), Lend(LENDER, symbol, DEEP))
    return funded(state, 0, "USD", DEEP)


def funded(state: State, account: int, symbol: str, amount: int) -> State:
    """Deposit into an account."""
    sequence = 1 + sum(chain.next_sequence - 1 for chain in state.chains if chain.name == CHAIN)
    return run(state, Deposit(account, symbol, CHAIN, sequence, amount))


@cache
def aged() -> State:
    """The same exchange after its pools have earned interest, so that shares are no round sums."""
    borrowed = (Borrow(MAKER, symbol, OWED) for symbol in SYMBOLS)
    return run(exchange(), *borrowed, AdvanceTime(12_345_678))


PROPERTY: Final = settings(derandomize=True, deadline=None, database=None)
MANY: Final = settings(PROPERTY, max_examples=200)

fractions = st.integers(0, 100)
sides = st.sampled_from(Side)
all_flags = st.builds(OrderFlags, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@st.composite
def orders(draw: st.DrawFn, name: str) -> PlaceOrder:
    """An order of the trader up to a third away from the price, on either side of it."""
    mark = PRICES[name[:-1]] // 100
    return placed(
        TRADER,
        name,
        draw(sides),
        draw(st.one_of(st.integers(1, 300), st.integers(1, 30_000))),
        max(1, mark * draw(st.integers(66, 133)) // 100),
        flags=draw(all_flags),
    )


@st.composite
def traded_states(draw: st.DrawFn, start: State | None = None) -> State:
    """A state in which the trader holds, lends and owes coins, and has orders in some markets."""
    state = start or draw(st.sampled_from((exchange(), aged())))
    for symbol in SYMBOLS:
        amount = draw(st.one_of(st.just(0), st.integers(1, 1_000 * COIN)))
        state = funded(state, TRADER, symbol, amount * NATIVE) if amount else state
        lent = amount * NATIVE * draw(fractions) // 100
        state = tried(state, Lend(TRADER, symbol, lent))
    for symbol in draw(st.lists(st.sampled_from(SYMBOLS), max_size=2, unique=True)):
        state = tried(state, Borrow(TRADER, symbol, draw(st.integers(1, 200 * COIN))))
    names = draw(st.lists(st.sampled_from(MARKETS), max_size=5, unique=True))
    return tried(state, *(draw(orders(name)) for name in names))
