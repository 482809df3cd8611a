"""Everything that can be asked of the system. Amounts are ledger atoms; accounts are dense ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ibperp.risk_actions import (
    AcceptQuote,
    CancelRequest,
    FundInsurance,
    Halt,
    Liquidate,
    RefreshRequest,
    RegisterBackstop,
    RequestQuote,
    ResolveBankruptcy,
    Resume,
    RunRisk,
    SetAssetParameters,
    SetSystemParameters,
    SubmitQuote,
    WithdrawQuote,
)

if TYPE_CHECKING:
    from ibperp.orders import OrderFlags, OrderKind, SelfTradePrevention, Side, TimeInForce
    from ibperp.parameters import (
        AssetParameters,
        MarketParameters,
        PerpetualParameters,
        PoolParameters,
    )


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """Open the account with the next id for a user (CU-3)."""

    account: int
    user: int


@dataclass(frozen=True, slots=True)
class Deposit:
    """Credit what arrived on a chain; `sequence` counts the deposits of that chain (CU-4)."""

    account: int
    asset: str
    chain: str
    sequence: int
    amount: int


@dataclass(frozen=True, slots=True)
class RequestWithdrawal:
    """Debit an account now and pay on a chain later; may redeem, then borrow (CU-5)."""

    account: int
    asset: str
    chain: str
    amount: int
    auto_lend_redeem: bool
    auto_borrow: bool


@dataclass(frozen=True, slots=True)
class ConfirmWithdrawal:
    """Record that a pending withdrawal was paid on its chain (CU-6)."""

    withdrawal: int


@dataclass(frozen=True, slots=True)
class FailWithdrawal:
    """Refund a pending withdrawal that its chain did not pay (CU-7)."""

    withdrawal: int


@dataclass(frozen=True, slots=True)
class StartRebalance:
    """Send custody from one chain toward another (CU-8)."""

    asset: str
    source: str
    destination: str
    amount: int


@dataclass(frozen=True, slots=True)
class CompleteRebalance:
    """Record what arrived of a rebalance; the fees account pays the difference (CU-9)."""

    rebalance: int
    received: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """Move free balance between two accounts of one user (CU-10)."""

    sender: int
    receiver: int
    asset: str
    amount: int


@dataclass(frozen=True, slots=True)
class Lend:
    """Lend free balance to the asset's pool (MM-11)."""

    account: int
    asset: str
    amount: int


@dataclass(frozen=True, slots=True)
class Redeem:
    """Take lent balance back; `all` (None) redeems the whole claim (MM-12)."""

    account: int
    asset: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Borrow:
    """Borrow from the asset's pool into free balance (MM-13)."""

    account: int
    asset: str
    amount: int


@dataclass(frozen=True, slots=True)
class Repay:
    """Repay debt from free balance; `all` (None) repays the whole debt (MM-14)."""

    account: int
    asset: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class SetAccountSettings:
    """Choose the automatic steps and the leverage limit (ratio of 10^18) of an account (MM-15)."""

    account: int
    auto_lend: bool
    auto_repay_borrows: bool
    auto_borrow_settlements: bool
    auto_realize: bool
    leverage_limit: int


@dataclass(frozen=True, slots=True)
class SetPrice:
    """Set an asset's price, in quote atoms per lot, within its update limits (CU-11, PF-10)."""

    asset: str
    price: int


@dataclass(frozen=True, slots=True)
class AdvanceTime:
    """Move the clock forward to `time`, in seconds; interest and throttles follow (MM-6)."""

    time: int


@dataclass(frozen=True, slots=True)
class ListAsset:
    """List an asset with its tokens and its empty pool (CU-2)."""

    asset: str
    parameters: AssetParameters


@dataclass(frozen=True, slots=True)
class SetPoolParameters:
    """Replace the parameters of an asset's pool (MM-16)."""

    asset: str
    parameters: PoolParameters


