"""Parameters of the system, of assets with their tokens and pools, and of markets."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from ibperp.records import record

Seconds: TypeAlias = int
"""Whole seconds; the types of units below are integers too, and say in what a field is counted."""

Ratio: TypeAlias = int
"""In parts of 10^18."""

QuoteAtoms: TypeAlias = int
SettlementAtoms: TypeAlias = int
"""Atoms of the settlement asset."""


class BookState(StrEnum):
    """What a pool admits; a repayment is admitted in every state (MM-10)."""

    OPEN = "open"
    REPAY_ONLY = "repay_only"
    CLOSED = "closed"


class OrderBookState(StrEnum):
    """Which orders a market admits; a cancellation is admitted in every state (SM-2)."""

    OPEN = "open"
    POST_ONLY = "post_only"
    LIMIT_ONLY = "limit_only"
    REDUCE_ONLY = "reduce_only"
    CANCEL_ONLY = "cancel_only"
    CLOSED = "closed"


class HaircutKind(StrEnum):
    """How the weight of collateral depends on its value (PF-2)."""

    IDENTITY = "identity"
    INVERSE_SQRT = "inverse_sqrt"


@record
class SystemParameters:
    """What holds for all assets.

    `quote_unit`: quote atoms per US dollar. `accrual_interval`, `throttle_interval`: seconds.
    `entry_fee`: whether a new borrow pays the rest of the running interval at once (MM-7).
    `auto_close_divisor`, `auto_close_offset`: ratios of 10^18 (PF-6). `..._price_age`: seconds that
    a price may be old for the margin of an order, a borrow, a withdrawal or transfer (PF-9).
    `order_limit`: open orders of an account (SM-4), and open requests (PG-2). Perpetuals are
    settled in `settlement_asset`, every `settlement_interval` seconds (ST-2). `..._weight`,
    `..._cap`: what gains count for initial margin, a ratio and quote atoms (PF-12). The limits cull
    virtual debt: atoms of the settlement asset, twice, and a ratio (ST-5).
    `liquidation_price_age`: as the ages above.
    `liquidation_fraction`, `liquidation_fee`: what one step takes of an exposure and what it costs,
    ratios of 10^18 (LQ-4). `liquidation_grace`: seconds after a resumption (GV-4).
    `insurance_limit`: atoms of the settlement asset that one bankruptcy may cost the insurance;
    `non_recourse`: whether what is left of it is spread (LQ-9). `ramp_interval`: seconds that a
    change of margins takes (GV-2). `request_lifetime`: seconds, of a request for quotes (PG-2).
    `conversion_distance`: how far below the mark collateral is converted, a ratio (ST-9).
    """

    quote_unit: int
    accrual_interval: Seconds
    throttle_interval: Seconds
    entry_fee: bool
    auto_close_divisor: Ratio
    auto_close_offset: Ratio
    order_price_age: Seconds
    borrow_price_age: Seconds
    withdrawal_price_age: Seconds
    order_limit: int
    settlement_asset: str
    settlement_interval: Seconds
    unrealized_weight: Ratio
    unrealized_cap: QuoteAtoms
    unsettled_weight: Ratio
    unsettled_cap: QuoteAtoms
    account_virtual_limit: SettlementAtoms
    system_virtual_limit: SettlementAtoms
    book_utilization_limit: Ratio
    liquidation_price_age: Seconds
    liquidation_fraction: Ratio
    liquidation_fee: Ratio
    liquidation_grace: Seconds
    insurance_limit: SettlementAtoms
    non_recourse: bool
    ramp_interval: Seconds
    request_lifetime: Seconds
    conversion_distance: Ratio


@record
class TokenParameters:
    """An asset on one chain, all amounts in ledger atoms.

    `native_unit`: ledger atoms per smallest amount the chain can move.
    """

    chain: str
    native_unit: int
    minimum_deposit: int
    minimum_withdrawal: int
    maximum_withdrawal: int
    withdrawal_fee: int


@record
class PoolParameters:
    """A lending pool: ratios of 10^18, rates per year; `open_borrow_lend_limit` in atoms."""

    book_state: BookState
    base_rate: int
    slope_low: int
    slope_high: int
    optimal_utilization: int
    throttle_utilization: int
    throttle_fraction: int
    max_utilization: int
    reserve_fee: int
    open_borrow_lend_limit: int


@record
class HaircutParameters:
    """What collateral counts for, in ratios of 10^18 (PF-2).

    `base` and `penalty` (per root of a US dollar) matter for the kind `inverse_sqrt` alone.
    """

    kind: HaircutKind
    weight: int
    base: int
    penalty: int


@record
class MarketParameters:
    """A spot market: `base` is traded for `quote`, both listed assets (SM-1).

    `lot_atoms`: base atoms per lot; `tick`: quote atoms per lot; `minimum_lots` of an order. The
    rest are ratios of 10^18: fees (a negative maker fee is a rebate), bands as multipliers of a
    price, `premium_tolerance` around the mean premium (SM-6).
    """

    base: str
    quote: str
    lot_atoms: int
    tick: int
    minimum_lots: int
    maker_fee: int
    taker_fee: int
    order_book_state: OrderBookState
    limit_min: int
    limit_max: int
    impact_min: int
    impact_max: int
    mean_mark_min: int
    mean_mark_max: int
    premium_tolerance: int


@record
class PerpetualParameters:
    """A perpetual market, traded in lots for atoms of the settlement asset (PP-1).

    `lots_per_unit`: lots of a whole unit of the underlying, for people; no rule computes with it.
    Fees, bands and margin ratios as in a spot market and an asset. `open_interest_limit` of the
    market and `position_limit` of an account, in lots. Funding every `funding_interval` seconds,
    with `interest_rate` and `interest_clamp` per eight hours, `funding_floor` and `funding_cap` per
    interval. `mark_threshold`: how far the mark may be from the index.
    """

    lots_per_unit: int
    tick: int
    minimum_lots: int
    maker_fee: int
    taker_fee: int
    order_book_state: OrderBookState
    limit_min: int
    limit_max: int
    impact_min: int
    impact_max: int
    mean_mark_min: int
    mean_mark_max: int
    premium_tolerance: int
    imf_base: int
    imf_factor: int
    mmf_base: int
    mmf_factor: int
    open_interest_limit: int
    position_limit: int
    funding_interval: int
    interest_rate: int
    interest_clamp: int
    funding_floor: int
    funding_cap: int
    mark_threshold: int
    price_update_min: int
    price_update_max: int


TradingParameters: TypeAlias = MarketParameters | PerpetualParameters


@record
class AssetParameters:
    """An asset: `decimals` of its ledger, `lot_atoms` per priced lot, margin ratios of 10^18.

    `price_update_min`, `price_update_max`: multipliers that bound one update of its price (PF-10).
    `price_floor`: what its feed reports at the lowest, in quote atoms per lot: no price (GV-3).
    """

    decimals: int
    lot_atoms: int
    haircut: HaircutParameters
    imf_base: int
    imf_factor: int
    mmf_base: int
    mmf_factor: int
    price_update_min: int
    price_update_max: int
    price_floor: int
    tokens: tuple[TokenParameters, ...]
    pool: PoolParameters


@record
class Margins:
    """What a ramp moves: margin fractions, and an asset's haircut except for its kind (GV-2).

    Ratios of 10^18; the last three are zero for a perpetual market.
    """

    imf_base: int
    imf_factor: int
    mmf_base: int
    mmf_factor: int
    weight: int = 0
    base: int = 0
    penalty: int = 0


@record
class FundingPart:
    """Seconds of a funding interval, and the terms of the rate that they passed under (PP-8)."""

    seconds: int
    funding_interval: int
    interest_rate: int
    interest_clamp: int
    funding_floor: int
    funding_cap: int
