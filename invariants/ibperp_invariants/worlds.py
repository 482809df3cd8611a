"""The small world that proofs, searches, cases, benchmarks and tests start from.

Each of them changes what it is about and takes the rest from here, so that a new parameter gets
its value in one place. Nothing binds by default: no price grows old, no band refuses an order, and
virtual debt is never culled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ibperp.numbers import INT128_MAX, RATIO
from ibperp.parameter_laws import MULTIPLIER_MAX
from ibperp.parameters import (
    AssetParameters,
    BookState,
    HaircutKind,
    HaircutParameters,
    MarketParameters,
    OrderBookState,
    PerpetualParameters,
    PoolParameters,
    SystemParameters,
    TokenParameters,
)

PERCENT: Final = RATIO // 100

SYSTEM: Final = SystemParameters(
    quote_unit=10**6,
    accrual_interval=1,
    throttle_interval=60,
    entry_fee=False,
    auto_close_divisor=2 * RATIO,
    auto_close_offset=6 * PERCENT,
    order_price_age=INT128_MAX,
    borrow_price_age=INT128_MAX,
    withdrawal_price_age=INT128_MAX,
    order_limit=20,
    settlement_asset="USDC",
    settlement_interval=10,
    unrealized_weight=RATIO,
    unrealized_cap=INT128_MAX,
    unsettled_weight=RATIO,
    unsettled_cap=INT128_MAX,
    account_virtual_limit=INT128_MAX,
    system_virtual_limit=INT128_MAX,
    book_utilization_limit=RATIO,
    liquidation_price_age=600,
    liquidation_fraction=10 * PERCENT,
    liquidation_fee=PERCENT,
    liquidation_grace=60,
    insurance_limit=10**15,
    non_recourse=True,
    ramp_interval=0,
    request_lifetime=300,
    conversion_distance=2 * PERCENT,
)
POOL: Final = PoolParameters(
    book_state=BookState.OPEN,
    base_rate=2 * PERCENT,
    slope_low=10 * PERCENT,
    slope_high=200 * PERCENT,
    optimal_utilization=80 * PERCENT,
    throttle_utilization=85 * PERCENT,
    throttle_fraction=25 * PERCENT,
    max_utilization=RATIO,
    reserve_fee=10 * PERCENT,
    open_borrow_lend_limit=10**30,
)
ASSET: Final = AssetParameters(
    decimals=6,
    lot_atoms=10**6,
    haircut=HaircutParameters(HaircutKind.IDENTITY, weight=RATIO, base=0, penalty=0),
    imf_base=10 * PERCENT,
    imf_factor=0,
    mmf_base=5 * PERCENT,
    mmf_factor=0,
    price_update_min=0,
    price_update_max=MULTIPLIER_MAX,
    price_floor=0,
    tokens=(
        TokenParameters(
            chain="north",
            native_unit=1,
            minimum_deposit=1,
            minimum_withdrawal=2,
            maximum_withdrawal=10**30,
            withdrawal_fee=1,
        ),
    ),
    pool=POOL,
)
MARKET: Final = MarketParameters(
    base="SOL",
    quote="USDC",
    lot_atoms=10**6,
    tick=1,
    minimum_lots=1,
    maker_fee=PERCENT // 10,
    taker_fee=PERCENT // 5,
    order_book_state=OrderBookState.OPEN,
    limit_min=0,
    limit_max=MULTIPLIER_MAX,
    impact_min=0,
    impact_max=MULTIPLIER_MAX,
    mean_mark_min=0,
    mean_mark_max=MULTIPLIER_MAX,
    premium_tolerance=MULTIPLIER_MAX,
)
PERPETUAL: Final = PerpetualParameters(
    lots_per_unit=100,
    tick=1,
    minimum_lots=1,
    maker_fee=-RATIO // 10_000,
    taker_fee=RATIO // 1000,
    order_book_state=OrderBookState.OPEN,
    limit_min=0,
    limit_max=MULTIPLIER_MAX,
    impact_min=0,
    impact_max=MULTIPLIER_MAX,
    mean_mark_min=0,
    mean_mark_max=MULTIPLIER_MAX,
    premium_tolerance=MULTIPLIER_MAX,
    imf_base=10 * PERCENT,
    imf_factor=0,
    mmf_base=5 * PERCENT,
    mmf_factor=0,
    open_interest_limit=1_000_000,
    position_limit=1_000_000,
    funding_interval=3600,
    interest_rate=RATIO // 10_000,
    interest_clamp=RATIO // 2000,
    funding_floor=-PERCENT,
    funding_cap=PERCENT,
    mark_threshold=10 * PERCENT,
    price_update_min=0,
    price_update_max=MULTIPLIER_MAX,
)


def system_of(**changes: Any) -> SystemParameters:
    """Return the system of the small world with some parameters changed."""
    return replace(SYSTEM, **changes)


def pool_of(**changes: Any) -> PoolParameters:
    """Return the pool of the small world with some parameters changed."""
    return replace(POOL, **changes)


def asset_of(**changes: Any) -> AssetParameters:
    """Return the asset of the small world, on one chain, with some parameters changed."""
    return replace(ASSET, **changes)


def market_of(**changes: Any) -> MarketParameters:
    """Return the spot market of the small world with some parameters changed."""
    return replace(MARKET, **changes)


def perpetual_of(**changes: Any) -> PerpetualParameters:
    """Return the perpetual market of the small world with some parameters changed."""
    return replace(PERPETUAL, **changes)