@dataclass(frozen=True, slots=True)
class ListMarket:
    """List a spot market with an empty book (SM-1)."""

    market: str
    parameters: MarketParameters


@dataclass(frozen=True, slots=True)
class SetMarketParameters:
    """Replace a market's parameters; its assets and its lot stay (SM-2)."""

    market: str
    parameters: MarketParameters


@dataclass(frozen=True, slots=True)
class SetMarketReference:
    """Set what the taker bands look at: index and mean mark, in quote atoms per lot (SM-3).

    `mean_premium`: signed ratio of 10^18.
    """

    market: str
    index_price: int
    mean_mark_price: int
    mean_premium: int


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Trade `lots` now, up to `price` (quote atoms per lot; 0 for a market order) (SM-4).

    What does not trade at once rests, expires or refuses the whole order, as `time_in_force` says.
    """

    account: int
    market: str
    side: Side
    kind: OrderKind
    lots: int
    price: int
    time_in_force: TimeInForce
    post_only: bool
    reduce_only: bool
    self_trade_prevention: SelfTradePrevention
    flags: OrderFlags


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Take an open order out of its book (SM-10)."""

    account: int
    order: int


@dataclass(frozen=True, slots=True)
class CancelAllOrders:
    """Take all open orders of an account out of one market's book (SM-10)."""

    account: int
    market: str


@dataclass(frozen=True, slots=True)
class AmendOrder:
    """Give an open order another price or number of open lots (SM-11)."""

    account: int
    order: int
    lots: int
    price: int


@dataclass(frozen=True, slots=True)
class ConvertDust:
    """Sell a base balance below the market's minimum to the fees account at its price (SM-12)."""

    account: int
    market: str


@dataclass(frozen=True, slots=True)
class ListPerpetual:
    """List a perpetual market with an empty book (PP-1)."""

    market: str
    parameters: PerpetualParameters


@dataclass(frozen=True, slots=True)
class SetPerpetualParameters:
    """Replace a perpetual market's parameters (PP-2)."""

    market: str
    parameters: PerpetualParameters


@dataclass(frozen=True, slots=True)
class UpdateMark:
    """Bring the inputs of a perpetual's mark price, in quote atoms per lot (PP-6).

    `index_price` 0 is no index; `basis`, the average of mid minus index, counts if `has_basis`.
    """

    market: str
    index_price: int
    has_basis: bool
    basis: int


@dataclass(frozen=True, slots=True)
class ApplyFunding:
    """End a funding interval with its mean premium, a signed ratio of 10^18 (PP-8)."""

    market: str
    premium: int


@dataclass(frozen=True, slots=True)
class SettleMarket:
    """Close every position of a closed perpetual market at a final price (PP-9)."""

    market: str
    price: int


@dataclass(frozen=True, slots=True)
class Settle:
    """Realize what positions gained and lost, and pay it, for all accounts at once (ST-2)."""


Action: TypeAlias = (
    CreateAccount
    | Deposit
    | RequestWithdrawal
    | ConfirmWithdrawal
    | FailWithdrawal
    | StartRebalance
    | CompleteRebalance
    | Transfer
    | Lend
    | Redeem
    | Borrow
    | Repay
    | SetAccountSettings
    | SetPrice
    | AdvanceTime
    | ListAsset
    | SetPoolParameters
    | ListMarket
    | SetMarketParameters
    | SetMarketReference
    | PlaceOrder
    | CancelOrder
    | CancelAllOrders
    | AmendOrder
    | ConvertDust
    | ListPerpetual
    | SetPerpetualParameters
    | UpdateMark
    | ApplyFunding
    | SettleMarket
    | Settle
    | Liquidate
    | ResolveBankruptcy
    | RunRisk
    | FundInsurance
    | RegisterBackstop
    | RequestQuote
    | SubmitQuote
    | WithdrawQuote
    | AcceptQuote
    | RefreshRequest
    | CancelRequest
    | SetSystemParameters
    | SetAssetParameters
    | Halt
    | Resume
)
