"""What an action leads to: acceptance with events, or a rejection with its code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from ibperp.risk_events import (
    BankruptcyResolved,
    BlockTraded,
    LiquidationStep,
    LossSpread,
    PositionMoved,
    Quoted,
    QuoteWithdrawn,
    RequestEnded,
    RequestOpened,
    RequestRefreshed,
)

if TYPE_CHECKING:
    from ibperp.orders import Side
    from ibperp.state import State


class RejectionCode(StrEnum):
    """Why an action is refused, in descending precedence; the strings are permanent (NT-9)."""

    HALTED = "halted"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    OUT_OF_RANGE = "out_of_range"
    SAME_ACCOUNT = "same_account"
    SAME_CHAIN = "same_chain"
    TIME_NOT_LATER = "time_not_later"
    USER_INVALID = "user_invalid"
    LEVERAGE_INVALID = "leverage_invalid"
    ASSET_NAME_INVALID = "asset_name_invalid"
    MARKET_NAME_INVALID = "market_name_invalid"
    PARAMETER_INVALID = "parameter_invalid"
    PRICE_INVALID = "price_invalid"
    ORDER_INVALID = "order_invalid"
    EXPIRY_INVALID = "expiry_invalid"
    ACCOUNT_UNKNOWN = "account_unknown"
    ACCOUNT_EXISTS = "account_exists"
    ACCOUNT_RESERVED = "account_reserved"
    ASSET_UNKNOWN = "asset_unknown"
    ASSET_EXISTS = "asset_exists"
    MARKET_UNKNOWN = "market_unknown"
    MARKET_EXISTS = "market_exists"
    MARKET_KIND = "market_kind"
    CHAIN_UNKNOWN = "chain_unknown"
    WITHDRAWAL_UNKNOWN = "withdrawal_unknown"
    WITHDRAWAL_NOT_PENDING = "withdrawal_not_pending"
    REBALANCE_UNKNOWN = "rebalance_unknown"
    REBALANCE_NOT_PENDING = "rebalance_not_pending"
    ORDER_UNKNOWN = "order_unknown"
    ORDER_NOT_OWNED = "order_not_owned"
    ORDER_NOT_OPEN = "order_not_open"
    REQUEST_UNKNOWN = "request_unknown"
    REQUEST_NOT_OWNED = "request_not_owned"
    REQUEST_NOT_OPEN = "request_not_open"
    QUOTE_UNKNOWN = "quote_unknown"
    COUNTERPARTY_MISMATCH = "counterparty_mismatch"
    RECEIVED_EXCEEDS_SENT = "received_exceeds_sent"
    SEQUENCE_REPLAYED = "sequence_replayed"
    SEQUENCE_SKIPPED = "sequence_skipped"
    USER_MISMATCH = "user_mismatch"
    AMOUNT_NOT_NATIVE = "amount_not_native"
    DEPOSIT_BELOW_MINIMUM = "deposit_below_minimum"
    WITHDRAWAL_BELOW_MINIMUM = "withdrawal_below_minimum"
    WITHDRAWAL_ABOVE_MAXIMUM = "withdrawal_above_maximum"
    BOOK_CLOSED = "book_closed"
    TRADING_PAUSED = "trading_paused"
    PRICE_OFF_TICK = "price_off_tick"
    LOTS_BELOW_MINIMUM = "lots_below_minimum"
    LEND_REQUIRES_BORROW_REPAY = "lend_requires_borrow_repay"
    BORROW_REQUIRES_LEND_REDEEM = "borrow_requires_lend_redeem"
    PRICE_UNKNOWN = "price_unknown"
    PRICE_STALE = "price_stale"
    PRICE_AT_FLOOR = "price_at_floor"
    PRICE_DEVIATING = "price_deviating"
    PRICE_OUT_OF_BOUNDS = "price_out_of_bounds"
    ORDER_LIMIT = "order_limit"
    REDUCE_ONLY_NOT_REDUCED = "reduce_only_not_reduced"
    POST_ONLY_TAKER = "post_only_taker"
    NOT_DUST = "not_dust"
    MARKET_NOT_CLOSED = "market_not_closed"
    TOO_EARLY = "too_early"
    LIQUIDATION_PAUSED = "liquidation_paused"
    NOT_LIQUIDATABLE = "not_liquidatable"
    NOTHING_TO_LIQUIDATE = "nothing_to_liquidate"
    NOT_BANKRUPT = "not_bankrupt"
    NOT_HALTED = "not_halted"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    INSUFFICIENT_LEND = "insufficient_lend"
    REPAY_EXCEEDS_DEBT = "repay_exceeds_debt"
    AMOUNT_TOO_SMALL = "amount_too_small"
    LEND_LIMIT = "lend_limit"
    BORROW_LIMIT = "borrow_limit"
    INSUFFICIENT_SUPPLY = "insufficient_supply"
    MAX_UTILIZATION = "max_utilization"
    UTILIZATION_THROTTLED = "utilization_throttled"
    CUSTODY_INSUFFICIENT = "custody_insufficient"
    FILL_OR_KILL = "fill_or_kill"
    OPEN_INTEREST_LIMIT = "open_interest_limit"
    POSITION_LIMIT = "position_limit"
    INSUFFICIENT_MARGIN = "insufficient_margin"


class LedgerKind(StrEnum):
    """The kinds of balances that postings move (CU-1)."""

    CUSTODY = "custody"
    IN_TRANSIT = "in_transit"
    FREE = "free"
    POOL = "pool"
    PENDING = "pending"


class Reason(StrEnum):
    """Why atoms or shares move."""

    DEPOSIT = "deposit"
    WITHDRAWAL_REQUEST = "withdrawal_request"
    WITHDRAWAL_PAID = "withdrawal_paid"
    WITHDRAWAL_FEE = "withdrawal_fee"
    WITHDRAWAL_REFUND = "withdrawal_refund"
    REBALANCE_START = "rebalance_start"
    REBALANCE_ARRIVAL = "rebalance_arrival"
    REBALANCE_COST = "rebalance_cost"
    TRANSFER = "transfer"
    LEND = "lend"
    REDEEM = "redeem"
    BORROW = "borrow"
    REPAY = "repay"
    AUTO_LEND = "auto_lend"
    AUTO_REPAY = "auto_repay"
    WITHDRAWAL_REDEEM = "withdrawal_redeem"
    WITHDRAWAL_BORROW = "withdrawal_borrow"
    ORDER_REDEEM = "order_redeem"
    ORDER_BORROW = "order_borrow"
    TRADE = "trade"
    TRADE_FEE = "trade_fee"
    TRADE_REBATE = "trade_rebate"
    DUST = "dust"
    DUST_REDEEM = "dust_redeem"
    SETTLEMENT = "settlement"
    SETTLEMENT_REDEEM = "settlement_redeem"
    SETTLEMENT_BORROW = "settlement_borrow"
    SETTLEMENT_REPAY = "settlement_repay"
    SETTLEMENT_LEND = "settlement_lend"
    LIQUIDATION_REPAY = "liquidation_repay"
    LIQUIDATION_REDEEM = "liquidation_redeem"
    LIQUIDATION_FEE = "liquidation_fee"
    LIQUIDATION_BACKSTOP = "liquidation_backstop"
    LIQUIDATION_ADL = "liquidation_adl"
    LIQUIDATION_IN_KIND = "liquidation_in_kind"
    INSURANCE = "insurance"
    INSURANCE_FUNDED = "insurance_funded"
    BANKRUPTCY = "bankruptcy"


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """One balance of an asset; `index`: account id, or the chain's place in its tokens, or 0."""

    kind: LedgerKind
    index: int


