"""What two parties agree on when they trade, in a book or off it (SM-9, PP-4, PG-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibperp.records import record

if TYPE_CHECKING:
    from ibperp.orders import OrderFlags, Side


@record
class Trader:
    """One side of a trade: what it may do with the pools, and its fee in quote atoms."""

    account: int
    side: Side
    flags: OrderFlags
    fee: int


@record
class Trade:
    """`lots` at `price` quote atoms each, between a maker and a taker of opposite sides."""

    market: int
    price: int
    lots: int
    maker: Trader
    taker: Trader
