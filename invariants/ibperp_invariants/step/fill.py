"""A trade of a book elsewhere: the action of an engine that has none (CF-11)."""

from __future__ import annotations

from typing import Final

from ibperp.orders import OrderFlags, Side
from ibperp.records import record
from ibperp_invariants.step.facts import Trade

TYPE: Final = "fill"
"""The `type` of a fill on the wire."""

ELSEWHERE: Final = -1
"""In place of the id of an order that another book holds."""


@record
class Fill:
    """A trade of a book elsewhere: `side` is that of the taker, fees are quote atoms (CF-11)."""

    market: str
    side: Side
    price: int
    lots: int
    maker: int
    maker_fee: int
    maker_flags: OrderFlags
    taker: int
    taker_fee: int
    taker_flags: OrderFlags


def trade_of(fill: Fill) -> Trade:
    """Return the trade that a fill is."""
    fees = fill.maker_fee, fill.taker_fee
    return Trade(fill.market, ELSEWHERE, ELSEWHERE, fill.price, fill.lots, *fees)