@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` atoms of `asset` from the credited to the debited side of the books (CU-1)."""

    debit: LedgerAccount
    credit: LedgerAccount
    asset: int
    amount: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class SharesMoved:
    """The signed pool shares of an account changed by `shares`."""

    account: int
    asset: int
    shares: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class InterestCharged:
    """A pool's debts grew by `interest` atoms, `reserve` of them its own (MM-6, MM-7)."""

    asset: int
    interest: int
    reserve: int


class OrderEnd(StrEnum):
    """Why lots of an order leave the book, or never reach it, without being filled (SM-7).

    An order that cannot perform when it is matched ends with the code of what it fails.
    """

    CANCELLED = "cancelled"
    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    PRICE_BAND = "price_band"
    SELF_TRADE_PREVENTION = "self_trade_prevention"
    MARKET_CLOSED = "market_closed"
    LIQUIDATION = "liquidation"


@dataclass(frozen=True, slots=True)
class PriceLimited:
    """An update of a price went beyond its limit: `price` was set in place of `asked` (PF-10)."""

    asset: int
    asked: int
    price: int


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    """An order was taken on, or amended, with `lots` to trade; `price` 0 is no price (SM-4)."""

    order: int
    account: int
    market: int
    side: Side
    price: int
    lots: int


@dataclass(frozen=True, slots=True)
class Traded:
    """`lots` changed hands at `price`; fees in quote atoms, a negative one is a rebate (SM-9)."""

    market: int
    maker_order: int
    taker_order: int
    price: int
    lots: int
    maker_fee: int
    taker_fee: int


@dataclass(frozen=True, slots=True)
class OrderEnded:
    """`lots` of an order end without being filled (SM-7)."""

    order: int
    lots: int
    reason: OrderEnd | RejectionCode


class SettlementSource(StrEnum):
    """Why value moves between an account, its positions and the fund (ST-2, ST-5).

    Names in camel case are those that the live system publishes.
    """

    VIRTUAL_GAIN = "VirtualGain"
    VIRTUAL_LOSS = "VirtualLoss"

    REALIZE_PNL = "RealizePnl"
    CULLED_REALIZE_PNL_AUTO = "CulledRealizePnlAuto"
    CULLED_ACCOUNT_THRESHOLD = "CulledRealizePnlAccountThreshold"
    CULLED_SYSTEM_THRESHOLD = "CulledRealizePnlSystemThreshold"
    CULLED_BOOK_UTILISATION = "CulledRealizePnlBookUtilisation"
    FUNDING_PAYMENT = "FundingPayment"
    TRADING_FEES = "TradingFees"
    TRADING_FEES_SYSTEM = "TradingFeesSystem"
    BACKSTOP_PROVIDER_LIQUIDATION = "BackstopProviderLiquidation"
    BACKSTOP_ADL_LIQUIDATION = "BackstopAdlLiquidation"
    SYSTEM_LIABILITY_TRANSFER = "SystemLiabilityTransfer"


@dataclass(frozen=True, slots=True)
class MarkUpdated:
    """The index and the mark of a perpetual market, in quote atoms per lot (PP-6)."""

    market: int
    index_price: int
    mark_price: int


@dataclass(frozen=True, slots=True)
class FundingApplied:
    """A funding interval ended: its rate, and what a lot long pays (PP-8)."""

    market: int
    rate: int
    step: int


@dataclass(frozen=True, slots=True)
class Unsettled:
    """The unsettled balance of an account changed by `amount` signed atoms (ST-1)."""

    account: int
    market: int
    amount: int
    source: SettlementSource


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement paid signed atoms to an account's assets; `unpaid` is left unsettled (ST-3)."""

    account: int
    amount: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class VirtualMoved:
    """The virtual shares of a position changed by `shares`, worth signed `amount` atoms (ST-4)."""

    account: int
    market: int
    shares: int
    amount: int
    source: SettlementSource


@dataclass(frozen=True, slots=True)
class VirtualInterest:
    """What a position's virtual shares earned (signed) since they last changed (ST-6)."""

    account: int
    market: int
    amount: int


Event: TypeAlias = (
    Posting
    | SharesMoved
    | InterestCharged
    | PriceLimited
    | OrderAccepted
    | Traded
    | OrderEnded
    | MarkUpdated
    | FundingApplied
    | Unsettled
    | Settled
    | VirtualMoved
    | VirtualInterest
    | LiquidationStep
    | PositionMoved
    | BankruptcyResolved
    | LossSpread
    | RequestOpened
    | RequestRefreshed
    | RequestEnded
    | Quoted
    | QuoteWithdrawn
    | BlockTraded
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The action took effect: the state after it, and what happened, in order."""

    state: State
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The action is refused and the state stays as it was (NT-9).

    `violated`: every precondition that could be evaluated and failed, by precedence; `code` is the
    first of them.
    """

    code: RejectionCode
    violated: tuple[RejectionCode, ...]


Outcome: TypeAlias = Accepted | Rejected
