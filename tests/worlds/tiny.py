"""A tiny system for tests, and actions on it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from ibperp.actions import (
    Action,
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
    PoolParameters,
    SystemParameters,
    TokenParameters,
)
from ibperp.state import genesis
from ibperp.transition import transition
from ibperp_invariants.worlds import asset_of, market_of, pool_of, system_of

if TYPE_CHECKING:
    from ibperp.state import State

UNIT: Final = 10
CHAINS: Final = ("north", "south")
SYMBOLS: Final = ("USD", "ORE")
AMOUNTS: Final = (1, 2, UNIT - 1, UNIT, UNIT + 1, 100, 1000, INT128_MAX)
SYSTEM: Final = system_of(
    quote_unit=100,
    accrual_interval=60,
    entry_fee=True,
    order_price_age=4000,
    borrow_price_age=8000,
    withdrawal_price_age=12_000,
    order_limit=4,
    settlement_asset="USD",
    settlement_interval=60,
    account_virtual_limit=200,
    system_virtual_limit=500,
    book_utilization_limit=RATIO * 9 // 10,
)
POOL: Final = pool_of(open_borrow_lend_limit=5000)
PLAIN: Final = HaircutParameters(HaircutKind.IDENTITY, weight=RATIO, base=0, penalty=0)
STEEP: Final = HaircutParameters(
    HaircutKind.INVERSE_SQRT,
    weight=RATIO * 9 // 10,
    base=RATIO * 11 // 10,
    penalty=RATIO * 6 // 100,
)
DAY_MARKET: Final = market_of(
    base="ORE",
    quote="USD",
    lot_atoms=10,
    minimum_lots=2,
    maker_fee=RATIO // 100,
    taker_fee=RATIO * 2 // 100,
    limit_min=RATIO // 2,
    limit_max=2 * RATIO,
    impact_min=RATIO * 9 // 10,
    impact_max=RATIO * 11 // 10,
    mean_mark_min=RATIO * 8 // 10,
    mean_mark_max=RATIO * 12 // 10,
    premium_tolerance=RATIO // 10,
)
REBATE_MARKET: Final = replace(
    DAY_MARKET,
    base="USD",
    quote="ORE",
    lot_atoms=25,
    tick=2,
    minimum_lots=1,
    maker_fee=-RATIO * 5 // 100,
    taker_fee=RATIO * 8 // 100,
)
MARKETS: Final = {"ORE_USD": DAY_MARKET, "USD_ORE": REBATE_MARKET}
ALL_FLAGS: Final = OrderFlags(
    auto_lend=True, auto_lend_redeem=True, auto_borrow=True, auto_borrow_repay=True
)
NO_FLAGS: Final = OrderFlags(
    auto_lend=False, auto_lend_redeem=False, auto_borrow=False, auto_borrow_repay=False
)


def token(chain: str, unit: int = 1) -> TokenParameters:
    return TokenParameters(
        chain=chain,
        native_unit=unit,
        minimum_deposit=unit,
        minimum_withdrawal=2 * unit,
        maximum_withdrawal=2000,
        withdrawal_fee=unit,
    )


def asset(
    haircut: HaircutParameters = PLAIN, unit: int = 1, pool: PoolParameters = POOL
) -> AssetParameters:
    return asset_of(
        decimals=2,
        lot_atoms=100,
        haircut=haircut,
        imf_base=RATIO // 50,
        imf_factor=RATIO // 1000,
        mmf_base=RATIO // 100,
        mmf_factor=RATIO // 2000,
        price_update_min=RATIO * 4 // 5,
        price_update_max=RATIO * 5 // 4,
        tokens=(token(CHAINS[0]), token(CHAINS[1], unit)),
        pool=pool,
    )


def order(
    account: int,
    market: str,
    side: Side,
    lots: int,
    price: int,
    *,
    time_in_force: TimeInForce = TimeInForce.GTC,
    post_only: bool = False,
    reduce_only: bool = False,
    self_trade_prevention: SelfTradePrevention = SelfTradePrevention.REJECT_TAKER,
    flags: OrderFlags = NO_FLAGS,
) -> PlaceOrder:
    """A limit order, or with the price zero a market order."""
    return PlaceOrder(
        account=account,
        market=market,
        side=side,
        kind=OrderKind.LIMIT if price else OrderKind.MARKET,
        lots=lots,
        price=price,
        time_in_force=time_in_force,
        post_only=post_only,
        reduce_only=reduce_only,
        self_trade_prevention=self_trade_prevention,
        flags=flags,
    )


def run(state: State, *steps: Action) -> State:
    """Apply actions that must all be accepted."""
    for action in steps:
        outcome = transition(state, action)
        assert isinstance(outcome, Accepted), (action, outcome)
        state = outcome.state
    return state


@cache
def listed(system: SystemParameters = SYSTEM) -> State:
    """Two priced assets and two markets; the accounts 2, 3 of user 7 and 4 of user 8, unfunded."""
    return run(
        genesis(system),
        ListAsset("USD", asset(unit=UNIT)),
        ListAsset("ORE", asset(haircut=STEEP)),
        SetPrice("USD", 100),
        SetPrice("ORE", 250),
        *(ListMarket(symbol, parameters) for symbol, parameters in MARKETS.items()),
        CreateAccount(2, 7),
        CreateAccount(3, 7),
        CreateAccount(4, 8),
    )


@cache
def funded(system: SystemParameters = SYSTEM) -> State:
    """The listed system, with 1000 atoms of each asset in the accounts 2 to 4 and 50 in fees."""
    state, sequence = listed(system), 0
    for account, amount in ((0, 50), (2, 1000), (3, 1000), (4, 1000)):
        for symbol in SYMBOLS:
            sequence += 1
            state = run(state, Deposit(account, symbol, CHAINS[0], sequence, amount))
    return state


@cache
def quoted(system: SystemParameters = SYSTEM) -> State:
    """The funded system, with an order on each side of each market, and a little lent."""
    return run(
        funded(system),
        Lend(2, "USD", 300),
        Lend(4, "ORE", 300),
        order(2, "ORE_USD", Side.BID, 6, 24),
        order(4, "ORE_USD", Side.ASK, 6, 26, flags=ALL_FLAGS),
        order(2, "USD_ORE", Side.ASK, 8, 12, flags=ALL_FLAGS),
        order(4, "USD_ORE", Side.BID, 8, 10),
    )


flags = st.one_of(
    st.sampled_from((ALL_FLAGS, ALL_FLAGS, NO_FLAGS)), st.builds(OrderFlags, *[st.booleans()] * 4)
)
