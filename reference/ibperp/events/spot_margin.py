"""What happens to orders, on spot and on perpetual markets (chapter spot-margin)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.orders import Side
    from ibperp.rejection_codes import RejectionCode


class OrderEnd(StrEnum):
    """Why lots of an order leave the book, or never reach it, without being filled (SM-7).

    An order that cannot perform when it is matched ends with the code of the failed check.
    """

    CANCELLED = "cancelled"
    IMMEDIATE_OR_CANCEL = "immediate_or_cancel"
    PRICE_BAND = "price_band"
    SELF_TRADE_PREVENTION = "self_trade_prevention"
    MARKET_CLOSED = "market_closed"
    LIQUIDATION = "liquidation"


@record
class OrderAccepted:
    """An order was taken on, or amended, with `lots` to trade; `price` 0 is no price (SM-4)."""

    order: int
    account: int
    market: int
    side: Side
    price: int
    lots: int


@record
class Traded:
    """`lots` changed hands at `price`; fees in quote atoms, a negative one is a rebate (SM-9)."""

    market: int
    maker_order: int
    taker_order: int
    price: int
    lots: int
    maker_fee: int
    taker_fee: int


@record
class OrderEnded:
    """`lots` of an order end without being filled (SM-7)."""

    order: int
    lots: int
    reason: OrderEnd | RejectionCode
