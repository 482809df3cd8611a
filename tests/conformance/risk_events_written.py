"""Every event of a liquidation and of the programs, beside what stands on the wire for it."""

from typing import Any, Final

from ibperp.events import (
    BankruptcyResolved,
    BlockTraded,
    Event,
    Liability,
    LiquidationHeldBack,
    LiquidationStage,
    LiquidationStep,
    LossSpread,
    PositionMoved,
    Quoted,
    QuoteWithdrawn,
    RequestEnd,
    RequestEnded,
    RequestOpened,
    RequestRefreshed,
    SettlementSource,
    Unsettled,
)
from ibperp.orders import Side
from ibperp.rejection_codes import RejectionCode

RISK_EVENTS: Final[list[tuple[Event, dict[str, Any]]]] = [
    (
        LiquidationStep(3, LiquidationStage.ON_BACKSTOP),
        {"type": "liquidation_step", "account": "3", "stage": "LiquidatePositionOnBackstop"},
    ),
    (
        PositionMoved(0, 3, 4, -10, 9),
        {
            "type": "position_moved",
            "market": "ORE_USD",
            "account": "3",
            "counterparty": "4",
            "lots": "-10",
            "price": "9",
        },
    ),
    (
        LiquidationHeldBack(3, RejectionCode.PRICE_AT_FLOOR),
        {"type": "liquidation_held_back", "account": "3", "code": "price_at_floor"},
    ),
    (
        BankruptcyResolved(3, 0, Liability.POOL, 9, 4, 3, 2),
        {
            "type": "bankruptcy_resolved",
            "account": "3",
            "asset": "USD",
            "liability": "pool",
            "owed": "9",
            "insurance": "4",
            "reserve": "3",
            "spread": "2",
        },
    ),
    (
        LossSpread(2, 0, 5),
        {"type": "loss_spread", "account": "2", "market": "ORE_USD", "amount": "5"},
    ),
    (
        Unsettled(2, None, 5, SettlementSource.SYSTEM_LIABILITY_TRANSFER),
        {
            "type": "unsettled",
            "account": "2",
            "market": "",
            "amount": "5",
            "source": "SystemLiabilityTransfer",
        },
    ),
    (
        RequestOpened(0, 2, 0, Side.BID, 4, 25, 3, 300),
        {
            "type": "request_opened",
            "request": "0",
            "account": "2",
            "market": "ORE_USD",
            "side": "bid",
            "lots": "4",
            "price": "25",
            "counterparty": "3",
            "expires": "300",
        },
    ),
    (
        RequestRefreshed(0, 600),
        {"type": "request_refreshed", "request": "0", "expires": "600"},
    ),
    (
        RequestEnded(0, RequestEnd.FILLED),
        {"type": "request_ended", "request": "0", "reason": "filled"},
    ),
    (
        Quoted(0, 3, 25),
        {"type": "quoted", "request": "0", "account": "3", "price": "25"},
    ),
    (
        QuoteWithdrawn(0, 3),
        {"type": "quote_withdrawn", "request": "0", "account": "3"},
    ),
    (
        BlockTraded(0, 0, 3, 25, 4, 2, -1),
        {
            "type": "block_traded",
            "request": "0",
            "market": "ORE_USD",
            "quoter": "3",
            "price": "25",
            "lots": "4",
            "quoter_fee": "2",
            "requester_fee": "-1",
        },
    ),
]
