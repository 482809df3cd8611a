"""Everything that an accepted action tells, in the order in which it happened."""

from typing import TypeAlias

from ibperp.events.custody import LedgerAccount, LedgerKind, Posting, Reason
from ibperp.events.liquidation import (
    BankruptcyResolved,
    Liability,
    LiquidationHeldBack,
    LiquidationStage,
    LiquidationStep,
    LossSpread,
    PositionMoved,
)
from ibperp.events.money_market import InterestCharged, SharesMoved
from ibperp.events.perpetuals import FundingApplied, MarkUpdated
from ibperp.events.portfolio import PriceLimited
from ibperp.events.programs import (
    BlockTraded,
    Quoted,
    QuoteWithdrawn,
    RequestEnd,
    RequestEnded,
    RequestOpened,
    RequestRefreshed,
)
from ibperp.events.settlement import (
    Settled,
    SettlementSource,
    Unsettled,
    VirtualInterest,
    VirtualMoved,
)
from ibperp.events.spot_margin import OrderAccepted, OrderEnd, OrderEnded, Traded

__all__ = [
    "BankruptcyResolved",
    "BlockTraded",
    "Event",
    "FundingApplied",
    "InterestCharged",
    "LedgerAccount",
    "LedgerKind",
    "Liability",
    "LiquidationHeldBack",
    "LiquidationStage",
    "LiquidationStep",
    "LossSpread",
    "MarkUpdated",
    "OrderAccepted",
    "OrderEnd",
    "OrderEnded",
    "PositionMoved",
    "Posting",
    "PriceLimited",
    "QuoteWithdrawn",
    "Quoted",
    "Reason",
    "RequestEnd",
    "RequestEnded",
    "RequestOpened",
    "RequestRefreshed",
    "Settled",
    "SettlementSource",
    "SharesMoved",
    "Traded",
    "Unsettled",
    "VirtualInterest",
    "VirtualMoved",
]

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
    | LiquidationHeldBack
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
